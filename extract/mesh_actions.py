"""The 16 action units as heights, widths and distances between points of the aligned face mesh.

They are landmark measurements, not intensities calibrated to FACS. They rise with the action, in units of the
distance between the outer eye corners, and 0 is the person's own neutral face: the median over the video. The
neutral face also says what a blink is (`shut_eyes`). Left and right count alike.
docs/measurements/face.md shows what each measure answers to on rendered faces, and how they agree with
another reader on real ones.

References
----------
P. Ekman, W. V. Friesen and J. C. Hager, "Facial Action Coding System", 2002.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from extract.frame_table import ACTION_UNITS
from extract.mesh_face import Face, Indices, Values, neutral

# Numbers of MediaPipe's canonical face mesh; in pairs, the person's right side first.
_INNER_BROWS: Final = (55, 107, 285, 336)
_OUTER_BROWS: Final = (46, 53, 63, 70, 276, 283, 293, 300)
_BROW_ENDS: Final = (55, 285)
_OUTER_BROW_ENDS: Final = (46, 276)
_INNER_EYE_CORNERS: Final = (133, 362)
_EYE_CORNERS: Final = (33, 133, 263, 362)
_IRISES: Final = (468, 473)
_UPPER_LIDS: Final = (158, 159, 160, 385, 386, 387)
_LOWER_LIDS: Final = (144, 145, 153, 373, 374, 380)
_CHEEKS: Final = (50, 101, 118, 280, 330, 347)
_UNDER_LIDS: Final = (23, 24, 110, 253, 254, 339)
_NOSE_ROOT: Final = (168,)
_NOSE_BRIDGE: Final = (6, 197)
_NOSE_FRONT: Final = (4, 5)
_NOSE_WINGS: Final = (64, 98, 129, 294, 327, 358)
_LIP_CORNERS: Final = (61, 291)
_UPPER_LIP_OUTSIDE: Final = (0, 37, 39, 267, 269)
_UPPER_LIP_EDGE: Final = (0, 37, 267)
_UPPER_LIP_INSIDE: Final = (13, 81, 82, 311, 312)
_UPPER_LIP_MIDDLE: Final = (13, 82, 312)
_LOWER_LIP_INSIDE: Final = (14, 87, 178, 317, 402)
_LOWER_LIP_OUTSIDE: Final = (17, 84, 181, 314, 405)
_INNER_CORNERS: Final = ((80, 310), (88, 318))  # inner edges of upper and lower lip, near the corners
_BY_THE_CORNERS: Final = (40, 91, 270, 321)  # outer edges of both lips, near the corners
_LOWER_LIP_SIDES: Final = (91, 321)
_CHIN_BOSS: Final = (199, 200)
_CHIN: Final = (148, 152, 377)
_JAW: Final = (*_CHIN_BOSS, *_CHIN)

# Upper lids that are lower than in the neutral face by more than this share of its eye opening are shutting.
_BLINK: Final = 0.2
# How far the lower lid rises while the upper one falls in a blink: 0.41 to 0.50 in four speakers.
_LOWER_LID_IN_BLINK: Final = 0.47


def shut_eyes(face: Face) -> Values:
    """Return how far the upper lids are lower than eyes are held open, 0 outside of blinks."""
    lids = face.height(_UPPER_LIDS) - face.height(_EYE_CORNERS)
    opening = neutral(face.height(_UPPER_LIDS) - face.height(_LOWER_LIDS))
    return np.maximum(neutral(lids) - _BLINK * opening - lids, 0)


def mouth_width(face: Face) -> Values:
    """Return the distance of the lip corners across the face."""
    return face.width((_LIP_CORNERS[:1], _LIP_CORNERS[1:]))


def _lip_gap(face: Face) -> Values:
    return face.height(_UPPER_LIP_INSIDE) - face.height(_LOWER_LIP_INSIDE)


def _lips_height(face: Face) -> Values:
    return face.height(_UPPER_LIP_OUTSIDE) - face.height(_LOWER_LIP_OUTSIDE)


def _press_lips(face: Face) -> Values:
    """Return how thin the red of the upper lip is and how closed the lips are.

    Tightened lips roll inwards and press on each other. The red of the lower lip is left out: where it ends
    the mesh hardly sees, and it goes with the jaw.
    """
    red = face.height(_UPPER_LIP_OUTSIDE) - face.height(_UPPER_LIP_INSIDE)
    return -red - 0.25 * _lip_gap(face)


def _knit_brows(face: Face) -> Values:
    """Return how close and low the brows' inner ends are, without what raised brows and cheeks do to them.

    The corrugators pull the inner ends together and down, the outer ones hardly. Raised brows (AU01 with
    AU02) take both ends up, so the inner ends are seen from the outer ones, which leaves out half of a nod
    too. A raised cheek (AU06) comes with the ring muscle of the eye, which draws the brows down as well: its
    share is taken off.
    """
    knit = -face.width((_BROW_ENDS[:1], _BROW_ENDS[1:]))
    lowered = face.height(_OUTER_BROW_ENDS) - face.height(_BROW_ENDS)
    cheeks = face.height(_CHEEKS) - face.height(_EYE_CORNERS)
    frown: Values = knit + lowered - 0.4 * cheeks
    return frown


def _raise_chin(face: Face) -> Values:
    """Return how far the chin boss and the lower lip's middle are pushed up, and the lip forward.

    The mentalis does all three. The boss is seen from the chin's edge and the lip's middle from its sides, so
    that a moving jaw is no chin raise; the sides hang on the lip corners, and some of what AU12 and AU15 do
    to them is given back.
    """
    boss = face.height(_CHIN_BOSS) - face.height(_CHIN)
    lip = face.height(_LOWER_LIP_OUTSIDE) - face.height(_LOWER_LIP_SIDES)
    forward = face.depth(_CHIN_BOSS) - face.depth(_LOWER_LIP_OUTSIDE)
    raised: Values = boss + lip + 0.3 * forward + 0.1 * _corner_height(face)
    return raised


@dataclass(frozen=True)
class ActionMeasure:
    """How one action unit is measured.

    Attributes
    ----------
    facs
        The action's name in FACS.
    sign
        What FACS scores it by, as far as points of a mesh can follow.
    formula
        What is measured; heights and widths are in the axes of the aligned face.
    blind_to
        What the measure cannot see, and what else moves it.
    points
        The mesh points that it is made of.
    measure
        From the face through a whole video to a value a frame, shape (frames,), which rises with the action.
    """

    facs: str
    sign: str
    formula: str
    blind_to: str
    points: Indices
    measure: Callable[[Face], Values]


ACTION_MEASURES: Final[dict[str, ActionMeasure]] = {
    "AU01_r": ActionMeasure(
        "inner brow raiser",
        "the inner part of the brow is pulled up",
        "height of the inner brows above the eye-corner line, less 0.3 of the outer brows' height",
        "AU04 and AU09 lower the same points. The mesh shows a fifth of the motion of a brow.",
        (*_INNER_BROWS, *_OUTER_BROWS, *_EYE_CORNERS),
        lambda f: f.height(_INNER_BROWS) - 0.3 * f.height(_OUTER_BROWS) - 0.7 * f.height(_EYE_CORNERS),
    ),
    "AU02_r": ActionMeasure(
        "outer brow raiser",
        "the outer part of the brow is pulled up",
        "height of the outer brows above the eye-corner line",
        "AU04 lowers the same points. AU01 raises them a little, because the mesh moves the brow as one "
        "band.",
        (*_OUTER_BROWS, *_EYE_CORNERS),
        lambda f: f.height(_OUTER_BROWS) - f.height(_EYE_CORNERS),
    ),
    "AU04_r": ActionMeasure(
        "brow lowerer",
        "the brows are drawn together and down",
        "closeness of the brows' inner ends (negative distance), plus how far they are below the outer "
        "ends, less 0.4 of the cheeks' height above the eye-corner line",
        "It cannot see the folds of a frown, which are most of what people see. With AU05 the mesh also "
        "brings the brows together.",
        (*_BROW_ENDS, *_OUTER_BROW_ENDS, *_CHEEKS, *_EYE_CORNERS),
        _knit_brows,
    ),
    "AU05_r": ActionMeasure(
        "upper lid raiser",
        "more of the eyeball shows above the iris",
        "height of the upper lids above the middle between irises and eye-corner line. In a blink it is "
        "limited, as if the lids were lowered by a fifth of the neutral eye opening.",
        "Looking up and down moves it; the iris removes a part of that. A gaze lowered far counts as a "
        "blink. 0.01 of a blink remains. AU07 also moves the iris of the mesh.",
        (*_UPPER_LIDS, *_LOWER_LIDS, *_IRISES, *_EYE_CORNERS),
        lambda f: f.height(_UPPER_LIDS) - _eye_level(f) + shut_eyes(f),
    ),
    "AU06_r": ActionMeasure(
        "cheek raiser",
        "cheeks and the skin below the eyes are pushed up",
        "height of cheeks and of the skin under the lower lids, above the middle between eye-corner line and"
        " nose bridge",
        "It cannot see crow's feet and furrows. The mesh guesses smooth cheeks from the mouth, so AU12 and "
        "AU10 raise it.",
        (*_CHEEKS, *_UNDER_LIDS, *_EYE_CORNERS, *_NOSE_BRIDGE),
        lambda f: (
            (f.height(_CHEEKS) + f.height(_UNDER_LIDS) - f.height(_EYE_CORNERS) - f.height(_NOSE_BRIDGE)) / 2
        ),
    ),
    "AU07_r": ActionMeasure(
        "lid tightener",
        "the lower lid is raised and covers more of the eyeball",
        "height of the lower lids above the middle between irises and eye-corner line, less what a blink "
        "raises them",
        "It cannot see tension without motion. AU06 also raises the lower lid. 0.006 of a blink remains. A "
        "lowered gaze counts as a blink.",
        (*_LOWER_LIDS, *_UPPER_LIDS, *_IRISES, *_EYE_CORNERS),
        lambda f: f.height(_LOWER_LIDS) - _eye_level(f) - _LOWER_LID_IN_BLINK * shut_eyes(f),
    ),
    "AU09_r": ActionMeasure(
        "nose wrinkler",
        "the wings of the nose are pulled up and the inner brows down",
        "height of the nose wings above the middle between brow ends and inner eye corners",
        "It cannot see the wrinkles. AU10 also lifts the wings of the nose. AU01 lowers the measure.",
        (*_NOSE_WINGS, *_BROW_ENDS, *_INNER_EYE_CORNERS),
        lambda f: f.height(_NOSE_WINGS) - (f.height(_BROW_ENDS) + f.height(_INNER_EYE_CORNERS)) / 2,
    ),
    "AU10_r": ActionMeasure(
        "upper lip raiser",
        "the upper lip is pulled straight up",
        "height of the upper lip, middle of outer and inner edge, above the front of the nose",
        "Smiles also lift the lip. It cannot see folds beside the nose.",
        (*_UPPER_LIP_EDGE, *_UPPER_LIP_MIDDLE, *_NOSE_FRONT),
        lambda f: (f.height(_UPPER_LIP_EDGE) + f.height(_UPPER_LIP_MIDDLE)) / 2 - f.height(_NOSE_FRONT),
    ),
    "AU12_r": ActionMeasure(
        "lip corner puller",
        "the lip corners are pulled back and up",
        "half the mouth's width plus the corners' height above the front of the nose, divided by the square "
        "root of 2",
        "AU20 also widens the mouth.",
        (*_LIP_CORNERS, *_NOSE_FRONT),
        lambda f: (mouth_width(f) / 2 + _corner_height(f)) / np.sqrt(2.0),
    ),
    "AU14_r": ActionMeasure(
        "dimpler",
        "the lip corners are tightened and pulled back, the lips flattened",
        "depth of the lip corners behind the middle of the lips, less a quarter of the lips' height",
        "It cannot see the dimple. The mesh knows least about depth. The measure follows AU12, AU20 and the "
        "open mouth.",
        (*_LIP_CORNERS, *_UPPER_LIP_OUTSIDE, *_LOWER_LIP_OUTSIDE),
        lambda f: f.depth(_LIP_CORNERS) - f.depth((0, 17)) - _lips_height(f) / 4,
    ),
    "AU15_r": ActionMeasure(
        "lip corner depressor",
        "the lip corners are pulled down",
        "how far the corners lie below the lips right beside them",
        "AU12 lowers the measure. An open jaw lowers the lips beside the corners.",
        (*_BY_THE_CORNERS, *_LIP_CORNERS),
        lambda f: f.height(_BY_THE_CORNERS) - f.height(_LIP_CORNERS),
    ),
    "AU17_r": ActionMeasure(
        "chin raiser",
        "the chin boss and the lower lip are pushed up, the lip forward",
        "height of the chin boss above the chin's edge, plus that of the lower lip's middle above its "
        "sides, plus 0.3 of how far it is before the boss, plus 0.1 of the lip corners' height above the "
        "front of the nose",
        "Parting lips lower the measure, because they lower the middle of the lip. It cannot see wrinkles "
        "of the chin.",
        (*_CHIN_BOSS, *_CHIN, *_LOWER_LIP_OUTSIDE, *_LOWER_LIP_SIDES, *_LIP_CORNERS, *_NOSE_FRONT),
        _raise_chin,
    ),
    "AU20_r": ActionMeasure(
        "lip stretcher",
        "the mouth is stretched sideways and its lips flattened",
        "half the mouth's width, less 0.35 of the corners' height above the front of the nose, less 0.15 of"
        " the lips' height",
        "AU12 and AU14 also widen the mouth. An open jaw narrows it.",
        (*_LIP_CORNERS, *_NOSE_FRONT, *_UPPER_LIP_OUTSIDE, *_LOWER_LIP_OUTSIDE),
        lambda f: mouth_width(f) / 2 - 0.35 * _corner_height(f) - 0.15 * _lips_height(f),
    ),
    "AU23_r": ActionMeasure(
        "lip tightener",
        "the red of the lips gets narrow",
        "thinness of the upper lip's red (negative height), less 0.25 of the gap between the lips",
        "It cannot see a tightened lower lip. AU24 and AU28 also thin the lips. AU10 and parting lips lower "
        "the measure.",
        (*_UPPER_LIP_OUTSIDE, *_UPPER_LIP_INSIDE, *_LOWER_LIP_INSIDE),
        _press_lips,
    ),
    "AU25_r": ActionMeasure(
        "lips part",
        "the lips are apart, anywhere along them",
        "gap between the inner edges of the lips, over their whole width (mouth_v: in the middle)",
        "It includes the opening of the jaw, as in FACS.",
        (*_UPPER_LIP_INSIDE, *_LOWER_LIP_INSIDE, *_INNER_CORNERS[0], *_INNER_CORNERS[1]),
        lambda f: (
            f.height(_UPPER_LIP_INSIDE + _INNER_CORNERS[0]) - f.height(_LOWER_LIP_INSIDE + _INNER_CORNERS[1])
        ),
    ),
    "AU26_r": ActionMeasure(
        "jaw drop",
        "the jaw is lowered",
        "distance in space from the nose root to the chin, boss and edge",
        "AU17 shortens it.",
        (*_NOSE_ROOT, *_JAW),
        lambda f: f.distance(_NOSE_ROOT, _JAW),
    ),
}

# All points that these measures are made of.
ACTION_POINTS: Final = frozenset(point for one in ACTION_MEASURES.values() for point in one.points)


def _eye_level(face: Face) -> Values:
    return (face.height(_IRISES) + face.height(_EYE_CORNERS)) / 2


def _corner_height(face: Face) -> Values:
    return face.height(_LIP_CORNERS) - face.height(_NOSE_FRONT)


def measure_actions(face: Face) -> Values:
    """Return the 16 measurements through a whole video.

    Parameters
    ----------
    face
        With the points `ACTION_POINTS`.

    Returns
    -------
    ndarray
        float64, shape (frames, 16), in the order of `ACTION_UNITS`, in outer eye-corner distances; 0 is the
        median over the video. NaN where the points are.
    """
    values = [ACTION_MEASURES[name].measure(face) for name in ACTION_UNITS]
    return np.column_stack([one - neutral(one) for one in values])


def measure_mouth(face: Face) -> Values:
    """Return the mouth's width and the lips' gap, shape (frames, 2), in outer eye-corner distances."""
    return np.column_stack([mouth_width(face), _lip_gap(face)])
