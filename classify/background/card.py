"""What backgrounds and enrolments say of themselves: all about them that is not numbers to compute with."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import pydantic

from classify.background.calibration import PairCalibration, pool_seconds
from classify.background.figures import VerificationFigures
from classify.decision import RatioScale, Rule
from classify.lip_sync import LipSyncRange
from classify.thresholds import Thresholds
from extract.description import ReadingDescription
from features.descriptors.descriptor import Region
from ground.records import Record, Share

BACKGROUND_SCHEMA: Final = 1
ENROLMENT_SCHEMA: Final = 3


class DescriptorIdentity(Record):
    """Which descriptor, in which revision: numbers of different ones cannot be compared."""

    name: str
    revision: int


class BackgroundFootage(Record):
    """The recordings that a background was learnt from.

    `people_again` counts people with recordings of at least two sessions: they show what changes from
    recording to recording. `collections` is None where nobody says which recordings belong together.
    Who they are, and which files, is kept apart from the card (`classify.background.identities`).
    """

    people: int
    people_again: int
    recordings: int
    sessions: int
    collections: int | None
    minutes: float


class RegionCard(Record):
    """What the scores of one region by itself mean, and how well it alone does on people unseen."""

    calibration: PairCalibration
    verification: VerificationFigures


class BackgroundCard(Record):
    """Everything about a background that is not arrays.

    Attributes
    ----------
    schema_version, motionsig_version, created_utc
        Of the file, and who made it when.
    reading
        How the frames of all recordings were read.
    clip_s, step_s
        The clips.
    descriptors
        All that recordings are described by, those of regions too.
    fused
        Names of those whose scores are added up.
    footage
        What it was learnt from.
    calibration
        Fused scores to likelihood ratios, for recordings and for single clips.
    thresholds, clip_thresholds
        Scores of recordings, and of single clips, from which they count.
    regions
        Of each region of the person by itself.
    verification
        How it does on people who are in nothing that was learnt.
    notes
        What is to be known of the footage, in sentences.
    """

    schema_version: Literal[1] = BACKGROUND_SCHEMA
    motionsig_version: str
    created_utc: str
    reading: ReadingDescription
    clip_s: float
    step_s: float
    descriptors: tuple[DescriptorIdentity, ...]
    fused: tuple[str, ...] = pydantic.Field(min_length=1)
    footage: BackgroundFootage
    calibration: PairCalibration
    thresholds: Thresholds
    clip_thresholds: Thresholds
    regions: dict[Region, RegionCard]
    verification: VerificationFigures
    notes: tuple[str, ...]


class EnrolledRecording(Record):
    """A recording that a person was enrolled from.

    `clips` counts those that were learnt from, `clips_without_movement` those that were left out because they
    show too little movement or have too few frames.
    `log10_lr` says how well it goes with the other recordings of the enrolment; None for a single one.
    """

    video: str
    sha256: str
    session: str
    seconds: float = pydantic.Field(gt=0)
    clips: pydantic.PositiveInt
    clips_without_movement: pydantic.NonNegativeInt = 0
    face_share: Share
    log10_lr: float | None


class EnrolmentCard(Record):
    """Everything about an enrolled person that is not arrays.

    Attributes
    ----------
    method
        Tells enrolments from trained models.
    person
        Whom it knows.
    recordings
        From which recordings.
    disagreeing
        Names of recordings that do not move like the others: perhaps somebody else's.
    sessions_said
        Whether somebody said which recordings belong to one session. Otherwise each counts as one.
    copies
        Names of recordings that are copies of one another, or share an excerpt, group by group.
    background_sha256, background
        The background that the person was enrolled with.
    lip_sync
        How mouth and sound go together in the recordings; None where that was not learnt.
    """

    method: Literal["enrolled"] = "enrolled"
    schema_version: Literal[3] = ENROLMENT_SCHEMA
    motionsig_version: str
    created_utc: str
    person: str
    recordings: tuple[EnrolledRecording, ...] = pydantic.Field(min_length=1)
    disagreeing: tuple[str, ...]
    sessions_said: bool
    copies: tuple[tuple[str, ...], ...] = ()
    background_sha256: str
    background: BackgroundCard
    lip_sync: LipSyncRange | None = None

    @property
    def seconds(self) -> float:
        """How long a face was measured in all recordings."""
        return sum(recording.seconds for recording in self.recordings)

    @property
    def pooled_seconds(self) -> float:
        """How many seconds of one session would tell as much, see `pool_seconds`."""
        seconds = np.array([recording.seconds for recording in self.recordings])
        return pool_seconds(seconds, np.array([recording.session for recording in self.recordings]))

    @property
    def sessions(self) -> int:
        """From how many sessions the recordings are."""
        return len({recording.session for recording in self.recordings})

    @property
    def clip_rule(self) -> Rule:
        """What decides about scores of clips."""
        return Rule(self.background.clip_thresholds, self._scale)

    @property
    def video_rule(self) -> Rule:
        """What decides about scores of recordings."""
        return Rule(self.background.thresholds, self._scale)

    @property
    def _scale(self) -> RatioScale:
        return RatioScale(self.background.calibration.lowest, self.background.calibration.highest)
