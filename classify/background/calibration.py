"""Scores of two recordings to log-likelihood ratios that know how long the recordings are.

Logistic regression on the scores of several descriptors (Brümmer et al. 2007, "Fusion of heterogeneous
speaker recognition systems") with the length of the recordings as a quality measure: short ones say less.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
import numpy.typing as npt
import pydantic
from scipy.optimize import minimize

from classify.calibration import Sources
from classify.elub import compute_elub
from ground.records import Record

_ROUNDING: Final = 1e-9

Scores = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

# Penalties, in trials of which each class's people count one each: on weights that differ from each other,
# and on what seconds and sessions change. Few people must not teach that one descriptor is worthless.
_WEIGHTS_APART: Final = 5.0
_QUALITY: Final = 2.0
_SLOPE: Final = 0.05
_REFERENCE_S: Final = 10.0
# What a number of enrolled sessions is worth is believed when so many people show it.
_PEOPLE_TO_SHOW: Final = 5


class PairCalibration(Record):
    """How the scores of an enrolment and a suspect become a natural log-likelihood ratio.

    ``llr = (1 + length_slope * q) * sum(weights * scores) + offset + length_offset * q + session_offset *
    log(sessions)``, where q is the logarithm of the harmonic mean of the seconds on both sides, by 10 s.

    Attributes
    ----------
    weights
        Of each descriptor's score.
    length_slope, offset, length_offset, session_offset
        As above.
    shortest, longest
        Between which q was seen; beyond them nothing is extrapolated.
    most_sessions
        Of an enrolment that was seen; more count as many.
    lowest, highest
        Bounds of the result: no stronger than so many people can support, nor than the empirical bounds of
        Vergeer et al. (2016).
    people_again, people
        How many people the trials of the same person, and of others, are from.
    """

    weights: tuple[pydantic.NonNegativeFloat, ...]
    length_slope: float
    offset: float
    length_offset: float
    session_offset: float
    shortest: float
    longest: float
    most_sessions: pydantic.PositiveInt
    lowest: float = pydantic.Field(le=0)
    highest: float = pydantic.Field(ge=0)
    people_again: pydantic.PositiveInt
    people: pydantic.PositiveInt

    @pydantic.model_validator(mode="after")
    def _check_bounds(self) -> Self:
        if self.shortest > self.longest:
            raise ValueError("the shortest recordings are longer than the longest")
        widest = (-np.log1p(self.people_again) - _ROUNDING, np.log1p(self.people) + _ROUNDING)
        if self.lowest < widest[0] or self.highest > widest[1]:
            raise ValueError("the bounds are wider than so many people support")
        return self

    def align(self, scored: ScoredTrials) -> Scores:
        """Return log-likelihood ratios without bounds, shape (trials,); NaN where a score is missing."""
        q = np.clip(scored.length, self.shortest, self.longest)
        sessions = np.log(np.minimum(scored.sessions, self.most_sessions))
        gain = np.maximum(1 + self.length_slope * q, 0)
        fused = scored.scores @ np.array(self.weights)
        llrs: Scores = gain * fused + self.offset + self.length_offset * q + self.session_offset * sessions
        return llrs

    def to_llr(self, scored: ScoredTrials) -> Scores:
        """Return bounded natural log-likelihood ratios, shape (trials,); NaN where a score is missing."""
        return np.clip(self.align(scored), self.lowest, self.highest)

    def bound(self, llr: float) -> float:
        """Return a natural log-likelihood ratio no stronger than what is supported."""
        return min(max(llr, self.lowest), self.highest)

    def bounded_by(self, llrs: Scores, is_target: Mask, weights: Scores) -> PairCalibration:
        """Return the same with bounds no wider than what ratios of trials support (`classify.elub`).

        People count, not trials: all trials of a person as one, and all of different people together as many
        as there are people.

        Parameters
        ----------
        llrs
            float64, shape (trials,): natural log-likelihood ratios without bounds.
        is_target
            bool, shape (trials,): whether both sides show the same person; both values occur.
        weights
            Of `weigh_kinds`.
        """
        counts = np.empty_like(weights)
        for rows, people in ((is_target, self.people_again), (~is_target, self.people)):
            counts[rows] = weights[rows] / weights[rows].sum() * people
        lowest, highest = compute_elub(llrs, is_target, counts)
        bounds = {"lowest": max(lowest, self.lowest), "highest": min(highest, self.highest)}
        return self.model_copy(update=bounds)


@dataclass(frozen=True)
class ScoredTrials:
    """Scores of pairs of an enrolment and a suspect, with what they were made from.

    Attributes
    ----------
    scores
        float64, shape (trials, descriptors): higher is more alike; NaN where missing.
    length
        float64, shape (trials,): q of `PairCalibration`, see `effective_length`.
    sessions
        float64, shape (trials,): how many sessions were enrolled.
    """

    scores: Scores
    length: Scores
    sessions: Scores

    def select(self, rows: Mask | npt.NDArray[np.intp]) -> ScoredTrials:
        """Return some of the trials."""
        return ScoredTrials(self.scores[rows], self.length[rows], self.sessions[rows])

    def of(self, columns: list[int]) -> ScoredTrials:
        """Return the trials with the scores of some descriptors alone."""
        return replace(self, scores=self.scores[:, columns])


def pool_seconds(seconds: Scores, sessions: npt.NDArray[np.str_]) -> float:
    """Return how many seconds one session would have whose mean is as sure as the mean over sessions.

    Recordings of a session are added. The noise of a session's mean falls with its seconds, so k sessions of
    T seconds count k T, and an hour with eight seconds of another day counts half a minute.

    Parameters
    ----------
    seconds, sessions
        Of each recording.
    """
    totals = np.bincount(np.unique(sessions, return_inverse=True)[1], seconds)
    return float(len(totals) ** 2 / (1 / totals).sum())


def effective_length(enrolled_s: Scores, suspect_s: Scores) -> Scores:
    """Return the logarithm of the harmonic mean of seconds on both sides, by 10 s.

    The noise of a mean falls with its seconds, and that of a difference is the sum of both.
    """
    length: Scores = np.log(2 / (1 / enrolled_s + 1 / suspect_s) / _REFERENCE_S)
    return length


def fit_pair_calibration(
    scored: ScoredTrials,
    is_target: Mask,
    sources: Sources,
    kinds: Sources,
    people: int,
) -> PairCalibration:
    """Learn what scores of pairs mean, from people who are in nothing that the scores were learnt from.

    Parameters
    ----------
    scored
        Of trials without missing scores.
    is_target
        bool, shape (trials,): whether both sides show the same person; both values occur.
    sources
        Shape (trials,): the person of a target trial, the two people of another one.
    kinds
        Shape (trials,): kinds of trials. Each class weighs half, each source of a class the same, and
        each kind of a source's trials the same.
    people
        How many people there are.
    """
    shares = weigh_kinds(is_target, sources, kinds)
    people_again = len(np.unique(sources[is_target]))
    weights = shares / shares.sum() * (people_again + people)
    scale = np.maximum(scored.scores.std(axis=0), 1e-9)
    most_sessions = _count_shown_sessions(scored.sessions[is_target], sources[is_target])
    x, q, n = scored.scores / scale, scored.length, np.log(np.minimum(scored.sessions, most_sessions))
    sign = np.where(is_target, 1.0, -1.0)
    most_pull = -weights * sign
    m = x.shape[1]

    def cost(theta: Scores) -> tuple[float, Scores]:
        a, (c, b, d, e) = theta[:m], theta[m:]
        fused, gain = x @ a, 1 + c * q
        margins = sign * (gain * fused + b + d * q + e * n)
        apart = a - a.mean()
        loss = weights @ np.logaddexp(0, -margins)
        loss += _WEIGHTS_APART * apart @ apart + _SLOPE * a @ a + _QUALITY * (c * c + d * d + e * e)
        pull = most_pull / (1 + np.exp(margins))
        slopes = (pull * gain) @ x + 2 * _WEIGHTS_APART * apart + 2 * _SLOPE * a
        rest = [
            pull @ (q * fused) + 2 * _QUALITY * c,
            pull.sum(),
            pull @ q + 2 * _QUALITY * d,
            pull @ n + 2 * _QUALITY * e,
        ]
        return float(loss), np.concatenate([slopes, rest])

    start = np.concatenate([np.full(m, 0.5), np.zeros(4)])
    # No length turns a score into evidence for the other side.
    slopes_of_length = (-1 / max(q.max(), 2.0), 1 / max(-q.min(), 2.0))
    bounds = [(0, None)] * m + [slopes_of_length, (None, None), (None, None), (None, None)]
    a, (c, b, d, e) = np.split(minimize(cost, start, jac=True, method="L-BFGS-B", bounds=bounds).x, [m])
    fitted = PairCalibration(
        weights=tuple((a / scale).tolist()),
        length_slope=c,
        offset=b,
        length_offset=d,
        session_offset=e,
        shortest=float(q.min()),
        longest=float(q.max()),
        most_sessions=most_sessions,
        lowest=-float(np.log1p(people_again)),
        highest=float(np.log1p(people)),
        people_again=people_again,
        people=people,
    )
    # A few numbers were fitted to these very trials, which hardly flatters their ratios; what is written into
    # a file is bounded by those of people who were in nothing (`classify.background.learning`).
    return fitted.bounded_by(fitted.align(scored), is_target, shares)


def weigh_kinds(is_target: Mask, sources: Sources, kinds: Sources) -> Scores:
    """Return weights that give each class half, each source of a class the same, and each kind within it.

    A person of many sessions has far more pairs of single clips than of anything else; they must not decide.
    """
    source, kind = (np.unique(values, return_inverse=True)[1] for values in (sources, kinds))
    kinds_of_all = kind.max() + 1
    counts = np.bincount(source * kinds_of_all + kind, minlength=(source.max() + 1) * kinds_of_all)
    sizes = counts.reshape(-1, kinds_of_all)
    weights: Scores = 1 / (sizes[source, kind] * np.count_nonzero(sizes, axis=1)[source])
    for rows in (is_target, ~is_target):
        weights[rows] /= 2 * weights[rows].sum()
    return weights


def _count_shown_sessions(sessions: Scores, people: Sources) -> int:
    """Return the largest number of enrolled sessions that several people show what it is worth."""
    counts = np.unique(sessions)[::-1].astype(int).tolist()
    shown = (n for n in counts if len(np.unique(people[sessions >= n])) >= _PEOPLE_TO_SHOW)
    return next(shown, 1)
