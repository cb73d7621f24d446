"""Where a video's shots begin: the pictures themselves are compared, and nothing that was read of them."""

from __future__ import annotations

import math
from collections import deque
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from extract.orientation import RgbImage

# A cut: the picture is unlike the one before by so much (1 - r of the grey values; frames of four speakers:
# up to .08), or by less, and its grey values, 0 to 255, change by so much in the mean (speakers: up to 7). A
# lamp or a flash changes the grey values alone.
_UNLIKE: Final = 0.3
_LEAST_UNLIKE: Final = 0.05
_CHANGE: Final = 12.0
# It stands out from the frames before it by this factor; somebody who walks through the picture, or a camera
# that pans, makes every frame, or every second one, as unlike.
_STANDS_OUT: Final = 2.5
_FRAMES_BEFORE: Final = 5
# A picture whose grey values vary by less (standard deviation) is black or white, and like or unlike nothing.
_FLAT: Final = 1.5
_GRID: Final = 64
# Sizes of one picture are rounded, so that width by height differs by so much at most (logarithm).
_SHAPE: Final = 0.03
_GREY_WEIGHTS: Final = np.full(3, 1 / 3, np.float32)


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
        self._picture: npt.NDArray[np.float32] | None = None
        self._image: RgbImage | None = None  # that it was taken from
        self._unlike: deque[float] = deque(maxlen=_FRAMES_BEFORE)
        self._least_known = _FRAMES_BEFORE - 1 if in_shot else 0
        self._since_cut = _FRAMES_BEFORE

    def notice(self, image: RgbImage, time_s: float) -> ShotStart | None:
        """Return that the next frame begins another shot, or None.

        Parameters
        ----------
        image
            Upright RGB picture, uint8, shape (height, width, 3); its size may change.
        time_s
            Its presentation time, seconds.
        """
        return ShotStart(time_s) if self._is_cut(image) else None

    def _is_cut(self, image: RgbImage) -> bool:
        step = max(1, max(image.shape[:2]) // _GRID)
        picture: npt.NDArray[np.float32] = image[::step, ::step] @ _GREY_WEIGHTS
        if picture.std() < _FLAT:
            return False  # what comes after it is compared with what was before it
        before, self._picture = self._picture, picture
        image_before, self._image = self._image, image
        if before is None or image_before is None:
            return False
        if image_before.shape == image.shape:
            unlike, change = _compare_pictures(before, picture)
        else:
            unlike, change = _compare_sizes(image_before, image)
        stands_out = unlike > _STANDS_OUT * max(self._unlike, default=0)
        known = len(self._unlike) >= self._least_known
        is_cut = known and stands_out and unlike >= (_LEAST_UNLIKE if change > _CHANGE else _UNLIKE)
        self._since_cut += 1
        # One cut alone says nothing of what is usual; several within a few frames are no cuts but a pan.
        if not is_cut or self._since_cut <= _FRAMES_BEFORE:
            self._unlike.append(unlike)
        if is_cut:
            self._since_cut = 0
        return is_cut


def _compare_pictures(
    before: npt.NDArray[np.float32], picture: npt.NDArray[np.float32]
) -> tuple[float, float]:
    """Return how unlike two pictures are, 0 to 2, and how far their grey values differ in the mean."""
    shared = ((before - before.mean()) * (picture - picture.mean())).mean()
    return 1 - float(shared / (before.std() * picture.std())), float(np.abs(picture - before).mean())


def _compare_sizes(before: RgbImage, image: RgbImage) -> tuple[float, float]:
    """Return what `_compare_pictures` does, of images of two sizes; those of two shapes are unlike."""
    import cv2

    (height, width), (new_height, new_width) = before.shape[:2], image.shape[:2]
    if abs(math.log(width * new_height / (height * new_width))) > _SHAPE:
        return 2.0, np.inf
    size = _GRID, max(1, round(_GRID * new_height / new_width))
    # Single points of a large picture are not those of a small one.
    first, second = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (before, image))
    return _compare_pictures(first @ _GREY_WEIGHTS, second @ _GREY_WEIGHTS)
