"""Whom and what a background was learnt from, as hashes: it knows them again, and names nobody."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from ground.names import key_of_name

Digests = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Identities:
    """Hashes of people and of videos.

    They are arrays and no part of a card, because a card stands in every verdict.

    Attributes
    ----------
    people, videos
        uint8, shape (n, 32): SHA-256 of each name, the same however it is spelled (`ground.names`), and of
        the hexadecimal SHA-256 of each video.
    """

    people: Digests
    videos: Digests

    @classmethod
    def of(cls, people: Iterable[str], videos: Iterable[str]) -> Self:
        """Return the identities of people, by their names, and of videos, by their SHA-256."""
        return cls(_digest(map(key_of_name, people)), _digest(videos))

    def has_person(self, name: str) -> bool:
        """Return whether a person is among them."""
        return _holds(self.people, key_of_name(name))

    def has_video(self, sha256: str) -> bool:
        """Return whether a video is among them."""
        return _holds(self.videos, sha256)


def _digest(texts: Iterable[str]) -> Digests:
    digests = sorted({hashlib.sha256(text.encode()).digest() for text in texts})
    return np.frombuffer(b"".join(digests), dtype=np.uint8).reshape(-1, hashlib.sha256().digest_size)


def _holds(digests: Digests, text: str) -> bool:
    return bool((digests == _digest([text])).all(axis=1).any())
