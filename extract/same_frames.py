"""Whether two readings of one face are of the same frames: their movements must come at the same moments.

Frame numbers and times cannot tell. A program that misses frames goes on counting, and computes times from
its count. Constants, and what they miss, are measured in docs/measurements/face.md.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from extract.frame_table import HEAD_ROTATION

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

# What readers agree on most, and what moves fast: the head, smile, lips and jaw.
_SIGNALS: Final = (*HEAD_ROTATION, "AU12_r", "AU25_r", "AU26_r")
_FEWEST_SIGNALS: Final = 3
_STRETCH_S: Final = 4.0
_LARGEST_LAG_S: Final = 1.0
# A movement goes from the mean over so long to the mean over as long after it.
_STEP_S: Final = 0.1
# Readers differ by a frame or two; from this on readings are displaced.
_LEAST_LAG_S: Final = 0.1
_LEAST_LAG_FRAMES: Final = 3
_LEAST_KNOWN: Final = 0.5
# The mean correlation of the movements where they come at the same moments.
_LEAST_CORRELATION: Final = 0.35
# By so much another place must be better than the one where the frames say that it is.
_LEAST_GAIN: Final = 0.05


class Finding(Enum):
    """What two readings of a stretch are: not comparable, unlike, alike where they are, alike elsewhere."""

    SILENT = auto()
    UNLIKE = auto()
    ALIKE = auto()
    DISPLACED = auto()


class Stretch(NamedTuple):
    """What a stretch of a video says of two readings.

    Attributes
    ----------
    row
        The first row of the stretch.
    finding
        What was found.
    lag
        How many frames later the other reading has what the one has; 0 unless it is displaced.
    """

    row: int
    finding: Finding
    lag: int = 0


def compare_readings(one: pd.DataFrame, other: pd.DataFrame) -> list[Stretch]:
    """Compare two readings of a video's face, in stretches of 4 s that overlap by half.

    Parameters
    ----------
    one
        Rows of a frame table, rising; action units and head rotation NaN where missing.
    other
        The same measurements, indexed by the 0-based frame.

    Returns
    -------
    list of Stretch
        In order; none for videos of less than 4 s.
    """
    frames = one["frame"].to_numpy()
    if len(frames) < 2:
        return []
    row_s = float(np.median(np.diff(one["time_s"].to_numpy())))
    frame_s = row_s / float(np.median(np.diff(frames)))
    step = max(round(_STEP_S / row_s), 1)
    size = round(_STRETCH_S / row_s) - 2 * step + 1
    moves = _find_moves(one[list(_SIGNALS)], step)
    if len(moves) < size or size < 2:
        return []
    starts = np.arange(0, len(moves) - size + 1, max(size // 2, 1))
    furthest = max(round(_LARGEST_LAG_S / frame_s), _LEAST_LAG_FRAMES)
    lags = np.arange(-furthest, furthest + 1)
    correlations = np.column_stack(
        [
            _correlate(moves, _find_moves(other.reindex(frames + lag)[list(_SIGNALS)], step), starts, size)
            for lag in lags
        ]
    )
    near = np.abs(lags) < max(_LEAST_LAG_FRAMES, _LEAST_LAG_S / frame_s)
    return [_judge(int(row), found, lags, near) for row, found in zip(starts, correlations, strict=True)]


def _judge(
    row: int, correlations: NDArray[np.float64], lags: NDArray[np.intp], near: NDArray[np.bool_]
) -> Stretch:
    if not np.isfinite(correlations[near]).any():
        return Stretch(row, Finding.SILENT)
    here = float(np.nanmax(correlations[near]))
    best = int(np.nanargmax(correlations))
    if max(here, correlations[best]) < _LEAST_CORRELATION:
        return Stretch(row, Finding.UNLIKE)
    if not near[best] and correlations[best] >= here + _LEAST_GAIN:
        return Stretch(row, Finding.DISPLACED, int(lags[best]))
    return Stretch(row, Finding.ALIKE if here >= _LEAST_CORRELATION else Finding.UNLIKE)


def _find_moves(signals: pd.DataFrame, step: int) -> NDArray[np.float64]:
    """Return how far the mean of `step` rows goes to that of the next, shape (rows - 2 step + 1, signals)."""
    values = signals.to_numpy(dtype=np.float64)
    if len(values) < 2 * step:
        return np.empty((0, values.shape[1]))
    means = np.lib.stride_tricks.sliding_window_view(values, step, axis=0).mean(axis=-1)
    return np.asarray(means[step:] - means[:-step])


def _correlate(
    one: NDArray[np.float64], other: NDArray[np.float64], starts: NDArray[np.intp], size: int
) -> NDArray[np.float64]:
    """Return the mean correlation of the signals in each stretch, shape (stretches,); NaN where unknown."""
    known = np.isfinite(one) & np.isfinite(other)
    windows = [
        np.lib.stride_tricks.sliding_window_view(values, size, axis=0)[starts]
        for values in (known, np.where(known, one, 0.0), np.where(known, other, 0.0))
    ]
    n = np.maximum(windows[0].sum(axis=-1), 1)
    x, y = (
        np.where(windows[0], values - (values.sum(axis=-1) / n)[..., None], 0.0) for values in windows[1:]
    )
    spread = np.sqrt((x**2).sum(axis=-1) * (y**2).sum(axis=-1))
    usable = (n >= _LEAST_KNOWN * size) & (spread > 1e-12)
    correlation = np.where(usable, (x * y).sum(axis=-1) / np.where(usable, spread, 1.0), 0.0)
    number = usable.sum(axis=-1)
    return np.where(number >= _FEWEST_SIGNALS, correlation.sum(axis=-1) / np.maximum(number, 1), np.nan)
