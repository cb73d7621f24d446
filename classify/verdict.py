"""The verdict: what the model says of each clip and of each video, in a versioned schema."""

from __future__ import annotations

from typing import Final, Literal, Self

import pydantic

from classify.deviations import Deviation
from classify.model import ModelCard
from classify.reasons import Reason, ReasonCode, VerdictWarning
from classify.verbal_scale import VERBAL_SCALE
from ground.records import Record, Share
from ground.time_span import TimeSpan

VERDICT_SCHEMA: Final = 6

ClipLabel = Literal["match", "no match", "insufficient evidence"]
VideoLabel = Literal["consistent", "inconsistent", "inconclusive"]

# The only reason for each label that decides; the others have all other reasons.
_REASON_OF: Final[dict[str, ReasonCode]] = {
    "match": ReasonCode.LIKE_PERSON,
    "consistent": ReasonCode.LIKE_PERSON,
    "no match": ReasonCode.UNLIKE_PERSON,
    "inconsistent": ReasonCode.UNLIKE_PERSON,
}


def check_label(label: ClipLabel | VideoLabel, reason: Reason) -> None:
    """Raise ValueError when a label says another thing than the reason for it."""
    if _REASON_OF.get(label) != (reason.code if reason.code in _REASON_OF.values() else None):
        raise ValueError(f"what is {reason.code} is not called {label}")


class ClipVerdict(Record):
    """One clip: `score` is None where too much is missing to compute one.

    Higher scores are more like the person; the scale is the classifier's own and no probability. `log10_lr`
    is the likelihood ratio, None where the model is not calibrated. A label other than "insufficient
    evidence" takes a score beyond a threshold and, where there is a ratio, one of at least 2 in its direction
    (`classify.decision`); `reason` says in a code and numbers why it is this one, and `words` what was said
    of that. `span` is None where the table does not say when the clip is. `missing_share` is the share of
    pairs without a correlation.
    """

    clip_name: str
    span: TimeSpan | None
    score: float | None
    log10_lr: float | None
    label: ClipLabel
    reason: Reason
    words: str
    missing_share: Share
    deviations: tuple[Deviation, ...]

    @pydantic.model_validator(mode="after")
    def _check_label(self) -> Self:
        check_label(self.label, self.reason)
        return self


class VideoVerdict(Record):
    """One video, judged by the mean score of the clips that have one.

    Its thresholds and its likelihood ratio are those of mean scores of whole videos: clips of one video are
    not independent, so their own ratios are never multiplied. `log10_lr` is None where the model is not
    calibrated, and where fewer clips of the video have a score than of the videos that it learnt from.
    `reason` says in a code and numbers why the label is this one; `sentence` and `support` are the words
    that were said of label and ratio. `deviations` are of the mean correlations of the scored clips.
    `warnings` say what else bears on the verdict: damage to the file, or that nobody knows whether it was
    measured as the model's footage was.
    """

    video: str
    sha256: str | None
    label: VideoLabel
    reason: Reason
    sentence: str
    warnings: tuple[VerdictWarning, ...]
    score: float | None
    log10_lr: float | None
    support: str | None
    clips_scored: int
    deviations: tuple[Deviation, ...]
    clips: tuple[ClipVerdict, ...]

    @pydantic.model_validator(mode="after")
    def _check_label(self) -> Self:
        check_label(self.label, self.reason)
        return self


class FailedSuspect(Record):
    """A suspect that could not be judged, and the sentence that says why."""

    suspect: str
    error: str


class Verdict(Record):
    """Everything that `motionsig classify` says, and what it stands on.

    `card` is the model's; its thresholds, error rates and footage are those of this verdict. `verbal_scale`
    holds the least likelihood ratio for each word of support. A verdict of another `schema_version` is not
    read: `motionsig classify` makes it anew.
    """

    schema_version: Literal[6] = VERDICT_SCHEMA
    motionsig_version: str
    created_utc: str
    person: str
    model_sha256: str
    card: ModelCard
    calibrated: bool
    verbal_scale: tuple[tuple[float, str], ...] = pydantic.Field(VERBAL_SCALE, min_length=1)
    videos: tuple[VideoVerdict, ...]
    failed: tuple[FailedSuspect, ...] = ()

    @pydantic.model_validator(mode="after")
    def _check_calibration(self) -> Self:
        if self.calibrated != (self.card.video_calibration is not None):
            raise ValueError("a verdict is calibrated when its model is")
        return self
