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
from classify.background.projection import Projection, fit_projections
from classify.background.trials import Sides, Trials

Indices = npt.NDArray[np.intp]
Scores = npt.NDArray[np.float64]

# Two folds for the people of a trial, two for those of the trials that it is calibrated by, and one to learn
# from. More folds leave more to learn from and take longer; with many recordings few folds leave enough.
_FOLDS_OF_TRIAL: Final = 2
_FEWEST_FOLDS: Final = 2 * _FOLDS_OF_TRIAL + 1
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
    descriptors
        By what, in the order of the scores.
    between
        int, shape (trials, 2): the folds of the people on either side, the lower first.
    rows
        By pair of folds, a fold with itself too: which trials are between them, if any are.
    by_left_out
        By the folds that were left out, then by pair of them: float64, shape (trials between these two,
        descriptors).
    """

    sides: Sides
    trials: Trials
    descriptors: tuple[str, ...]
    between: Indices
    rows: Mapping[frozenset[int], Indices]
    by_left_out: Mapping[frozenset[int], Mapping[frozenset[int], Scores]]

    def gather(self, besides: frozenset[int] = frozenset()) -> ScoredTrials:
        """Return every trial scored without the folds of its own people, and without some others.

        Trials of people in the other folds have no scores.
        """
        scores = self._make_room()
        for pair in self.rows:
            if not pair & besides:
                self._fill(scores, pair, besides)
        return with_lengths(scores, self.sides, self.trials)

    def test(self, pair: frozenset[int]) -> ScoredTrials:
        """Return the trials between two folds, scored without these two alone; all others have no scores."""
        scores = self._make_room()
        self._fill(scores, pair, frozenset())
        return with_lengths(scores, self.sides, self.trials)

    def _make_room(self) -> Scores:
        return np.full((len(self.between), len(self.descriptors)), np.nan)

    def _fill(self, scores: Scores, pair: frozenset[int], besides: frozenset[int]) -> None:
        """Put in the scores of the trials between two folds, by what was learnt without these and others."""
        scores[self.rows[pair]] = self.by_left_out[pair | besides][pair]


def count_steps(footage: Footage) -> int:
    """Return how many times `cross_score` learns projections."""
    return len(_list_left_out(int(assign_folds(footage).max()) + 1))


def cross_score(
    footage: Footage,
    sides: Sides,
    trials: Trials,
    on_step: Callable[[], None] | None = None,
    seed: int = 0,
) -> CrossScores:
    """Score every trial by projections that were learnt without the people of the folds on both its sides.

    Trials are scored without up to two more folds, too, by which other trials can be calibrated.

    Parameters
    ----------
    footage
        The recordings.
    sides, trials
        Of the same footage.
    on_step
        Called after each of `count_steps` steps.
    seed
        Of the folds.
    """
    folds = assign_folds(footage, seed)
    fold_of = dict(zip(footage.people.tolist(), folds.tolist(), strict=True))
    fold = np.array([fold_of[person] for person in sides.people.tolist()])
    between = np.sort(np.column_stack([fold[trials.enrolled], fold[trials.suspects]]), axis=1)
    pairs = np.unique(between, axis=0).tolist()
    rows = {frozenset(pair): np.flatnonzero((between == pair).all(axis=1)) for pair in pairs}
    by_left_out = {}
    for left_out in _list_left_out(int(folds.max()) + 1):
        learnt = fit_projections(footage.select(np.flatnonzero(~np.isin(folds, list(left_out)))))
        among = np.flatnonzero(np.isin(between, list(left_out)).all(axis=1))
        scores = score_trials(learnt, sides, trials.select(among)).scores
        by_left_out[left_out] = {
            pair: scores[np.searchsorted(among, of_pair)]
            for pair, of_pair in rows.items()
            if pair <= left_out
        }
        if on_step:
            on_step()
    return CrossScores(sides, trials, tuple(footage.clips), between, rows, by_left_out)


def _list_left_out(folds: int) -> list[frozenset[int]]:
    sizes = range(1, 2 * _FOLDS_OF_TRIAL + 1)
    return [frozenset(chosen) for size in sizes for chosen in combinations(range(folds), size)]


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
