"""Scores of trials in which neither person is in anything that the scores were learnt from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt

from classify.background.calibration import ScoredTrials, effective_length
from classify.background.footage import Footage, number_pairs
from classify.background.projection import Projection, fit_projection
from classify.background.trials import Sides, Trials

Indices = npt.NDArray[np.intp]
Scores = npt.NDArray[np.float64]

# Two folds for the people of a trial, two for those of the trials that it is calibrated by, and one to learn
# from. More folds leave more to learn from and take longer; with many recordings few folds leave enough.
_FEWEST_FOLDS: Final = 5
_FOLDS_OF_MANY: Final = 6
_MOST_FOLDS: Final = 8
_MANY_RECORDINGS: Final = 300


def assign_folds(footage: Footage, seed: int = 0) -> Indices:
    """Return a fold for each recording: one for all of a person's.

    People with several sessions are spread evenly.

    Parameters
    ----------
    footage
        Recordings of people, at least five of them in several sessions.
    seed
        Of the order in which people are dealt out.
    """
    sessions = footage.count_sessions()
    again = footage.count_again()
    most = _FOLDS_OF_MANY if len(footage) > _MANY_RECORDINGS else _MOST_FOLDS
    folds = max(_FEWEST_FOLDS, min(most, again))
    people = np.random.default_rng(seed).permutation(sorted(sessions))
    dealt = sorted(people.tolist(), key=lambda person: sessions[person] < 2)  # stable
    fold_of = {person: place % folds for place, person in enumerate(dealt)}
    return np.array([fold_of[person] for person in footage.people.tolist()])


@dataclass(frozen=True)
class CrossScores:
    """Scores of trials by projections that were learnt without some folds, for every few folds left out.

    Attributes
    ----------
    sides, trials
        What was compared.
    between
        int, shape (trials, 2): the folds of the people on either side, the lower first.
    by_left_out
        By the folds that were left out: float64, shape (trials among their people, descriptors).
    """

    sides: Sides
    trials: Trials
    between: Indices
    by_left_out: Mapping[frozenset[int], Scores]

    def list_pairs(self) -> list[frozenset[int]]:
        """Return the pairs of folds that trials are between, a fold with itself too."""
        return list(dict.fromkeys(frozenset(pair) for pair in self.between.tolist()))

    def select(self, pair: frozenset[int]) -> npt.NDArray[np.bool_]:
        """Return which trials are between two folds, shape (trials,)."""
        low, high = min(pair), max(pair)
        rows: npt.NDArray[np.bool_] = (self.between[:, 0] == low) & (self.between[:, 1] == high)
        return rows

    def gather(self, besides: frozenset[int] = frozenset()) -> ScoredTrials:
        """Return every trial scored without the folds of its own people, and without some others.

        Trials of people in the other folds have no scores.
        """
        columns = next(iter(self.by_left_out.values())).shape[1]
        scores = np.full((len(self.between), columns), np.nan)
        for pair in self.list_pairs():
            if not pair & besides:
                self._fill(scores, pair, besides)
        return with_lengths(scores, self.sides, self.trials)

    def test(self, pair: frozenset[int]) -> ScoredTrials:
        """Return the trials between two folds, scored without these two alone; all others have no scores."""
        columns = self.by_left_out[pair].shape[1]
        scores = np.full((len(self.between), columns), np.nan)
        self._fill(scores, pair, frozenset())
        return with_lengths(scores, self.sides, self.trials)

    def _fill(self, scores: Scores, pair: frozenset[int], besides: frozenset[int]) -> None:
        """Put in the scores of the trials between two folds, by what was learnt without these and others."""
        rows, left_out = self.select(pair), pair | besides
        scores[rows] = self.by_left_out[left_out][rows[_are_among(self.between, left_out)]]


def count_steps(footage: Footage, *, nested: bool) -> int:
    """Return how many times `cross_score` learns projections."""
    return len(_list_left_out(int(assign_folds(footage).max()) + 1, nested=nested))


def cross_score(
    footage: Footage,
    sides: Sides,
    trials: Trials,
    on_step: Callable[[], None] | None = None,
    *,
    nested: bool,
    seed: int = 0,
) -> CrossScores:
    """Score every trial by projections that were learnt without the people of the folds on both its sides.

    Parameters
    ----------
    footage
        The recordings.
    sides, trials
        Of the same footage.
    on_step
        Called after each of `count_steps` steps.
    nested
        Whether trials are scored without two more folds, too, by which other trials can be calibrated.
    seed
        Of the folds.
    """
    folds = assign_folds(footage, seed)
    fold_of = dict(zip(footage.people.tolist(), folds.tolist(), strict=True))
    fold = np.array([fold_of[person] for person in sides.people.tolist()])
    between = np.sort(np.column_stack([fold[trials.enrolled], fold[trials.suspects]]), axis=1)
    by_left_out = {}
    for left_out in _list_left_out(int(folds.max()) + 1, nested=nested):
        learnt = fit_projections(footage.select(np.flatnonzero(~np.isin(folds, list(left_out)))))
        among = trials.select(_are_among(between, left_out))
        by_left_out[left_out] = score_trials(learnt, sides, among).scores
        if on_step:
            on_step()
    return CrossScores(sides, trials, between, by_left_out)


def _are_among(between: Indices, folds: frozenset[int]) -> npt.NDArray[np.bool_]:
    """Return which trials are between people of some folds alone, shape (trials,)."""
    return np.asarray(np.isin(between, list(folds)).all(axis=1))


def _list_left_out(folds: int, *, nested: bool) -> list[frozenset[int]]:
    sizes = range(1, 5 if nested else 3)
    return [frozenset(chosen) for size in sizes for chosen in combinations(range(folds), size)]


def fit_projections(footage: Footage) -> dict[str, Projection]:
    """Learn the projection of each descriptor."""
    return {name: fit_projection(footage, name) for name in footage.clips}


def score_trials(learnt: Mapping[str, Projection], sides: Sides, trials: Trials) -> ScoredTrials:
    """Score trials by projections, in their order."""
    used, places = np.unique(np.concatenate([trials.enrolled, trials.suspects]), return_inverse=True)
    first, second = np.split(places, 2)
    columns = []
    for name, projection in learnt.items():
        vectors = projection.embed(sides.numbers[name][used])
        columns.append(projection.score(vectors, first, second))
    return with_lengths(np.column_stack(columns), sides, trials)


def with_lengths(scores: Scores, sides: Sides, trials: Trials) -> ScoredTrials:
    """Return scores, shape (trials, descriptors), with how long the sides of each trial are."""
    length = effective_length(sides.seconds[trials.enrolled], sides.seconds[trials.suspects])
    return ScoredTrials(scores, length, sides.sessions[trials.enrolled])


def name_sources(sides: Sides, trials: Trials) -> Indices:
    """Return what stands for the person of each target trial, and for the two people of every other one."""
    pairs = np.sort(np.column_stack([sides.people[trials.enrolled], sides.people[trials.suspects]]), axis=1)
    return number_pairs(pairs[:, 0], pairs[:, 1])
