"""One-sided measures and gaze: where parts of the face are after the rigid fit, left and right apart.

Action units take left and right together, and stand for actions. These stand for places: how high the right
brow is, how far the left lip corner is from the middle, where the irises are. Unit and zero are those of
`extract.mesh_actions`: the distance between the outer eye corners, and the person's own median over the
video, so that the shape of a face is not in them. Nothing is taken off in blinks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from extract.frame_table import SIDES
from extract.mesh_face import Face, Indices, Values, neutral

_Side = Literal["right", "left"]

# Numbers of MediaPipe's canonical face mesh, of the person's right and left side.
_EYE_CORNERS: Final[dict[_Side, Indices]] = {"right": (33, 133), "left": (263, 362)}
_IRISES: Final[dict[_Side, Indices]] = {"right": (468,), "left": (473,)}
_INNER_BROWS: Final[dict[_Side, Indices]] = {"right": (55, 107), "left": (285, 336)}
_MID_BROWS: Final[dict[_Side, Indices]] = {"right": (52, 65, 105), "left": (282, 295, 334)}
_OUTER_BROWS: Final[dict[_Side, Indices]] = {"right": (46, 53, 63, 70), "left": (276, 283, 293, 300)}
_UPPER_LIDS: Final[dict[_Side, Indices]] = {"right": (158, 159, 160), "left": (385, 386, 387)}
_LOWER_LIDS: Final[dict[_Side, Indices]] = {"right": (144, 145, 153), "left": (373, 374, 380)}
_CHEEKS: Final[dict[_Side, Indices]] = {"right": (50, 101, 118), "left": (280, 330, 347)}
_NOSE_WINGS: Final[dict[_Side, Indices]] = {"right": (64, 98, 129), "left": (294, 327, 358)}
_LIP_CORNERS: Final[dict[_Side, Indices]] = {"right": (61,), "left": (291,)}
_UPPER_LIPS: Final[dict[_Side, Indices]] = {"right": (37, 39), "left": (267, 269)}
_LOWER_LIPS: Final[dict[_Side, Indices]] = {"right": (84, 181), "left": (314, 405)}
_UPPER_LIP: Final = (0,)
_LOWER_LIP: Final = (17,)
_INNER_LIPS: Final = ((13,), (14,))
_CHIN: Final = (148, 152, 377)
_CHIN_EDGE: Final = (152,)
_CHIN_BOSS: Final = (199, 200)
_NOSE: Final = (4,)

# Steps in which values are kept. Finer ones are noise of the mesh, and cost space: docs/measurements/face.md.
_STEPS: Final = 2.0**16


@dataclass(frozen=True)
class SideMeasure:
    """How one place of the face is measured.

    Attributes
    ----------
    formula
        What is measured, in the axes of the aligned face.
    blind_to
        What the measure cannot see, and what else moves it; empty where nothing special is known.
    points
        The mesh points that it is made of.
    measure
        From the face through a whole video to a value a frame, shape (frames,).
    """

    formula: str
    blind_to: str
    points: Indices
    measure: Callable[[Face], Values]


def _above_the_eye(side: _Side, what: str, points: Indices, blind_to: str = "") -> SideMeasure:
    """Return the measure of how high points are above the middle of that eye's corners."""
    corners = _EYE_CORNERS[side]
    return SideMeasure(
        f"height of {what} above that eye's corner line",
        blind_to,
        (*points, *corners),
        lambda face: face.height(points) - face.height(corners),
    )


def _outward(side: _Side, what: str, points: Indices, blind_to: str = "") -> SideMeasure:
    """Return the measure of how far points are from the middle of the face, towards that side."""
    sign = {"right": -1.0, "left": 1.0}[side]
    return SideMeasure(
        f"distance of {what} from the middle of the face, outwards",
        blind_to,
        points,
        lambda face: sign * face.across(points),
    )


def _to_the_left(what: str, points: Indices, blind_to: str = "") -> SideMeasure:
    return SideMeasure(
        f"how far {what} is to the person's left of the middle of the face",
        blind_to,
        points,
        lambda face: face.across(points),
    )


def _high(what: str, points: Indices, blind_to: str = "") -> SideMeasure:
    return SideMeasure(
        f"height of {what} above the line of the outer eye corners of the reference face",
        blind_to,
        points,
        lambda face: face.height(points),
    )


def _back(what: str, points: Indices) -> SideMeasure:
    return SideMeasure(
        f"how far back {what} is",
        "The mesh knows least about depth.",
        points,
        lambda face: face.depth(points),
    )


def _gaze(side: _Side) -> dict[str, SideMeasure]:
    iris, corners = _IRISES[side], _EYE_CORNERS[side]
    return {
        "gaze_x": SideMeasure(
            "how far the iris is to the person's left of the middle of that eye's corners, in both eyes",
            "It does not see where the head points. A turned head moves it a little.",
            (*iris, *corners),
            lambda face: face.across(iris) - face.across(corners),
        ),
        "gaze_y": _above_the_eye(side, "the iris", iris, "The mesh lowers the iris in a blink."),
    }


def _measure_side(side: _Side) -> dict[str, SideMeasure]:
    nods = "A nod moves it: the mesh does not follow the forehead."
    jaw = "The jaw moves it."
    measures = {
        "inner_brow": _above_the_eye(side, "the inner brow", _INNER_BROWS[side], nods),
        "mid_brow": _above_the_eye(side, "the middle of the brow", _MID_BROWS[side], nods),
        "outer_brow": _above_the_eye(side, "the outer brow", _OUTER_BROWS[side], nods),
        "brow_x": _outward(side, "the inner brow", _INNER_BROWS[side]),
        "upper_lid": _above_the_eye(side, "the upper lid", _UPPER_LIDS[side], "Blinks are in it."),
        "lower_lid": _above_the_eye(side, "the lower lid", _LOWER_LIDS[side], "Blinks are in it."),
        "cheek": _above_the_eye(
            side, "the cheek", _CHEEKS[side], "The mesh guesses smooth cheeks from the mouth."
        ),
        "nose_wing": _above_the_eye(side, "the wing of the nose", _NOSE_WINGS[side]),
        "corner_x": _outward(side, "the lip corner", _LIP_CORNERS[side]),
        "corner_y": _high("the lip corner", _LIP_CORNERS[side]),
        "corner_z": _back("the lip corner", _LIP_CORNERS[side]),
        "upper_lip": _high("the upper lip's outer edge on that side", _UPPER_LIPS[side]),
        "lower_lip": _high("the lower lip's outer edge on that side", _LOWER_LIPS[side], jaw),
        **_gaze(side),
    }
    return {f"{side}_{part}": measure for part, measure in measures.items()}


SIDE_MEASURES: Final[dict[str, SideMeasure]] = {
    **_measure_side("right"),
    **_measure_side("left"),
    "mid_upper_lip": _high("the middle of the upper lip's outer edge", _UPPER_LIP),
    "mid_lower_lip": _high("the middle of the lower lip's outer edge", _LOWER_LIP, "The jaw moves it."),
    "lip_gap": SideMeasure(
        "gap between the inner edges of the lips, in their middle",
        "The jaw moves it. Lips that part beside their middle do not.",
        (*_INNER_LIPS[0], *_INNER_LIPS[1]),
        lambda face: face.height(_INNER_LIPS[0]) - face.height(_INNER_LIPS[1]),
    ),
    "chin_x": _to_the_left("the chin's edge", _CHIN),
    "chin_y": _high("the chin's edge", _CHIN),
    "chin_z": _back("the chin's edge", _CHIN_EDGE),
    "nose_front_x": _to_the_left(
        "the front of the nose",
        _NOSE,
        "The fit holds this point still, so little but turning heads moves it.",
    ),
    "chin_boss_z": _back("the chin boss", _CHIN_BOSS),
    "lip_z": _back("the middle of the upper lip's outer edge", _UPPER_LIP),
}

# All points that these measures are made of.
SIDE_POINTS: Final = frozenset(point for one in SIDE_MEASURES.values() for point in one.points)


def measure_sides(face: Face) -> Values:
    """Return the one-sided measures through a whole video.

    Parameters
    ----------
    face
        With the points `SIDE_POINTS`.

    Returns
    -------
    ndarray
        float64, shape (frames, len(`SIDES`)), in that order, in outer eye-corner distances; 0 is the median
        over the video. Multiples of 2 to the power of -16 (0.000015). NaN where the points are.
    """
    values = [SIDE_MEASURES[name].measure(face) for name in SIDES]
    measured = np.column_stack([one - neutral(one) for one in values])
    return np.asarray(np.round(measured * _STEPS) / _STEPS)
