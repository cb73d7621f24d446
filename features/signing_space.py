"""Body coordinates that do not depend on where the person stands and how large they appear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from extract.errors import InputError
from features.signature import BODY_JOINTS

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
            f"There are no body coordinates '{coordinates}'; choose one of {', '.join(BODY_COORDINATES)}."
        )
    x = frames[[f"{joint}_x" for joint in BODY_JOINTS]].to_numpy(dtype=np.float64)
    y = frames[[f"{joint}_y" for joint in BODY_JOINTS]].to_numpy(dtype=np.float64)
    if coordinates == "raw":
        return np.hstack([x, y])

    shoulders_x = frames[["leftShoulder_x", "rightShoulder_x"]].to_numpy(dtype=np.float64)
    middle_x = shoulders_x.mean(axis=1)
    space_px = _SPACE_IN_SHOULDERS * measure_shoulder_width(frames)
    eye_y = frames["leftEye_y"].to_numpy(dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        signing_x = (x - middle_x[:, None]) / space_px[:, None] + _CENTRE
        signing_y = (y - eye_y[:, None]) / space_px[:, None] + _EYE_HEIGHT
    positions = np.hstack([signing_x, signing_y])
    positions[~np.isfinite(positions)] = np.nan
    return positions


def measure_shoulder_width(frames: pd.DataFrame) -> NDArray[np.float64]:
    """Return the distance between the shoulders in px, shape (frames,); NaN where one is missing."""
    across = frames["leftShoulder_x"] - frames["rightShoulder_x"]
    down = frames["leftShoulder_y"] - frames["rightShoulder_y"]
    return np.hypot(across.to_numpy(dtype=np.float64), down.to_numpy(dtype=np.float64))
