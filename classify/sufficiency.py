"""How much footage a model stands on, and whether that is enough to call its scores calibrated."""

from __future__ import annotations

from typing import Final

from classify.records import Record

# What a likelihood ratio can support grows with the sources: with 5 of the person and 10 of others it lies
# between 1/6 and 11, which is about where the verbal scale begins to say anything (weak support: 2 to 10).
# Ten clips a source are a minute of speech, which is what the clips' own scatter needs to average out.
FEWEST_PERSON_SOURCES: Final = 5
FEWEST_OTHER_SOURCES: Final = 10
FEWEST_CLIPS: Final = 50


class TrainingFootage(Record):
    """What a model stands on: the table, and the clips and sources (sessions, else videos) used of it.

    Minutes count overlaps once, and are None where the table does not say when its clips are. Clips are left
    out when too much of them is missing, or when nobody said who is in their video. `video_sha256` tells, as
    far as the table does, which files were used.
    """

    table: str
    table_sha256: str
    person_clips: int
    person_sources: int
    person_minutes: float | None
    other_clips: int
    other_sources: int
    other_minutes: float | None
    clips_left_out: int
    clips_unlabelled: int
    video_sha256: tuple[str, ...]


def describe_shortfalls(footage: TrainingFootage) -> tuple[str, ...]:
    """Return, for each thing that there is too little of to calibrate, how much more is needed."""
    needs = (
        (footage.person_sources, FEWEST_PERSON_SOURCES, "sources of the person", "videos of other sessions"),
        (
            footage.other_sources,
            FEWEST_OTHER_SOURCES,
            "sources of others",
            "videos of other people, or fakes",
        ),
        (footage.person_clips, FEWEST_CLIPS, "usable clips of the person", "longer or more videos"),
        (footage.other_clips, FEWEST_CLIPS, "usable clips of others", "longer or more videos"),
    )
    return tuple(
        f"{have} {what}, {need} are needed: add {remedy} ({need - have} more)"
        for have, need, what, remedy in needs
        if have < need
    )
