"""Where a video's shots begin: the pictures themselves are compared, and nothing that was read of them.

Three rules look for hard cuts, for jump cuts, and for dissolves and fades.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from extract.dissolves import DissolveRule
from extract.hard_cuts import HardCutRule
from extract.jump_cuts import JumpCutRule
from extract.orientation import RgbImage

# Whether a frame begins a shot depends on the pictures of so many seconds before it, at most.
MEMORY_S: Final = 3.0
_SMALL: Final = 160
# Slow differences of brightness are taken out over so many pixels: a lamp, a flash, an exposure.
_BRIGHTNESS: Final = 25


class ShotStart(NamedTuple):
    """A frame begins another shot.

    Attributes
    ----------
    since_s
        Presentation time, seconds, from which on the frames before this one belong to neither shot. After a
        hard cut it is the time of this frame. A jump cut is known a tenth of a second after it, and a
        transition in which two shots mix when it is over; then it is the time at which that began.
    """

    since_s: float


class ShotDetector:
    """Says which frames of a video begin another shot; they are given in order.

    Parameters
    ----------
    in_shot
        Whether the first frames are from the middle of a video, so that no cut is to be guessed before some
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
        picture = _shrink(image)
        since_s: float | None
        if self._hard_cuts.notice(image, time_s):
            fade_s = self._dissolves.find_fade()
            since_s = time_s if fade_s is None else fade_s
        else:
            since_s = self._jump_cuts.notice(picture, time_s)
            if since_s is None:
                since_s = self._dissolves.notice(picture, time_s)
        if since_s is None:
            return None
        self._jump_cuts.restart(picture)
        self._dissolves.restart()
        return ShotStart(since_s)


def _shrink(image: RgbImage) -> npt.NDArray[np.float32]:
    """Return the green values of an image, its longer side made 160 px."""
    height, width = image.shape[:2]
    step = max(1, max(height, width) // (2 * _SMALL))
    green = np.ascontiguousarray(image[::step, ::step, 1])
    times = _SMALL / max(height, width)
    size = max(1, round(width * times)), max(1, round(height * times))
    small = cv2.resize(green, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    return small - cv2.blur(small, (_BRIGHTNESS, _BRIGHTNESS))
