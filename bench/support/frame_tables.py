"""Frame tables for the benchmarks: smooth random motion, with a given share of faces and joints missing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from extract.description import Backend, Chunking, ReadingDescription
from extract.frame_table import (
    COLUMNS,
    CUT,
    FACE_COLUMNS,
    JOINTS,
    Counts,
    FrameTable,
    FrameTableMetadata,
)
from extract.source_video import SourceVideo

_PLACES_PX = {
    "Shoulder": (150, 400),
    "Elbow": (200, 550),
    "Wrist": (150, 650),
    "Eye": (30, 220),
    "nose": (0, 250),
}


def make_frame_table(name: str, frames: int, *, fps: float = 30.0, missing: float, seed: int) -> FrameTable:
    """Make a table of `frames` rows in which the share `missing` of each measurement is NaN."""
    generator = np.random.default_rng(seed)
    columns: dict[str, np.ndarray] = {"frame": np.arange(frames), "time_s": np.arange(frames) / fps}
    for joint in JOINTS:
        across, down = next(place for part, place in _PLACES_PX.items() if joint.endswith(part))
        side = 1 if joint.startswith("left") else -1
        columns[f"{joint}_x"] = 640 + side * across + _wander(generator, frames, missing)
        columns[f"{joint}_y"] = down + _wander(generator, frames, missing)
        columns[f"{joint}_visibility"] = np.full(frames, 0.9)
    for column in FACE_COLUMNS:
        columns[column] = _wander(generator, frames, missing) / 20
    columns[CUT] = np.zeros(frames)
    metadata = FrameTableMetadata(
        motionsig_version="bench",
        source=SourceVideo(
            name=f"{name}.mp4", sha256=f"{seed:064x}", bytes=1, width=1280, height=720, rotation_deg=0,
            mirrored=False, codec="h264", container_fps=fps, duration_s=frames / fps, frames_promised=frames,
            frames_decoded=frames, frames_discarded=0, decode_errors=0, start_s=0.0,
        ),
        reading=ReadingDescription(
            body=Backend(name="bench", version="1"), face=Backend(name="bench", version="1")
        ),
        chunks=Chunking(chunk_s=120.0, warm_up_frames=10),
        counts=Counts(frames=frames, body_frames=frames, face_frames=frames, read_s=frames / fps),
    )  # fmt: skip
    return FrameTable(pd.DataFrame(columns, columns=list(COLUMNS)), metadata)


def _wander(generator: np.random.Generator, frames: int, missing: float) -> np.ndarray:
    """Return a random walk that is drawn back to 0, with a standard deviation of about 10."""
    from scipy.signal import lfilter

    values = lfilter([1.0], [1.0, -0.99], generator.normal(scale=1.4, size=frames))
    values[generator.random(frames) < missing] = np.nan
    return values
