"""Where the head is: a square crop that follows the body's head landmarks and otherwise holds still.

Face Mesh's own detector misses faces that are small in the frame (found in 17 % of the frames of a 720p
speech with the upper body in view, against 100 % in such a crop), and the crop makes face and body the same
person when several are in view.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from extract.orientation import RgbImage

if TYPE_CHECKING:
    from extract.body import BodyReading

Point = npt.NDArray[np.float64]

_NOSE: Final = 0
_EARS: Final = (7, 8)
_EYES: Final = (2, 5)
_OUTER_EYES: Final = (6, 3)  # to the left and to the right of the picture in a face seen from the front
_MOUTH: Final = (9, 10)
_FACE: Final = slice(0, 11)
_HANDS: Final = slice(15, 23)  # wrists, little and index fingers, thumbs

# The crop is about three head widths wide: room for hair, chin and some motion.
_SIDE_IN_HEAD_WIDTHS: Final = 3.0
# From eye line to mouth it is about 0.55 of the head's width from ear to ear (0.47 to 0.59 in frames of four
# speakers); that stands in for the width when the head is turned and the ears fall together.
_EYES_TO_MOUTH_IN_HEAD_WIDTHS: Final = 0.55
# The crop moves once the head's centre is further than this share of the side from the crop's centre, or the
# head's size has changed by this factor: a crop that moved with every frame would add its own jitter.
_MIDDLE: Final = 0.15
_SIZE_CHANGE: Final = 1.3
_SMALLEST_SIDE_PX: Final = 32

# A face is of the body's own head when the middle between its eyes and nose lies no further than this from
# the body's, in head widths, and it is so much larger or smaller at most. On four real speakers the mesh's
# differs by up to 0.17 and a factor of 1.16 (the face finder's: 0.17 and 1.24), on rendered ones by up to
# 0.33 and 1.18.
_FARTHEST: Final = 0.5
_FACE_SIZE_CHANGE: Final = 1.5

# A face is invented when the body's nose lies further than the first of these from the middle between the
# outer eye corners, as a share of the way between them, and the face's by more than the second less far to
# that side. On heads rendered up to 50 degrees turned the face's lies up to 0.14 less far, on the one
# of four real ones that turns up to 0.04; docs/measurements/face.md says how often that is right.
_TURNED: Final = 0.25
_TOO_FRONTAL: Final = 0.15

# A hand is before the face when one of its points that are in view (by their visibility) lies no further than
# this from the middle of the face, in head widths; docs/measurements/face.md says how often that is right.
_FACE_REACH: Final = 0.7
_HAND_IN_VIEW: Final = 0.3


# Faces of two finders are one when their middles lie no further apart than this, in face widths, and one is
# so many times as wide at most.
_SAME_SPOT: Final = 0.6
_SAME_SPOT_SIZE: Final = 2.0


@dataclass(frozen=True)
class HeadBox:
    """A square in pixels of the frame: left and top edge and side; it may reach over the frame's border."""

    left: int
    top: int
    side: int

    def cut_from(self, image: RgbImage, place: HeadPlace | None = None) -> HeadView:
        """Return the part of the frame `image` inside the box, with the place of the body's head."""
        height, width = image.shape[:2]
        left, top = max(self.left, 0), max(self.top, 0)
        right, bottom = min(self.left + self.side, width), min(self.top + self.side, height)
        seen = np.ascontiguousarray(image[top:bottom, left:right])
        return HeadView(seen, left, top, self, place)


@dataclass(frozen=True)
class HeadPlace:
    """Where the body says that its head is.

    Attributes
    ----------
    centre
        float64, shape (2,), pixels of the frame: the mean of the head's landmarks.
    eyes, nose, mouth
        float64, shape (2,), pixels of the frame; `eyes` and `mouth` are the middle between both sides.
    outer_eyes
        float64, shape (2, 2), pixels of the frame: the outer corners of the eyes; the first is the one to the
        left of the picture in a face seen from the front.
    width
        Width of the head, pixels.
    """

    centre: Point
    eyes: Point
    nose: Point
    mouth: Point
    outer_eyes: Point
    width: float

    def is_of(self, eyes: Point, nose: Point, mouth: Point) -> bool:
        """Return whether a face with these points, pixels of the frame, is that of the body's own head."""
        distance = _measure((eyes + nose) / 2 - (self.eyes + self.nose) / 2)
        # From eyes to nose to mouth: turning the head to the side hardly shortens that way.
        length = _measure(eyes - nose) + _measure(nose - mouth)
        expected = _measure(self.eyes - self.nose) + _measure(self.nose - self.mouth)
        return (
            distance <= _FARTHEST * self.width
            and expected / _FACE_SIZE_CHANGE <= length <= expected * _FACE_SIZE_CHANGE
        )

    def is_turned_more_than(self, nose: Point, outer_eyes: Point) -> bool:
        """Return whether the body's own head is turned to the side, and a face with these points far less.

        Takes the nose and the outer corners of the eyes as `HeadPlace` has them.
        """
        own, other = _measure_turn(self.nose, self.outer_eyes), _measure_turn(nose, outer_eyes)
        return abs(own) > _TURNED and abs(own) - np.sign(own) * other > _TOO_FRONTAL


class FaceSpot(NamedTuple):
    """Where a face is in a frame, roughly: its middle and its width, px of the frame."""

    x: float
    y: float
    width: float

    def distance_to(self, other: FaceSpot) -> float:
        """Return how far two faces are apart, in widths of this one."""
        return float(np.hypot(other.x - self.x, other.y - self.y)) / self.width

    def may_be(self, other: FaceSpot) -> bool:
        """Return whether two finders may mean the same face: they draw it a little differently."""
        ratio = other.width / self.width
        return self.distance_to(other) <= _SAME_SPOT and 1 / _SAME_SPOT_SIZE <= ratio <= _SAME_SPOT_SIZE


@dataclass(frozen=True)
class HeadView:
    """The head in one frame.

    Attributes
    ----------
    image
        What of the frame lies inside the box, RGB, uint8, contiguous, a copy.
    left, top
        Where the image's first pixel lies in the frame, pixels.
    box
        The box that was asked for.
    place
        Where in the frame the body has its head; None where that is not known, so that any face in the
        box is taken for the body's own.
    """

    image: RgbImage
    left: int
    top: int
    box: HeadBox
    place: HeadPlace | None = None


class HeadTracker:
    """Turns the places of a head in successive frames into a head box that moves seldom."""

    def __init__(self) -> None:
        self._box: HeadBox | None = None

    def locate(self, place: HeadPlace | None, image: RgbImage) -> HeadBox | None:
        """Return the box around the head in the next frame; None without a head or with it out of view."""
        height, width = image.shape[:2]
        if place is None or not (0 <= place.centre[0] < width and 0 <= place.centre[1] < height):
            self._box = None
            return None
        side = max(round(_SIDE_IN_HEAD_WIDTHS * place.width), _SMALLEST_SIDE_PX)
        if self._box is None or not _is_near(self._box, place.centre, side):
            left, top = np.round(place.centre - side / 2).astype(int)
            self._box = HeadBox(int(left), int(top), side)
        return self._box


def locate_head(body: BodyReading | None) -> HeadPlace | None:
    """Return where a body has its head; None without a body."""
    if body is None:
        return None
    points = body.landmarks[:, :2]
    eyes, mouth = ((points[one] + points[other]) / 2 for one, other in (_EYES, _MOUTH))
    ears_apart, face_height = _measure(points[_EARS[0]] - points[_EARS[1]]), _measure(eyes - mouth)
    width = max(ears_apart, face_height / _EYES_TO_MOUTH_IN_HEAD_WIDTHS)
    centre = points[_FACE].mean(axis=0)
    return HeadPlace(centre, eyes, points[_NOSE], mouth, points[list(_OUTER_EYES)], width)


def shows_face(body: BodyReading, place: HeadPlace) -> bool:
    """Return whether the face of a body is there to be read: not in profile, and no hand before it.

    `place` is where it has its head.

    In profile, or further away, the nose lies beyond the outer corner of an eye, which of a head that looks
    straight it does from 47 degrees of yaw on. The face readers invent a face there, seen from the front.
    """
    return not (_is_in_profile(place) or _is_behind_hand(body, place))


def _measure(way: Point) -> float:
    """Return how long a way is: what `np.linalg.norm` does, in a fifth of the time."""
    return math.sqrt(way.dot(way))


def _measure_turn(nose: Point, outer_eyes: Point) -> float:
    """Return where the nose is between the outer eye corners: 0 is the middle, -0.5 and 0.5 the corners."""
    left, right = outer_eyes
    across = right - left
    return float((nose - (left + right) / 2) @ across / (across @ across))


def _is_in_profile(place: HeadPlace) -> bool:
    up = place.eyes - place.mouth
    across = np.array([-up[1], up[0]])  # to the right of the picture where the head is upright
    left, right = (place.outer_eyes - place.nose) @ across
    return bool(left > 0 or right < 0)


def _is_behind_hand(body: BodyReading, place: HeadPlace) -> bool:
    in_view = body.landmarks[_HANDS, :2][body.visibility[_HANDS] > _HAND_IN_VIEW]
    distances = np.linalg.norm(in_view - (place.eyes + place.mouth) / 2, axis=1)
    return bool((distances < _FACE_REACH * place.width).any())


def _is_near(box: HeadBox, centre: Point, side: int) -> bool:
    offset = np.abs(centre - (box.left + box.side / 2, box.top + box.side / 2)).max()
    return offset <= _MIDDLE * box.side and 1 / _SIZE_CHANGE <= side / box.side <= _SIZE_CHANGE
