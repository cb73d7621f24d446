"""Whether the body in a frame is still the person who was followed so far.

MediaPipe Pose follows one person. When they leave and somebody else is in view, it takes the other one
without a word. A head does not jump, so a body whose head is elsewhere from one frame to the next is somebody
else's and is not read; for a moment the body reader does not get to see it, and can find the person again.
Where faces are told apart (`extract.people.lookout`) that happens only while no face is in view, as of people
who turn their backs: else a look says at once where the person is, and nobody is followed until then.
In another shot (`extract.shots`) everything may be elsewhere: nobody is followed into it.
"""

from __future__ import annotations

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

    def forget(self) -> None:
        """Follow nobody any more, as where another shot begins; then whoever is found first is followed."""
        self._person = self._other = None

    def show(self, image: RgbImage, time_s: float, scale: tuple[float, float] = (1.0, 1.0)) -> RgbImage:
        """Return what the body reader is to see of the next frame: all of it but somebody else's body.

        The parameters are the parts of a `Frame`.
        """
        self._now_s, self._scale = time_s, np.array(scale)
        if self._person is not None and time_s - self._person.time_s >= _PATIENCE_S:
            self.forget()
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


def _compare(before: SeenHead, head: SeenHead) -> tuple[float, float]:
    """Return how far two heads are apart, in head widths, and how many times larger one of them is."""
    larger, smaller = max(before.width, head.width), min(before.width, head.width)
    return float(np.linalg.norm(head.nose - before.nose)) / larger, larger / smaller
