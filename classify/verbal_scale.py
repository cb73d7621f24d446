"""Likelihood ratios in words, by the scale of ENFSI's guideline for evaluative reporting (2015)."""

from __future__ import annotations

import math
from typing import Final

# The least likelihood ratio (its inverse is the greatest) that supports a proposition at all.
LEAST_SUPPORT: Final = 2

# A likelihood ratio of at least the number (or at most one over it) has the support named.
VERBAL_SCALE: Final[tuple[tuple[float, str], ...]] = (
    (1, "no"),
    (LEAST_SUPPORT, "weak"),
    (10, "moderate"),
    (100, "moderately strong"),
    (1_000, "strong"),
    (10_000, "very strong"),
    (1_000_000, "extremely strong"),
)


def name_support(llr: float) -> str:
    """Return the word for a natural log-likelihood ratio, whichever side it supports."""
    size = math.exp(abs(llr)) * (1 + 1e-12)  # a ratio of 10 stays one, whatever its logarithm is rounded to
    return next(word for least, word in reversed(VERBAL_SCALE) if size >= least)


def format_ratio(llr: float) -> str:
    """Return the likelihood ratio with about two digits: ``0.083``, ``1.4``, ``120``."""
    ratio = math.exp(llr)
    return f"{ratio:.2g}" if ratio < 10 else f"{ratio:,.0f}"


def describe_support(llr: float, person: str, others: str) -> str:
    """Return a sentence that states both propositions, the likelihood ratio, and its word.

    Parameters
    ----------
    llr
        Natural log-likelihood ratio.
    person
        Whose motion it is by the one proposition.
    others
        Who moves by the other: the population of the ratio, see `TrainingFootage.describe_others`.
    """
    own, other = f"{person}'s", f"that of {others}"
    word = name_support(llr)
    if word == "no":
        return (
            f"The motion is about as probable if it is {own} as if it is {other} "
            f"(LR {format_ratio(llr)}): no support for either."
        )
    more, less, which = (own, other, own) if llr > 0 else (other, own, f"not {own}")
    return (
        f"The motion is about {format_ratio(abs(llr))} times more probable if it is {more} than if it is "
        f"{less} (LR {format_ratio(llr)}): {word} support that it is {which}."
    )
