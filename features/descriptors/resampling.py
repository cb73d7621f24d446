"""Signals of a clip at one rate, so that a video's frame rate does not show in its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

RATE_HZ: Final = 25.0
# Nothing is drawn over longer gaps: a blink fits into them.
LONGEST_GAP_S: Final = 0.2
# Presentation times are rounded to a millisecond by some containers.
_TIME_TOLERANCE_S: Final = 2e-3


def resample(time_s: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sample signals every 40 ms from the first frame to the last.

    Parameters
    ----------
    time_s : ndarray of float64, shape (frames,)
        Presentation times in seconds, rising.
    values : ndarray of float64, shape (frames, signals)
        NaN where missing.

    Returns
    -------
    ndarray of float64, shape (samples, signals)
        Straight lines between frames that have the signal and are at most 0.2 s apart; NaN elsewhere.
    """
    n_frames, n_signals = values.shape
    if n_frames == 0:
        return np.empty((0, n_signals))
    samples_s = time_s[0] + np.arange(int((time_s[-1] - time_s[0]) * RATE_HZ + 1e-6) + 1) / RATE_HZ
    present = np.isfinite(values)
    if (present == present[:, :1]).all():  # as nearly always, because a face is there or not
        present = present[:, :1]
    before, after = _find_neighbours(present)
    # The frame at or before each sample, and the one at or after it.
    left = np.clip(np.searchsorted(time_s, samples_s + 1e-9, side="right") - 1, 0, None)
    right = np.minimum(np.searchsorted(time_s, samples_s - 1e-9, side="left"), n_frames - 1)
    first, last = before[left], after[right]
    known = (first >= 0) & (last < n_frames)
    first, last = np.where(known, first, 0), np.where(known, last, 0)
    gap_s = time_s[last] - time_s[first]
    known &= gap_s <= LONGEST_GAP_S + _TIME_TOLERANCE_S
    with np.errstate(divide="ignore", invalid="ignore"):  # a sample that falls onto a frame: 0 / 0
        share = np.where(gap_s > 0, (samples_s[:, None] - time_s[first]) / gap_s, 0.0)
    column = np.arange(n_signals)
    start = values[first, column]
    return np.where(known, start + share * (values[last, column] - start), np.nan)


def _find_neighbours(present: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return, for every frame and signal, the last frame so far that has it (or -1), and the next (or n)."""
    n_frames = len(present)
    rows = np.arange(n_frames)[:, None]
    before = np.maximum.accumulate(np.where(present, rows, -1), axis=0)
    after = np.minimum.accumulate(np.where(present, rows, n_frames)[::-1], axis=0)[::-1]
    return before, after
