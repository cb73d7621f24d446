"""The scale of ENFSI's guideline for evaluative reporting (2015), by which likelihood ratios have words."""

from __future__ import annotations

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
