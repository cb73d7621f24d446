"""Faces that are printed on what somebody wears: they go with the body, and nothing in them moves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt

from extract.head import FaceSpot
from extract.orientation import RgbImage

# A print lies so far below the wearer's face at least and at most, and so far to a side, in widths of that.
_BELOW: Final = (1.2, 4.0)
_ASIDE: Final = 1.2
# Once one picture of a print is laid over another, they are as alike as this (1 - correlation). Looks at a
# second's distance: .010 and less of a rendered print that stretches by 2 %; of faces, in nine of ten looks
# of five speakers, .014 and more.
_UNLIKE: Final = 0.012
_SIDE: Final = 56
_INNER: Final = slice(8, 48)  # what is laid over leaves the border empty
_STEPS: Final = 30
_EPSILON: Final = 1e-4

GreyFace = npt.NDArray[np.float32]


def lies_on_somebody(face: FaceSpot, others: Iterable[FaceSpot]) -> bool:
    """Return whether a face is where the chest of somebody is whose face is among `others`."""
    return any(
        abs(face.x - other.x) <= _ASIDE * other.width
        and _BELOW[0] * other.width <= face.y - other.y <= _BELOW[1] * other.width
        for other in others
    )


def to_grey_face(aligned: RgbImage) -> GreyFace:
    """Return what `is_one_print` compares of an aligned face."""
    import cv2

    grey = cv2.cvtColor(aligned, cv2.COLOR_RGB2GRAY)
    return np.asarray(cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA), np.float32)


def is_one_print(first: GreyFace, second: GreyFace) -> bool:
    """Return whether one face, shifted, turned, scaled or slanted, is the other: no part of it has moved."""
    import cv2

    criteria = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, _STEPS, _EPSILON)
    start = np.eye(2, 3, dtype=np.float32)
    try:
        _, warp = cv2.findTransformECC(first, second, start, cv2.MOTION_AFFINE, criteria)
    except cv2.error:
        return False  # they have too little in common
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    laid = cv2.warpAffine(second, warp, (_SIDE, _SIDE), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    one, other = (face[_INNER, _INNER] - face[_INNER, _INNER].mean() for face in (first, laid))
    power = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) >= (1 - _UNLIKE) * power > 0
