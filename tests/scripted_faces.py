"""Faces by a script, in place of the networks that find faces and tell them apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from extract.description import Backend
from extract.head import FaceSpot, HeadPlace
from extract.people.advice import Advice
from extract.people.cast import Cast, CastMember
from extract.people.faces import Face
from extract.people.lookout import Lookout
from extract.people.person import EMBEDDING_WIDTH, Embedding, PersonReference
from extract.picture import Frame

NETWORK = Backend(name="sface", version="1")
FPS = 25
SIDE = 160


def direction(number: int) -> Embedding:
    """The face of a person: at right angles to everybody else's."""
    return np.eye(EMBEDDING_WIDTH, dtype=np.float32)[number]


def like(face: Embedding, cosine: float, towards: Embedding | None = None) -> Embedding:
    """A face so similar to another one; what is left of it is like nobody, or like a third."""
    rest = direction(EMBEDDING_WIDTH - 1) if towards is None else towards
    return np.asarray(cosine * face + np.sqrt(1 - cosine**2) * rest, np.float32)


def make_member(face: Embedding, seen_s: float = 10.0, *, is_still: bool = False) -> CastMember:
    return CastMember(embedding=tuple(face.tolist()), seen_s=seen_s, is_still=is_still)


def make_reference(face: Embedding) -> PersonReference:
    return PersonReference(network=NETWORK, embedding=tuple(face.tolist()))


def make_cast(*faces: Embedding, wanted: Embedding | None = None, number: int | None = None) -> Cast:
    """People who were seen equally long, one a face."""
    reference = None if wanted is None else make_reference(wanted)
    return Cast.choose(NETWORK, tuple(map(make_member, faces)), reference, number)


class Shown(NamedTuple):
    """A face in a picture: where it is, and whose."""

    spot: FaceSpot
    embedding: Embedding
    score: float = 0.95


class ScriptedNetworks:
    """Finds and tells apart what a script says: for each frame, whose number is written in it, its faces."""

    def __init__(self, script: Sequence[Sequence[Shown]]) -> None:
        self._script = script
        self.looked_at: list[int] = []
        self.embedded: list[int] = []
        self.told_late = 0

    def find(self, image: np.ndarray) -> list[Face]:
        number = read_number(image)
        self.looked_at.append(number)
        return [_to_face(shown) for shown in self._script[number]]

    def embed(self, image: np.ndarray, face: Face) -> Embedding:
        number = read_number(image)
        self.embedded.append(number)
        return self.align(image, face)

    def align(self, image: np.ndarray, face: Face) -> np.ndarray:
        """A face that was aligned is its embedding here."""
        (shown,) = (shown for shown in self._script[read_number(image)] if shown.spot == face.spot)
        return shown.embedding

    def embed_aligned(self, aligned: np.ndarray) -> Embedding:
        self.told_late += 1
        return aligned


def make_frame(number: int, *, still_columns: int = 0, fps: float = FPS) -> Frame:
    """A picture with its number written in it, of another grey in every frame but in its first columns."""
    image = np.full((SIDE, SIDE, 3), 20 + 37 * number % 211, np.uint8)
    image[:, :still_columns] = 77
    image[0, 0] = number >> 8, number & 255, 0
    return Frame(number, number / fps, image)


def read_number(image: np.ndarray) -> int:
    return int(image[0, 0, 0]) << 8 | int(image[0, 0, 1])


def make_head(spot: FaceSpot) -> HeadPlace:
    middle = np.array([spot.x, spot.y])
    up = np.array([0.0, 0.2 * spot.width])
    outer = np.stack([middle - up - (0.3 * spot.width, 0), middle - up + (0.3 * spot.width, 0)])
    return HeadPlace(middle, middle - up, middle, middle + up, outer, spot.width)


class Watched(NamedTuple):
    """What a lookout said of each frame, and where the body was read."""

    advice: list[Advice]
    bodies: list[FaceSpot | None]


def watch(
    lookout: Lookout,
    script: Sequence[Sequence[Shown]],
    *,
    without_body: Iterable[int] = (),
    shots: dict[int, int] | None = None,
    **frame: Any,
) -> Watched:
    """Let a lookout see frames, with a body reader that goes where it is sent and stays there.

    Every face has a body, but in frames `without_body`. Sent nowhere, the reader takes the first body.
    `shots` gives, by the frame that begins a shot, the first row that belongs to neither.
    """
    hidden, advice, bodies = set(without_body), [], []
    body: FaceSpot | None = None
    for number in range(len(script)):
        if shots and number in shots:
            lookout.begin_shot(shots[number])
            body = None
        advice.append(lookout.advise(make_frame(number, **frame), None if body is None else make_head(body)))
        spots = [] if number in hidden else [shown.spot for shown in script[number]]
        goal = body
        if advice[-1].restart or body is None:
            goal = advice[-1].wanted or (spots[0] if spots else None)
        body = None
        if advice[-1].follow and goal is not None:
            body = min((spot for spot in spots if goal.may_be(spot)), key=goal.distance_to, default=None)
        lookout.note(found=body is not None)
        bodies.append(body)
    return Watched(advice, bodies)


def _to_face(shown: Shown) -> Face:
    x, y, width = shown.spot
    points = np.array([(-0.2, -0.15), (0.2, -0.15), (0, 0.05), (-0.15, 0.25), (0.15, 0.25)]) * width + (x, y)
    return Face(x - width / 2, y - width / 2, width, width, points, shown.score)
