"""The 16 action units as distances and heights between points of an aligned face mesh.

They are landmark measurements, not intensities calibrated to FACS: they rise with the action, in units of
the distance between the outer eye corners, and their zero is not the neutral face. Numbers are those of
MediaPipe's canonical face mesh; each pair is (the person's right side, the person's left side).

References
----------
P. Ekman, W. V. Friesen and J. C. Hager, "Facial Action Coding System", 2002.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from extract.frame_table import ACTION_UNITS
from extract.mesh_geometry import Points

_INNER_BROWS: Final = (55, 107, 285, 336)
_OUTER_BROWS: Final = (46, 53, 63, 70, 276, 283, 293, 300)
_INNER_BROW_PAIR: Final = ((55, 107), (285, 336))
_UPPER_LIDS: Final = (158, 159, 160, 385, 386, 387)
_LOWER_LIDS: Final = (144, 145, 153, 373, 374, 380)
_EYE_CORNERS: Final = (33, 133, 263, 362)
_CHEEKS: Final = (50, 101, 118, 280, 330, 347)
_NOSE_WINGS: Final = (64, 98, 129, 294, 327, 358)
_INNER_EYE_CORNERS: Final = (133, 362)
_NOSE_BASE: Final = (2,)
_UPPER_LIP_EDGE: Final = (37, 39, 267, 269)
_UPPER_LIP_INSIDE: Final = (13, 81, 82, 311, 312)
_UPPER_LIP_OUTSIDE: Final = (0, 37, 39, 267, 269)
_LOWER_LIP_INSIDE: Final = (14, 87, 178, 317, 402)
_LOWER_LIP_OUTSIDE: Final = (17, 84, 181, 314, 405)
_LIP_CORNERS: Final = (61, 291)
_LIP_CENTRE: Final = (0, 17)
_CHIN_BOSS: Final = (199, 200)
_CHIN: Final = (148, 152, 377)


def _height(points: Points, indices: tuple[int, ...]) -> float:
    return float(-points[list(indices), 1].mean())


def _depth(points: Points, indices: tuple[int, ...]) -> float:
    return float(points[list(indices), 2].mean())


def _width(points: Points, right: tuple[int, ...], left: tuple[int, ...]) -> float:
    return float(points[list(left), 0].mean() - points[list(right), 0].mean())


def _mouth_width(points: Points) -> float:
    return _width(points, _LIP_CORNERS[:1], _LIP_CORNERS[1:])


def _lip_gap(points: Points) -> float:
    return _height(points, _UPPER_LIP_INSIDE) - _height(points, _LOWER_LIP_INSIDE)


@dataclass(frozen=True)
class ActionMeasure:
    """How one action unit is measured.

    Attributes
    ----------
    facs
        The action's name in FACS.
    formula
        What is measured; "above" and "wide" are in the axes of the aligned face.
    blind_to
        What the measure cannot see, or mixes in.
    measure
        From the aligned mesh, shape (478, 3), to a number that rises with the action.
    """

    facs: str
    formula: str
    blind_to: str
    measure: Callable[[Points], float]


ACTION_MEASURES: Final[dict[str, ActionMeasure]] = {
    "AU01_r": ActionMeasure(
        "inner brow raiser",
        "height of the inner brows above the eye-corner line",
        "mixes in AU04, which lowers the same points",
        lambda p: _height(p, _INNER_BROWS) - _height(p, _EYE_CORNERS),
    ),
    "AU02_r": ActionMeasure(
        "outer brow raiser",
        "height of the outer brows above the eye-corner line",
        "part of it follows AU01: the mesh moves the brow as a band",
        lambda p: _height(p, _OUTER_BROWS) - _height(p, _EYE_CORNERS),
    ),
    "AU04_r": ActionMeasure(
        "brow lowerer",
        "closeness of the inner brows to each other (negative distance)",
        "lowering without drawing together, which counts against AU01 and AU02 instead",
        lambda p: -_width(p, *_INNER_BROW_PAIR),
    ),
    "AU05_r": ActionMeasure(
        "upper lid raiser",
        "height of the upper lids above the eye-corner line",
        "blinks and looking down lower it",
        lambda p: _height(p, _UPPER_LIDS) - _height(p, _EYE_CORNERS),
    ),
    "AU06_r": ActionMeasure(
        "cheek raiser",
        "height of the upper cheeks relative to the eye-corner line",
        "crow's feet and the fold under the eye, which a mesh has no points for",
        lambda p: _height(p, _CHEEKS) - _height(p, _EYE_CORNERS),
    ),
    "AU07_r": ActionMeasure(
        "lid tightener",
        "height of the lower lids relative to the eye-corner line",
        "tension without motion; blinks raise it a little",
        lambda p: _height(p, _LOWER_LIDS) - _height(p, _EYE_CORNERS),
    ),
    "AU09_r": ActionMeasure(
        "nose wrinkler",
        "height of the nose wings relative to the inner eye corners",
        "the wrinkles themselves; AU10 lifts the wings too",
        lambda p: _height(p, _NOSE_WINGS) - _height(p, _INNER_EYE_CORNERS),
    ),
    "AU10_r": ActionMeasure(
        "upper lip raiser",
        "height of the upper lip's edge relative to the nose base",
        "smiles flatten the lip and lift it as well",
        lambda p: _height(p, _UPPER_LIP_EDGE) - _height(p, _NOSE_BASE),
    ),
    "AU12_r": ActionMeasure(
        "lip corner puller",
        "half the mouth's width plus the height of its corners relative to the nose base, over the root of 2",
        "AU20 widens the mouth too",
        lambda p: (_mouth_width(p) / 2 + _height(p, _LIP_CORNERS) - _height(p, _NOSE_BASE)) / np.sqrt(2.0),
    ),
    "AU14_r": ActionMeasure(
        "dimpler",
        "depth of the lip corners behind the middle of the lips",
        "depth is the mesh's weakest axis; smiles pull the corners back too",
        lambda p: _depth(p, _LIP_CORNERS) - _depth(p, _LIP_CENTRE),
    ),
    "AU15_r": ActionMeasure(
        "lip corner depressor",
        "depth of the lip corners below the middle of the mouth",
        "an open jaw lowers the middle and so counts against it",
        lambda p: _height(p, _LIP_CENTRE) - _height(p, _LIP_CORNERS),
    ),
    "AU17_r": ActionMeasure(
        "chin raiser",
        "closeness of the chin boss to the lower lip's edge (negative distance): both move with the jaw",
        "wrinkling of the chin without motion",
        lambda p: _height(p, _CHIN_BOSS) - _height(p, (17, 84, 314)),
    ),
    "AU20_r": ActionMeasure(
        "lip stretcher",
        "width of the mouth between its corners",
        "AU12 widens the mouth too",
        _mouth_width,
    ),
    "AU23_r": ActionMeasure(
        "lip tightener",
        "thinness of the red of both lips (negative sum of their heights)",
        "AU24 and AU28 thin the lips too; rounding for 'oo' thickens them",
        lambda p: _lip_gap(p) - (_height(p, _UPPER_LIP_OUTSIDE) - _height(p, _LOWER_LIP_OUTSIDE)),
    ),
    "AU25_r": ActionMeasure(
        "lips part",
        "gap between the inner edges of the lips",
        "nothing in particular; it includes what the jaw opens",
        _lip_gap,
    ),
    "AU26_r": ActionMeasure(
        "jaw drop",
        "distance of the chin below the nose base",
        "AU17 shortens it",
        lambda p: _height(p, _NOSE_BASE) - _height(p, _CHIN),
    ),
}


def measure_actions(aligned: Points) -> npt.NDArray[np.float64]:
    """Return the 16 measurements of an aligned mesh.

    Parameters
    ----------
    aligned
        float64, shape (478, 3), in the axes and unit of the reference face (`RigidFit.align`).

    Returns
    -------
    ndarray
        float64, shape (16,), in the order of `ACTION_UNITS`, in outer eye-corner distances.
    """
    return np.array([ACTION_MEASURES[name].measure(aligned) for name in ACTION_UNITS])


def measure_mouth(aligned: Points) -> npt.NDArray[np.float64]:
    """Return the mouth's width and the lips' gap (mouthH, mouthV), in outer eye-corner distances."""
    return np.array([_mouth_width(aligned), _lip_gap(aligned)])
