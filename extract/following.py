"""Whether the body in a frame is still the person who was followed so far.

MediaPipe Pose follows one person. When they leave and somebody else is in view, it takes the other one
without a word. A head does not jump, so a body whose head is elsewhere from one frame to the next is somebody
else's and is not read; for a moment the body reader does not get to see it, and can find the person again.
After a cut, which changes the picture as a whole, everything may be elsewhere: the body reader starts anew.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from extract.body import BodyReading
from extract.head import HeadPlace, locate_head
from extract.orientation import RgbImage

# A head that is further away than this, in head widths, from where it was in the frame before, or that has
# changed its size by this factor, is another one. The heads of four speakers go up to 0.15 head widths from
# frame to frame, and change by a factor of up to 1.09.
_JUMP: Final = 1.5
_SIZE_JUMP: Final = 1.7
# Since the person was last seen they may have walked: so many head widths a second, some 2 m/s, and no more
# than so many in all, because after a while the place says nothing of who it is.
_WALK: Final = 12.0
_FARTHEST_WALK: Final = 1.5
# After so many seconds without the person whoever is there is followed: the length of a clip, so that what a
# cut or a jump costs, when it was not noticed, is one clip.
_PATIENCE_S: Final = 10.0
# Somebody else is hidden for so many seconds, then looked at again: the person may be behind what hides them.
_HIDE_S: Final = 0.3
# A cut: the grey values, 0 to 255, change by so much in the mean (frames of four speakers: up to 7), or the
# picture is so little like the one before (r of the grey values; speakers: above .97), however dark it is.
_CUT: Final = 12.0
_LIKE: Final = 0.7
_GRID: Final = 64
# Half the width, in head widths, of what is hidden of somebody else.
_BODY: Final = 2.2
_GREY: Final = 128


class PersonFollower:
    """Follows one person through the frames of a video, given in order: `show`, then `keep`, for each one."""

    def __init__(self) -> None:
        self._place: HeadPlace | None = None
        self._other: HeadPlace | None = None
        self._seen_s = self._other_s = self._now_s = -np.inf
        self._picture: npt.NDArray[np.float32] | None = None

    def notice_cut(self, image: RgbImage) -> bool:
        """Return whether the next frame begins another scene; then nobody is followed any more."""
        step = max(1, max(image.shape[:2]) // _GRID)
        picture = image[::step, ::step].mean(axis=2, dtype=np.float32)
        before, self._picture = self._picture, picture
        if before is None or not _is_cut(before, picture):
            return False
        self._place = self._other = None
        return True

    def show(self, image: RgbImage, time_s: float) -> RgbImage:
        """Return what the body reader is to see of the next frame: all of it but somebody else's body."""
        self._now_s = time_s
        if time_s - self._seen_s >= _PATIENCE_S:
            self._place = self._other = None
        if self._place is None or self._other is None or time_s - self._other_s > _HIDE_S:
            return image
        reach = _BODY * self._other.width
        if abs(self._other.nose[0] - self._place.nose[0]) < reach + self._place.width:
            return image  # the person would be hidden too
        left, right = (max(0, round(self._other.nose[0] + side * reach)) for side in (-1, 1))
        shown = image.copy()
        shown[:, left:right] = _GREY
        return shown

    def keep(self, body: BodyReading | None) -> BodyReading | None:
        """Return the body that was found in the frame, or None where it is somebody else's."""
        place = None if body is None else locate_head(body)
        if place is not None and self._is_other(place):
            self._other, self._other_s, place = place, self._now_s, None
        if place is None:
            return None
        self._place, self._other, self._seen_s = place, None, self._now_s
        return body

    def _is_other(self, place: HeadPlace) -> bool:
        if self._place is None:
            return False
        way, growth = _compare(self._place, place)
        walk = min(_WALK * (self._now_s - self._seen_s), _FARTHEST_WALK)
        if way > _JUMP + walk or growth > _SIZE_JUMP:
            return True
        # Somebody else may have come out behind what is hidden of them.
        return self._other is not None and sum(_compare(self._other, place)) < way + growth


def _is_cut(before: npt.NDArray[np.float32], picture: npt.NDArray[np.float32]) -> bool:
    if before.shape != picture.shape or float(np.abs(picture - before).mean()) > _CUT:
        return True
    parts = before - before.mean(), picture - picture.mean()
    spread = np.sqrt((parts[0] ** 2).mean() * (parts[1] ** 2).mean())
    # Where there is nothing to see, noise alone decides how alike pictures are.
    return bool(spread > 1 and (parts[0] * parts[1]).mean() < _LIKE * spread)


def _compare(before: HeadPlace, place: HeadPlace) -> tuple[float, float]:
    """Return how far two heads are apart, in head widths, and how many times larger one of them is."""
    larger, smaller = max(before.width, place.width), min(before.width, place.width)
    return float(np.linalg.norm(place.nose - before.nose)) / larger, larger / smaller
