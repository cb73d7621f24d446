"""From scores to decisions: the one place, for verdicts and for the error rates that are reported of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from classify.calibration import Calibration
from classify.thresholds import Thresholds
from classify.verbal_scale import LEAST_SUPPORT

# A video of which most could not be measured is not judged by the rest.
_LEAST_SCORED_SHARE: Final = 0.5

_BETWEEN: Final = "the score lies between the two thresholds"
_SUPPORTS_NEITHER: Final = f"the likelihood ratio supports neither side by a factor of {LEAST_SUPPORT}"
_CONTRADICTED: Final = "the likelihood ratio does not bear the score out"
_NOT_MEASURED: Final = "no clip has enough of its features measured"
_TOO_FEW_SCORED: Final = "too few of its clips have enough of their features measured"


@dataclass(frozen=True)
class Rule:
    """What decides about scores of clips, or about mean scores of videos.

    Attributes
    ----------
    thresholds
        The scores from which a clip or video counts as a match, or as none.
    calibration
        Scores to likelihood ratios; None where the footage does not suffice.
    """

    thresholds: Thresholds
    calibration: Calibration | None


class Judgement(NamedTuple):
    """1 for the person, -1 for somebody else, 0 for neither; then `doubt` says why.

    `llr` is the natural log-likelihood ratio, None where there is none.
    """

    decision: int
    llr: float | None
    doubt: str | None


def judge_scores(scores: npt.NDArray[np.float64], rule: Rule) -> list[Judgement]:
    """Judge each score by itself.

    It must pass a threshold and, where the rule is calibrated, its likelihood ratio must be at least 2 in
    the same direction, which is where the verbal scale begins to speak of support.
    """
    decisions = rule.thresholds.decide(scores).tolist()
    if rule.calibration is None:
        return [Judgement(decision, None, None if decision else _BETWEEN) for decision in decisions]
    llrs = rule.calibration.to_llr(scores).tolist()
    judgements = []
    for decision, llr in zip(decisions, llrs, strict=True):
        doubt = _doubt_score(decision, llr)
        judgements.append(Judgement(0 if doubt else decision, llr, doubt))
    return judgements


def judge_video(
    scores: npt.NDArray[np.float64], judged: Sequence[Judgement], clips: int, clip_rule: Rule, rule: Rule
) -> Judgement:
    """Judge a video by the mean score of its clips, unless the clips do not bear it out.

    Parameters
    ----------
    scores
        float64, shape (scored,): of the clips that have one.
    judged
        What `judge_scores` says of each of them.
    clips
        How many clips the video has, with a score or without.
    clip_rule
        By which the clips were judged.
    rule
        For mean scores of videos.
    """
    if not len(scores):
        return Judgement(0, None, _NOT_MEASURED)
    fewest = rule.thresholds.fewest_clips
    if len(scores) < fewest:
        return Judgement(
            0,
            None,
            f"the model can be relied on for videos with at least {fewest} scored clips, and this one has "
            f"{len(scores)}",
        )
    (judgement,) = judge_scores(np.array([scores.mean()]), rule)
    doubt = judgement.doubt
    if doubt is None and len(scores) < _LEAST_SCORED_SHARE * clips:
        doubt = _TOO_FEW_SCORED
    # A forged passage must not drown in genuine footage, nor the other way round.
    against = sum(one.decision == -judgement.decision for one in judged)
    if doubt is None and against > clip_rule.thresholds.error_rate * len(scores):
        doubt = f"its clips contradict each other, {against} of them speak against the mean score"
    return judgement._replace(decision=0 if doubt else judgement.decision, doubt=doubt)


def _doubt_score(decision: int, llr: float) -> str | None:
    if decision == 0:
        return _BETWEEN
    if decision * llr < 0:
        return _CONTRADICTED
    return None if decision * llr >= np.log(LEAST_SUPPORT) else _SUPPORTS_NEITHER
