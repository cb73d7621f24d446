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
from sklearn.isotonic import IsotonicRegression, isotonic_regression
from sklearn.linear_model import LogisticRegression

from ground.records import Record

# Isotonic regression has as many degrees of freedom as it finds steps; below this many sources of either
# class a straight line errs less.
ISOTONIC_SOURCES: Final = 50

Scores = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


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
        Bounds of the result. With n independent sources of others, none of which scores so high, one cannot
        claim that less than one in n + 1 does: so LR lies between 1 / (n_person + 1) and n_others + 1.
        (In the spirit of the empirical bounds of Vergeer et al. 2016.)
    target_sources, non_target_sources
        What it was fitted on.
    """

    method: Literal["logistic", "isotonic"]
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
    sources: npt.NDArray[np.str_],
) -> Calibration:
    """Learn what scores mean.

    Logistic regression with the inverse prior odds taken out, in which each class weighs half and each
    source of a class the same; observations count as many as there are sources, because the clips of one are
    no independent evidence, so that the L2 penalty (1 on the slope per standard deviation) keeps few sources
    from promising much. With at least `ISOTONIC_SOURCES` of each class, isotonic regression.

    Parameters
    ----------
    scores
        float64, shape (n,): scores of clips or of whole videos whose source the model has not seen.
    is_target
        bool, shape (n,): both values occur.
    sources
        str, shape (n,).
    """
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
        lowest=-float(np.log1p(target_sources)),
        highest=float(np.log1p(non_target_sources)),
        target_sources=target_sources,
        non_target_sources=non_target_sources,
    )
    if slope == 0 or min(target_sources, non_target_sources) < ISOTONIC_SOURCES:
        return fitted
    steps = IsotonicRegression(y_min=0, y_max=1).fit(scores, is_target, weights)
    llrs = np.clip(_logit(steps.y_thresholds_), fitted.lowest, fitted.highest)
    return fitted.model_copy(
        update={
            "method": "isotonic",
            "knot_scores": tuple(steps.X_thresholds_.tolist()),
            "knot_llrs": tuple(llrs.tolist()),
        }
    )


def compute_cllr(llrs: Scores, is_target: Mask, weights: Scores | None = None) -> float:
    """Return the log-likelihood-ratio cost in bits: 0 is perfect, 1 says nothing, more misleads.

    Cllr = (mean over targets of log2(1 + 1/LR) + mean over non-targets of log2(1 + LR)) / 2
    (Brümmer & du Preez 2006).

    Parameters
    ----------
    llrs
        Natural log-likelihood ratios, shape (n,).
    is_target
        bool, shape (n,): both values occur.
    weights
        How often each counts; once by default.
    """
    weights = np.ones(len(llrs)) if weights is None else weights
    costs = np.logaddexp(0.0, np.where(is_target, -llrs, llrs)) / np.log(2)
    counted = weights > 0  # an infinite cost that never occurs costs nothing
    targets, non_targets = (
        float(np.average(costs[chosen], weights=weights[chosen]))
        for chosen in (is_target & counted, ~is_target & counted)
    )
    return (targets + non_targets) / 2


def compute_min_cllr(scores: Scores, is_target: Mask, weights: Scores | None = None) -> float:
    """Return the Cllr that the best monotone map of these very scores would have: pool adjacent violators.

    Parameters as for `compute_cllr`; the scale of the scores is of no matter.
    """
    counts = np.ones(len(scores)) if weights is None else weights
    _, index = np.unique(scores, return_inverse=True)
    targets, non_targets = (
        np.bincount(index[rows], counts[rows], minlength=index.max() + 1) for rows in (is_target, ~is_target)
    )
    used = targets + non_targets > 0
    targets, non_targets = targets[used] / targets.sum(), non_targets[used] / non_targets.sum()
    probabilities = isotonic_regression(
        targets / (targets + non_targets), sample_weight=targets + non_targets
    )
    llrs = _logit(probabilities)
    return compute_cllr(
        np.tile(llrs, 2), np.repeat([True, False], len(llrs)), np.concatenate([targets, non_targets])
    )


def to_log10(llr: float | None) -> float | None:
    """Return a natural log-likelihood ratio to base 10; None where there is none."""
    return None if llr is None else float(llr / np.log(10))


def weigh_sources(is_target: Mask, sources: npt.NDArray[np.str_]) -> tuple[Scores, int, int]:
    """Return weights that give each class half, each source of a class the same, and sum to the sources."""
    weights = np.zeros(len(sources))
    counts = []
    for of_target in (True, False):
        rows = is_target == of_target
        _, source, sizes = np.unique(sources[rows], return_inverse=True, return_counts=True)
        weights[rows] = 1.0 / (sizes[source] * len(sizes))
        counts.append(len(sizes))
    return weights * sum(counts) / 2, counts[0], counts[1]


def _logit(probabilities: Scores) -> Scores:
    with np.errstate(divide="ignore"):
        logits: Scores = np.log(probabilities) - np.log1p(-probabilities)
    return logits
