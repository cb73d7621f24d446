"""A face from look to look."""

from __future__ import annotations

from typing import Final

import numpy as np

from extract.head import FaceSpot
from extract.orientation import RgbImage
from extract.people.cast import Answer
from extract.people.faces import Face, FacePrint, crop_face
from extract.people.sightings import PICTURE_SIDE

# Looks closer together than this, seconds, do not tell whether a face moves at all: people keep still for a
# moment.
_STILL_S: Final = 1.0
# From one look to the next a face goes no further than this, in its widths, and grows by no more.
_WAY: Final = 1.2
_GROWTH: Final = 1.5


class FaceTrack:
    """A face from look to look.

    Parameters
    ----------
    number
        Which one, from 0.
    spot
        Where it was seen first, px of the video's first picture.
    """

    def __init__(self, number: int, spot: FaceSpot) -> None:
        self.number = number
        self.spot = spot
        self.answer: Answer = "unclear"
        self.likeness = np.nan
        self.missed_looks = 0
        self.told_s = -np.inf
        self.untold: RgbImage | None = None
        self.doubts = 0
        self.looks = 0
        self.best_score = 0.0
        self.picture: RgbImage | None = None
        self.print: FacePrint | None = None
        self.printed_s = -np.inf
        self.still_looks = 0

    def compare_print(self, seen: FacePrint, time_s: float) -> int:
        """Count for how many looks the face has not moved at all; return what `Sightings.still` says."""
        before, away_s = self.print, time_s - self.printed_s
        if before is not None and away_s < _STILL_S:
            return -1
        self.print, self.printed_s = seen, time_s
        if before is None:
            return -1
        is_still = before.is_same(seen)
        self.still_looks = self.still_looks + 1 if is_still else 0
        return int(is_still)

    def keep_picture(self, image: RgbImage, face: Face) -> None:
        """Keep the picture of the face where it is clearly surer than before."""
        certainty = face.score * min(face.width, PICTURE_SIDE)
        if certainty > 1.2 * self.best_score:
            self.best_score = certainty
            self.picture = crop_face(image, face.spot, PICTURE_SIDE)

    def may_go_on_at(self, spot: FaceSpot) -> bool:
        """Return whether a face of the next look may be this one."""
        ratio = spot.width / self.spot.width
        return self.spot.distance_to(spot) <= _WAY and 1 / _GROWTH <= ratio <= _GROWTH
