"""A verdict is of the video as it is; that the mirrored one would match is said beside it."""

from __future__ import annotations

import math

import pytest
from enrolments import enrol, make_recording

from classify.background.judging import judge_recording
from classify.mirrored import warn_if_mirrored_matches
from classify.reasons import WarningCode
from classify.verdict import VideoVerdict


def judge(lr: float | None, clip_lrs: list[float]) -> VideoVerdict:
    return judge_recording(enrol(clip_lrs, lr), make_recording(len(clip_lrs)))


CONSISTENT = judge(20.0, [20.0] * 4)
INCONSISTENT = judge(0.05, [0.05] * 4)
CLIPS_MATCH = judge(3.0, [20.0] * 4)


@pytest.mark.parametrize(
    ("mirrored", "said"),
    [
        (CONSISTENT, "would be consistent with the person (likelihood ratio 20). Selfie cameras"),
        (CLIPS_MATCH, "would match the person in all its 4 clips, and as it is it does in none. Selfie"),
    ],
)
def test_a_mirrored_video_that_matches_is_warned_of_and_decides_nothing(
    mirrored: VideoVerdict, said: str
) -> None:
    verdict = warn_if_mirrored_matches(INCONSISTENT, lambda: mirrored)
    (warning,) = verdict.warnings
    assert warning.code is WarningCode.MIRRORED_MATCHES
    assert said in warning.words
    assert verdict.model_copy(update={"warnings": ()}) == INCONSISTENT


@pytest.mark.parametrize(
    ("verdict", "mirrored"),
    [
        (INCONSISTENT, INCONSISTENT),
        (INCONSISTENT, judge(3.0, [20.0] * 3 + [3.0])),
        (judge(3.0, [20.0] + [3.0] * 3), CLIPS_MATCH),
        (judge(0.05, [0.05]), judge(3.0, [20.0])),
        (INCONSISTENT, judge(None, [math.nan] * 4)),
    ],
    ids=["no match", "not all clips", "as it is, one matches too", "a single clip", "nothing measured"],
)
def test_nothing_is_said_of_mirrored_videos_that_do_not_clearly_match(
    verdict: VideoVerdict, mirrored: VideoVerdict
) -> None:
    assert warn_if_mirrored_matches(verdict, lambda: mirrored) is verdict


def test_the_mirror_of_a_consistent_video_is_not_looked_at() -> None:
    def fail() -> VideoVerdict:
        raise AssertionError("no need")

    assert warn_if_mirrored_matches(CONSISTENT, fail) is CONSISTENT
