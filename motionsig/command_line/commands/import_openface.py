"""`motionsig import-openface`: faces that OpenFace has read into frame tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from motionsig.command_line import terminal
from motionsig.command_line.option_groups import AsJson
from motionsig.command_line.watching import watched

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
            help="The CSV file of OpenFace 2.x, or a folder with <video>.csv for each table.",
            show_default=False,
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for the new frame tables.", show_default=False)
    ],
    confidence: Annotated[
        float, typer.Option(min=0, max=1, help="OpenFace rows below this confidence count as missing.")
    ] = 0.93,
    as_json: AsJson = False,
) -> None:
    """Put OpenFace's face measurements into frame tables.

    The new tables keep the body and take the face from OpenFace's CSV. Run OpenFace on the same file that the
    frame table was made from: frames are joined by number, and their times must agree. Use the new tables as
    any others, but not together with tables whose faces another reader measured.
    """
    from motionsig.use_cases.openface import import_openface as import_all

    def report(table: ImportedTable) -> None:
        if table.other_faces:
            terminal.warn(
                f"{table.openface} holds {table.other_faces + 1} faces. The face with the most frames is "
                "used."
            )
        if not as_json:
            summary = _summarise(table)
            share = summary["face_frames"] / summary["frames"]
            terminal.say(
                f"{summary['video']}: {summary['frames']} frames, face found in {share:.1%} of the frames "
                f"-> {table.table}"
            )

    with watched() as monitor:
        written = import_all(tables, openface, out, confidence, on_table=report, monitor=monitor)
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
