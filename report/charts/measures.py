"""What the height of a clip in a timeline tells: a score, or a likelihood ratio."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from classify.words.numbers import format_ratio
from report.charts.scales import choose_ticks
from report.markup import format_score

_TEN: Final = math.log(10)
_MOST_TICKS: Final = 5


@dataclass(frozen=True)
class Measure:
    """What scores of clips are, and how they are told.

    Attributes
    ----------
    name
        As the axis calls it.
    format
        From a score to what is said of it.
    choose_ticks
        From the lowest and the highest score to the places where the axis is labelled, and the labels.
    """

    name: str
    format: Callable[[float], str]
    choose_ticks: Callable[[float, float], list[tuple[float, str]]]


def _choose_scores(low: float, high: float) -> list[tuple[float, str]]:
    ticks = choose_ticks(low, high, _MOST_TICKS)
    return [(value, f"{value:+g}".replace("-", "−") if value else "0") for value in ticks]


def _choose_ratios(low: float, high: float) -> list[tuple[float, str]]:
    """Label round likelihood ratios: powers of ten, and where these are few, twos and fives between them."""
    low10, high10 = low / _TEN, high / _TEN
    if high10 - low10 >= 2:
        powers = [power for power in choose_ticks(low10, high10, _MOST_TICKS) if power == round(power)]
    else:
        decades = range(math.floor(low10), math.ceil(high10) + 1)
        fine = [decade + math.log10(step) for decade in decades for step in (1, 2, 5)]
        powers = [power for power in fine if low10 <= power <= high10]
    return [(power * _TEN, format_ratio(power)) for power in powers]


# By the method of the card: the scores of an enrolled person are natural log-likelihood ratios.
MEASURES: Final = {
    "trained": Measure("score", format_score, _choose_scores),
    "enrolled": Measure("LR", lambda score: format_ratio(score / _TEN), _choose_ratios),
}
