"""The frame table: one Parquet file a video, one row a decoded frame.

It is the contract between `extract`, which writes it, and `features`, which reads it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ground.errors import TableError
from ground.files import is_readable_file, refuse_special_file
from ground.records import Record

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

JOINTS: Final = (
    "leftShoulder", "rightShoulder", "leftElbow", "rightElbow", "leftWrist", "rightWrist",
    "leftEye", "rightEye", "nose",
)  # fmt: skip
ACTION_UNITS: Final = tuple(
    f"AU{number:02d}_r" for number in (1, 2, 4, 5, 6, 7, 9, 10, 12, 14, 15, 17, 20, 23, 25, 26)
)
HEAD_ROTATION: Final = ("pose_Rx", "pose_Ry", "pose_Rz")
JOINT_COLUMNS: Final = tuple(f"{joint}_{part}" for joint in JOINTS for part in ("x", "y", "visibility"))
# Width and height of the mouth opening after the rigid fit, in units of the outer eye-corner distance.
MOUTH: Final = ("mouth_h", "mouth_v")
FACE_COLUMNS: Final = (*ACTION_UNITS, *HEAD_ROTATION, *MOUTH, "face_px")
COLUMNS: Final = ("frame", "time_s", *JOINT_COLUMNS, *FACE_COLUMNS)

SCHEMA_VERSION: Final = 1
_METADATA_KEY: Final = b"motionsig"
_LEAST_SUSPICIOUS_BYTES: Final = 1 << 28
_LARGEST_RATIO: Final = 100


class SourceVideo(Record):
    """What is known of the video file that a frame table was made from.

    `width` and `height` (px) are those of the upright picture, after `rotation_deg` (counter-clockwise, as
    the container states it) was applied, and a mirrored picture was mirrored back. `duration_s` and
    `frames_promised` are the container's claims and None where it makes none; `frames_decoded` was counted,
    without the `frames_discarded` whose time was not after the frame before, and `decode_errors` counts the
    packets that could not be read. `start_s` is the presentation time, on the container's clock, of the
    first decoded frame, whose `time_s` is 0.
    """

    name: str
    sha256: str
    bytes: int
    width: int
    height: int
    rotation_deg: int
    mirrored: bool
    codec: str
    container_fps: float | None
    duration_s: float | None
    frames_promised: int | None
    frames_decoded: int
    frames_discarded: int
    decode_errors: int
    start_s: float


class Backend(Record):
    """A reader of bodies or faces.

    `version` is that of the library and, after a dash, our own revision of what is measured with it: numbers
    of different versions are not comparable. `weights` holds the SHA-256 of each weights file, by file name.
    """

    name: str
    version: str
    weights: dict[str, str]


class FrameTableMetadata(Record):
    """The JSON in the schema metadata of a frame table; it decides whether a table may be reused."""

    schema_version: int = SCHEMA_VERSION
    motionsig_version: str
    source: SourceVideo
    body: Backend
    face: Backend
    parameters: dict[str, Any]


@dataclass(frozen=True)
class FrameTable:
    """A frame table in memory.

    Attributes
    ----------
    frames
        One row for each decoded frame with the columns `COLUMNS`; missing values are NaN.
    metadata
        Where the rows come from.
    """

    frames: pd.DataFrame
    metadata: FrameTableMetadata


def frame_table_schema() -> pa.Schema:
    """Return the Arrow schema of a frame table: `frame` int64, all other columns float64."""
    import pyarrow as pa

    return pa.schema([(name, pa.int64() if name == "frame" else pa.float64()) for name in COLUMNS])


def encode_metadata(metadata: FrameTableMetadata) -> dict[bytes, bytes]:
    """Return `metadata` as the key-value pair that goes into the Parquet file."""
    return {_METADATA_KEY: metadata.model_dump_json().encode()}


def read_metadata(path: Path) -> FrameTableMetadata:
    """Read the metadata of a frame table without its rows.

    Raises
    ------
    TableError
        When the file is no Parquet file, no frame table, or was written by a newer version.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    refuse_special_file(path, TableError)
    try:
        with path.open("rb") as stream:
            stored = pq.read_metadata(stream).metadata or {}
    except (pa.ArrowException, OSError) as error:
        raise TableError(f"{path} is not a readable Parquet file ({_first_line(error)}).") from error
    if _METADATA_KEY not in stored:
        raise TableError(f"{path} is a Parquet file but no frame table; make one with `motionsig extract`.")
    try:
        content = json.loads(stored[_METADATA_KEY])
        version = content.get("schema_version")
        if isinstance(version, int) and version > SCHEMA_VERSION:
            raise TableError(f"{path} is of a newer motionsig (frame table schema {version}); update it.")
        return FrameTableMetadata.model_validate(content)
    except (ValueError, AttributeError, RecursionError) as error:  # pydantic's error is a ValueError
        raise TableError(f"The metadata of {path} is damaged; extract the video again.") from error


def is_frame_table(path: Path) -> bool:
    """Return whether a file is Parquet with our metadata in it, whatever else is wrong with it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not is_readable_file(path):
        return False
    try:
        with path.open("rb") as stream:
            return _METADATA_KEY in (pq.read_metadata(stream).metadata or {})
    except (pa.ArrowException, OSError):
        return False


def read_frame_table(path: Path) -> FrameTable:
    """Read a frame table and check it against the contract.

    Parameters
    ----------
    path
        A Parquet file that `motionsig extract` wrote.

    Returns
    -------
    FrameTable
        Rows in the order of the video.

    Raises
    ------
    TableError
        When the file is not a frame table, or columns are missing, unknown, out of order or not numbers,
        or `time_s` does not rise from row to row.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    metadata = read_metadata(path)
    try:
        with path.open("rb") as stream:
            check_unpacked_size(pq.read_metadata(stream), path)
            table = pq.read_table(stream)
    except (pa.ArrowException, OSError) as error:
        raise TableError(f"{path} is damaged ({_first_line(error)}); extract the video again.") from error
    problems = _describe_schema_problems(table.schema)
    if problems:
        raise TableError(f"{path} is not a valid frame table: {'; '.join(problems)}.")
    frames = table.replace_schema_metadata(None).to_pandas()  # what pandas left in a file may be forged
    times = frames["time_s"].to_numpy()
    if not (np.isfinite(times).all() and (np.diff(times) > 0).all()):
        raise TableError(f"{path} is no valid frame table: time_s must be finite and rise from row to row.")
    return FrameTable(frames, metadata)


def check_unpacked_size(contents: pq.FileMetaData, path: Path) -> None:
    """Raise TableError when a Parquet file unpacks to far more than it holds.

    A few bytes can stand for a billion equal rows. Measured numbers hardly compress, so no table of ours
    comes near the limit.
    """
    unpacked = contents.num_rows * contents.num_columns * 8
    if unpacked > max(_LEAST_SUSPICIOUS_BYTES, _LARGEST_RATIO * path.stat().st_size):
        raise TableError(
            f"{path} is refused: its {path.stat().st_size:,} bytes unpack to {unpacked:,}, as no table of "
            "measurements does. Extract or correlate again."
        )


def _describe_schema_problems(schema: pa.Schema) -> list[str]:
    from pyarrow import types

    missing = [name for name in COLUMNS if name not in schema.names]
    unknown = [name for name in schema.names if name not in COLUMNS]
    problems = []
    if missing:
        problems.append(f"missing columns {', '.join(missing)}")
    if unknown:
        problems.append(f"unknown columns {', '.join(unknown)}")
    if not problems and tuple(schema.names) != COLUMNS:
        problems.append("columns out of order")
    problems += [
        f"column {field.name} holds {field.type}, not numbers"
        for field in schema
        if field.name in COLUMNS and not (types.is_floating(field.type) or types.is_integer(field.type))
    ]
    return problems


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
