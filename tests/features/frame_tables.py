"""Frame tables whose answers can be worked out by hand, and moving ones for everything else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from extract.description import Backend, Chunking, ReadingDescription, ReadingOptions
from extract.frame_table import (
    COLUMNS,
    CUT,
    FACE_COLUMNS,
    JOINT_COLUMNS,
    Counts,
    FrameTable,
    FrameTableMetadata,
    write_frames,
)
from extract.source_video import SourceVideo

# A person of 100 px from shoulder to shoulder; the middle of the shoulders lies at (320, 200).
STILL = {
    "leftShoulder": (370.0, 200.0),
    "rightShoulder": (270.0, 200.0),
    "leftElbow": (390.0, 300.0),
    "rightElbow": (250.0, 300.0),
    "leftWrist": (370.0, 380.0),
    "rightWrist": (270.0, 380.0),
    "leftEye": (330.0, 110.0),
    "rightEye": (310.0, 110.0),
    "nose": (320.0, 130.0),
}


def make_frames(time_s: object) -> pd.DataFrame:
    """The columns of a frame table of a person who does not move, all visible with 0.5 and all AUs at 0.1."""
    times = np.asarray(time_s, dtype=np.float64)
    columns: dict[str, object] = {"frame": np.arange(len(times)), "time_s": times}
    for joint, (x, y) in STILL.items():
        columns |= {f"{joint}_x": x, f"{joint}_y": y, f"{joint}_visibility": 0.5}
    columns |= dict.fromkeys(FACE_COLUMNS, 0.1) | {CUT: 0.0}
    return pd.DataFrame(columns, index=range(len(times)), columns=list(COLUMNS))


def make_moving_frames(time_s: object, seed: int = 0) -> pd.DataFrame:
    """The same person with independent noise on every measurement."""
    frames = make_frames(time_s)
    moving = [name for name in (*JOINT_COLUMNS, *FACE_COLUMNS) if not name.endswith("visibility")]
    frames[moving] += np.random.default_rng(seed).normal(size=(len(frames), len(moving)))
    return frames


def make_table(
    frames: pd.DataFrame,
    name: str = "16_id0_fake.mp4",
    sha256: str = "",
    face: str = "mesh",
    options: ReadingOptions | None = None,
    reading: ReadingDescription | None = None,
    width: int = 640,
    height: int = 480,
) -> FrameTable:
    """A frame table of a video of that name; its hash is made from the name unless given."""
    n_frames = len(frames)
    return FrameTable(
        frames,
        FrameTableMetadata(
            motionsig_version="test",
            source=SourceVideo(
                name=name, sha256=sha256 or name.encode().hex(), bytes=1, width=width, height=height,
                rotation_deg=0, mirrored=False, codec="h264", container_fps=30.0, duration_s=None,
                frames_promised=None, frames_decoded=n_frames, frames_discarded=0, decode_errors=0,
                start_s=0.0,
            ),
            reading=reading
            or ReadingDescription(
                body=Backend(name="pose", version="1"),
                face=Backend(name=face, version="2"),
                options=options or ReadingOptions(),
            ),
            chunks=Chunking(chunk_s=120.0, warm_up_frames=10),
            further_columns=tuple(name for name in frames.columns if name not in COLUMNS),
            counts=Counts(frames=n_frames, body_frames=0, face_frames=0, read_s=0.0) if n_frames else None,
        ),
    )  # fmt: skip


def write_table(table: FrameTable, folder: Path) -> Path:
    """Write a frame table as `motionsig extract` does, named after its video."""
    path = folder / f"{Path(table.metadata.source.name).stem}.parquet"
    write_frames(table, path)
    return path


def write_moving(
    folder: Path, name: str = "16_id0_fake.mp4", seconds: float = 20.0, seed: int = 0, **more: Any
) -> Path:
    """Write the frame table of a moving person at 10 frames/s."""
    frames = make_moving_frames(np.arange(round(10 * seconds)) / 10, seed)
    return write_table(make_table(frames, name, **more), folder)
