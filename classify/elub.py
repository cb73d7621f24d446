"""How strong a likelihood ratio the validation supports: the empirical lower and upper bounds (ELUB).

A calibration gives ratios for scores beyond all those that it was tried on, and there its ratios are
extrapolated. Vergeer, van Es, de Jongh, Alberink & Stoel (2016, "Numerical likelihood ratios outputted by LR
systems are often based on extrapolation: when to stop extrapolating?", Science & Justice 56, 482-491) stop
where decisions by the ratios would be worse than decisions without them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Llrs = npt.NDArray[np.float64]


def compute_elub(llrs: Llrs, is_target: npt.NDArray[np.bool_], counts: Llrs) -> tuple[float, float]:
    """Return the empirical lower and upper bounds of natural log-likelihood ratios.

    Somebody accepts a case as a target where its LR is above a threshold t, which is how t times worse a
    false acceptance is than a false rejection. That costs P(miss) + t P(false alarm), as counted in the
    validation with one more misleading case on either side, as strong as can be. Whoever disregards the LRs
    rejects all (cost 1) or accepts all (cost t). The bounds are the thresholds nearest to LR 1, above and
    below, beyond which disregarding the LRs would cost less. Here they are computed exactly, not on a grid.

    They never go beyond what was seen of the LRs, nor beyond LRs of 1 / (n + 1) and m + 1 for n independent
    target and m independent non-target cases, because of the misleading ones.

    Parameters
    ----------
    llrs
        float64, shape (n,): natural log-likelihood ratios of validation cases, without bounds of their own.
        Infinite ones are allowed, missing ones are not. Nothing that gave a case its ratio may have been
        fitted on that case.
    is_target
        bool, shape (n,): both values occur.
    counts
        float64, shape (n,): how many independent cases each one stands for; 1, or less if they are
        dependent: 1/k for each of k clips of one source.

    Returns
    -------
    lowest, highest : float
        At most 0 and at least 0. Both are 0 where the LRs do not even tell both kinds of cases apart at
        LR = 1: then nothing but LR = 1 is supported.
    """
    lowest = _bound_above(-llrs, ~is_target, counts)
    return 0.0 - lowest, _bound_above(llrs, is_target, counts)


def _bound_above(llrs: Llrs, is_target: npt.NDArray[np.bool_], counts: Llrs) -> float:
    """Return the upper bound: the least log threshold from 0 at which disregarding the LRs costs less.

    P(miss) + t P(false alarm) > 1 means t > P(hit) / P(false alarm), and both shares are constant from one LR
    that occurs to the next.
    """
    thresholds = np.unique(np.concatenate([[0.0], llrs[llrs > 0]]))
    hits = _count_above(thresholds, llrs[is_target], counts[is_target])
    false_alarms = _count_above(thresholds, llrs[~is_target], counts[~is_target])
    with np.errstate(divide="ignore"):  # no hits support nothing
        supported = np.log(hits / (counts[is_target].sum() + 1)) - np.log(
            (false_alarms + 1) / (counts[~is_target].sum() + 1)
        )
    worse_from = np.maximum(thresholds, supported)
    return float(worse_from[worse_from < np.append(thresholds[1:], np.inf)].min())


def _count_above(thresholds: Llrs, llrs: Llrs, counts: Llrs) -> Llrs:
    """Return for each threshold how many cases lie above it."""
    order = np.argsort(llrs)
    from_the_top = np.concatenate([[0.0], np.cumsum(counts[order][::-1])])
    above: Llrs = from_the_top[len(llrs) - np.searchsorted(llrs[order], thresholds, side="right")]
    return above
