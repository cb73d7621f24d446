"""`motionsig extract`: video files to frame tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline import terminal

if TYPE_CHECKING:
    from pipeline.extraction import Outcome


def extract(
    videos: Annotated[
        list[Path], typer.Argument(help="Video files, or folders of them.", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the frame tables.")] = Path("tables"),
    face: Annotated[str, typer.Option(help="Which reader measures the face: mesh.")] = "mesh",
    keep_mesh: Annotated[
        bool, typer.Option("--keep-mesh", help="Write all points of the face too, <video>.mesh.parquet.")
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Videos worked on at once.", show_default="one a processor")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Measure body, face and head in every frame of videos: one Parquet frame table a video.

    Takes about as long as the video lasts, on one processor. A video that cannot be used is named with the
    reason and the others are done all the same; the exit code is then 1.
    """
    import joblib

    from extract.errors import InputError
    from extract.extraction import ExtractionOptions
    from extract.face import FACE_READERS
    from extract.video import VIDEO_SUFFIXES
    from pipeline.extraction import count_promised_frames, extract_videos
    from pipeline.inputs import find_files

    if face not in FACE_READERS:
        raise InputError(f"There is no face reader {face!r}; choose one of: {', '.join(FACE_READERS)}.")
    found = find_files(videos, VIDEO_SUFFIXES, "video")
    outcomes = []
    with terminal.progress(f"Reading {len(found)} video(s)", count_promised_frames(found)) as advance:
        for outcome in extract_videos(
            found,
            out,
            ExtractionOptions(face, keep_mesh),
            workers=workers or joblib.cpu_count(),
            on_frames=advance,
        ):
            outcomes.append(outcome)
            _report(outcome, as_json)
    if as_json:
        terminal.emit_json({"videos": [_summarise(outcome) for outcome in outcomes]})
    failed = sum(outcome.extraction is None for outcome in outcomes)
    if failed and len(outcomes) > 1:
        terminal.fail(f"{failed} of {len(outcomes)} videos gave no frame table; the reasons stand above.")
    if failed:
        raise typer.Exit(1)


def _report(outcome: Outcome, as_json: bool) -> None:
    extraction = outcome.extraction
    if extraction is None:
        terminal.fail(outcome.error or "")
        return
    if damage := extraction.describe_damage():
        terminal.warn(damage)
    if not as_json:
        frames = extraction.metadata.source.frames_decoded
        terminal.say(
            f"{outcome.video.name}: {frames} frames, {extraction.read_s:.1f} s; "
            f"body in {extraction.body_frames / frames:.1%}, face in {extraction.face_frames / frames:.1%} "
            f"of them -> {extraction.table}"
        )


def _summarise(outcome: Outcome) -> dict[str, Any]:
    extraction = outcome.extraction
    if extraction is None:
        return {"video": str(outcome.video), "table": None, "error": outcome.error}
    return {
        "video": str(outcome.video),
        "table": str(extraction.table),
        "error": None,
        "warning": extraction.describe_damage(),
        "seconds": extraction.read_s,
        "frames": extraction.metadata.source.frames_decoded,
        "frames_promised": extraction.metadata.source.frames_promised,
        "decode_errors": extraction.metadata.source.decode_errors,
        "body_frames": extraction.body_frames,
        "face_frames": extraction.face_frames,
    }
