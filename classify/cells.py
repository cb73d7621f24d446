"""Cells of tables of clips, any of which may be missing."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def average_clips(values: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    """Return the mean of each number over the clips that have it, NaN where none has.

    Parameters
    ----------
    values
        Shape (clips, numbers): correlations or other numbers of clips, NaN where missing.
    """
    present = ~np.isnan(values)
    sums, counts = np.nansum(values, axis=0, dtype=np.float64), present.sum(axis=0)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def to_number(cell: object) -> float | None:
    """Return a float, or None for what is missing or no finite number."""
    number = float(cell) if isinstance(cell, int | float | np.number) else np.nan
    return float(number) if np.isfinite(number) else None
