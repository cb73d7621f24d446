"""The verdict: what the model says of each clip and of each video, in a versioned schema."""

from __future__ import annotations

from typing import Final, Literal

import pydantic

from classify.model import HeldOutFigures, Thresholds, TrainingFootage

VERDICT_SCHEMA: Final = 1

ClipLabel = Literal["match", "no match", "insufficient evidence"]
VideoLabel = Literal["consistent", "inconsistent", "inconclusive"]


class _Record(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(frozen=True, extra="forbid")


class Deviation(_Record):
    """A feature pair far from the person's usual range.

    `here` is the clip's correlation, `usual` and `spread` are mean and standard deviation over the person's
    training clips.
    """

    pair: str
    here: float
    usual: float
    spread: float


class ClipVerdict(_Record):
    """One clip: `score` is None, with a `reason`, where too much is missing to compute one.

    Higher scores are more like the person; the scale is the classifier's own and no probability. Times are
    seconds from the start of the video, None where the table does not say. `missing_share` is the share of
    pairs without a correlation.
    """

    clip_name: str
    start_s: float | None
    end_s: float | None
    score: float | None
    label: ClipLabel
    reason: str | None
    missing_share: float
    deviations: tuple[Deviation, ...]


class VideoVerdict(_Record):
    """One video: `score` is the mean over the clips that have one, judged by the same thresholds."""

    video: str
    sha256: str | None
    label: VideoLabel
    sentence: str
    score: float | None
    clips_scored: int
    clips: tuple[ClipVerdict, ...]


class Verdict(_Record):
    """Everything that `motionsig classify` says, and what it stands on."""

    schema_version: int = VERDICT_SCHEMA
    motionsig_version: str
    created_utc: str
    person: str
    model_sha256: str
    footage: TrainingFootage
    held_out: HeldOutFigures
    thresholds: Thresholds
    calibrated: Literal[False] = False
    videos: tuple[VideoVerdict, ...]
