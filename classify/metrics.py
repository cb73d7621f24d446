"""How well scores tell a person from others, each figure with an interval over sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from classify.calibration import compute_cllr, compute_min_cllr
from ground.records import Record

CONFIDENCE: Final = 0.95
_RESAMPLES: Final = 500
# Draws of few sources scatter too little: in trials intervals over 2 of a class held the truth 65 times in a
# hundred, over 5 of them 88 times.
_FEWEST_SOURCES: Final = 5
# Below this, what differs between draws is rounding.
_LEAST_WIDTH: Final = 1e-9

Scores = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Names = npt.NDArray[np.str_]
Count = TypeVar("Count")


class Figure(Record):
    """A figure and its 95 % interval.

    The bounds are None where the sources are too few for an interval: where a class has fewer than 5, or
    where draws of them all give the same. Of ten sources of which none errs, every draw errs in none, which
    does not show that none ever will. Bounds that rest on fewer than about 10 are too narrow.
    """

    value: float
    low: float | None
    high: float | None


class Confusion(Record, Generic[Count]):
    """How many were called what, where a likelihood ratio above 1 is called the person."""

    target_called_target: Count
    target_called_non_target: Count
    non_target_called_target: Count
    non_target_called_non_target: Count


class Figures(Record):
    """How well held-out clips, or held-out videos, of a person are told from those of others.

    Attributes
    ----------
    targets, non_targets
        How many clips or videos there were.
    target_sources, non_target_sources
        From how many sources.
    auc, equal_error_rate
        Of the ranking: .5 each when the scores say nothing.
    balanced_accuracy, recall_target, recall_non_target, accuracy
        When likelihood ratios above 1 are called the person.
    majority_accuracy
        The accuracy of always giving the more frequent answer; its balanced accuracy is .5.
    cllr, min_cllr
        Cost of the likelihood ratios, and what remains of it when these are calibrated best.
    confusion
        The counts behind the accuracy.
    """

    targets: int
    non_targets: int
    target_sources: int
    non_target_sources: int
    auc: Figure
    equal_error_rate: Figure
    balanced_accuracy: Figure
    recall_target: Figure
    recall_non_target: Figure
    accuracy: Figure
    majority_accuracy: float
    cllr: Figure
    min_cllr: Figure
    confusion: Confusion[Figure]


def measure(ranks: Scores, llrs: Scores, is_target: Mask, sources: Names, seed: int = 0) -> Figures:
    """Measure scores, with bootstrap intervals over sources.

    Clips of one source are alike, so sources are what is drawn again, within each class: the interval says
    what other recordings and other people would have given, as far as these can tell.

    Parameters
    ----------
    ranks
        float64, shape (n,): scores to rank by.
    llrs
        float64, shape (n,): natural log-likelihood ratios.
    is_target
        bool, shape (n,): both values occur.
    sources
        str, shape (n,).
    seed
        Of the resampling.
    """
    index = np.unique(ranks, return_inverse=True)[1]
    called = llrs > 0

    def compute(weights: Scores) -> dict[str, float]:
        counts = _count(called, is_target, weights)
        return {**_compute(index, llrs, is_target, weights), **counts}

    values = compute(np.ones(len(ranks)))
    drawn = [compute(weights) for weights in _resample(is_target, sources, seed)]
    figures = {
        name: Figure(value=value, low=low, high=high)
        for name, value in values.items()
        for low, high in [take_interval([draw[name] for draw in drawn])]
    }
    targets = int(is_target.sum())
    counts = {name: figures.pop(name) for name in Confusion.model_fields}
    return Figures(
        targets=targets,
        non_targets=len(is_target) - targets,
        target_sources=len(np.unique(sources[is_target])),
        non_target_sources=len(np.unique(sources[~is_target])),
        majority_accuracy=max(targets, len(is_target) - targets) / len(is_target),
        confusion=Confusion[Figure](**counts),
        **figures,
    )


def bound_share(share: float, sources: int) -> Figure:
    """Return a share with its 95 % interval over sources, by Clopper and Pearson (1934).

    Parameters
    ----------
    share
        0..1: the mean over sources of the share of each one's clips. `share` times `sources` need be no whole
        number: such means scatter less than counts, so the interval is a little wide.
    sources
        How many independent ones.
    """
    tail, hits = (1 - CONFIDENCE) / 2, share * sources
    low = betaincinv(hits, sources - hits + 1, tail) if share > 0 else 0.0
    high = betaincinv(hits + 1, sources - hits, 1 - tail) if share < 1 else 1.0
    return Figure(value=share, low=float(low), high=float(high))


def compute_equal_error_rate(false_alarms: Scores, hits: Scores) -> float:
    """Return where misses equal false alarms, on straight lines between the points of a ROC curve."""
    lead = (1 - hits) - false_alarms  # falls from 1 to -1
    after = int(np.argmax(lead <= 0))
    before = max(after - 1, 0)
    drop = lead[before] - lead[after]
    part = lead[before] / drop if drop > 0 else 0.0
    return float(false_alarms[before] + part * (false_alarms[after] - false_alarms[before]))


def _compute(index: npt.NDArray[np.intp], llrs: Scores, is_target: Mask, weights: Scores) -> dict[str, float]:
    """Compute every figure; `index` is that of each rank among the distinct ones.

    scikit-learn's own functions give the same, but check their input for milliseconds each time, and the
    bootstrap calls this hundreds of times.
    """
    hits, false_alarms = (_climb(index, weights * rows) for rows in (is_target, ~is_target))
    called = llrs > 0
    recall_target = float(np.average(called[is_target], weights=weights[is_target]))
    recall_non_target = float(np.average(~called[~is_target], weights=weights[~is_target]))
    return {
        "auc": float(np.sum(np.diff(false_alarms) * (hits[1:] + hits[:-1]) / 2)),
        "equal_error_rate": compute_equal_error_rate(false_alarms, hits),
        "balanced_accuracy": (recall_target + recall_non_target) / 2,
        "recall_target": recall_target,
        "recall_non_target": recall_non_target,
        "accuracy": float(np.average(called == is_target, weights=weights)),
        "cllr": compute_cllr(llrs, is_target, weights),
        "min_cllr": compute_min_cllr(llrs, is_target, weights),
    }


def _count(called: Mask, is_target: Mask, weights: Scores) -> dict[str, float]:
    return {
        f"{who}_called_{what}": float(weights[rows & (called == as_target)].sum())
        for who, rows in (("target", is_target), ("non_target", ~is_target))
        for what, as_target in (("target", True), ("non_target", False))
    }


def _climb(index: npt.NDArray[np.intp], weights: Scores) -> Scores:
    """Return the share of the weight at or above each distinct rank, from the highest down, after a 0."""
    climbed = np.cumsum(np.bincount(index, weights)[::-1])
    return np.concatenate([[0.0], climbed / climbed[-1]])


def _resample(is_target: Mask, sources: Names, seed: int) -> Iterator[Scores]:
    """Yield how often each row counts when the sources of each class are drawn with replacement."""
    rng = np.random.default_rng(seed)
    classes = []
    for of_target in (True, False):
        rows = np.flatnonzero(is_target == of_target)
        names, source = np.unique(sources[rows], return_inverse=True)
        if len(names) < _FEWEST_SOURCES:
            return
        classes.append((rows, source, len(names)))
    for _ in range(_RESAMPLES):
        weights = np.zeros(len(sources))
        for rows, source, count in classes:
            weights[rows] = np.bincount(rng.integers(count, size=count), minlength=count)[source]
        yield weights


def take_interval(values: list[float]) -> tuple[float | None, float | None]:
    """Return the 95 % interval of what draws gave; None where there are none, or all gave the same."""
    if not values:
        return None, None
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return (float(low), float(high)) if high - low > _LEAST_WIDTH else (None, None)
