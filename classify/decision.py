"""From scores to decisions: the one place, for verdicts and for the error rates that are reported of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from classify.reasons import Reason, ReasonCode
from classify.thresholds import Thresholds
from classify.verbal_scale import LEAST_SUPPORT

# A video of which most could not be measured is not judged by the rest.
_LEAST_SCORED_SHARE: Final = 0.5

_BETWEEN: Final = Reason(code=ReasonCode.BETWEEN_THRESHOLDS)
_TOO_WEAK: Final = Reason(code=ReasonCode.RATIO_TOO_WEAK, ratio_needed=LEAST_SUPPORT)
_CONTRADICTED: Final = Reason(code=ReasonCode.RATIO_CONTRADICTS_SCORE)
_DECIDED: Final = {
    1: Reason(code=ReasonCode.LIKE_PERSON),
    -1: Reason(code=ReasonCode.UNLIKE_PERSON),
    0: _BETWEEN,
}


class Scale(Protocol):
    """What turns scores into natural log-likelihood ratios."""

    def to_llr(self, scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the ratios of scores, shape (scores,); NaN where the score is."""


@dataclass(frozen=True)
class RatioScale:
    """The scale of scores that are natural log-likelihood ratios already, but for their bounds.

    Attributes
    ----------
    lowest, highest
        Bounds of what is said; the scores themselves may lie beyond.
    """

    lowest: float
    highest: float

    def to_llr(self, scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the scores within the bounds; NaN where the score is."""
        return np.clip(scores, self.lowest, self.highest)


@dataclass(frozen=True)
class Rule:
    """What decides about scores of clips, or about scores of videos.

    Attributes
    ----------
    thresholds
        The scores from which a clip or video counts as a match, or as none.
    calibration
        Scores to likelihood ratios; None where the footage does not suffice.
    """

    thresholds: Thresholds
    calibration: Scale | None


class Judgement(NamedTuple):
    """1 for the person, -1 for somebody else, 0 for neither, and why.

    `llr` is the natural log-likelihood ratio, None where there is none.
    """

    decision: int
    llr: float | None
    reason: Reason


def judge_scores(scores: npt.NDArray[np.float64], rule: Rule) -> list[Judgement]:
    """Judge each score by itself.

    It must pass a threshold and, where the rule is calibrated, its likelihood ratio must be at least 2 in
    the same direction, which is where the verbal scale begins to speak of support.
    """
    decisions = rule.thresholds.decide(scores).tolist()
    if rule.calibration is None:
        return [Judgement(decision, None, _DECIDED[decision]) for decision in decisions]
    llrs = rule.calibration.to_llr(scores).tolist()
    judgements = []
    for decision, llr in zip(decisions, llrs, strict=True):
        doubt = _doubt_score(decision, llr)
        judgements.append(Judgement(0 if doubt else decision, llr, doubt or _DECIDED[decision]))
    return judgements


def judge_video(
    score: float | None, judged: Sequence[Judgement], clips: int, clip_rule: Rule, rule: Rule
) -> Judgement:
    """Judge a video by the score of the whole, unless its clips do not bear it out.

    Parameters
    ----------
    score
        Of the clips together; None where none has a score.
    judged
        What `judge_scores` says of each clip that has a score.
    clips
        How many clips the video has, with a score or without.
    clip_rule
        By which the clips were judged.
    rule
        For scores of videos.
    """
    scored = len(judged)
    if score is None:
        return Judgement(0, None, Reason(code=ReasonCode.NO_CLIP_SCORED))
    fewest = rule.thresholds.fewest_clips
    if scored < fewest:
        too_few = Reason(code=ReasonCode.TOO_FEW_CLIPS, clips_needed=fewest, clips_scored=scored)
        return Judgement(0, None, too_few)
    (judgement,) = judge_scores(np.array([score]), rule)
    if judgement.decision == 0:
        return judgement
    if scored < _LEAST_SCORED_SHARE * clips:
        unscored = Reason(code=ReasonCode.MOST_CLIPS_UNSCORED, clips=clips, clips_scored=scored)
        return judgement._replace(decision=0, reason=unscored)
    # A forged passage must not drown in genuine footage, nor the other way round.
    against = sum(one.decision == -judgement.decision for one in judged)
    if against > clip_rule.thresholds.error_rate * scored:
        torn = Reason(code=ReasonCode.CLIPS_CONTRADICT, clips_against=against, clips_scored=scored)
        return judgement._replace(decision=0, reason=torn)
    return judgement


def _doubt_score(decision: int, llr: float) -> Reason | None:
    if decision == 0:
        return _BETWEEN
    if decision * llr < 0:
        return _CONTRADICTED
    return None if decision * llr >= np.log(LEAST_SUPPORT) else _TOO_WEAK
