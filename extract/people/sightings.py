"""What was seen of faces while a stretch of video was read: plain arrays, to be kept with its readings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from extract.people.person import EMBEDDING_WIDTH

PICTURE_SIDE: Final = 96


@dataclass(frozen=True)
class Sightings:
    """Faces seen, one row a face in a picture that was looked at; and pictures of tracks.

    Attributes
    ----------
    times_s
        float64, shape (sightings,): of the picture, as `time_s` of the frame table.
    tracks
        int64, shape (sightings,): number of the track that the face belongs to, from 0.
    spots
        float64, shape (sightings, 4): left, top, width and height of the face, px of the video's first
        upright picture.
    embeddings
        float32, shape (sightings, 128); NaN rows of faces that were not, or could not be, told from others.
    still
        int8, shape (sightings,): 1 where the face had not moved at all for a second, 0 where it had, -1 where
        that was not looked at.
    pictured
        int64, shape (pictures,): the tracks of which there are pictures, rising. Of a crowd not all have one.
    pictures
        bytes, shape (pictures,): the face of each of them where it was surest, a JPEG of 96 x 96 px.
    """

    times_s: npt.NDArray[np.float64]
    tracks: npt.NDArray[np.int64]
    spots: npt.NDArray[np.float64]
    embeddings: npt.NDArray[np.float32]
    still: npt.NDArray[np.int8]
    pictured: npt.NDArray[np.int64]
    pictures: npt.NDArray[np.bytes_]

    @staticmethod
    def join(parts: Sequence[Sightings]) -> Sightings:
        """Return the sightings of successive stretches as one; tracks are numbered through."""
        moved, before = [], 0
        for part in parts:
            moved.append(replace(part, tracks=part.tracks + before, pictured=part.pictured + before))
            before += 1 + int(max(part.tracks.max(initial=-1), part.pictured.max(initial=-1)))
        return Sightings(
            *(np.concatenate([getattr(part, field.name) for part in moved]) for field in fields(Sightings))
        )

    def since(self, time_s: float) -> Sightings:
        """Return those from a time on; tracks keep their numbers."""
        rows = self.times_s >= time_s
        return replace(
            self,
            times_s=self.times_s[rows],
            tracks=self.tracks[rows],
            spots=self.spots[rows],
            embeddings=self.embeddings[rows],
            still=self.still[rows],
        )

    @staticmethod
    def none() -> Sightings:
        """Return no sightings."""
        return Sightings(
            np.empty(0),
            np.empty(0, np.int64),
            np.empty((0, 4)),
            np.empty((0, EMBEDDING_WIDTH), np.float32),
            np.empty(0, np.int8),
            np.empty(0, np.int64),
            np.empty(0, "S1"),
        )

    def check(self) -> None:
        """Raise ValueError unless the arrays have these shapes, as those of a damaged file may not."""
        rows, pictures = len(self.times_s), len(self.pictures)
        shapes = [(rows,), (rows,), (rows, 4), (rows, EMBEDDING_WIDTH), (rows,), (pictures,), (pictures,)]
        for field, shape in zip(fields(self), shapes, strict=True):
            array = getattr(self, field.name)
            kinds = "S" if field.name == "pictures" else "iuf"
            if array.shape != shape or array.dtype.kind not in kinds:
                raise ValueError(f"{field.name} is of another shape or type")
        if min(self.tracks.min(initial=0), self.pictured.min(initial=0)) < 0:
            raise ValueError("a face belongs to no track")
