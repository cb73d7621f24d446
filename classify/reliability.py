"""What likelihood ratios say against what they should have said."""

from __future__ import annotations

from typing import Final

import numpy as np

from classify.evaluation import HeldOut

# Quantiles of the ratios between which a share of the person is counted.
_BINS: Final = 8


def compute_reliability(found: HeldOut) -> tuple[list[float], list[float]]:
    """Return what ratios say and what they should have said: probabilities of the person at equal priors.

    Clips, or videos, are binned by quantiles of their ratios; each class weighs half.
    """
    edges = np.unique(np.quantile(found.llrs, np.linspace(0, 1, _BINS + 1)))
    bins = np.digitize(found.llrs, edges[1:-1])
    weights = np.where(found.is_target, 1 / found.is_target.sum(), 1 / (~found.is_target).sum())
    said = 1 / (1 + np.exp(-found.llrs))
    stated, observed = [], []
    for index in np.unique(bins):
        rows = bins == index
        stated.append(float(np.average(said[rows], weights=weights[rows])))
        observed.append(float(weights[rows & found.is_target].sum() / weights[rows].sum()))
    return stated, observed
