"""Frame tables of many people to recordings described by numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import joblib

from classify.background.selection import LeftOut, Why
from extract.body import BODY_READERS, find_body_reader
from extract.frame_table import FrameTable, FrameTableMetadata, read_frame_table, read_metadata
from extract.mesh_reader import MeshReader
from extract.table_sides import read_with_sides
from features.labels import Label, label_from_name
from features.manifest import find_label
from features.recordings import (
    SIGNATURE_CLIPS,
    MissingSidesError,
    Recording,
    ShortRecordingError,
    describe_recording,
)
from features.windows import ClipRule
from ground.errors import InputError, MotionsigError, TableError
from motionsig.use_cases.extraction import count_processors
from motionsig.use_cases.monitor import Monitor

# Starting processes takes as long as describing some recordings.
_WORTH_PROCESSES: Final = 20


class UnlistedError(TableError):
    """A frame table that a manifest does not list."""


class FakeError(InputError):
    """A frame table of a fake."""


_WHY: Final[dict[type[MotionsigError], Why]] = {
    UnlistedError: Why.NOT_LISTED,
    FakeError: Why.FAKE,
    ShortRecordingError: Why.TOO_SHORT,
    MissingSidesError: Why.NO_SIDES,
}


@dataclass(frozen=True)
class Described:
    """What came of frame tables.

    Attributes
    ----------
    recordings
        Those that could be described, in the order of the tables.
    left_out
        All others, by the names of the tables.
    """

    recordings: list[Recording]
    left_out: list[LeftOut]


def describe_tables(
    tables: Sequence[Path],
    descriptors: Sequence[str],
    labels: Mapping[str, Label] | None,
    workers: int | None,
    monitor: Monitor,
    rule: ClipRule = SIGNATURE_CLIPS,
) -> Described:
    """Describe frame tables, several at once.

    Parameters
    ----------
    tables
        Frame tables, one a video.
    descriptors
        By which descriptors.
    labels
        Of a manifest; else names of videos say who is in them.
    workers
        Number of processes; None for one a processor.
    monitor
        Progress, and whether to stop.
    rule
        Length and step of the clips.

    Raises
    ------
    StoppedError
        When the monitor says so.
    """
    processes = (workers or count_processors()) if len(tables) >= _WORTH_PROCESSES else 1
    jobs = (joblib.delayed(describe_or_say)(table, descriptors, labels, rule) for table in tables)
    recordings: list[Recording] = []
    left_out: list[LeftOut] = []
    with monitor.stage("Describing", len(tables), "tables") as advance:
        for outcome in joblib.Parallel(n_jobs=processes, return_as="generator")(jobs):
            if isinstance(outcome, LeftOut):
                left_out.append(outcome)
            else:
                recordings.append(outcome)
            advance(1)
    return Described(recordings, left_out)


def describe_or_say(
    table: Path,
    descriptors: Sequence[str],
    labels: Mapping[str, Label] | None,
    rule: ClipRule = SIGNATURE_CLIPS,
) -> Recording | LeftOut:
    """Describe one frame table; or return why it cannot be described."""
    try:
        return describe_table(table, descriptors, labels, rule)
    except MotionsigError as error:
        return LeftOut(table.stem, _WHY.get(type(error), str(error)))


def describe_table(
    table: Path,
    descriptors: Sequence[str],
    labels: Mapping[str, Label] | None = None,
    rule: ClipRule = SIGNATURE_CLIPS,
) -> Recording:
    """Describe one frame table.

    Raises
    ------
    UnlistedError
        When the manifest does not list it.
    FakeError
        When the manifest, or the name of its video, says that it is a fake.
    ShortRecordingError
        When the video is shorter than one clip.
    TableError
        When the table breaks its contract, or lacks the one-sided measures.
    """
    frames = read_for_describing(table)
    label = find_label_of(table, frames.metadata, labels)
    if label is not None and label.group == "fake":
        raise FakeError(f"{table} is a fake, and what moves in it is not the person whom it shows.")
    return describe_recording(frames, descriptors, label, rule)


def find_label_of(
    table: Path, metadata: FrameTableMetadata, labels: Mapping[str, Label] | None
) -> Label | None:
    """Return who is in a frame table, by the manifest, or without one by its video's name; None if unknown.

    Raises
    ------
    UnlistedError
        When the manifest does not list it.
    """
    stem = Path(metadata.source.name).stem
    if labels is None:
        return label_from_name(stem)
    # A manifest may name the video or its table, whose names may differ.
    label = find_label(labels, stem) or find_label(labels, table.stem)
    if label is None:
        raise UnlistedError(f"The manifest does not list {stem}.")
    return label


def is_read_from_video(metadata: FrameTableMetadata) -> bool:
    """Return whether a frame table was read from a video; simulated people have neither faces nor voices."""
    return metadata.reading.body.name in {find_body_reader(name).backend_name for name in BODY_READERS}


def read_for_describing(table: Path) -> FrameTable:
    """Read a frame table, with the one-sided measures of the face where its reader gives them."""
    if read_metadata(table).reading.face.name != MeshReader.backend_name:
        return read_frame_table(table)
    return read_with_sides(table)
