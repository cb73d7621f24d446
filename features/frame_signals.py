"""Frame table to everything that descriptors look at, by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from extract.frame_table import HEAD_ROTATION, SIDES, FrameTable
from features.measurements import get_measurements
from features.signals import compute_positions
from features.signature import FEATURES

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

# What most descriptors look at: both sides of the face apart, and how the head is turned.
MOTION_SIGNALS: Final = (*SIDES, *HEAD_ROTATION)
# The 30 published features, the sides, and yaw, which is none of the 30.
SIGNAL_NAMES: Final = (*FEATURES, *(name for name in MOTION_SIGNALS if name not in FEATURES))


@dataclass(frozen=True)
class FrameSignals:
    """Signals of every frame of a video.

    Attributes
    ----------
    names
        Of the signals, `SIGNAL_NAMES`.
    time_s
        float64, shape (frames,): presentation times, seconds.
    values
        float64, shape (frames, names): finite, or NaN where missing.
    """

    names: tuple[str, ...]
    time_s: NDArray[np.float64]
    values: NDArray[np.float64]

    def select(self, names: Sequence[str]) -> NDArray[np.float64]:
        """Return signals by name, shape (frames, len(names))."""
        return self.values[:, [self.names.index(name) for name in names]]


def compute_frame_signals(table: FrameTable) -> FrameSignals:
    """Compute the signals of a frame table.

    The 30 features are those of the published table, the body in signing space. The one-sided measures and
    the head's rotation are what the table holds; signals for which it has no column are missing throughout.
    Where a measure lies at rest depends on the shape of the face, so no descriptor may look at that: only at
    how signals change.

    Parameters
    ----------
    table
        The frame table.

    Returns
    -------
    FrameSignals
        One row for each frame.
    """
    frames = table.frames.astype("float64")  # all of one type, pandas need not copy it to hand out columns
    further = [name for name in SIGNAL_NAMES if name not in FEATURES]
    values = np.hstack([compute_positions(frames), _get_columns(frames, further)])
    return FrameSignals(SIGNAL_NAMES, frames["time_s"].to_numpy(), values)


def _get_columns(frames: pd.DataFrame, names: Sequence[str]) -> NDArray[np.float64]:
    """Return columns of a frame table, missing throughout where it has none, and where infinite."""
    there = [name in frames.columns for name in names]
    values = np.full((len(frames), len(names)), np.nan)
    values[:, there] = get_measurements(frames, [name for name in names if name in frames.columns])
    values[~np.isfinite(values)] = np.nan
    return values
