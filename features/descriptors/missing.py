"""When a signal is there often enough to describe it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_SHARE: Final = 0.5  # as for correlations, see `features.correlation.correlate_clips`


def blank_rare(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return signals, (frames, signals); NaN throughout where fewer than half of the frames have one."""
    rare = np.isfinite(values).sum(axis=0) < LEAST_SHARE * max(len(values), 1)
    return np.where(rare, np.nan, values)
