"""Scores of trials in which neither person is in anything that the scores were learnt from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from classify.background.calibration import ScoredTrials, effective_length
from classify.background.footage import Footage
from classify.background.projection import Projection, fit_projection
from classify.background.trials import Sides, Trials

Indices = npt.NDArray[np.intp]

# A fold more is a better background for each trial, and a longer wait; with many people few folds do.
_MOST_FOLDS: Final = 6
_FEWEST_FOLDS: Final = 3
_MANY_RECORDINGS: Final = 1000


def assign_folds(footage: Footage, seed: int = 0) -> Indices:
    """Return a fold for each recording: one for all of a person's, people with several sessions spread evenly.

    Parameters
    ----------
    footage
        The recordings.
    seed
        Of the order in which people are dealt out.
    """
    sessions = footage.count_sessions()
    again = sum(count > 1 for count in sessions.values())
    most = _FEWEST_FOLDS if len(footage) > _MANY_RECORDINGS else _MOST_FOLDS
    folds = max(2, min(most, again))
    people = np.random.default_rng(seed).permutation(sorted(sessions))
    dealt = sorted(people.tolist(), key=lambda person: sessions[person] < 2)  # stable
    fold_of = {person: place % folds for place, person in enumerate(dealt)}
    return np.array([fold_of[person] for person in footage.people.tolist()])


def list_fold_pairs(folds: Indices) -> list[tuple[int, int]]:
    """Return the pairs of folds, each with itself too: what is left out for the trials between them."""
    count = int(folds.max()) + 1
    return [(one, other) for one in range(count) for other in range(one, count)]


def score_across(
    footage: Footage,
    folds: Indices,
    sides: Sides,
    trials: Trials,
    on_step: Callable[[], None] | None = None,
) -> ScoredTrials:
    """Score every trial by projections that were learnt without the people of the folds on both its sides.

    Parameters
    ----------
    footage, folds
        The recordings and the fold of each.
    sides, trials
        Of the same footage.
    on_step
        Called after each pair of folds.
    """
    fold_of = dict(zip(footage.people.tolist(), folds.tolist(), strict=True))
    fold = np.array([fold_of[person] for person in sides.people.tolist()])
    between = np.sort(np.column_stack([fold[trials.enrolled], fold[trials.suspects]]), axis=1)
    scores = np.full((len(trials.enrolled), len(footage.clips)), np.nan)
    for pair in list_fold_pairs(folds):
        rows = (between == pair).all(axis=1)
        if rows.any():
            learnt = fit_projections(footage.select(np.flatnonzero(~np.isin(folds, pair))))
            scores[rows] = score_trials(learnt, sides, trials.select(rows)).scores
        if on_step:
            on_step()
    return _with_lengths(scores, sides, trials)


def fit_projections(footage: Footage) -> dict[str, Projection]:
    """Learn the projection of each descriptor."""
    return {name: fit_projection(footage, name) for name in footage.clips}


def score_trials(learnt: dict[str, Projection], sides: Sides, trials: Trials) -> ScoredTrials:
    """Score trials by projections, in their order."""
    used, places = np.unique(np.concatenate([trials.enrolled, trials.suspects]), return_inverse=True)
    first, second = np.split(places, 2)
    columns = []
    for name, projection in learnt.items():
        vectors = projection.embed(sides.numbers[name][used])
        columns.append(projection.score(vectors, first, second))
    return _with_lengths(np.column_stack(columns), sides, trials)


def _with_lengths(scores: npt.NDArray[np.float64], sides: Sides, trials: Trials) -> ScoredTrials:
    length = effective_length(sides.seconds[trials.enrolled], sides.seconds[trials.suspects])
    return ScoredTrials(scores, length, sides.sessions[trials.enrolled])


def name_sources(sides: Sides, trials: Trials) -> npt.NDArray[np.str_]:
    """Return the person of each target trial, and the two people of every other one."""
    pairs = np.sort(np.column_stack([sides.people[trials.enrolled], sides.people[trials.suspects]]), axis=1)
    return np.char.add(np.char.add(pairs[:, 0], "\0"), pairs[:, 1])
