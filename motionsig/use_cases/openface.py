"""Frame tables whose faces OpenFace has read."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from extract.frame_table import FrameTableMetadata, read_frame_table, write_frames
from extract.openface import DEFAULT_CONFIDENCE, join_openface, match_openface, read_openface
from extract.sound.voice_table import find_voice_table
from ground.errors import InputError
from ground.files import is_readable_file, replace_when_complete, to_path
from motionsig.use_cases.inputs import Names, find_files, refuse_overwriting
from motionsig.use_cases.monitor import Monitor


@dataclass(frozen=True)
class ImportedTable:
    """A frame table that was written.

    Attributes
    ----------
    table
        Where it lies.
    openface
        The file that its face is from.
    other_faces
        How many further faces that file holds.
    metadata
        Of the table, with `counts`.
    """

    table: Path
    openface: Path
    other_faces: int
    metadata: FrameTableMetadata


def import_openface(
    tables: Names,
    openface: str | Path,
    out: str | Path,
    confidence: float = DEFAULT_CONFIDENCE,
    *,
    on_table: Callable[[ImportedTable], None] | None = None,
    monitor: Monitor | None = None,
) -> list[ImportedTable]:
    """Write a frame table for each of several, with the face that OpenFace read in the same video.

    Parameters
    ----------
    tables
        Frame tables of `extract`, or folders of them; they stay as they are.
    openface
        OpenFace 2.x CSV of the only table, or a folder with ``<video stem>.csv`` for each.
    out
        Folder for the new tables, which have the names of the old ones.
    confidence
        Below which a row of OpenFace counts as missing, 0 to 1.
    on_table
        Called with each table as soon as it is written.
    monitor
        Progress, and whether to stop.

    Raises
    ------
    InputError
        When files are missing, an input would be written over, a value cannot be worked with, or nothing can
        be written into the folder.
    TableError
        When a table or a file breaks its contract, or the two are not of the same frames.
    StoppedError
        When the monitor says so; tables that are written are kept.
    """
    monitor = monitor or Monitor()
    if isinstance(confidence, bool) or not isinstance(confidence, int | float) or not 0 <= confidence <= 1:
        raise InputError(f"{confidence!r} is not a confidence. Give a number from 0 to 1, such as 0.93.")
    out = to_path(out)
    files = match_openface(find_files(tables, {".parquet"}, "frame table"), to_path(openface))
    targets = {table: out / table.name for table in files}
    refuse_overwriting(targets.values(), [path for pair in files.items() for path in pair])
    written = []
    with monitor.stage("Importing faces", len(targets), "tables") as advance:
        for table, target in targets.items():
            reading = read_openface(files[table], confidence)
            joined = join_openface(read_frame_table(table), reading)
            write_frames(joined, target)
            voice = find_voice_table(table)
            if is_readable_file(voice):
                with replace_when_complete(find_voice_table(target)) as partial:
                    shutil.copyfile(voice, partial)
            written.append(ImportedTable(target, files[table], reading.other_faces, joined.metadata))
            if on_table:
                on_table(written[-1])
            advance(1)
    return written
