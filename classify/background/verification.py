"""How well people who are in nothing that was learnt are verified: nested, person-disjoint cross-validation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classify.background.calibration import PairCalibration, ScoredTrials, fit_pair_calibration
from classify.background.crossing import (
    assign_folds,
    fit_projections,
    list_fold_pairs,
    name_sources,
    score_across,
    score_trials,
)
from classify.background.figures import VerificationFigures, measure_trials, rank_trials
from classify.background.footage import Footage
from classify.background.trials import Sides, Trials, lay_trials

Llrs = npt.NDArray[np.float64]
# Names of descriptors whose scores are added.
Way = tuple[str, ...]


@dataclass(frozen=True)
class TrialRatios:
    """Natural log-likelihood ratios, shape (trials,), without bounds to rank by, and bounded; NaN where missing."""

    ranks: Llrs
    llrs: Llrs


@dataclass(frozen=True)
class Verified:
    """Log-likelihood ratios of every trial, by models that know neither of its people.

    Attributes
    ----------
    sides, trials
        What was compared.
    ratios
        By way.
    picked_ratios
        Of the way that did best, each time, on the people that the trial's models were learnt from.
    picked
        How often each way was picked.
    """

    sides: Sides
    trials: Trials
    ratios: dict[Way, TrialRatios]
    picked_ratios: TrialRatios
    picked: dict[Way, int]

    def measure(self, ratios: TrialRatios, kind: str = "recording") -> VerificationFigures:
        """Return the figures of one kind of trials (`Trials.kinds`)."""
        rows = (self.trials.kinds == kind) & ~np.isnan(ratios.ranks)
        chosen, people, collections = self.trials.select(rows), self.sides.people, self.sides.collections
        enrolled, suspects = chosen.enrolled, chosen.suspects
        return measure_trials(
            ratios.ranks[rows],
            ratios.llrs[rows],
            chosen.is_target,
            people[enrolled],
            people[suspects],
            (collections[enrolled], collections[suspects]),
        )


def verify_footage(
    footage: Footage, ways: Sequence[Way], on_step: Callable[[], None] | None = None, seed: int = 0
) -> Verified:
    """Judge every trial of footage by all that is learnt without the people of the folds on its two sides.

    For each pair of folds the rest is the footage of a background of its own: its projections, its fusion and
    calibration, learnt from trials across people within it, and its choice among `ways`.

    Parameters
    ----------
    footage
        Recordings of people, at least five of them in several sessions.
    ways
        Which descriptors to add up, each a way of its own.
    on_step
        Called after each of `count_steps(footage)` steps.
    seed
        Of the folds.
    """
    folds = assign_folds(footage, seed)
    sides, trials = lay_trials(footage, seed)
    fold_of = dict(zip(footage.people.tolist(), folds.tolist(), strict=True))
    fold = np.array([fold_of[person] for person in sides.people.tolist()])
    between = np.sort(np.column_stack([fold[trials.enrolled], fold[trials.suspects]]), axis=1)
    ratios = {way: TrialRatios(*np.full((2, len(between)), np.nan)) for way in ways}
    picked_ratios = TrialRatios(*np.full((2, len(between)), np.nan))
    picked = dict.fromkeys(ways, 0)
    for pair in list_fold_pairs(folds):
        rows = (between == pair).all(axis=1)
        rest = footage.select(np.flatnonzero(~np.isin(folds, pair)))
        learnt = cross_calibrate(rest, ways, on_step, seed)
        scored = score_trials(fit_projections(rest), sides, trials.select(rows))
        for way, calibration in learnt.calibrations.items():
            chosen = learnt.choose(scored, way)
            ratios[way].ranks[rows] = calibration.align(chosen)
            ratios[way].llrs[rows] = calibration.to_llr(chosen)
        best = learnt.rank_ways()[0]
        picked[best] += 1
        picked_ratios.ranks[rows] = ratios[best].ranks[rows]
        picked_ratios.llrs[rows] = ratios[best].llrs[rows]
    return Verified(sides, trials, ratios, picked_ratios, picked)


def count_steps(footage: Footage) -> int:
    """Return in how many steps `verify_footage` tells its progress."""
    folds = assign_folds(footage)
    return sum(
        len(list_fold_pairs(assign_folds(footage.select(np.flatnonzero(~np.isin(folds, pair))))))
        for pair in list_fold_pairs(folds)
    )


@dataclass(frozen=True)
class Crossed:
    """Trials of footage scored across its people, and what the scores of each way mean.

    Attributes
    ----------
    sides, trials, scored
        What was compared, and its scores by descriptor.
    descriptors
        Names of the descriptors, in the order of the scores.
    calibrations
        By way.
    """

    sides: Sides
    trials: Trials
    scored: ScoredTrials
    descriptors: Way
    calibrations: dict[Way, PairCalibration]

    def choose(self, scored: ScoredTrials, way: Way) -> ScoredTrials:
        """Return the scores that a way adds up, of trials scored by the same descriptors."""
        return scored.of([self.descriptors.index(name) for name in way])

    def rank_ways(self) -> list[Way]:
        """Return the ways in the order of how they rank these trials, the best first."""
        return sorted(self.calibrations, key=self._rank, reverse=True)

    def _rank(self, way: Way) -> float:
        ranks = self.calibrations[way].align(self.choose(self.scored, way))
        rows = (self.trials.kinds == "recording") & ~np.isnan(ranks)
        trials, people = self.trials.select(rows), self.sides.people
        return rank_trials(ranks[rows], trials.is_target, people[trials.enrolled], people[trials.suspects])


def cross_calibrate(
    footage: Footage, ways: Sequence[Way], on_step: Callable[[], None] | None = None, seed: int = 0
) -> Crossed:
    """Score trials across the people of footage, and learn from them what the scores of each way mean."""
    sides, trials = lay_trials(footage, seed)
    scored = score_across(footage, assign_folds(footage, seed), sides, trials, on_step)
    crossed = Crossed(sides, trials, scored, tuple(footage.clips), {})
    sources = name_sources(sides, trials)
    people = len(np.unique(footage.people))
    for way in ways:
        chosen = crossed.choose(scored, way)
        known = ~np.isnan(chosen.scores).any(axis=1)
        crossed.calibrations[way] = fit_pair_calibration(
            chosen.select(known), trials.is_target[known], sources[known], people
        )
    return crossed
