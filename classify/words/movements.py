"""Pairs of features in words."""

from __future__ import annotations

from typing import Final

from features.signal_words import name_signal

# Correlations closer to zero than this are called independent.
_RELATED: Final = 0.2


def name_pair(pair: str) -> str:
    """Return a pair of features in words."""
    return " and ".join(name_signal(feature) for feature in pair.split("*"))


def describe_deviation(pair: str, here: float, usual: float, spread: float) -> str:
    """Return how a pair of movements goes together usually, and here.

    Parameters
    ----------
    pair
        Two features, parted by an asterisk.
    here, usual, spread
        Its correlation; mean and standard deviation over the person's training clips.
    """
    if usual >= _RELATED:
        relation = "usually rise together"
    elif usual <= -_RELATED:
        relation = "usually move in opposite directions"
    else:
        relation = "usually move independently"
    return f"{name_pair(pair)} {relation}: r = {_round(usual)} ± {_round(spread)}; here {_round(here)}"


def _round(value: float) -> str:
    """Return a correlation as papers print it: ``.62``, ``-.10``, ``1.00``."""
    text = f"{value:.2f}"
    return ".00" if text in ("0.00", "-0.00") else text.replace("0.", ".", 1) if abs(value) < 0.995 else text
