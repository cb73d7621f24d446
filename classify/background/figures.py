"""How well recordings of the same person are told from those of others, with intervals over people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from classify.calibration import compute_cllr, compute_min_cllr, weigh_sources
from classify.metrics import Figure, compute_equal_error_rate, take_interval
from ground.records import Record

Scores = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Names = npt.NDArray[np.str_]
# By names, or by numbers that stand for them.
People = Names | npt.NDArray[np.intp]

_RESAMPLES: Final = 300
_FEWEST_PEOPLE: Final = 5


class VerificationFigures(Record):
    """Figures of trials: two recordings, of the same person or not, neither person in what was learnt.

    Attributes
    ----------
    people, people_again
        How many people there are trials of, and how many of them with several sessions.
    target_trials, non_target_trials
        How many trials of either kind.
    auc_per_person
        Mean over people, each with equal weight, of the AUC of the person's own trials against the trials of
        the person with others.
    auc
        Of all trials together, each weighing the same.
    equal_error_rate, cllr, min_cllr
        Of all trials together, each person (trials of the same person) and each pair of people weighing the
        same.
    auc_within, auc_across
        As `auc`, of trials within and across collections; None where there are none of either kind, or nobody
        says.
    """

    people: int
    people_again: int
    target_trials: int
    non_target_trials: int
    auc_per_person: Figure
    auc: Figure
    equal_error_rate: Figure
    cllr: Figure
    min_cllr: Figure
    auc_within: Figure | None
    auc_across: Figure | None


def measure_trials(
    ranks: Scores,
    llrs: Scores,
    is_target: Mask,
    first: People,
    second: People,
    collections: tuple[Names, Names],
    seed: int = 0,
) -> VerificationFigures:
    """Measure trials, with 95 % bootstrap intervals over people.

    A person who is drawn twice brings each trial of theirs twice, and a trial of two people counts as often
    as both were drawn, multiplied. Intervals over fewer than five people with several sessions are left out.

    Parameters
    ----------
    ranks
        float64, shape (trials,): what trials are ranked by: log-likelihood ratios without bounds.
    llrs
        float64, shape (trials,): natural log-likelihood ratios.
    is_target
        bool, shape (trials,): both values occur.
    first, second
        str or int, shape (trials,): the people on either side.
    collections
        str, shape (trials,), of either side; "" where nobody says.
    seed
        Of the resampling.
    """
    ranking = _Ranking(ranks, is_target, first, second)
    trials = _Trials(ranking, llrs, collections)
    values = trials.compute(np.ones(len(llrs)))
    again = len(np.unique(first[is_target]))
    draws = (
        [trials.compute(weights) for weights in _draw_people(ranking, seed)]
        if again >= _FEWEST_PEOPLE
        else []
    )
    figures = {name: _with_interval(value, [draw[name] for draw in draws]) for name, value in values.items()}
    return VerificationFigures(
        people=ranking.people,
        people_again=again,
        target_trials=int(is_target.sum()),
        non_target_trials=int((~is_target).sum()),
        **figures,
    )


def rank_trials(ranks: Scores, is_target: Mask, first: People, second: People) -> float:
    """Return what ways are chosen by: the mean of the AUC per person and the AUC of all trials together.

    Parameters as for `measure_trials`.
    """
    ranking, weights = _Ranking(ranks, is_target, first, second), np.ones(len(ranks))
    all_together = ranking.compute_auc(slice(None), weights)
    assert all_together is not None  # both values of `is_target` occur
    return (ranking.average_auc(weights) + all_together) / 2


class _Ranking:
    """Trials in the order of their ranks, so that each draw of people costs one pass."""

    def __init__(self, ranks: Scores, is_target: Mask, first: People, second: People) -> None:
        self.order = np.argsort(ranks, kind="stable")
        ranks, self.is_target = ranks[self.order], is_target[self.order]
        named, places = np.unique(np.concatenate([first, second]), return_inverse=True)
        self.people = len(named)
        self.one, self.other = (side[self.order] for side in np.split(places, 2))
        self.index = np.cumsum(np.append(False, ranks[1:] != ranks[:-1]))
        self._own, self._person, self._place = self._list_own()
        self._own_targets = self.is_target[self._own]
        self._targets_of = np.bincount(self._person, np.bincount(self._place, self._own_targets))

    def _list_own(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Lay out the trials of each person with trials of the same person, one person after the other.

        Returns
        -------
        trials, places
            The trials of each in the order of their ranks, and numbers that rise with person and rank.
        people
            Whose each of these numbers is.
        """
        trials = np.tile(np.arange(len(self.index)), 2)
        # A trial of one person is theirs once.
        people = np.concatenate([self.one, np.where(self.is_target, -1, self.other)])
        rows = np.flatnonzero(np.isin(people, self.one[self.is_target]))
        rows = rows[np.lexsort((trials[rows], people[rows]))]
        own, person = trials[rows], np.unique(people[rows], return_inverse=True)[1]
        steps = np.diff(np.column_stack([person, self.index[own]]), axis=0, prepend=-1)
        begins = steps.any(axis=1)
        return own, person[begins], np.cumsum(begins) - 1

    def average_auc(self, weights: Scores) -> float:
        """Return the mean over people of the AUC of their own trials, each as often as they were drawn."""
        weight, is_target = weights[self._own], self._own_targets
        targets, others = (np.bincount(self._place, weight * kind) for kind in (is_target, ~is_target))
        all_targets, all_others = (np.bincount(self._person, sums) for sums in (targets, others))
        before = np.cumsum(all_others) - all_others
        below = np.cumsum(others) - others / 2 - before[self._person]
        areas = np.bincount(self._person, targets * below)
        known = (all_targets > 0) & (all_others > 0)
        aucs = areas[known] / (all_targets * all_others)[known]
        drawn = all_targets / self._targets_of
        return float(np.average(aucs, weights=drawn[known]))

    def compute_auc(self, rows: npt.NDArray[np.intp] | slice, weights: Scores) -> float | None:
        """Return the AUC of some trials; None where one kind has none."""
        index, weight, is_target = self.index[rows], weights[rows], self.is_target[rows]
        if not len(index):
            return None
        size = int(index.max()) + 1
        targets, others = (np.bincount(index, weight * kind, size) for kind in (is_target, ~is_target))
        if not (targets.sum() > 0 and others.sum() > 0):
            return None
        below = np.cumsum(others) - others / 2
        return float(targets @ below / (targets.sum() * others.sum()))


class _Trials:
    """What is measured of trials, ranked."""

    def __init__(self, ranking: _Ranking, llrs: Scores, collections: tuple[Names, Names]) -> None:
        self._ranking, self._llrs = ranking, llrs[ranking.order]
        sides = np.sort(np.column_stack([ranking.one, ranking.other]), axis=1)
        self._balance = weigh_sources(ranking.is_target, sides @ np.array([ranking.people, 1]))[0]
        one, other = (side[ranking.order] for side in collections)
        known = (one != "") & (other != "")
        within, across = known & (one == other), known & (one != other)
        self._parts = {"auc_within": np.flatnonzero(within), "auc_across": np.flatnonzero(across)}

    def compute(self, weights: Scores) -> dict[str, float | None]:
        """Return each figure when trials count so often, in the order of ranks; None for none."""
        ranking, shares = self._ranking, weights * self._balance
        targets, others = (
            np.asarray(np.bincount(ranking.index, shares * rows), np.float64)
            for rows in (ranking.is_target, ~ranking.is_target)
        )
        hits, false_alarms = _climb(targets), _climb(others)
        return {
            "auc_per_person": ranking.average_auc(weights),
            "auc": ranking.compute_auc(slice(None), weights),
            "equal_error_rate": compute_equal_error_rate(false_alarms, hits),
            "cllr": compute_cllr(self._llrs, ranking.is_target, shares),
            "min_cllr": compute_min_cllr(targets, others),
            **{name: ranking.compute_auc(rows, weights) for name, rows in self._parts.items()},
        }


def _climb(weights: Scores) -> Scores:
    """Return the share of the weight at or above each rank, from the highest down, after a 0."""
    climbed = np.cumsum(weights[::-1])
    return np.concatenate([[0.0], climbed / climbed[-1]])


def _draw_people(ranking: _Ranking, seed: int) -> Iterator[Scores]:
    """Yield how often each trial counts when people are drawn with replacement, in the order of ranks."""
    rng, people = np.random.default_rng(seed), ranking.people
    for _ in range(_RESAMPLES):
        often = np.bincount(rng.integers(people, size=people), minlength=people).astype(np.float64)
        one, other = often[ranking.one], often[ranking.other]
        weights = np.where(ranking.is_target, one, one * other)
        if weights[ranking.is_target].any() and weights[~ranking.is_target].any():
            yield weights


def _with_interval(value: float | None, draws: list[float | None]) -> Figure | None:
    if value is None:
        return None
    low, high = take_interval([draw for draw in draws if draw is not None])
    return Figure(value=value, low=low, high=high)
