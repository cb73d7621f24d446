"""Two scores between which nothing is claimed."""

from __future__ import annotations

from typing import Final, Self

import numpy as np
import numpy.typing as npt
import pydantic

from classify.calibration import Sources, weigh_sources
from ground.records import Record

# The share of videos with the fewest clips that does not vouch for others as short: one short video among
# many long ones says nothing about mean scores of few clips, which scatter more.
_SHORT_VIDEOS: Final = 0.1

Scores = npt.NDArray[np.float64]

# Unless somebody states another: 5 % of other people's held-out clips may score as a match, and 5 % of the
# person's own as no match.
ERROR_RATE: Final = 0.05


class Thresholds(Record):
    """Scores above `match_above` are a match, below `no_match_below` none, between them neither.

    Attributes
    ----------
    no_match_below, match_above
        The two scores.
    error_rate
        The share of the next source's clips, or videos, that each of them was meant to let err.
    target_sources, non_target_sources
        From how many sources they were chosen. Of n sources none need exceed a score that the next one does
        with probability 1 / (n + 1), so no smaller rate can be attained.
    fewest_clips
        How many clips a mean score must be of for the thresholds to hold: 90 % of the videos of the person,
        and of those of others, that they were chosen from had as many. 1 for scores of clips.
    """

    no_match_below: float
    match_above: float
    error_rate: float = pydantic.Field(ge=0, lt=1)
    target_sources: pydantic.PositiveInt
    non_target_sources: pydantic.PositiveInt
    fewest_clips: pydantic.PositiveInt = 1

    @pydantic.model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.no_match_below > self.match_above:
            raise ValueError("no match would begin above match")
        return self

    @property
    def false_match_rate(self) -> float:
        """The share of others that may count as a match: `error_rate`, or the least attainable one."""
        return max(self.error_rate, 1 / (self.non_target_sources + 1))

    @property
    def false_no_match_rate(self) -> float:
        """The share of the person's own that may count as none: `error_rate`, or the least attainable."""
        return max(self.error_rate, 1 / (self.target_sources + 1))

    def decide(self, scores: Scores) -> npt.NDArray[np.int64]:
        """Return 1 for a match, -1 for no match, 0 for neither and where there is no score."""
        decisions: npt.NDArray[np.int64] = (scores > self.match_above).astype(np.int64)
        return decisions - (scores < self.no_match_below)


def choose_thresholds(
    scores: Scores,
    is_target: npt.NDArray[np.bool_],
    sources: Sources,
    error_rate: float = ERROR_RATE,
    clips: npt.NDArray[np.intp] | None = None,
    independent: tuple[int, int] | None = None,
) -> Thresholds:
    """Return the two scores between which nothing is claimed.

    One is the least score that at most `error_rate` of the clips of other people to come should exceed, the
    other the greatest that at most `error_rate` of the person's own to come should stay below, where each
    source counts the same: a long recording must not decide alone. A match must pass both, a no match must
    fail both: where the classes overlap as where they lie far apart, the space between them is no evidence.

    Of the n sources at hand fewer clips may err than of the next one, because the next one has not been
    looked at: the share of theirs that stay within the bound is (1 - error_rate) (n + 1) / n, the quantile of
    conformal prediction for clips in groups (Dunn, Wasserman & Ramdas 2023, "Distribution-free prediction
    sets for two-layer hierarchical models").

    Parameters
    ----------
    scores
        float64, shape (n,): scores of clips, or of videos, whose source was held out.
    is_target
        bool, shape (n,).
    sources
        str, shape (n,).
    error_rate
        From 0 to less than 1.
    clips
        int, shape (n,): how many clips each score is the mean of; 1 by default.
    independent
        How many sources of the person, and of others, are independent of one another; all by default. Pairs
        of people are more than there are people.
    """
    weights, *counted = weigh_sources(is_target, sources)
    target_sources, non_target_sources = independent or counted
    non_targets_reach = _bound(scores[~is_target], weights[~is_target], non_target_sources, error_rate)
    targets_fall_to = -_bound(-scores[is_target], weights[is_target], target_sources, error_rate)
    clips = np.ones(len(scores), dtype=np.intp) if clips is None else clips
    fewest = [np.quantile(clips[rows], _SHORT_VIDEOS, method="lower") for rows in (is_target, ~is_target)]
    low, high = sorted((non_targets_reach, targets_fall_to))
    return Thresholds(
        no_match_below=low,
        match_above=high,
        error_rate=error_rate,
        target_sources=target_sources,
        non_target_sources=non_target_sources,
        fewest_clips=int(max(fewest)),
    )


def _bound(scores: Scores, weights: Scores, sources: int, rate: float) -> float:
    """Return the least of the scores that at most `rate` of the weight of one more source should exceed."""
    order = np.argsort(scores)
    below = np.cumsum(weights[order]) / weights.sum()
    reached = below >= min(1.0, (1 - rate) * (sources + 1) / sources) - 1e-12
    reached[-1] = True
    return float(scores[order][np.argmax(reached)])
