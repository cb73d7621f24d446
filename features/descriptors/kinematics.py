"""How signals move over time: how fast, how suddenly, and in which rhythm."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from features.descriptors.descriptor import Region
from features.descriptors.missing import blank_rare
from features.descriptors.regions import find_region
from features.descriptors.resampling import RATE_HZ, resample
from features.descriptors.spreads import log_spread
from features.signal_words import name_signal
from features.signals import ROUNDING

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Of each kind of number: its name -> lower and upper end in Hz, and words.
_BANDS: Final = {
    "slow": (0.1, 1.0, "slow, .1 to 1 Hz"),
    "medium": (1.0, 2.5, "of medium speed, 1 to 2.5 Hz"),
    "fast": (2.5, 5.0, "fast, 2.5 to 5 Hz"),
}
_ALL_HZ: Final = (0.1, 5.0)
_LEAST_SHARE: Final = 1e-3
# 3.84 s: three half overlapping segments fit into a clip of 8 s at every frame rate from 8 on.
_SEGMENT: Final = 96
_SHORTEST_SEGMENT: Final = 48


@dataclass(frozen=True)
class Kinematics:
    """Statistics of each signal's velocity and spectrum, of the signals at 25 Hz.

    ``speed:signal`` is the logarithm of the standard deviation of the velocity, which is taken of the signal
    smoothed by (1, 2, 1) / 4. ``peakedness:signal`` is the logarithm of its kurtosis (that of a normal
    distribution is log 3). ``slow:``, ``medium:`` and ``fast:signal`` are the logarithms of the shares of the
    power between .1 and 5 Hz that lie in .1-1, 1-2.5 and 2.5-5 Hz, each plus .001.

    Above 5 Hz faces hardly move, and what is measured there is noise of the frames. Resampling weakens it by
    an amount that depends on the frame rate; smoothing, and power up to 5 Hz only, leave it out.

    References
    ----------
    Welch, P. D. (1967). The use of fast Fourier transform for the estimation of power spectra. IEEE
    Transactions on Audio and Electroacoustics 15, 70-73.
    """

    name: str
    signals: tuple[str, ...]
    revision: int = 1

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """All speeds, then all values of peakedness, then the shares of each band."""
        return tuple(
            f"{kind}:{signal}" for kind in ("speed", "peakedness", *_BANDS) for signal in self.signals
        )

    def describe(self, time_s: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Describe one clip, see `Descriptor.describe`.

        Gaps of more than 0.2 s are left out: velocities in them, and segments of the spectrum that hold one.
        The peakedness and the shares of a signal that does not vary are missing.
        """
        sampled = blank_rare(resample(time_s, blank_rare(values)))
        smooth = (sampled[:-2] + 2 * sampled[1:-1] + sampled[2:]) / 4
        velocity = np.diff(smooth, axis=0) * RATE_HZ
        still = ROUNDING * np.abs(np.nan_to_num(sampled)).max(axis=0, initial=0.0) * RATE_HZ
        velocity[np.abs(velocity) <= still] = 0.0
        return np.concatenate([log_spread(velocity), _log_kurtosis(velocity), *_log_shares(sampled)])

    def explain(self, number: str) -> str:
        """Return which movement, and what of it."""
        kind, _, signal = number.partition(":")
        name = name_signal(signal)
        if kind == "speed":
            return f"how fast the {name} changes"
        if kind == "peakedness":
            return f"how suddenly the {name} changes"
        return f"how much of the {name} is {_BANDS[kind][2]}"

    def region(self, number: str) -> Region | None:
        """Return the region of the signal."""
        return find_region([number.partition(":")[2]])


def _log_kurtosis(velocity: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logarithm of the kurtosis of columns; NaN where nothing varies."""
    present = np.isfinite(velocity)
    count = present.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):  # no value, or all alike: 0 / 0
        mean = np.where(present, velocity, 0.0).sum(axis=0) / count
        squares = np.where(present, (velocity - mean) ** 2, 0.0)
        kurtosis = (squares**2).sum(axis=0) / count / (squares.sum(axis=0) / count) ** 2
    logarithm: NDArray[np.float64] = np.log(kurtosis)
    return logarithm


def _log_shares(sampled: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return for each band the logarithm of its share of the power of each column."""
    n_samples, n_signals = sampled.shape
    segment = min(_SEGMENT, n_samples)
    if segment < _SHORTEST_SEGMENT:
        return [np.full(n_signals, np.nan)] * len(_BANDS)
    # Shape (segments, signals, samples); Welch's method, of those segments that have no gap.
    segments = np.lib.stride_tricks.sliding_window_view(sampled, segment, axis=0)[:: segment // 2]
    complete = np.isfinite(segments).all(axis=2, keepdims=True)
    deviations = np.where(complete, segments - segments.mean(axis=2, keepdims=True), 0.0)
    hann = np.sin(np.pi * np.arange(segment) / segment) ** 2
    power = (np.abs(np.fft.rfft(deviations * hann)) ** 2).sum(axis=0)
    frequency = np.fft.rfftfreq(segment, 1 / RATE_HZ)
    bands = [_ALL_HZ, *((low, high) for low, high, _ in _BANDS.values())]
    inside = [(low <= frequency) & (frequency < high) for low, high in bands]
    total, *by_band = (power @ np.array(inside, dtype=np.float64).T).T
    size = np.abs(np.nan_to_num(sampled)).max(axis=0, initial=0.0)
    total = np.where(total > (ROUNDING * size * segment) ** 2, total, np.nan)
    return [np.log(share / total + _LEAST_SHARE) for share in by_band]
