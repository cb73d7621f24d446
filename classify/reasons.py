"""Why a verdict is what it is, in codes and numbers; `classify.words` puts them in words."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final, Self

import pydantic

from classify.background.regions import RegionConflict
from classify.copies import FootageCopy
from classify.face_check import FaceCheck, Sought
from extract.damage import Damage
from extract.track_choice import TrackChoice
from features.shots import ShortShots
from ground.records import Record, Share


class ReasonCode(StrEnum):
    """Why a clip or a video is judged as it is; the values stand in files and do not change."""

    LIKE_PERSON = "like-person"
    UNLIKE_PERSON = "unlike-person"
    BETWEEN_THRESHOLDS = "between-thresholds"
    RATIO_TOO_WEAK = "ratio-too-weak"
    RATIO_CONTRADICTS_SCORE = "ratio-contradicts-score"
    PAIRS_MISSING = "pairs-missing"
    TOO_LITTLE_MEASURED = "too-little-measured"
    FRAMES_TOO_FEW = "frames-too-few"
    TOO_STILL = "too-still"
    TOO_LITTLE_VOICE = "too-little-voice"
    PERSON_NOT_FOUND = "person-not-found"
    NO_CLIP_SCORED = "no-clip-scored"
    TOO_FEW_CLIPS = "too-few-clips"
    MOST_CLIPS_UNSCORED = "most-clips-unscored"
    CLIPS_CONTRADICT = "clips-contradict"
    IN_TRAINING_FOOTAGE = "in-training-footage"
    IN_TRAINING_TABLE = "in-training-table"
    IN_BACKGROUND_FOOTAGE = "in-background-footage"


# The numbers that a reason has; every other reason has none.
_NUMBERS: Final[dict[ReasonCode, frozenset[str]]] = {
    ReasonCode.RATIO_TOO_WEAK: frozenset({"ratio_needed"}),
    ReasonCode.PAIRS_MISSING: frozenset({"missing_share", "missing_limit"}),
    ReasonCode.TOO_LITTLE_MEASURED: frozenset({"missing_share"}),
    ReasonCode.FRAMES_TOO_FEW: frozenset({"observed_share", "observed_needed"}),
    ReasonCode.TOO_STILL: frozenset({"motion_needed"}),
    ReasonCode.TOO_LITTLE_VOICE: frozenset({"voiced_share", "voiced_needed"}),
    ReasonCode.PERSON_NOT_FOUND: frozenset({"sought"}),
    ReasonCode.TOO_FEW_CLIPS: frozenset({"clips_needed", "clips_scored"}),
    ReasonCode.MOST_CLIPS_UNSCORED: frozenset({"clips", "clips_scored"}),
    ReasonCode.CLIPS_CONTRADICT: frozenset({"clips_against", "clips_scored"}),
}
# What a table need not say.
_UNSURE_NUMBERS: Final[dict[ReasonCode, frozenset[str]]] = {
    ReasonCode.PAIRS_MISSING: frozenset({"face_share", "body_share", "voiced_share"}),
    ReasonCode.TOO_LITTLE_MEASURED: frozenset({"face_share", "body_share"}),
    ReasonCode.IN_TRAINING_FOOTAGE: frozenset({"copy_of"}),
    ReasonCode.IN_BACKGROUND_FOOTAGE: frozenset({"copy_of"}),
    ReasonCode.TOO_STILL: frozenset({"face_motion", "body_motion"}),
}


class Reason(Record):
    """Why a clip or a video is judged as it is, with the numbers that belong to the code, and no others.

    Attributes
    ----------
    code
        The reason.
    ratio_needed
        The likelihood ratio, or its inverse, from which on a side counts as supported.
    missing_share, missing_limit
        Share of the numbers that describe the clip (a trained model's feature pairs, a background's
        descriptors) that is missing; and of feature pairs, the most that may be.
    face_share, body_share
        Shares of the clip's frames in which a face, and a body, was found; None where the table does not say.
    observed_share, observed_needed
        In which share of the clip's time new measurements follow each other closely, and the least needed.
    face_motion, body_motion, motion_needed
        How many times as much the face, or the body, varies as in a still photograph that comes slowly nearer
        (`features.movement`), and the least that is needed.
    voiced_share, voiced_needed
        In which share of the clip's frames a voice is heard, which pairs with the voice need, and the least
        needed.
    sought
        Whom the video was searched for: the model's ``person``, whoever has an ``other face``, such as that
        of pictures, or a person by ``number``.
    clips, clips_scored
        How many clips the video has, and how many of them have a score.
    clips_needed
        How many scored clips the model needs.
    clips_against
        How many scored clips speak against the score of the whole video.
    copy_of
        Which footage the video moves alike, where its file is not that footage itself.
    """

    code: ReasonCode
    ratio_needed: float | None = None
    missing_share: Share | None = None
    missing_limit: Share | None = None
    face_share: Share | None = None
    body_share: Share | None = None
    observed_share: Share | None = None
    observed_needed: Share | None = None
    face_motion: pydantic.NonNegativeFloat | None = None
    body_motion: pydantic.NonNegativeFloat | None = None
    motion_needed: pydantic.PositiveFloat | None = None
    voiced_share: Share | None = None
    voiced_needed: Share | None = None
    sought: Sought | None = None
    clips: pydantic.NonNegativeInt | None = None
    clips_scored: pydantic.NonNegativeInt | None = None
    clips_needed: pydantic.NonNegativeInt | None = None
    clips_against: pydantic.NonNegativeInt | None = None
    copy_of: FootageCopy | None = None

    @pydantic.model_validator(mode="after")
    def _check_numbers(self) -> Self:
        given = {name for name in type(self).model_fields if getattr(self, name) is not None} - {"code"}
        wanted = _NUMBERS.get(self.code, frozenset())
        if given - _UNSURE_NUMBERS.get(self.code, frozenset()) != wanted:
            raise ValueError(f"{self.code} comes with {', '.join(sorted(wanted)) or 'no numbers'}")
        return self

    @pydantic.model_serializer(mode="wrap")
    def _leave_out_what_is_not_there(self, write: pydantic.SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {name: value for name, value in write(self).items() if value is not None}


class WarningCode(StrEnum):
    """What else bears on a verdict; the values stand in files and do not change."""

    DAMAGED = "damaged"
    MEASUREMENT_UNKNOWN = "measurement-unknown"
    FOOTAGE_UNKNOWN = "footage-unknown"
    COPIES_UNKNOWN = "copies-unknown"
    OTHER_TRACKS = "other-tracks"
    REGIONS_CONTRADICT = "regions-contradict"
    MIRRORED_MATCHES = "mirrored-matches"
    SHOTS_TOO_SHORT = "shots-too-short"
    FACE_UNLIKE = "face-unlike"
    DOUBLES = "doubles"


class MirroredMatch(Record):
    """What is said of the mirrored video.

    `consistent` says whether that is consistent with the person; where it is not, all its clips match, and of
    the video as it is none does. `clips` counts its clips that match, and `log10_lr` is its likelihood ratio
    to base 10, None without calibration.
    """

    consistent: bool
    clips: pydantic.NonNegativeInt
    log10_lr: float | None


class VerdictWarning(Record):
    """What else bears on a verdict.

    Attributes
    ----------
    code
        ``damaged``: not all of the file could be read, or its time stamps were repaired.
        ``measurement-unknown``: nobody can check that the suspect was measured as the model's footage was.
        ``footage-unknown``: nobody can check that the video is not part of the model's footage.
        ``copies-unknown``: only its hash was looked for there, so a copy of that footage may go unnoticed.
        ``other-tracks``: the file holds other video tracks too. ``regions-contradict``: a region moves like
        the person, and another does not. ``mirrored-matches``: the video is not consistent with the person,
        but mirrored it would be. ``shots-too-short``: shots that are shorter than a clip were not judged.
        ``face-unlike``: the face that was measured is not certainly that of the person, by the face that the
        model holds; it says nothing of what is authentic. ``doubles``: two faces at once were like that of
        the person measured, so that it is uncertain which of the two was.
    damage
        What could not be read or was repaired, for ``damaged``.
    unrecorded
        What one of the two tables does not record, for ``measurement-unknown``.
    tracks
        Which track was read, for ``other-tracks``.
    regions
        Which regions, for ``regions-contradict``.
    mirrored
        What is said of the mirrored video, for ``mirrored-matches``.
    shots
        Which shots, for ``shots-too-short``.
    face
        How alike the faces are, for ``face-unlike``.
    double_s
        For how many seconds, for ``doubles``.
    words
        What was said of it.
    """

    code: WarningCode
    damage: Damage | None = None
    unrecorded: tuple[str, ...] = ()
    tracks: TrackChoice | None = None
    regions: RegionConflict | None = None
    mirrored: MirroredMatch | None = None
    shots: ShortShots | None = None
    face: FaceCheck | None = None
    double_s: pydantic.PositiveFloat | None = None
    words: str

    @pydantic.model_validator(mode="after")
    def _check_parts(self) -> Self:
        if (self.damage is not None) != (self.code is WarningCode.DAMAGED):
            raise ValueError("a warning of damage, and no other, holds the damage")
        if (self.tracks is not None) != (self.code is WarningCode.OTHER_TRACKS):
            raise ValueError("a warning of other tracks, and no other, holds the tracks")
        if bool(self.unrecorded) != (self.code is WarningCode.MEASUREMENT_UNKNOWN):
            raise ValueError(
                "what is not recorded is warned of by `measurement-unknown`, and by nothing else"
            )
        if (self.regions is not None) != (self.code is WarningCode.REGIONS_CONTRADICT):
            raise ValueError("a warning of regions that contradict each other, and no other, names them")
        if (self.mirrored is not None) != (self.code is WarningCode.MIRRORED_MATCHES):
            raise ValueError("a warning that the mirrored video matches, and no other, says how well")
        if (self.shots is not None) != (self.code is WarningCode.SHOTS_TOO_SHORT):
            raise ValueError("a warning of shots that are too short, and no other, counts them")
        is_unlike = self.face is not None and self.face.is_unlike
        if is_unlike != (self.code is WarningCode.FACE_UNLIKE) or (self.face is not None and not is_unlike):
            raise ValueError("a warning of a face that is unlike, and no other, says how alike it is")
        if (self.double_s is not None) != (self.code is WarningCode.DOUBLES):
            raise ValueError("a warning of doubles, and no other, says for how long")
        return self
