"""How much every signal moves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from features.descriptors.descriptor import Region
from features.descriptors.missing import blank_rare
from features.descriptors.regions import find_region
from features.signal_words import name_signal

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PREFIX: Final = "spread:"
# Far below what any signal moves, in its own unit: the logarithm of a still one stays finite.
_STILL: Final = 1e-6


@dataclass(frozen=True)
class Spreads:
    """The logarithm of each signal's standard deviation, named ``spread:signal``."""

    name: str
    signals: tuple[str, ...]
    revision: int = 1

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """One of each signal."""
        return tuple(f"{_PREFIX}{signal}" for signal in self.signals)

    def describe(self, time_s: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Describe one clip, see `Descriptor.describe`; the times do not matter."""
        return log_spread(blank_rare(values))

    def explain(self, number: str) -> str:
        """Return which movement."""
        return f"how much the {name_signal(number.removeprefix(_PREFIX))} varies"

    def region(self, number: str) -> Region | None:
        """Return the region of the signal."""
        return find_region([number.removeprefix(_PREFIX)])


def log_spread(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``log(standard deviation + 1e-6)`` of columns over their present rows; NaN for fewer than 2.

    Parameters
    ----------
    values : ndarray of float64, shape (rows, columns)
        NaN where missing.
    """
    present = np.isfinite(values)
    count = present.sum(axis=0)
    count = np.where(count < 2, np.nan, count)  # one value varies neither much nor little
    mean = np.where(present, values, 0.0).sum(axis=0) / count
    with np.errstate(invalid="ignore"):
        variance = np.where(present, (values - mean) ** 2, 0.0).sum(axis=0) / count
    logarithm: NDArray[np.float64] = np.log(np.sqrt(variance) + _STILL)
    return logarithm
