"""One suspect against several people: who of them, if anybody, moves like this."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, Self

import pydantic

from classify.reasons import Reason, VerdictWarning
from classify.verdict import VideoLabel, VideoVerdict, check_label
from ground.records import Record

IDENTIFICATION_SCHEMA: Final = 8

_LABEL_ORDER: Final[dict[VideoLabel, int]] = {"consistent": 0, "inconclusive": 1, "inconsistent": 2}


class Candidate(Record):
    """What one person's model says of a video; fields as of `classify.verdict.VideoVerdict`."""

    person: str
    model: str
    model_sha256: str
    label: VideoLabel
    reason: Reason
    score: float | None
    log10_lr: float | None
    support: str | None
    sentence: str
    warnings: tuple[VerdictWarning, ...]

    @pydantic.model_validator(mode="after")
    def _check_label(self) -> Self:
        check_label(self.label, self.reason)
        return self


class VideoCandidates(Record):
    """The enrolled people for one video, the likeliest first.

    `suspect` is the file that was given, `video` the video in it: videos of one name in different files are
    different videos.

    Likelihood ratios of different models can be compared, scores cannot: so the label comes first, then the
    ratio, and people whose models are not calibrated follow those with one.
    """

    suspect: str
    video: str
    candidates: tuple[Candidate, ...]


class Identification(Record):
    """Everything that `motionsig identify` says.

    `refused` gives, for models that could not judge a suspect and for suspects that could not be read, the
    file and the reason. That a person stands first says nothing by itself: the one who moves in the video
    need not be among those enrolled.
    """

    schema_version: Literal[8] = IDENTIFICATION_SCHEMA
    motionsig_version: str
    created_utc: str
    videos: tuple[VideoCandidates, ...]
    refused: tuple[tuple[str, str], ...]


def make_candidate(person: str, model: str, model_sha256: str, verdict: VideoVerdict) -> Candidate:
    """Return what a verdict says of its model's person."""
    return Candidate(
        person=person,
        model=model,
        model_sha256=model_sha256,
        label=verdict.label,
        reason=verdict.reason,
        score=verdict.score,
        log10_lr=verdict.log10_lr,
        support=verdict.support,
        sentence=verdict.sentence,
        warnings=verdict.warnings,
    )


def rank_candidates(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """Return candidates in the order of `VideoCandidates`; those alike stay in the order given."""
    return tuple(
        sorted(
            candidates,
            key=lambda one: (
                _LABEL_ORDER[one.label],
                one.log10_lr is None,
                0.0 if one.log10_lr is None else -one.log10_lr,
            ),
        )
    )
