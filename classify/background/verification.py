"""How well people are verified who are in nothing that was learnt: nested, person-disjoint validation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from classify.background.calibration import PairCalibration, ScoredTrials, fit_pair_calibration
from classify.background.crossing import CrossScores, cross_score, name_sources
from classify.background.figures import VerificationFigures, measure_trials, rank_trials
from classify.background.footage import Footage
from classify.background.trials import LISTED, Sides, Trials, lay_trials

Llrs = npt.NDArray[np.float64]
# Names of descriptors whose scores are added.
Way = tuple[str, ...]


@dataclass(frozen=True)
class TrialRatios:
    """Natural log-likelihood ratios, shape (trials,), without bounds to rank by, and bounded.

    NaN where a score is missing.
    """

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

    def has_targets(self, kind: str) -> bool:
        """Return whether there are trials of one kind in which both sides show the same person."""
        return bool(self.trials.is_target[self.trials.kinds == kind].any())

    def measure(self, ratios: TrialRatios, kind: str = "recording") -> VerificationFigures:
        """Return the figures of one kind of trials (`Trials.kinds`)."""
        return measure_rows(self.sides, self.trials, ratios, self.trials.kinds == kind)


def measure_rows(
    sides: Sides, trials: Trials, ratios: TrialRatios, rows: npt.NDArray[np.bool_]
) -> VerificationFigures:
    """Return the figures of some trials, both kinds of which have ratios."""
    rows = rows & ~np.isnan(ratios.ranks)
    chosen, people, collections = trials.select(rows), sides.people, sides.collections
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
    footage: Footage,
    ways: Sequence[Way],
    on_step: Callable[[], None] | None = None,
    seed: int = 0,
    *,
    listed: Trials | None = None,
) -> Verified:
    """Judge every trial of footage by all that is learnt without the people of the folds on its two sides.

    It is `verify` of `cross_footage`, with the same parameters.
    """
    return verify(cross_footage(footage, on_step, seed, listed=listed), ways)


def cross_footage(
    footage: Footage,
    on_step: Callable[[], None] | None = None,
    seed: int = 0,
    *,
    listed: Trials | None = None,
) -> CrossScores:
    """Lay out the trials of footage, and score each without the people of the folds on its two sides.

    Parameters
    ----------
    footage
        Recordings of people, at least five of them in several sessions.
    on_step
        Called after each of `crossing.count_steps` steps.
    seed
        Of the folds.
    listed
        More trials, of rows of the footage, which are judged in the same way and teach nothing.
    """
    sides, trials = lay_trials(footage, seed)
    if listed is not None:
        trials = trials.with_listed(listed)
    return cross_score(footage, sides, trials, on_step, seed)


def verify(crossed: CrossScores, ways: Sequence[Way]) -> Verified:
    """Judge every trial by all that is learnt without the people of the folds on its two sides.

    For each pair of folds the rest is the footage of a background of its own: its projections, its fusion and
    calibration, learnt from trials across people within it, and its choice among `ways`.

    Parameters
    ----------
    crossed
        Of `cross_footage`.
    ways
        Which descriptors to add up, each a way of its own.
    """
    sides, trials, n = crossed.sides, crossed.trials, len(crossed.trials.kinds)
    ratios = {way: TrialRatios(*np.full((2, n), np.nan)) for way in ways}
    picked_ratios, picked = TrialRatios(*np.full((2, n), np.nan)), dict.fromkeys(ways, 0)
    for pair, rows in crossed.rows.items():
        tested = crossed.test(pair)
        learnt = calibrate(crossed, ways, besides=pair)
        for way in ways:
            chosen = tested.of([crossed.descriptors.index(name) for name in way]).select(rows)
            ratios[way].ranks[rows] = learnt.calibrations[way].align(chosen)
            ratios[way].llrs[rows] = learnt.calibrations[way].to_llr(chosen)
        best = learnt.rank_ways()[0]
        picked[best] += 1
        picked_ratios.ranks[rows] = ratios[best].ranks[rows]
        picked_ratios.llrs[rows] = ratios[best].llrs[rows]
    return Verified(sides, trials, ratios, picked_ratios, picked)


class Calibrated:
    """What the scores of each way mean, learnt from trials that were scored across people.

    Parameters
    ----------
    sides, trials
        What was compared.
    scored
        Its scores; trials without a score of a way teach nothing of it.
    descriptors
        Names of the descriptors, in the order of the scores.
    ways
        Which of them to add up.
    """

    def __init__(
        self, sides: Sides, trials: Trials, scored: ScoredTrials, descriptors: Way, ways: Sequence[Way]
    ) -> None:
        # Numbers instead of names: sorting names would take longer than all else.
        self._people = np.unique(sides.people, return_inverse=True)[1]
        self._kinds = np.unique(trials.kinds, return_inverse=True)[1]
        self._trials = trials
        self._sources = name_sources(sides, trials)
        self._scored = {way: scored.of([descriptors.index(name) for name in way]) for way in ways}
        self.calibrations = {way: self._fit(way) for way in ways}

    def rank_ways(self) -> list[Way]:
        """Return the ways in the order of how well they rank these trials, the best first."""
        return sorted(self.calibrations, key=self._rank, reverse=True)

    def _fit(self, way: Way) -> PairCalibration:
        scored = self._scored[way]
        rows = np.asarray(~np.isnan(scored.scores).any(axis=1))
        trials = self._trials.select(rows)
        people = len(np.unique(self._people[np.concatenate([trials.enrolled, trials.suspects])]))
        return fit_pair_calibration(
            scored.select(rows), trials.is_target, self._sources[rows], self._kinds[rows], people
        )

    def _rank(self, way: Way) -> float:
        ranks = self.calibrations[way].align(self._scored[way])
        rows = (self._trials.kinds == "recording") & ~np.isnan(ranks)
        trials, people = self._trials.select(rows), self._people
        return rank_trials(ranks[rows], trials.is_target, people[trials.enrolled], people[trials.suspects])


def calibrate(crossed: CrossScores, ways: Sequence[Way], besides: frozenset[int] = frozenset()) -> Calibrated:
    """Learn what the scores of each way mean, from trials across people outside some folds; not of a list."""
    teaching = crossed.trials.kinds != LISTED
    scored = crossed.gather(besides).select(teaching)
    return Calibrated(crossed.sides, crossed.trials.select(teaching), scored, crossed.descriptors, ways)
