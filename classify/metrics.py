"""How well scores tell a person from others, each figure with an interval over sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from classify.calibration import compute_cllr, compute_min_cllr
from classify.records import Record

CONFIDENCE: Final = 0.95
_RESAMPLES: Final = 500

Scores = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Names = npt.NDArray[np.str_]


class Figure(Record):
    """A figure and its 95 % interval; the bounds are None where a class has a single source."""

    value: float
    low: float | None
    high: float | None


class Confusion(Record):
    """How many were called what, where a likelihood ratio above 1 is called the person."""

    person_called_person: int
    person_called_other: int
    other_called_person: int
    other_called_other: int


class Figures(Record):
    """How well held-out clips, or held-out videos, of a person are told from those of others.

    Attributes
    ----------
    person, others
        How many clips or videos there were.
    person_sources, other_sources
        From how many sources.
    auc, equal_error_rate
        Of the ranking: .5 each when the scores say nothing.
    balanced_accuracy, recall_person, recall_others, accuracy
        When likelihood ratios above 1 are called the person.
    majority_accuracy
        The accuracy of always giving the more frequent answer; its balanced accuracy is .5.
    cllr, min_cllr
        Cost of the likelihood ratios, and what remains of it when they are calibrated best.
    confusion
        The counts behind the accuracy.
    """

    person: int
    others: int
    person_sources: int
    other_sources: int
    auc: Figure
    equal_error_rate: Figure
    balanced_accuracy: Figure
    recall_person: Figure
    recall_others: Figure
    accuracy: Figure
    majority_accuracy: float
    cllr: Figure
    min_cllr: Figure
    confusion: Confusion


def measure(ranks: Scores, llrs: Scores, is_person: Mask, sources: Names, seed: int = 0) -> Figures:
    """Measure scores, with bootstrap intervals over sources.

    Clips of one source are alike, so sources are what is drawn again, within each class: the interval says
    what other recordings and other people would have given, as far as these can tell.

    Parameters
    ----------
    ranks
        float64, shape (n,): scores to rank by.
    llrs
        float64, shape (n,): natural log-likelihood ratios.
    is_person
        bool, shape (n,): both values occur.
    sources
        str, shape (n,).
    seed
        Of the resampling.
    """
    place = np.unique(ranks, return_inverse=True)[1]
    values = _compute(place, ranks, llrs, is_person, np.ones(len(ranks)))
    drawn = [
        _compute(place, ranks, llrs, is_person, weights) for weights in _resample(is_person, sources, seed)
    ]
    figures = {
        name: Figure(value=value, low=low, high=high)
        for name, value in values.items()
        for low, high in [_interval([draw[name] for draw in drawn])]
    }
    called = llrs > 0
    own = int(is_person.sum())
    return Figures(
        person=own,
        others=len(is_person) - own,
        person_sources=len(np.unique(sources[is_person])),
        other_sources=len(np.unique(sources[~is_person])),
        majority_accuracy=max(own, len(is_person) - own) / len(is_person),
        confusion=Confusion(
            person_called_person=int((called & is_person).sum()),
            person_called_other=int((~called & is_person).sum()),
            other_called_person=int((called & ~is_person).sum()),
            other_called_other=int((~called & ~is_person).sum()),
        ),
        **figures,
    )


def compute_equal_error_rate(false_alarms: Scores, hits: Scores) -> float:
    """Return where misses equal false alarms, on straight lines between the points of a ROC curve."""
    lead = (1 - hits) - false_alarms  # falls from 1 to -1
    after = int(np.argmax(lead <= 0))
    before = max(after - 1, 0)
    drop = lead[before] - lead[after]
    part = lead[before] / drop if drop > 0 else 0.0
    return float(false_alarms[before] + part * (false_alarms[after] - false_alarms[before]))


def _compute(
    place: npt.NDArray[np.intp], ranks: Scores, llrs: Scores, is_person: Mask, weights: Scores
) -> dict[str, float]:
    """Compute every figure; `place` is the place of each rank among the distinct ones.

    scikit-learn's own functions give the same, but check their input for milliseconds each time, and the
    bootstrap calls this hundreds of times.
    """
    hits, false_alarms = (_climb(place, weights * rows) for rows in (is_person, ~is_person))
    called = llrs > 0
    recall_person = float(np.average(called[is_person], weights=weights[is_person]))
    recall_others = float(np.average(~called[~is_person], weights=weights[~is_person]))
    return {
        "auc": float(np.sum(np.diff(false_alarms) * (hits[1:] + hits[:-1]) / 2)),
        "equal_error_rate": compute_equal_error_rate(false_alarms, hits),
        "balanced_accuracy": (recall_person + recall_others) / 2,
        "recall_person": recall_person,
        "recall_others": recall_others,
        "accuracy": float(np.average(called == is_person, weights=weights)),
        "cllr": compute_cllr(llrs, is_person, weights),
        "min_cllr": compute_min_cllr(ranks, is_person, weights),
    }


def _climb(place: npt.NDArray[np.intp], weights: Scores) -> Scores:
    """Return the share of the weight at or above each distinct rank, from the highest down, after a 0."""
    climbed = np.cumsum(np.bincount(place, weights)[::-1])
    return np.concatenate([[0.0], climbed / climbed[-1]])


def _resample(is_person: Mask, sources: Names, seed: int) -> Iterator[Scores]:
    """Yield how often each row counts when the sources of each class are drawn with replacement."""
    rng = np.random.default_rng(seed)
    classes = []
    for of_person in (True, False):
        rows = np.flatnonzero(is_person == of_person)
        names, source = np.unique(sources[rows], return_inverse=True)
        if len(names) < 2:
            return
        classes.append((rows, source, len(names)))
    for _ in range(_RESAMPLES):
        weights = np.zeros(len(sources))
        for rows, source, count in classes:
            weights[rows] = np.bincount(rng.integers(count, size=count), minlength=count)[source]
        yield weights


def _interval(values: list[float]) -> tuple[float | None, float | None]:
    if not values:
        return None, None
    tail = (1 - CONFIDENCE) / 2
    low, high = np.quantile(values, [tail, 1 - tail])
    return float(low), float(high)
