"""How well scores tell a person from others, each figure with an interval over sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.special import betaincinv

from classify.calibration import compute_min_cllr
from ground.records import Record

CONFIDENCE: Final = 0.95
_RESAMPLES: Final = 500
# Draws of few sources scatter too little: in trials intervals over 2 of a class held the truth 65 times in a
# hundred, over 5 of them 88 times.
_FEWEST_SOURCES: Final = 5
# Below this, what differs between draws is rounding.
_LEAST_WIDTH: Final = 1e-9
# Draws times scores that are worked on at once.
_AT_ONCE: Final = 1_000_000

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
        float64, shape (n,): natural log-likelihood ratios, finite.
    is_target
        bool, shape (n,): both values occur.
    sources
        str, shape (n,).
    seed
        Of the resampling.
    """
    scores = _Scores(ranks, llrs, is_target)
    values = scores.compute(np.ones((1, len(ranks))))
    drawn = [scores.compute(weights) for weights in _resample(is_target, sources, seed)]
    figures = {
        name: Figure(value=float(value[0]), low=low, high=high)
        for name, value in values.items()
        for low, high in [take_interval([float(one) for part in drawn for one in part[name]])]
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


class _Scores:
    """Scores of clips or videos, of whose sources many draws are measured at once."""

    def __init__(self, ranks: Scores, llrs: Scores, is_target: Mask) -> None:
        self._is_target, self._called = is_target, llrs > 0
        # What a ratio costs, in bits, as in `classify.calibration.compute_cllr`.
        self._costs = np.logaddexp(0.0, np.where(is_target, -llrs, llrs)) / np.log(2)
        self._by_rank, self._by_llr = _Distinct(ranks), _Distinct(llrs)

    def compute(self, weights: Scores) -> dict[str, Scores]:
        """Return every figure, shape (draws,).

        Parameters
        ----------
        weights
            float64, shape (draws, n): how often each score counts.
        """
        of_target, of_others = weights * self._is_target, weights * ~self._is_target
        hits, false_alarms = (_climb(self._by_rank.sum(part)) for part in (of_target, of_others))
        points = zip(false_alarms, hits, strict=True)
        pools = zip(self._by_llr.sum(of_target), self._by_llr.sum(of_others), strict=True)
        counts = {
            f"{who}_called_{what}": part @ called.astype(np.float64)
            for who, part in (("target", of_target), ("non_target", of_others))
            for what, called in (("target", self._called), ("non_target", ~self._called))
        }
        right = counts["target_called_target"], counts["non_target_called_non_target"]
        all_targets, all_others = of_target.sum(axis=1), of_others.sum(axis=1)
        recall_target, recall_non_target = right[0] / all_targets, right[1] / all_others
        return {
            "auc": np.sum(np.diff(false_alarms) * (hits[:, 1:] + hits[:, :-1]) / 2, axis=1),
            "equal_error_rate": np.array([compute_equal_error_rate(*one) for one in points]),
            "balanced_accuracy": (recall_target + recall_non_target) / 2,
            "recall_target": recall_target,
            "recall_non_target": recall_non_target,
            "accuracy": (right[0] + right[1]) / (all_targets + all_others),
            "cllr": (of_target @ self._costs / all_targets + of_others @ self._costs / all_others) / 2,
            "min_cllr": np.array([compute_min_cllr(*pool) for pool in pools]),
            **counts,
        }


class _Distinct:
    """The distinct values of scores, from the lowest up."""

    def __init__(self, scores: Scores) -> None:
        self._order = np.argsort(scores, kind="stable")
        self._starts = np.unique(scores[self._order], return_index=True)[1]

    def sum(self, weights: Scores) -> Scores:
        """Return how much of the weight of scores, (draws, n), is at each value, (draws, values)."""
        sums: Scores = np.add.reduceat(weights[:, self._order], self._starts, axis=1)
        return sums


def _climb(weights: Scores) -> Scores:
    """Return the share of the weight, (draws, values), at or above each, from the highest down, after a 0."""
    climbed = np.cumsum(weights[:, ::-1], axis=1)
    return np.hstack([np.zeros((len(climbed), 1)), climbed / climbed[:, -1:]])


def _resample(is_target: Mask, sources: Names, seed: int) -> Iterator[Scores]:
    """Yield how often each score counts, (draws, n), when the sources of each class are drawn anew."""
    rng = np.random.default_rng(seed)
    classes = []
    for of_target in (True, False):
        rows = np.flatnonzero(is_target == of_target)
        names, source = np.unique(sources[rows], return_inverse=True)
        if len(names) < _FEWEST_SOURCES:
            return
        classes.append((rows, source, len(names)))
    left, most = _RESAMPLES, max(_AT_ONCE // len(sources), 1)
    while left:
        weights = np.zeros((min(left, most), len(sources)))
        for draw in weights:
            for rows, source, count in classes:
                draw[rows] = np.bincount(rng.integers(count, size=count), minlength=count)[source]
        left -= len(weights)
        yield weights


def take_interval(values: list[float]) -> tuple[float | None, float | None]:
    """Return the 95 % interval of what draws gave; None where there are none, or all gave the same."""
    if not values:
        return None, None
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return (float(low), float(high)) if high - low > _LEAST_WIDTH else (None, None)
