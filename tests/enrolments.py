"""An enrolled person whose ratios a test chooses, and recordings of made-up numbers to compare with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from recordings import unknown_movement

from classify.background.background import Background
from classify.background.calibration import PairCalibration
from classify.background.card import (
    BackgroundCard,
    BackgroundFootage,
    DescriptorIdentity,
    EnrolledRecording,
    EnrolmentCard,
    RegionCard,
)
from classify.background.enrolled import Enrolment, Judged
from classify.background.figures import VerificationFigures
from classify.background.identities import Identities
from classify.metrics import Figure
from classify.thresholds import Thresholds
from extract.description import Backend, ReadingDescription
from features.descriptors.descriptor import Region
from features.descriptors.registry import DESCRIPTORS
from features.recordings import Recording
from ground.errors import ModelError

READING = ReadingDescription(
    revision=1, body=Backend(name="pose", version="1"), face=Backend(name="mesh", version="1")
)
USED = ("face-pairs", "spreads")
THRESHOLDS = Thresholds(
    no_match_below=float(np.log(1 / 4)), match_above=float(np.log(4)), error_rate=0.05, target_sources=11,
    non_target_sources=30,
)  # fmt: skip
CALIBRATION = PairCalibration(
    weights=(1.0, 1.0), length_slope=0.0, offset=0.0, length_offset=0.0, session_offset=0.0, shortest=-1.0,
    longest=3.0, most_sessions=5, lowest=-float(np.log(40)), highest=float(np.log(40)),
    people_again=60, people=60,
)  # fmt: skip
VERIFICATION = VerificationFigures(
    people=30, people_again=11, target_trials=42, non_target_trials=1_700,
    auc_per_person=Figure(value=0.95, low=0.91, high=0.98), auc=Figure(value=0.9, low=0.85, high=0.94),
    equal_error_rate=Figure(value=0.15, low=0.1, high=0.21), cllr=Figure(value=0.55, low=0.45, high=0.68),
    min_cllr=Figure(value=0.5, low=0.4, high=0.6), auc_within=None,
    auc_across=Figure(value=0.88, low=None, high=None),
)  # fmt: skip


# Of a recording in which nothing was measured.
NO_TRACE = np.empty((0, 5), dtype=np.int8)
# What only the true comparison looks at.
NO_BACKGROUND = Background(  # type: ignore[arg-type]
    None, {}, {}, Identities.of(["somebody"], ["b" * 64]), {"b" * 64: NO_TRACE}
)


def make_background(**changed: Any) -> BackgroundCard:
    content: dict[str, Any] = {
        "motionsig_version": "0.2.0",
        "created_utc": "2026-11-20T10:00:00+00:00",
        "reading": READING,
        "clip_s": 8.0,
        "step_s": 4.0,
        "descriptors": tuple(DescriptorIdentity(name=name, revision=1) for name in USED),
        "fused": USED,
        "footage": BackgroundFootage(
            people=30, people_again=11, recordings=60, sessions=55, collections=2, minutes=93.0,
        ),
        "calibration": CALIBRATION,
        "thresholds": THRESHOLDS,
        "clip_thresholds": THRESHOLDS,
        "regions": dict.fromkeys(
            ("mouth", "brows and lids", "head"),
            RegionCard(calibration=CALIBRATION, verification=VERIFICATION),
        ),
        "verification": VERIFICATION,
        "notes": (),
    }  # fmt: skip
    return BackgroundCard(**{**content, **changed})


def make_card(person: str = "ann", *, sessions: int = 2, **changed: Any) -> EnrolmentCard:
    recordings = tuple(
        EnrolledRecording(
            video=f"{person}-{k}.mp4", sha256=str(k) * 64, session=f"s{k}", seconds=60.0 + k, clips=14,
            face_share=0.98, log10_lr=1.1 if sessions > 1 else None,
        )
        for k in range(sessions)
    )  # fmt: skip
    content: dict[str, Any] = {
        "motionsig_version": "0.2.0",
        "created_utc": "2026-11-21T10:00:00+00:00",
        "person": person,
        "recordings": recordings,
        "disagreeing": (),
        "sessions_said": True,
        "background_sha256": "c" * 64,
        "background": make_background(),
    }
    return EnrolmentCard(**{**content, **changed})


@dataclass(frozen=True)
class FakeEnrolment(Enrolment):
    """Says of every recording what the test wants."""

    spread: Mapping[str, npt.NDArray[np.float64]] = field(default_factory=dict)
    clip_lrs: Sequence[float] = ()
    lr: float | None = None
    regions: dict[Region, float | None] = field(default_factory=dict)

    @property
    def usual_std(self) -> Mapping[str, npt.NDArray[np.float64]]:
        return self.spread

    def judge(self, recording: Recording) -> Judged:
        regions = {region: None if lr is None else float(np.log(lr)) for region, lr in self.regions.items()}
        return Judged(
            np.log(np.array(self.clip_lrs)), None if self.lr is None else float(np.log(self.lr)), regions
        )

    def check_fits(self, recording: Recording) -> None:
        if recording.reading != self.card.background.reading:
            raise ModelError(f"{recording.video} was read in another way.")


def enrol(
    clip_lrs: Sequence[float],
    lr: float | None,
    regions: dict[Region, float | None] | None = None,
    card: EnrolmentCard | None = None,
) -> FakeEnrolment:
    """Enrol a person whose usual correlations and spreads are 0; NaN for a clip that cannot be compared."""
    zeros = {name: np.zeros(len(DESCRIPTORS[name].numbers)) for name in USED}
    spread = {name: np.full(len(DESCRIPTORS[name].numbers), 0.2) for name in USED}
    return FakeEnrolment(
        card or make_card(),
        NO_BACKGROUND,
        zeros,
        {"0" * 64: NO_TRACE},
        spread=spread,
        clip_lrs=clip_lrs,
        lr=lr,
        regions=regions or {},
    )


def make_recording(
    clips: int, video: str = "suspect.mp4", sha256: str = "f" * 64, **changed: Any
) -> Recording:
    """A recording of clips of 8 s, whose numbers are 0."""
    start_s = 4.0 * np.arange(clips)
    numbers: dict[str, npt.NDArray[np.float64]] = {
        name: np.zeros((clips, len(DESCRIPTORS[name].numbers))) for name in USED
    }
    content: dict[str, Any] = {
        "subject": None, "session": "suspect", "collection": None, "reading": READING,
        "seconds": 4.0 * clips + 4, "start_s": start_s, "end_s": start_s + 8,
        "face_share": np.full(clips, 0.9), "body_share": np.ones(clips), "movement": unknown_movement(clips),
        "numbers": numbers, "trace": NO_TRACE,
    }  # fmt: skip
    return Recording(video=video, sha256=sha256, **{**content, **changed})
