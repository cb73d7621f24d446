"""How far a rendered mouth is open, and how wide it is."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from simulate.controls import CONTROLS, read_controls
from simulate.portrait import ANCHORS

if TYPE_CHECKING:
    import pandas as pd


def measure_mouth(controls: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return what the first portrait's mouth does under the controls, all of which that move lips count.

    Parameters
    ----------
    controls
        One row a frame, with a column for each control (`simulate.signature.draw_session`).

    Returns
    -------
    ndarray
        Shape (frames, 2): how much further apart than in the photograph the lips are in their middle, and how
        much further apart the lip corners, px.

    Raises
    ------
    InputError
        When a control is missing or a value is not a finite number.
    """
    return np.asarray(read_controls(controls) @ _weigh_controls(), np.float64)


@cache
def _weigh_controls() -> npt.NDArray[np.float64]:
    """Return what each control at 1 adds to opening and width, shape (controls, 2), px."""
    places = ("upper_lip", "lower_lip", "right_lip_corner", "left_lip_corner")
    x, y = np.array([ANCHORS[place] for place in places], np.float64).T
    # Head and trunk carry the whole mouth along.
    moves = np.array(
        [control.field(x, y) if control.part == "face" else np.zeros((len(x), 2)) for control in CONTROLS]
    )
    upper, lower, right, left = moves.transpose(1, 0, 2)
    return np.stack([(lower - upper)[:, 1], (left - right)[:, 0]], axis=1)
