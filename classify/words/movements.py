"""What a person moves, and what goes together with what, in words."""

from __future__ import annotations

import math
from typing import Final

from features.descriptors.registry import find_descriptor
from features.signal_words import name_signal

# Correlations closer to zero than this are called independent.
_RELATED: Final = 0.2

_SPREAD: Final = "spread:"
# A greater logarithm of a ratio is no number to a computer.
_LARGEST_LOG: Final = 690.0


def is_spread(number: str) -> bool:
    """Return whether a number says how much one signal moves, and not how two go together."""
    return number.startswith(_SPREAD)


def name_pair(pair: str) -> str:
    """Return a pair of signals in words."""
    return " and ".join(name_signal(signal) for signal in pair.split("*"))


def describe_deviation(pair: str, here: float, usual: float, spread: float) -> str:
    """Return how a pair of movements goes together, or how much one moves, usually and here.

    Parameters
    ----------
    pair, here, usual, spread
        As of `classify.deviations.Deviation`.
    """
    if is_spread(pair):
        low, high = (_to_times(k * spread) for k in (-1, 1))
        return (
            f"{find_descriptor('spreads').explain(pair)}: here {_to_times(here - usual)} times as much as "
            f"usual (usually {low} to {high} times)"
        )
    if usual >= _RELATED:
        relation = "usually rise together"
    elif usual <= -_RELATED:
        relation = "usually move in opposite directions"
    else:
        relation = "usually move independently"
    return f"{name_pair(pair)} {relation}: r = {_round(usual)} ± {_round(spread)}; here {_round(here)}"


def _to_times(logarithm: float) -> str:
    ratio = math.exp(max(-_LARGEST_LOG, min(_LARGEST_LOG, logarithm)))
    return f"{ratio:.2g}" if ratio < 10 else f"{ratio:,.0f}"


def _round(value: float) -> str:
    """Return a correlation as papers print it: ``.62``, ``-.10``, ``1.00``."""
    text = f"{value:.2f}"
    return ".00" if text in ("0.00", "-0.00") else text.replace("0.", ".", 1) if abs(value) < 0.995 else text
