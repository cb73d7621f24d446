"""How often somebody blinks, nods, shakes the head and flashes the brows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from features.descriptors.descriptor import Region
from features.descriptors.missing import LEAST_SHARE, blank_rare
from features.descriptors.regions import find_region
from features.descriptors.resampling import RATE_HZ, resample

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Event:
    """A short excursion of a sum of signals, out and back.

    Attributes
    ----------
    words
        What happens.
    weights
        The signals, and how each counts; their sum rises in the event.
    both_ways
        Whether an excursion to the other side counts as well.
    least
        How far it goes at least, in the unit of the sum.
    spreads
        How far it goes at least in robust standard deviations of the sum in the clip: what is small beside
        somebody's usual movement is part of it.
    longest_s
        How long it takes at most, at half its height.
    """

    words: str
    weights: dict[str, float]
    both_ways: bool
    least: float
    spreads: float
    longest_s: float


def _average(*measures: str) -> dict[str, float]:
    names = [f"{side}_{measure}" for side in ("right", "left") for measure in measures]
    return dict.fromkeys(names, 1 / len(names))


# Heights are in units of the distance between the outer corners of the eyes, rotations in rad.
EVENTS: Final = {
    "blink": Event(
        "blinks",
        {
            name: sign * weight
            for lid, sign in (("upper_lid", -1.0), ("lower_lid", 1.0))
            for name, weight in _average(lid).items()
        },
        both_ways=False,
        least=0.02,
        spreads=2.5,
        longest_s=0.5,
    ),
    "nod": Event("nods", {"pose_Rx": 1.0}, both_ways=False, least=0.03, spreads=1.0, longest_s=1.0),
    "shake": Event(
        "turns of the head to one side and back",
        {"pose_Ry": 1.0},
        both_ways=True,
        least=0.04,
        spreads=1.0,
        longest_s=1.0,
    ),
    "brow flash": Event(
        "brow flashes",
        _average("inner_brow", "mid_brow", "outer_brow"),
        both_ways=False,
        least=0.01,
        spreads=1.5,
        longest_s=1.0,
    ),
}
_PREFIX: Final = "rate:"
_SHORTEST_S: Final = 0.06  # shorter than any movement of a face: noise of a frame
_MAD_TO_STD: Final = 1.4826  # of a normal distribution


@dataclass(frozen=True)
class EventRates:
    """``log(1 + events per minute)`` of each of `EVENTS`, named ``rate:event``.

    Events are peaks of a sum of signals at 25 Hz. A peak counts when its prominence reaches both limits of
    the event, and its width at half the prominence lies between 0.06 s and the event's longest. Minutes are
    those in which the sum was measured.
    """

    name: str
    revision: int = 1

    @property
    def signals(self) -> tuple[str, ...]:
        """All signals of the events, each once."""
        return tuple(dict.fromkeys(name for event in EVENTS.values() for name in event.weights))

    @property
    def numbers(self) -> tuple[str, ...]:
        """One of each event."""
        return tuple(f"{_PREFIX}{event}" for event in EVENTS)

    def describe(self, time_s: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Describe one clip, see `Descriptor.describe`."""
        signals = self.signals
        sampled = resample(time_s, blank_rare(values))
        rates = []
        for event in EVENTS.values():
            columns = [signals.index(name) for name in event.weights]
            rates.append(_count_rate(sampled[:, columns] @ np.array(list(event.weights.values())), event))
        return np.log1p(rates)

    def explain(self, number: str) -> str:
        """Return what is counted."""
        return f"how many {EVENTS[number.removeprefix(_PREFIX)].words} there are in a minute"

    def region(self, number: str) -> Region | None:
        """Return the region of the event's signals."""
        return find_region(EVENTS[number.removeprefix(_PREFIX)].weights)


def _count_rate(course: NDArray[np.float64], event: Event) -> float:
    """Return events per minute of a course at `RATE_HZ`; NaN where fewer than half of its samples exist."""
    from scipy.signal import find_peaks

    present = np.isfinite(course)
    if present.sum() < max(LEAST_SHARE * len(course), 1):
        return float("nan")
    deviations = np.abs(course[present] - np.median(course[present]))
    prominence = max(event.least, event.spreads * _MAD_TO_STD * float(np.median(deviations)))
    # A straight line over a gap has no peak of its own.
    samples = np.arange(len(course))
    bridged = np.interp(samples, samples[present], course[present])
    width = (_SHORTEST_S * RATE_HZ, event.longest_s * RATE_HZ)
    count = 0
    for sign in (1, -1) if event.both_ways else (1,):
        peaks, _ = find_peaks(sign * bridged, prominence=prominence, width=width, rel_height=0.5)
        count += len(peaks)
    return float(count / (present.sum() / RATE_HZ) * 60)
