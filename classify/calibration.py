"""Scores to log-likelihood ratios, and how good log-likelihood ratios are.

A likelihood ratio says how much more probable a score is if the clip shows the person than if it shows
somebody else. It is learnt from clips of sources that the model has not seen, one source weighing as much as
another, and as if both propositions were equally probable, so that it holds whatever the table's mixture was
(Brümmer & du Preez 2006, "Application-independent evaluation of speaker detection").
"""

from __future__ import annotations

from typing import Final, Literal, Self

import numpy as np
import numpy.typing as npt
import pydantic
from scipy.optimize import isotonic_regression
from scipy.special import xlog1py, xlogy
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from classify.elub import compute_elub
from ground.records import Record

# Isotonic regression has as many degrees of freedom as it finds steps; below this many sources of either
# class a straight line errs less.
ISOTONIC_SOURCES: Final = 50
# Parts of the sources that are held out in turn to validate the ratios. Leaving out each source by itself
# gives about the same bounds (docs/measurements/evaluation.md).
_PARTS: Final = 5

Method = Literal["logistic", "isotonic"]
Scores = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
# By names, or by numbers that stand for them.
Sources = npt.NDArray[np.str_] | npt.NDArray[np.intp]


class Calibration(Record):
    """How a score becomes a natural log-likelihood ratio.

    Attributes
    ----------
    method
        ``logistic``: a straight line, `slope` * score + `intercept`. ``isotonic``: linear between the knots
        `knot_scores`, `knot_llrs`.
    slope, intercept
        Of the line; it is also fitted where the knots are used. A slope of 0 says that the scores say
        nothing.
    lowest, highest
        Bounds of the result: what its validation supports (`fit_calibration`).
    target_sources, non_target_sources
        What it was fitted on.
    """

    method: Method
    slope: float = pydantic.Field(ge=0)
    intercept: float
    knot_scores: tuple[float, ...] = ()
    knot_llrs: tuple[float, ...] = ()
    lowest: float = pydantic.Field(le=0)
    highest: float = pydantic.Field(ge=0)
    target_sources: pydantic.PositiveInt
    non_target_sources: pydantic.PositiveInt

    @pydantic.model_validator(mode="after")
    def _check_knots(self) -> Self:
        if bool(self.knot_scores) != (self.method == "isotonic"):
            raise ValueError("knots are those of an isotonic calibration, and of no other")
        if len(self.knot_scores) != len(self.knot_llrs):
            raise ValueError("scores and ratios of the knots differ in number")
        if any(list(knots) != sorted(knots) for knots in (self.knot_scores, self.knot_llrs)):
            raise ValueError("the knots do not rise")
        return self

    def to_llr(self, scores: Scores) -> Scores:
        """Return bounded natural log-likelihood ratios, shape (scores,); NaN where the score is."""
        if self.method == "isotonic":
            # np.interp does not keep NaN.
            llrs = np.where(np.isnan(scores), np.nan, np.interp(scores, self.knot_scores, self.knot_llrs))
        else:
            llrs = self.align(scores)
        return np.clip(llrs, self.lowest, self.highest)

    def align(self, scores: Scores) -> Scores:
        """Return scores on the scale of log-likelihood ratios, unbounded: to rank those of several models."""
        return self.slope * scores + self.intercept


def fit_calibration(
    scores: Scores,
    is_target: Mask,
    sources: Sources,
) -> Calibration:
    """Learn what scores mean, and how far that can be relied on.

    Logistic regression with the inverse prior odds taken out, in which each class weighs half and each
    source of a class the same; observations count as many as there are sources, because the clips of one are
    no independent evidence, so that the L2 penalty (1 on the slope per standard deviation) keeps few sources
    from promising much. With at least `ISOTONIC_SOURCES` of each class, isotonic regression.

    **What the bounds rest on.** The ratios that validate are not those of the calibration returned, which
    has seen the very scores that it would be tried on, but of others that are fitted in the same way: a fifth
    of the sources is held out at a time, the calibration is learnt from the scores of the rest, and gives the
    held-out ones their ratios. `bound_llrs` of all these are the bounds. So each of these ratios is that of a
    source that neither the model that scored it (as long as `scores` are out-of-fold, as those of
    `classify.training` are) nor the calibration was fitted on. What they share with it is what was chosen on
    all sources together: the classifier's hyperparameters.

    A single source of a class cannot be held out. Then LR lies between 1 / (n + 1) and m + 1 for n sources
    of the person and m of others: of m sources, none of which scores so high, one cannot claim that less
    than one in m + 1 does. ELUB never goes beyond that.

    Parameters
    ----------
    scores
        float64, shape (n,): scores of clips or of whole videos whose source the model has not seen.
    is_target
        bool, shape (n,): both values occur.
    sources
        Names or numbers, shape (n,).
    """
    _, target_sources, non_target_sources = weigh_sources(is_target, sources)
    widest = (-float(np.log1p(target_sources)), float(np.log1p(non_target_sources)))
    fewest = min(target_sources, non_target_sources)
    method: Method = "isotonic" if fewest >= ISOTONIC_SOURCES else "logistic"
    fitted = _fit(scores, is_target, sources, method, widest)
    if fewest == 1:
        return fitted
    part = _divide(is_target, sources, min(_PARTS, fewest))
    llrs = np.empty(len(scores))
    for held_out in (part == k for k in range(part.max() + 1)):
        others = _fit(scores[~held_out], is_target[~held_out], sources[~held_out], method, widest)
        llrs[held_out] = others.to_llr(scores[held_out])
    lowest, highest = bound_llrs(llrs, is_target, sources)
    return fitted.model_copy(update={"lowest": lowest, "highest": highest})


def bound_llrs(llrs: Scores, is_target: Mask, sources: Sources) -> tuple[float, float]:
    """Return the bounds that a validation supports: `classify.elub.compute_elub`, sources weighing the same.

    However many clips a source has, it counts as one independent case, and so does the misleading one that
    is added on either side. So the bounds lie within 1 / (n + 1) and m + 1 for n target and m non-target
    sources.

    Parameters
    ----------
    llrs
        float64, shape (n,): natural log-likelihood ratios of cases that nothing was fitted on which gave them
        these ratios; none is missing. They are without bounds, or with wider ones than 1 / (n + 1) and m + 1.
    is_target
        bool, shape (n,): both values occur.
    sources
        Names or numbers, shape (n,): what is independent of one another.

    Returns
    -------
    lowest, highest : float
        At most 0 and at least 0.
    """
    weights, target_sources, non_target_sources = weigh_sources(is_target, sources)
    counts = np.where(is_target, target_sources, non_target_sources) * weights
    return compute_elub(llrs, is_target, counts * 2 / (target_sources + non_target_sources))


def compute_cllr(llrs: Scores, is_target: Mask, weights: Scores | None = None) -> float:
    """Return the log-likelihood-ratio cost in bits: 0 is perfect, 1 says nothing, more misleads.

    Cllr = (mean over targets of log2(1 + 1/LR) + mean over non-targets of log2(1 + LR)) / 2
    (Brümmer & du Preez 2006): the cross-entropy where both propositions are equally probable before.

    Parameters
    ----------
    llrs
        Natural log-likelihood ratios, shape (n,).
    is_target
        bool, shape (n,): both values occur.
    weights
        How often each counts; once by default.
    """
    return float(compute_cross_entropy(llrs, is_target, np.zeros(1), weights)[0])


def compute_cross_entropy(
    llrs: Scores, is_target: Mask, prior_log_odds: Scores, weights: Scores | None = None
) -> Scores:
    """Return the empirical cross-entropy in bits: what is left to know about who it is, given the ratios.

    Ramos & Gonzalez-Rodriguez (2013, "Reliable support: Measuring calibration of likelihood ratios", Forensic
    Science International 230, 156-169): P mean over targets of log2(1 + 1/(LR O)) + (1 - P) mean over
    non-targets of log2(1 + LR O), for prior odds O = P / (1 - P). Ratios that always are 1 leave the entropy
    of the prior.

    Parameters
    ----------
    llrs, is_target, weights
        As for `compute_cllr`.
    prior_log_odds
        float64, shape (m,): natural logarithms of the prior odds.

    Returns
    -------
    float64, shape (m,)
    """
    weights = np.ones(len(llrs)) if weights is None else weights
    counted = weights > 0  # an infinite cost that never occurs costs nothing
    total = np.zeros(len(prior_log_odds))
    for rows, sign in ((is_target & counted, -1.0), (~is_target & counted, 1.0)):
        costs = np.logaddexp(0.0, sign * (llrs[rows] + prior_log_odds[:, None]))
        prior = 1 / (1 + np.exp(sign * prior_log_odds))
        total += prior * np.average(costs, axis=1, weights=weights[rows])
    entropies: Scores = total / np.log(2)
    return entropies


def compute_min_cllr(targets: Scores, non_targets: Scores) -> float:
    """Return the Cllr that the best monotone map of scores would have: pool adjacent violators.

    Parameters
    ----------
    targets, non_targets
        float64, shape (n,): how much of either class has each of n distinct scores, from the lowest up
        (`pool_scores`). A score that neither has is of no matter.
    """
    targets, non_targets = targets / targets.sum(), non_targets / non_targets.sum()
    probabilities = _pool_violators(targets, non_targets)
    # log2(1 + 1/LR) is -log2 of the probability. An infinite cost that never occurs costs nothing.
    gained = xlogy(targets, probabilities).sum() + xlog1py(non_targets, -probabilities).sum()
    return float(-gained / (2 * np.log(2)))


def pool_scores(
    scores: Scores, is_target: Mask, weights: Scores | None = None
) -> tuple[Scores, Scores, Scores]:
    """Return the distinct scores that count, rising, and how much of either class has each of them.

    Parameters as for `compute_cllr`; the scale of the scores is of no matter.
    """
    counts = np.ones(len(scores)) if weights is None else weights
    values, index = np.unique(scores, return_inverse=True)
    targets, non_targets = (
        np.asarray(np.bincount(index[rows], counts[rows], minlength=len(values)), np.float64)
        for rows in (is_target, ~is_target)
    )
    used = targets + non_targets > 0
    return values[used], targets[used], non_targets[used]


def recalibrate(scores: Scores, is_target: Mask, weights: Scores | None = None) -> Scores:
    """Return the log-likelihood ratios that these very scores should have had: pool adjacent violators.

    Of all that do not fall with the scores, these cost least at any prior odds (Brümmer & du Preez 2006).
    They have seen the truth: they measure a calibration and are none.

    Parameters
    ----------
    scores, is_target, weights
        As for `compute_cllr`; the scale of the scores is of no matter.

    Returns
    -------
    float64, shape (n,)
        Natural; infinite where one class is all there is; NaN at scores whose weight is 0.
    """
    values, targets, non_targets = pool_scores(scores, is_target, weights)
    llrs = _logit(_pool_violators(targets / targets.sum(), non_targets / non_targets.sum()))
    places = np.searchsorted(values, scores).clip(max=len(values) - 1)
    return np.where(values[places] == scores, llrs[places], np.nan)


def to_log10(llr: float | None) -> float | None:
    """Return a natural log-likelihood ratio to base 10; None where there is none."""
    return None if llr is None else float(llr / np.log(10))


def weigh_sources(is_target: Mask, sources: Sources) -> tuple[Scores, int, int]:
    """Return weights that give each class half, each source of a class the same, and sum to the sources."""
    weights = np.zeros(len(sources))
    counts = []
    for of_target in (True, False):
        rows = is_target == of_target
        _, source, sizes = np.unique(sources[rows], return_inverse=True, return_counts=True)
        weights[rows] = 1.0 / (sizes[source] * len(sizes))
        counts.append(len(sizes))
    return weights * sum(counts) / 2, counts[0], counts[1]


def _fit(
    scores: Scores,
    is_target: Mask,
    sources: Sources,
    method: Method,
    bounds: tuple[float, float],
) -> Calibration:
    """Learn what scores mean by a method; a line where even that finds nothing."""
    weights, target_sources, non_target_sources = weigh_sources(is_target, sources)
    mean = float(np.average(scores, weights=weights))
    std = float(np.sqrt(np.average((scores - mean) ** 2, weights=weights)))
    slope = intercept = 0.0
    if std > 0:
        line = LogisticRegression(C=1.0).fit(((scores - mean) / std)[:, None], is_target, weights)
        if line.coef_[0, 0] > 0:
            slope = float(line.coef_[0, 0]) / std
            intercept = float(line.intercept_[0]) - slope * mean
    fitted = Calibration(
        method="logistic",
        slope=slope,
        intercept=intercept,
        lowest=bounds[0],
        highest=bounds[1],
        target_sources=target_sources,
        non_target_sources=non_target_sources,
    )
    if slope == 0 or method == "logistic":
        return fitted
    steps = IsotonicRegression(y_min=0, y_max=1).fit(scores, is_target, weights)
    return fitted.model_copy(
        update={
            "method": "isotonic",
            "knot_scores": tuple(steps.X_thresholds_.tolist()),
            "knot_llrs": tuple(np.clip(_logit(steps.y_thresholds_), *bounds).tolist()),
        }
    )


def _divide(is_target: Mask, sources: Sources, parts: int) -> npt.NDArray[np.intp]:
    """Deal the sources of each class out to parts, in the order of their names; return each row's part."""
    part = np.empty(len(sources), dtype=np.intp)
    for rows in (is_target, ~is_target):
        part[rows] = np.unique(sources[rows], return_inverse=True)[1] % parts
    return part


def _pool_violators(targets: Scores, non_targets: Scores) -> Scores:
    """Return how probable the person is at each score, from the share of either class; 0 where both are 0."""
    both = targets + non_targets
    used = both > 0
    probabilities = np.zeros(len(both))
    probabilities[used] = isotonic_regression(targets[used] / both[used], weights=both[used]).x
    return probabilities


def _logit(probabilities: Scores) -> Scores:
    with np.errstate(divide="ignore"):
        logits: Scores = np.log(probabilities) - np.log1p(-probabilities)
    return logits
