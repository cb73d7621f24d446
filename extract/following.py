"""Whether the body in a frame is still the person who was followed so far.

MediaPipe Pose follows one person. When they leave and somebody else is in view, it takes the other one
without a word. A head does not jump, so a body whose head is elsewhere from one frame to the next is somebody
else's and is not read; for a moment the body reader does not get to see it, and can find the person again.
After a cut, which changes the picture as a whole, everything may be elsewhere: the body reader starts anew.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from extract.head import HeadPlace
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
# Half the width, in head widths, of what is hidden of somebody else.
_BODY: Final = 2.2
_GREY: Final = 128


class SeenHead(NamedTuple):
    """A head as it was seen last: when, where its nose was and how wide it was, px of the video.

    Those are pixels of the video's first picture (`Frame.scale`), in which a head does not jump where only
    the size of the pictures changes.
    """

    time_s: float
    nose: npt.NDArray[np.float64]
    width: float

    def is_other(self, later: SeenHead) -> bool:
        """Return whether a head that is seen later, or in the same frame, cannot be this one."""
        away_s = later.time_s - self.time_s
        if away_s >= _PATIENCE_S:
            return False
        way, growth = _compare(self, later)
        return way > _JUMP + min(_WALK * away_s, _FARTHEST_WALK) or growth > _SIZE_JUMP


class PersonFollower:
    """Follows one person through the frames of a video, given in order: `show`, then `keep`, for each one.

    Parameters
    ----------
    person
        Whom to follow, seen before the first frame; None for whoever is found first.
    """

    def __init__(self, person: SeenHead | None = None) -> None:
        self._person = person
        self._other: SeenHead | None = None
        self._now_s = -np.inf
        self._scale: npt.NDArray[np.float64] = np.ones(2)
        self._picture: npt.NDArray[np.float32] | None = None
        self._image: RgbImage | None = None  # that it was taken from
        self._unlike: deque[float] = deque(maxlen=_FRAMES_BEFORE)
        # What is usual shows after some frames; until then whoever is given is not given up for a cut.
        self._least_known = 0 if person is None else _FRAMES_BEFORE - 1
        self._since_cut = _FRAMES_BEFORE

    def notice_cut(self, image: RgbImage) -> bool:
        """Return whether the next frame begins another scene; then nobody is followed any more."""
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
        if not is_cut:
            return False
        self._since_cut = 0
        self._person = self._other = None
        return True

    def show(self, image: RgbImage, time_s: float, scale: tuple[float, float] = (1.0, 1.0)) -> RgbImage:
        """Return what the body reader is to see of the next frame: all of it but somebody else's body.

        The parameters are the parts of a `Frame`.
        """
        self._now_s, self._scale = time_s, np.array(scale)
        if self._person is not None and time_s - self._person.time_s >= _PATIENCE_S:
            self._person = self._other = None
        if self._person is None or self._other is None or time_s - self._other.time_s > _HIDE_S:
            return image
        reach = _BODY * self._other.width
        if abs(self._other.nose[0] - self._person.nose[0]) < reach + self._person.width:
            return image  # the person would be hidden too
        across = self._scale[0]
        left, right = (max(0, round((self._other.nose[0] + side * reach) / across)) for side in (-1, 1))
        shown = image.copy()
        shown[:, left:right] = _GREY
        return shown

    def keep(self, place: HeadPlace | None) -> bool:
        """Return whether the head that was found in the frame is the person's; None is nobody's."""
        if place is None:
            return False
        head = SeenHead(self._now_s, place.nose * self._scale, place.width * float(self._scale[1]))
        if self._is_other(head):
            self._other = head
            return False
        self._person, self._other = head, None
        return True

    def _is_other(self, head: SeenHead) -> bool:
        if self._person is None:
            return False
        if self._person.is_other(head):
            return True
        # Somebody else may have come out behind what is hidden of them.
        return self._other is not None and sum(_compare(self._other, head)) < sum(
            _compare(self._person, head)
        )


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


def _compare(before: SeenHead, head: SeenHead) -> tuple[float, float]:
    """Return how far two heads are apart, in head widths, and how many times larger one of them is."""
    larger, smaller = max(before.width, head.width), min(before.width, head.width)
    return float(np.linalg.norm(head.nose - before.nose)) / larger, larger / smaller
