"""The verdict: what the model says of each clip and of each video, in a versioned schema."""

from __future__ import annotations

from typing import Annotated, Final, Literal, Self

import pydantic

from classify.background.card import EnrolmentCard
from classify.background.regions import RegionStatement
from classify.deviations import Deviation
from classify.lip_sync import LipSyncStatement
from classify.model import ModelCard
from classify.reasons import Reason, ReasonCode, VerdictWarning
from classify.verbal_scale import VERBAL_SCALE
from ground.records import Record, Share
from ground.time_span import TimeSpan

VERDICT_SCHEMA: Final = 10

ClipLabel = Literal["match", "no match", "insufficient evidence"]
VideoLabel = Literal["consistent", "inconsistent", "inconclusive"]

# By what `classify.decision` decides.
CLIP_LABELS: Final[dict[int, ClipLabel]] = {1: "match", -1: "no match", 0: "insufficient evidence"}
VIDEO_LABELS: Final[dict[int, VideoLabel]] = {1: "consistent", -1: "inconsistent", 0: "inconclusive"}

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

    Higher scores are more like the person. A trained model's are on the classifier's own scale and no
    probability; an enrolled person's are natural log-likelihood ratios before their bounds. `log10_lr` is the
    bounded ratio, to base 10, None where the model is not calibrated. A label other than "insufficient
    evidence" takes a score beyond a threshold and, where there is a ratio, one of at least 2 in its direction
    (`classify.decision`); `reason` says in a code and numbers why it is this one, and `words` what was said
    of that. `span` is None where the table does not say when the clip is. `missing_share` is the share of the
    numbers that describe the clip (pairs of features, or an enrolled person's descriptors) that is missing.
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
    """One video, judged by the clips that have a score, together.

    A trained model's `score` is their mean, and its thresholds and its likelihood ratio are those of mean
    scores of whole videos. An enrolled person's is the natural log-likelihood ratio, before its bounds, of
    the clips pooled before scoring. Clips of one video are not independent, so their own ratios are never
    multiplied.

    `log10_lr` is None where the model is not calibrated, and where fewer clips of the video have a score than
    of the videos that it learnt from. `reason` says in a code and numbers why the label is this one;
    `sentence` and `support` are the words that were said of label and ratio. `deviations` are of the means
    over the scored clips. `regions` says of each region of an enrolled person whether it moves like the
    person; it is empty for trained models, and where the video is among those that were learnt from.
    `warnings` say what else bears on the verdict: damage to the file, regions that contradict each other, or
    that nobody knows whether it was measured as the model's footage was. `lip_sync` is a statement of its
    own, on whether the mouth fits the sound, which neither label nor ratio takes into account; None where
    clips of a correlations table were judged.
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
    regions: tuple[RegionStatement, ...] = ()
    deviations: tuple[Deviation, ...]
    clips: tuple[ClipVerdict, ...]
    lip_sync: LipSyncStatement | None = None

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

    `card` is that of the trained model or of the enrolled person, whichever judged; its thresholds, error
    rates and footage are those of this verdict, and `model_sha256` is the hash of its file. `verbal_scale`
    holds the least likelihood ratio for each word of support. A verdict of another `schema_version` is not
    read: `motionsig classify` makes it anew.
    """

    schema_version: Literal[10] = VERDICT_SCHEMA
    motionsig_version: str
    created_utc: str
    person: str
    model_sha256: str
    card: Annotated[ModelCard | EnrolmentCard, pydantic.Field(discriminator="method")]
    calibrated: bool
    verbal_scale: tuple[tuple[float, str], ...] = pydantic.Field(VERBAL_SCALE, min_length=1)
    videos: tuple[VideoVerdict, ...]
    failed: tuple[FailedSuspect, ...] = ()

    @pydantic.model_validator(mode="after")
    def _check_calibration(self) -> Self:
        if self.calibrated != (self.card.video_rule.calibration is not None):
            raise ValueError("a verdict is calibrated when its model is")
        return self

    @pydantic.model_validator(mode="after")
    def _check_regions(self) -> Self:
        if self.card.method == "trained" and any(video.regions for video in self.videos):
            raise ValueError("a trained model says nothing of regions")
        return self
