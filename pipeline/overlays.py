"""The annotated video of a suspect, drawn while a progress bar shows how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from classify.verdict import VideoVerdict
from extract.errors import InputError
from extract.frame_table import read_frame_table
from pipeline import terminal
from pipeline.suspects import TABLE_SUFFIXES
from report.overlay import check_overlay_path, write_overlay


def check_overlay(suspects: Sequence[Path], path: Path) -> None:
    """Check, before anything is measured, that an overlay can be drawn.

    Raises
    ------
    InputError
        When there is not exactly one suspect, it is a table, or `path` cannot take the video.
    """
    if len(suspects) != 1 or suspects[0].suffix.lower() in TABLE_SUFFIXES:
        raise InputError(
            "--overlay draws into one video: give a single suspect, and as a video rather than a table."
        )
    check_overlay_path(suspects[0], path)


def draw_overlay(video: Path, table: Path, verdict: VideoVerdict, path: Path) -> None:
    """Draw what was measured and judged into a suspect; see `report.overlay.write_overlay`."""
    frames = read_frame_table(table)
    with terminal.progress("Drawing the overlay", len(frames.frames)) as advance:
        write_overlay(video, frames, verdict, path, on_frame=lambda: advance(1))
