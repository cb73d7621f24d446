"""The demo's enrolment: the people, and what is said of a recording."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from classify.background.files import load_enrolment
from classify.background.judging import judge_recording
from features.manifest import list_manifest_files
from motionsig.use_cases.population_tables import UNSEEN, write_recordings
from motionsig.use_cases.recordings import describe_table
from simulate.recordings import SEPARABLE, RecordingPlan

# People differ clearly, as the rendered ones do, so that the ratios of a few people come out on their side.
PLAN: Final = RecordingPlan(people=10 + UNSEEN, sessions=2, spread=SEPARABLE)


class EnrolmentTables(NamedTuple):
    """The manifest of the background's people, and frame tables to enrol from and to judge."""

    background: Path
    enrolled: Path
    own: Path
    somebody_else: Path


def simulate_people(folder: Path) -> EnrolmentTables:
    """Write the recordings of simulated people, and return which are for what.

    Raises
    ------
    InputError
        When a folder holds other tables or cannot be written.
    """
    written = write_recordings(folder, PLAN)
    first, second, somebody_else, *_ = list_manifest_files(written.unseen)
    return EnrolmentTables(written.background, first, second, somebody_else)


def judge_table(table: Path, enrolled: Path) -> float | None:
    """Return the log10 likelihood ratio of a recording; None where too little was measured."""
    enrolment = load_enrolment(enrolled)
    names = [descriptor.name for descriptor in enrolment.card.background.descriptors]
    return judge_recording(enrolment, describe_table(table, names)).log10_lr
