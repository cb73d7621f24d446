"""How much every signal moves, compared with the rest of the face."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from extract.frame_table import HEAD_ROTATION
from features.descriptors.descriptor import Region
from features.descriptors.missing import blank_rare
from features.descriptors.regions import find_region
from features.signal_words import name_signal

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PREFIX: Final = "spread:"
_SEPARATOR: Final = ":"
# Far below what any signal moves, in its own unit: the logarithm of a still one stays finite.
_STILL: Final = 1e-6


@dataclass(frozen=True)
class Spreads:
    """The logarithm of each signal's standard deviation, named ``spread:signal``.

    Those of the face are less their mean: how large a face is, and how lively the person is today, make all
    of them larger alike. Those of the head's rotation stand by themselves.

    Attributes
    ----------
    name, signals, revision
        As of `Descriptor`.
    within
        The region that all signals belong to, and that each is compared with; None for the whole face. The
        numbers are named after it, because they are others than those of the whole face.
    """

    name: str
    signals: tuple[str, ...]
    within: Region | None = None
    revision: int = 1

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """One of each signal."""
        return tuple(f"{self._prefix(signal)}{signal}" for signal in self.signals)

    def describe(self, time_s: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Describe one clip, see `Descriptor.describe`; the times do not matter."""
        spreads = log_spread(blank_rare(values))
        compared = self._is_compared & np.isfinite(spreads)
        if compared.any():
            spreads[self._is_compared] -= spreads[compared].mean()
        return spreads

    def explain(self, number: str) -> str:
        """Return which movement, and what it is compared with."""
        signal = _signal_of(number)
        rest = "" if signal in HEAD_ROTATION else f", compared with the rest of the {self.within or 'face'}"
        return f"how much the {name_signal(signal)} varies{rest}"

    def region(self, number: str) -> Region | None:
        """Return the region of the signal."""
        return find_region([_signal_of(number)])

    @cached_property
    def _is_compared(self) -> NDArray[np.bool_]:
        return np.array([signal not in HEAD_ROTATION for signal in self.signals])

    def _prefix(self, signal: str) -> str:
        return _PREFIX if self.within is None or signal in HEAD_ROTATION else f"{self.within} {_PREFIX}"


def _signal_of(number: str) -> str:
    return number.rpartition(_SEPARATOR)[2]


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
