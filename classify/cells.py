"""Cells of tables of clips, any of which may be missing."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def average_pairs(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the mean of each pair over the clips that have it, NaN where none has.

    Parameters
    ----------
    values
        float64, shape (clips, pairs): correlations, NaN where missing.
    """
    present = ~np.isnan(values)
    sums, counts = np.nansum(values, axis=0), present.sum(axis=0)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def to_number(cell: object) -> float | None:
    """Return a float, or None for what is missing or no finite number."""
    number = float(cell) if isinstance(cell, int | float | np.number) else np.nan
    return float(number) if np.isfinite(number) else None
