"""Which movements go together: correlations within a clip, and a fifth of a second apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from typing import TYPE_CHECKING, Final

import numpy as np

from features.correlation import correlate_clips
from features.descriptors.descriptor import Region
from features.descriptors.missing import blank_rare
from features.descriptors.regions import find_region
from features.descriptors.resampling import RATE_HZ, resample
from features.signal_words import name_signal

if TYPE_CHECKING:
    from numpy.typing import NDArray

LAG_S: Final = 0.2
_LAG_SAMPLES: Final = round(LAG_S * RATE_HZ)
# Nearer to 1, Fisher's z tells the rounding of the frames rather than the person.
_LARGEST_R: Final = 0.999


@dataclass(frozen=True)
class Pairs:
    """Fisher's z of the correlations of all pairs of signals, named ``first*second``."""

    name: str
    signals: tuple[str, ...]
    revision: int = 1

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """All pairs, in the order of `itertools.combinations`."""
        return tuple(f"{first}*{second}" for first, second in combinations(self.signals, 2))

    def describe(self, time_s: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Describe one clip, see `Descriptor.describe`; the times do not matter."""
        return to_fisher_z(correlate_clip(values, self._places))

    def explain(self, number: str) -> str:
        """Return which two movements."""
        first, second = number.split("*")
        return f"whether the {name_signal(first)} and the {name_signal(second)} go together"

    def region(self, number: str) -> Region | None:
        """Return the region of both signals."""
        return find_region(number.split("*"))

    @cached_property
    def _places(self) -> NDArray[np.intp]:
        return np.array(list(combinations(range(len(self.signals)), 2)), dtype=np.intp)


@dataclass(frozen=True)
class Lags:
    """Fisher's z of the correlations of signals with signals 0.2 s later, named ``lag:first*later``."""

    name: str
    signals: tuple[str, ...]
    revision: int = 1

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Every signal with every one later, itself among them."""
        return tuple(f"lag:{first}*{later}" for first, later in product(self.signals, repeat=2))

    def describe(self, time_s: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Describe one clip, see `Descriptor.describe`, by the signals at one rate."""
        sampled = resample(time_s, blank_rare(values))
        now, later = sampled[:-_LAG_SAMPLES], sampled[_LAG_SAMPLES:]
        return to_fisher_z(correlate_clip(np.hstack([now, later]), self._places))

    def explain(self, number: str) -> str:
        """Return which movement is compared with which one later."""
        first, later = number.removeprefix("lag:").split("*")
        return f"whether the {name_signal(later)} follows the {name_signal(first)} {LAG_S:g} s later"

    def region(self, number: str) -> Region | None:
        """Return the region of both signals."""
        return find_region(number.removeprefix("lag:").split("*"))

    @cached_property
    def _places(self) -> NDArray[np.intp]:
        n_signals = len(self.signals)
        return np.array(list(product(range(n_signals), range(n_signals, 2 * n_signals))), dtype=np.intp)


def correlate_clip(values: NDArray[np.float64], places: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return correlations of pairs of columns, shape (pairs, 2), of one clip, see `correlate_clips`."""
    return correlate_clips(values, np.array([0]), np.array([len(values)]), places).ravel()


def to_fisher_z(correlations: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``arctanh(r)``, r limited to -.999...999, on whose scale errors are alike everywhere.

    References
    ----------
    Fisher, R. A. (1921). On the "probable error" of a coefficient of correlation deduced from a small sample.
    Metron 1, 3-32.
    """
    z: NDArray[np.float64] = np.arctanh(np.clip(correlations, -_LARGEST_R, _LARGEST_R))
    return z
