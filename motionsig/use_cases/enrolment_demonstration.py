"""The demo's enrolment: simulated people, a background, and a person known from one recording.

What `motionsig background`, `motionsig enrol` and `motionsig classify` do for users is here in one function
each.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from classify.background.enrolled import enrol
from classify.background.files import load_background, load_enrolment, save_background, save_enrolment
from classify.background.learning import count_steps, learn_background, name_descriptors
from extract.frame_table import read_frame_table
from features.labels import list_manifest_files, read_manifest
from features.recordings import describe_recording
from ground.files import hash_file
from motionsig.use_cases.monitor import Monitor
from motionsig.use_cases.population_tables import UNSEEN, WrittenRecordings, write_recordings
from simulate.recordings import SEPARABLE, RecordingPlan

if TYPE_CHECKING:
    from classify.background.card import BackgroundCard

# People differ clearly, as the rendered ones do, so that the ratios of a few people come out on their side.
PLAN: Final = RecordingPlan(people=10 + UNSEEN, sessions=2, spread=SEPARABLE)


class EnrolmentTables(NamedTuple):
    """Frame tables of the demo's enrolment: of the person to enrol from, and of whom to judge."""

    manifest: Path
    enrolled: Path
    own: Path
    others: Path


def simulate_people(folder: Path) -> EnrolmentTables:
    """Write the recordings of simulated people, and return which are for what.

    Raises
    ------
    InputError
        When a folder holds other tables or cannot be written.
    """
    written: WrittenRecordings = write_recordings(folder, PLAN)
    first, second, somebody_else, *_ = list_manifest_files(written.unseen)
    return EnrolmentTables(written.background, first, second, somebody_else)


def learn_from_others(manifest: Path, out: Path, monitor: Monitor) -> BackgroundCard:
    """Learn a background from the recordings that a manifest names, and write it to `out`."""
    labels = read_manifest(manifest)
    recordings = [
        describe_recording(read_frame_table(path), name_descriptors(), labels[path.stem])
        for path in list_manifest_files(manifest)
    ]
    with monitor.stage("Learning a background", count_steps(recordings), "steps") as advance:
        background = learn_background(recordings, lambda: advance(1))
    save_background(background, out)
    return background.card


def enrol_person(person: str, table: Path, background: Path, out: Path) -> float:
    """Enrol a person from one frame table, write them to `out`, and return how many seconds show them."""
    recording = describe_recording(read_frame_table(table), name_descriptors())
    enrolled = enrol(load_background(background), hash_file(background), person, [recording])
    save_enrolment(enrolled, out)
    return enrolled.card.seconds


def judge_table(table: Path, enrolled: Path) -> float | None:
    """Return the natural log-likelihood ratio of a recording; None where too little was measured."""
    recording = describe_recording(read_frame_table(table), name_descriptors())
    return load_enrolment(enrolled).judge(recording).llr
