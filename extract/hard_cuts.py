"""Hard cuts: a picture is unlike the one before, and the pictures before were not."""

from __future__ import annotations

import math
from collections import deque
from typing import Any, Final, NamedTuple, Self

import cv2
import numpy as np
import numpy.typing as npt

from extract.orientation import RgbImage

# A cut: the picture is unlike the one before by so much (1 - r of the grey values; frames of four speakers:
# up to .08), or by less, and its grey values, 0 to 255, change by so much in the mean (speakers: up to 7). A
# lamp or a flash changes the grey values alone.
_UNLIKE: Final = 0.3
_LEAST_UNLIKE: Final = 0.05
_UNLIKE_AT_FIRST: Final = 0.6
_CHANGE: Final = 12.0
# It stands out from the frames before it by this factor; somebody who walks through the picture, or a camera
# that pans, makes every frame, or every second one, as unlike. Those are so many frames at least, and those
# of so many seconds: at 60 frames a second a picture is often shown several times.
_STANDS_OUT: Final = 2.5
_FRAMES_BEFORE: Final = 5
_BEFORE_S: Final = 0.17
# A picture whose grey values vary by less (standard deviation) is black or white, and like or unlike nothing.
_FLAT: Final = 1.5
_GRID: Final = 64
# Sizes of one picture are rounded, so that width by height differs by so much at most (logarithm).
_SHAPE: Final = 0.03
_GREY_WEIGHTS: Final = np.full(3, 1 / 3, np.float32)


class _Grey(NamedTuple):
    """Grey values of some points of a picture, how far they are from their mean, and their spread."""

    values: npt.NDArray[np.float32]
    centred: npt.NDArray[np.float32]
    spread: np.float32

    @classmethod
    def of(cls, image: npt.NDArray[Any]) -> Self:
        values: npt.NDArray[np.float32] = image @ _GREY_WEIGHTS
        return cls(values, values - values.mean(), values.std())


class HardCutRule:
    """Finds hard cuts in the pictures of a video, given in order.

    Parameters
    ----------
    in_shot
        As of `extract.shots.ShotDetector`.
    """

    def __init__(self, *, in_shot: bool) -> None:
        self._picture: _Grey | None = None
        self._image: RgbImage | None = None  # that it was taken from
        self._unlike: deque[tuple[float, float]] = deque()  # when, and how much
        self._least_known = _FRAMES_BEFORE - 1 if in_shot else 0
        self._since_cut = _FRAMES_BEFORE
        self._cut_s = -math.inf

    def notice(self, image: RgbImage, time_s: float) -> bool:
        """Return whether the next frame, as of `ShotDetector.notice`, is the first one after a cut."""
        step = max(1, max(image.shape[:2]) // _GRID)
        picture = _Grey.of(image[::step, ::step])
        if picture.spread < _FLAT:
            return False  # what comes after it is compared with what was before it
        before, self._picture = self._picture, picture
        image_before, self._image = self._image, image
        if before is None or image_before is None:
            return False
        if image_before.shape == image.shape:
            unlike, change = _compare_pictures(before, picture)
        else:
            unlike, change = _compare_sizes(image_before, image)
        while len(self._unlike) > _FRAMES_BEFORE and self._unlike[0][0] < time_s - _BEFORE_S:
            self._unlike.popleft()
        stands_out = unlike > _STANDS_OUT * max((one for _, one in self._unlike), default=0)
        known = len(self._unlike) >= self._least_known
        # What is usual is not known yet in the first frames: a picture that only sways must not begin a shot.
        if len(self._unlike) < _FRAMES_BEFORE - 1:
            enough = _UNLIKE_AT_FIRST
        else:
            enough = _LEAST_UNLIKE if change > _CHANGE else _UNLIKE
        is_cut = known and stands_out and unlike >= enough
        self._since_cut += 1
        # One cut alone says nothing of what is usual; several within a few frames are no cuts but a pan.
        if not is_cut or self._since_cut <= _FRAMES_BEFORE or time_s - self._cut_s <= _BEFORE_S:
            self._unlike.append((time_s, unlike))
        if is_cut:
            self._since_cut, self._cut_s = 0, time_s
        return is_cut


def _compare_pictures(before: _Grey, picture: _Grey) -> tuple[float, float]:
    """Return how unlike two pictures are, 0 to 2, and how far their grey values differ in the mean."""
    shared = (before.centred * picture.centred).mean()
    change = np.abs(picture.values - before.values).mean()
    return 1 - float(shared / (before.spread * picture.spread)), float(change)


def _compare_sizes(before: RgbImage, image: RgbImage) -> tuple[float, float]:
    """Return what `_compare_pictures` does, of images of two sizes; those of two shapes are unlike."""
    (height, width), (new_height, new_width) = before.shape[:2], image.shape[:2]
    if abs(math.log(width * new_height / (height * new_width))) > _SHAPE:
        return 2.0, np.inf
    size = _GRID, max(1, round(_GRID * new_height / new_width))
    # Single points of a large picture are not those of a small one.
    first, second = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (before, image))
    return _compare_pictures(_Grey.of(first), _Grey.of(second))
