"""Verdicts on videos that may be mirrored: a warning where the mirrored video would match."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from classify.reasons import MirroredMatch, WarningCode
from classify.verdict import VideoVerdict
from classify.words.judgements import make_warning

# One clip that matches may do so by chance.
_FEWEST_CLIPS: Final = 2


def warn_if_mirrored_matches(
    verdict: VideoVerdict, judge_mirrored: Callable[[], VideoVerdict]
) -> VideoVerdict:
    """Return a verdict, with a warning where it is not consistent and the mirrored video would match.

    That is so where the mirrored video would be consistent; or where all its clips match, two at least, and
    of the video as it is none does: readers see a mirrored picture a little differently, which costs some
    score. The verdict itself stays that on the video as it is: a person's movements, mirrored, may be
    another's.

    Parameters
    ----------
    verdict
        On the video as it is.
    judge_mirrored
        Judges the mirrored video; called only where it matters.
    """
    if verdict.label == "consistent":
        return verdict
    mirrored = judge_mirrored()
    consistent = mirrored.label == "consistent"
    matching = _count_matches(mirrored)
    turned = matching == mirrored.clips_scored >= _FEWEST_CLIPS and _count_matches(verdict) == 0
    if not (consistent or turned):
        return verdict
    match = MirroredMatch(consistent=consistent, clips=matching, log10_lr=mirrored.log10_lr)
    warning = make_warning(WarningCode.MIRRORED_MATCHES, mirrored=match)
    return verdict.model_copy(update={"warnings": (*verdict.warnings, warning)})


def _count_matches(verdict: VideoVerdict) -> int:
    return sum(clip.label == "match" for clip in verdict.clips)
