"""Body coordinates that do not depend on where the person stands and how large they appear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from features.measurements import get_measurements, measure_shoulder_width
from features.signature import BODY_JOINTS
from ground.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

BodyCoordinates = Literal["signing", "raw"]
BODY_COORDINATES: Final[tuple[BodyCoordinates, ...]] = get_args(BodyCoordinates)

# The signing space is three shoulder widths wide; the left eye lies a sixth of it below its upper edge.
_SPACE_IN_SHOULDERS: Final = 3.0
_CENTRE: Final = 1 / 2
_EYE_HEIGHT: Final = 1 / 6


def compute_body_positions(frames: pd.DataFrame, coordinates: BodyCoordinates) -> NDArray[np.float64]:
    """Compute the 12 body features of every frame.

    In signing space, with d the distance between the shoulders and m their midpoint,
    ``X = (x - m_x) / (3 d) + 1/2`` and ``Y = (y - leftEye_y) / (3 d) + 1/6``, frame by frame. So
    leftShoulder_X + rightShoulder_X = 1, and their correlation is -1 in every clip. Positions are used
    whatever their visibility: the body reader places hidden joints too, and `clips.csv` tells how visible
    each was.

    Parameters
    ----------
    frames
        Rows of a frame table, with `<joint>_x` and `<joint>_y` in px, y downwards.
    coordinates
        ``signing``, or ``raw`` for X = x and Y = y in px.

    Returns
    -------
    ndarray of float64, shape (frames, 12)
        In the order of `features.signature.BODY_FEATURES`; NaN where a joint, a shoulder, for Y the left
        eye, is missing, and where both shoulders are in one place.

    References
    ----------
    Bohacek, M. and Hruz, M. (2022). Sign Pose-based Transformer for Word-level Sign Language Recognition.
    WACV Workshops, 182-191.
    """
    if coordinates not in BODY_COORDINATES:
        raise InputError(
            f"There are no body coordinates '{coordinates}'. Choose one of {', '.join(BODY_COORDINATES)}."
        )
    x = get_measurements(frames, [f"{joint}_x" for joint in BODY_JOINTS])
    y = get_measurements(frames, [f"{joint}_y" for joint in BODY_JOINTS])
    if coordinates == "raw":
        return np.hstack([x, y])

    middle_x = get_measurements(frames, ["leftShoulder_x", "rightShoulder_x"]).mean(axis=1, keepdims=True)
    eye_y = get_measurements(frames, ["leftEye_y"])
    space_px = _SPACE_IN_SHOULDERS * measure_shoulder_width(frames)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        signing_x = (x - middle_x) / space_px + _CENTRE
        signing_y = (y - eye_y) / space_px + _EYE_HEIGHT
    positions = np.hstack([signing_x, signing_y])
    positions[~np.isfinite(positions)] = np.nan
    return positions
