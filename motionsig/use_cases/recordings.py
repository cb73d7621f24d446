"""Frame tables of many people to recordings described by numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import joblib
import numpy as np

from extract.frame_table import FrameTable, read_frame_table
from extract.mesh_reader import MeshReader
from extract.table_sides import read_with_sides
from features.labels import Label
from features.manifest import find_label
from features.recordings import Recording, describe_recording
from ground.errors import InputError, MotionsigError, TableError
from motionsig.use_cases.extraction import count_processors
from motionsig.use_cases.monitor import Monitor

# Starting processes takes as long as describing some recordings.
_WORTH_PROCESSES: Final = 20


@dataclass(frozen=True)
class Described:
    """What came of frame tables.

    Attributes
    ----------
    recordings
        Those that could be described, in the order of the tables.
    left_out
        A sentence for each table that could not.
    """

    recordings: list[Recording]
    left_out: list[str]


def describe_tables(
    tables: Sequence[Path],
    descriptors: Sequence[str],
    labels: Mapping[str, Label] | None,
    workers: int | None,
    monitor: Monitor,
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

    Raises
    ------
    StoppedError
        When the monitor says so.
    """
    processes = (workers or count_processors()) if len(tables) >= _WORTH_PROCESSES else 1
    jobs = (joblib.delayed(describe_or_say)(table, descriptors, labels) for table in tables)
    recordings: list[Recording] = []
    left_out: list[str] = []
    with monitor.stage("Describing", len(tables), "tables") as advance:
        for outcome in joblib.Parallel(n_jobs=processes, return_as="generator")(jobs):
            if isinstance(outcome, str):
                left_out.append(outcome)
            else:
                recordings.append(outcome)
            advance(1)
    return Described(recordings, left_out)


def describe_or_say(
    table: Path, descriptors: Sequence[str], labels: Mapping[str, Label] | None
) -> Recording | str:
    """Describe one frame table, in single precision; or return why it cannot be described."""
    try:
        recording = describe_table(table, descriptors, labels)
    except MotionsigError as error:
        return f"{table} is left out. {error}"
    numbers = {name: values.astype(np.float32) for name, values in recording.numbers.items()}
    return replace(recording, numbers=numbers)


def describe_table(
    table: Path, descriptors: Sequence[str], labels: Mapping[str, Label] | None = None
) -> Recording:
    """Describe one frame table.

    Raises
    ------
    InputError
        When the video is shorter than one clip, or is a fake.
    TableError
        When the table breaks its contract, lacks the one-sided measures, or the manifest does not list it.
    """
    frames = read_for_describing(table)
    stem = Path(frames.metadata.source.name).stem
    label = None
    if labels is not None:
        # A manifest may name the video or its table, whose names may differ.
        label = find_label(labels, stem) or find_label(labels, table.stem)
        if label is None:
            raise TableError(f"The manifest does not list {stem}.")
    recording = describe_recording(frames, descriptors, label)
    if label is not None and label.group == "fake":
        raise InputError("It is a fake, and what moves in it is not the person whom it shows.")
    return recording


def read_for_describing(table: Path) -> FrameTable:
    """Read a frame table, with the one-sided measures of the face where its reader gives them."""
    frames = read_frame_table(table)
    if frames.metadata.reading.face.name != MeshReader.backend_name:
        return frames
    return read_with_sides(table)
