"""Verdicts on videos that may be mirrored: a warning where the mirrored video would be consistent."""

from __future__ import annotations

from collections.abc import Callable

from classify.reasons import MirroredMatch, WarningCode
from classify.verdict import VideoVerdict
from classify.words.judgements import make_warning


def warn_if_mirrored_matches(
    verdict: VideoVerdict, judge_mirrored: Callable[[], VideoVerdict]
) -> VideoVerdict:
    """Return a verdict, with a warning where it is not consistent and that on the mirrored video is.

    The verdict itself stays that on the video as it is: a person's movements, mirrored, may be another's.

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
    if mirrored.label != "consistent":
        return verdict
    warning = make_warning(WarningCode.MIRRORED_MATCHES, mirrored=MirroredMatch(log10_lr=mirrored.log10_lr))
    return verdict.model_copy(update={"warnings": (*verdict.warnings, warning)})
