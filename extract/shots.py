"""Where a video's shots begin: the pictures themselves are compared, and nothing that was read of them."""

from __future__ import annotations

from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from extract.dissolves import DissolveRule
from extract.hard_cuts import HardCutRule
from extract.jump_cuts import JumpCutRule
from extract.orientation import RgbImage

_SMALL: Final = 160
# Slow differences of brightness are taken out over so many pixels: a lamp, a flash, an exposure.
_BRIGHTNESS: Final = 25


class ShotStart(NamedTuple):
    """A frame begins another shot.

    Attributes
    ----------
    since_s
        Presentation time, seconds, from which on frames belong to neither shot: that of the frame itself
        where one picture follows the other, and the beginning of the transition where they mix.
    """

    since_s: float


class ShotDetector:
    """Says which frames of a video begin another shot; they are given in order.

    Parameters
    ----------
    in_shot
        Whether somebody is followed into the first frames, so that no cut is to be guessed before some
        frames have shown what is usual.
    """

    def __init__(self, *, in_shot: bool = False) -> None:
        self._hard_cuts = HardCutRule(in_shot=in_shot)
        self._jump_cuts, self._dissolves = JumpCutRule(), DissolveRule()

    def notice(self, image: RgbImage, time_s: float) -> ShotStart | None:
        """Return that the next frame begins another shot, or None.

        Parameters
        ----------
        image
            Upright RGB picture, uint8, shape (height, width, 3); its size may change.
        time_s
            Its presentation time, seconds.
        """
        small = _shrink(image)
        if self._hard_cuts.notice(image, time_s):
            self._jump_cuts.restart()
            self._dissolves.restart()
            self._jump_cuts.notice(small, time_s)
            self._dissolves.notice(small, time_s)
            self.why = "cut"
            return ShotStart(time_s)
        since = self._jump_cuts.notice(small, time_s)
        self.why = "jump"
        if since is not None:
            self._dissolves.restart()
            self._dissolves.notice(small, time_s)
            return ShotStart(since)
        since = self._dissolves.notice(small, time_s)
        self.why = "dissolve"
        if since is not None:
            self._jump_cuts.restart()
            return ShotStart(since)
        return None


def _shrink(image: RgbImage) -> npt.NDArray[np.float32]:
    """Return the green values of an image, its longer side made 160 px."""
    height, width = image.shape[:2]
    step = max(1, max(height, width) // (2 * _SMALL))
    green = np.ascontiguousarray(image[::step, ::step, 1])
    times = _SMALL / max(height, width)
    size = max(1, round(width * times)), max(1, round(height * times))
    small = cv2.resize(green, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    return small - cv2.blur(small, (_BRIGHTNESS, _BRIGHTNESS))
