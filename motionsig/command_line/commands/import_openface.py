"""`motionsig import-openface`: faces that OpenFace has read into frame tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from motionsig.command_line import terminal

if TYPE_CHECKING:
    from motionsig.use_cases.openface import ImportedTable


def import_openface(
    tables: Annotated[
        list[Path],
        typer.Argument(help="Frame tables of `motionsig extract`, or folders of them.", show_default=False),
    ],
    openface: Annotated[
        Path,
        typer.Option(
            help="OpenFace 2.x CSV, or a folder with <video>.csv for each table.", show_default=False
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for the new frame tables.", show_default=False)
    ],
    confidence: Annotated[
        float, typer.Option(min=0, max=1, help="OpenFace rows below this confidence count as missing.")
    ] = 0.93,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Write frame tables whose faces OpenFace has read: the body stays, the face is replaced.

    The CSV must be of the very video that the frame table was made of: frames are joined by number, and their
    times must agree. The new tables go through `motionsig correlate` like any others, but not together with
    tables whose faces were read in another way.
    """
    from motionsig.use_cases.inputs import find_files
    from motionsig.use_cases.openface import import_openface as import_all

    found = find_files(tables, {".parquet"}, "frame table")

    def report(table: ImportedTable) -> None:
        if table.other_faces:
            terminal.warn(
                f"{table.openface} holds {table.other_faces + 1} faces; the one that was read in most frames "
                "is taken."
            )
        if not as_json:
            summary = _summarise(table)
            share = summary["face_frames"] / summary["frames"]
            terminal.say(
                f"{summary['video']}: {summary['frames']} frames, face in {share:.1%} of them "
                f"-> {table.table}"
            )

    written = import_all(found, openface, out, confidence, on_table=report)
    if as_json:
        terminal.emit_json({"tables": [_summarise(table) for table in written]})


def _summarise(table: ImportedTable) -> dict[str, Any]:
    counts = table.metadata.counts
    assert counts is not None
    return {
        "video": table.metadata.source.name,
        "table": str(table.table),
        "openface": str(table.openface),
        "other_faces": table.other_faces,
        "frames": counts.frames,
        "body_frames": counts.body_frames,
        "face_frames": counts.face_frames,
    }
