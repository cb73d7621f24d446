"""Columns of a frame table as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


def get_measurements(frames: pd.DataFrame, names: Sequence[str]) -> NDArray[np.float64]:
    """Return columns of a frame table as float64, shape (frames, len(names)).

    Pandas' own choice of columns takes several times as long.
    """
    places = np.array([frames.columns.get_loc(name) for name in names])
    return frames.to_numpy(dtype=np.float64)[:, places]


def get_positions(frames: pd.DataFrame, joint: str) -> NDArray[np.float64]:
    """Return a joint's place in px, x to the right and y downwards, shape (frames, 2)."""
    return get_measurements(frames, (f"{joint}_x", f"{joint}_y"))


def measure_shoulder_width(frames: pd.DataFrame) -> NDArray[np.float64]:
    """Return the distance between the shoulders in px, shape (frames,); NaN where one is missing."""
    across, down = (get_positions(frames, "leftShoulder") - get_positions(frames, "rightShoulder")).T
    width: NDArray[np.float64] = np.hypot(across, down)
    return width
