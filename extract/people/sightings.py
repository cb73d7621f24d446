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
    """Faces seen, one row a face in a picture that was looked at; and a picture of each track.

    Attributes
    ----------
    times_s
        float64, shape (sightings,): of the picture, as `time_s` of the frame table.
    tracks
        int64, shape (sightings,): which track the face belongs to, a row of `pictures`.
    spots
        float64, shape (sightings, 4): left, top, width and height of the face, px of the video's first
        upright picture.
    embeddings
        float32, shape (sightings, 128); NaN rows of faces that were not, or could not be, told from others.
    pictures
        uint8, shape (tracks, 96, 96, 3): RGB, the face where it was surest.
    """

    times_s: npt.NDArray[np.float64]
    tracks: npt.NDArray[np.int64]
    spots: npt.NDArray[np.float64]
    embeddings: npt.NDArray[np.float32]
    pictures: npt.NDArray[np.uint8]

    @staticmethod
    def join(parts: Sequence[Sightings]) -> Sightings:
        """Return the sightings of successive stretches as one; tracks are numbered through."""
        moved, before = [], 0
        for part in parts:
            moved.append(replace(part, tracks=part.tracks + before))
            before += len(part.pictures)
        return Sightings(
            *(np.concatenate([getattr(part, field.name) for part in moved]) for field in fields(Sightings))
        )

    def since(self, time_s: float) -> Sightings:
        """Return those from a time on; tracks keep their numbers."""
        rows = self.times_s >= time_s
        chosen = (self.times_s[rows], self.tracks[rows], self.spots[rows], self.embeddings[rows])
        return Sightings(*chosen, self.pictures)

    @staticmethod
    def none() -> Sightings:
        """Return no sightings."""
        return Sightings(
            np.empty(0),
            np.empty(0, np.int64),
            np.empty((0, 4)),
            np.empty((0, EMBEDDING_WIDTH), np.float32),
            np.empty((0, PICTURE_SIDE, PICTURE_SIDE, 3), np.uint8),
        )

    def check(self) -> None:
        """Raise ValueError unless the arrays have these shapes, as those of a damaged file may not."""
        rows = len(self.times_s)
        shapes = [(rows,), (rows,), (rows, 4), (rows, EMBEDDING_WIDTH)]
        shapes.append((len(self.pictures), PICTURE_SIDE, PICTURE_SIDE, 3))
        for field, shape in zip(fields(self), shapes, strict=True):
            array = getattr(self, field.name)
            if array.shape != shape or array.dtype.kind not in "iuf":
                raise ValueError(f"{field.name} is of another shape or type")
        if rows and not (self.tracks.min() >= 0 and self.tracks.max() < len(self.pictures)):
            raise ValueError("a face belongs to no track")
