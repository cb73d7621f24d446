"""Numbers to places on a plot, and round numbers to label its axes with."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

_CLOCK_STEPS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)


@dataclass(frozen=True)
class Scale:
    """Maps `low` to the place `start`, `high` to `stop`, and what lies between in proportion."""

    low: float
    high: float
    start: float
    stop: float

    def __call__(self, value: float) -> float:
        """Return the place of a value."""
        span = self.high - self.low or 1.0
        return self.start + (value - self.low) / span * (self.stop - self.start)


def choose_ticks(low: float, high: float, most: int, *, clock: bool = False) -> list[float]:
    """Return at most about `most` round numbers in a range; with `clock`, round in seconds and minutes."""
    span = max(high - low, 1e-9)
    if clock:
        step: float = next((s for s in _CLOCK_STEPS if span / s <= most), _CLOCK_STEPS[-1])
    else:
        power = 10 ** math.floor(math.log10(span / most))
        step = next(f * power for f in (1, 2, 5, 10) if span / (f * power) <= most)
    first = math.ceil(low / step - 1e-9)
    return [round(k * step, 10) for k in range(first, math.floor(high / step + 1e-9) + 1)]
