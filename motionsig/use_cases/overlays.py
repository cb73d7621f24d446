"""The annotated video of a suspect."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from classify.verdict import VideoVerdict
from extract.frame_table import FrameTable, read_frame_table
from extract.mesh_table import find_mesh_table, read_mesh_table
from ground.errors import InputError
from motionsig.use_cases.monitor import Monitor
from motionsig.use_cases.suspects import TABLE_SUFFIXES
from report.overlay import MeshOf, check_overlay_path, write_overlay


def check_overlay(suspects: Sequence[Path], path: Path) -> None:
    """Check, before anything is measured, that an overlay can be drawn.

    Raises
    ------
    InputError
        When there is not exactly one suspect, it is a table, or `path` cannot take the video.
    """
    if len(suspects) != 1 or suspects[0].suffix.lower() in TABLE_SUFFIXES:
        raise InputError(
            "--overlay draws into one video. Give one suspect only, and give it as a video, not as a table."
        )
    check_overlay_path(suspects[0], path)


def draw_overlay(video: Path, table: Path, verdict: VideoVerdict, path: Path, monitor: Monitor) -> None:
    """Draw what was measured and judged into a suspect.

    Parameters
    ----------
    video
        The suspect.
    table
        Its frame table, and beside it the mesh, where it was kept.
    verdict
        What was said of it.
    path
        An ``.mp4`` to write.
    monitor
        Progress, and whether to stop.

    Raises
    ------
    InputError
        As by `check_overlay`.
    VideoError
        When the video cannot be read.
    StoppedError
        When the monitor says so; nothing is written then.
    """
    frames = read_frame_table(table)
    mesh_of = _read_mesh(table, frames)
    with monitor.stage("Drawing the overlay", len(frames.frames), "frames") as advance:
        write_overlay(video, frames, verdict, path, mesh_of=mesh_of, on_frame=lambda: advance(1))


def _read_mesh(table: Path, frames: FrameTable) -> MeshOf | None:
    """Return what finds the face's points in a frame; None where this video's mesh was not kept."""
    path = find_mesh_table(table)
    if not path.exists():
        return None
    mesh = read_mesh_table(path)
    if mesh.metadata.source != frames.metadata.source:
        return None

    def find_points(frame: int) -> npt.NDArray[np.float64] | None:
        points = mesh.points_in_pixels(frame)
        return None if points is None else points[:, :2]

    return find_points
