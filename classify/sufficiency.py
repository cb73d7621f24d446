"""How much footage a model stands on, and whether that is enough to call its scores calibrated."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import numpy as np

from classify.training_set import FAKES, UNKNOWN_METHOD, TrainingSet
from ground.records import Record

# What a likelihood ratio can support grows with the sources: with 5 of the person and 10 of others it lies
# between 1/6 and 11, which is about where the verbal scale begins to say anything (weak support: 2 to 10).
# The 10 are people: a ratio says how rare the motion is among people, and fakes are none.
# Ten clips a source are a minute of speech, which is what the clips' own scatter needs to average out.
FEWEST_TARGET_SOURCES: Final = 5
FEWEST_OTHER_PEOPLE: Final = 10
FEWEST_CLIPS: Final = 50


class TrainingFootage(Record):
    """The clips and sources (sessions, else videos; other people; methods of faking) that a model stands on.

    Minutes count overlaps once, and are None where the table does not say when its clips are. `other_people`
    counts authentic ones only; `fake_methods` those whose name is known, and `fakes_of_unknown_method` says
    whether there are fakes beside them. Clips are left out when too much of them is missing, when they
    show too little movement or have too few frames (`classify.evidence_floor`), or when nobody said who is in
    their video. `video_sha256` tells, as far as the table does, which files were used.
    """

    target_clips: int
    target_sources: int
    target_minutes: float | None
    non_target_clips: int
    non_target_sources: int
    other_people: int
    fake_methods: int
    fakes_of_unknown_method: bool
    non_target_minutes: float | None
    clips_left_out: int
    clips_without_movement: int
    clips_unlabelled: int
    video_sha256: tuple[str, ...]


class ShortfallCode(StrEnum):
    """What there is too little of to calibrate; the values stand in files and do not change."""

    TARGET_SOURCES = "target-sources"
    OTHER_PEOPLE = "other-people"
    TARGET_CLIPS = "target-clips"
    NON_TARGET_CLIPS = "non-target-clips"


class Shortfall(Record):
    """How much of something there is, and how much a calibrated model needs."""

    code: ShortfallCode
    found: int
    needed: int


def count_footage(clips: TrainingSet) -> TrainingFootage:
    """Count what a model of these clips stands on."""
    is_fake = np.isin(clips.kinds, FAKES)
    methods = set(clips.sources[is_fake].tolist())
    return TrainingFootage(
        target_clips=int(clips.is_target.sum()),
        target_sources=clips.count_sources(of_target=True),
        target_minutes=clips.measure_minutes(of_target=True),
        non_target_clips=int((~clips.is_target).sum()),
        non_target_sources=clips.count_sources(of_target=False),
        other_people=len(np.unique(clips.subjects[clips.kinds == "other people"])),
        fake_methods=len(methods - {UNKNOWN_METHOD}),
        fakes_of_unknown_method=UNKNOWN_METHOD in methods,
        non_target_minutes=clips.measure_minutes(of_target=False),
        clips_left_out=clips.left_out,
        clips_without_movement=clips.without_movement,
        clips_unlabelled=clips.unlabelled,
        video_sha256=tuple(sorted(clips.hashes)),
    )


def find_shortfalls(footage: TrainingFootage) -> tuple[Shortfall, ...]:
    """Return what there is too little of to calibrate; nothing where the footage suffices."""
    needs = (
        (ShortfallCode.TARGET_SOURCES, footage.target_sources, FEWEST_TARGET_SOURCES),
        (ShortfallCode.OTHER_PEOPLE, footage.other_people, FEWEST_OTHER_PEOPLE),
        (ShortfallCode.TARGET_CLIPS, footage.target_clips, FEWEST_CLIPS),
        (ShortfallCode.NON_TARGET_CLIPS, footage.non_target_clips, FEWEST_CLIPS),
    )
    return tuple(
        Shortfall(code=code, found=found, needed=needed) for code, found, needed in needs if found < needed
    )
