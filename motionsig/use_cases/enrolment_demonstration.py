"""The people of the demo's enrolment."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from features.manifest import list_manifest_files
from motionsig.use_cases.population_tables import UNSEEN, write_recordings
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
