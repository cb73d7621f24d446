"""The frame table: one Parquet file a video, one row a decoded frame.

It is the contract between `extract`, which writes it, and `features`, which reads it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Self

import pydantic

from extract.description import Chunking, ReadingDescription
from extract.people.person import ChosenPerson
from extract.source_video import SourceVideo
from extract.unpacked_size import check_unpacked_size
from ground.errors import TableError
from ground.files import is_readable_file, refuse_special_file, replace_when_complete, to_path
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
# 1 where the frame begins another scene, 0 where not; missing in tables of 0.1.0, which do not record it.
CUT: Final = "cut"
COLUMNS: Final = ("frame", "time_s", *JOINT_COLUMNS, *FACE_COLUMNS, CUT)
# What the mesh reader measures of either side by itself, and of gaze, lips, chin and nose: further columns,
# which tables of 0.1.0 and of other readers lack. `extract.mesh_sides` describes them.
_OF_A_SIDE: Final = (
    "inner_brow", "mid_brow", "outer_brow", "brow_x", "upper_lid", "lower_lid", "cheek", "nose_wing",
    "corner_x", "corner_y", "corner_z", "upper_lip", "lower_lip", "gaze_x", "gaze_y",
)  # fmt: skip
_OF_THE_MIDDLE: Final = (
    "mid_upper_lip", "mid_lower_lip", "lip_gap", "chin_x", "chin_y", "chin_z", "nose_front_x", "chin_boss_z",
    "lip_z",
)  # fmt: skip
SIDES: Final = (*(f"{side}_{part}" for side in ("right", "left") for part in _OF_A_SIDE), *_OF_THE_MIDDLE)
_FURTHER_UNIT: Final = re.compile(r"AU[0-9][0-9]_r")

SCHEMA_VERSION: Final = 2
_METADATA_KEY: Final = b"motionsig"
_ROW_GROUP: Final = 8192  # few and large, because every group costs a reader time
_LARGEST_FRAME: Final = 10**12  # more than any video has
_LONGEST_S: Final = 1e9  # 30 years


class Counts(Record):
    """What was read of a video: how many frames, in how many a body and a face were found, and seconds."""

    frames: int = pydantic.Field(ge=1)
    body_frames: int = pydantic.Field(ge=0)
    face_frames: int = pydantic.Field(ge=0)
    read_s: float = pydantic.Field(ge=0, le=_LONGEST_S)

    @pydantic.model_validator(mode="after")
    def _check_parts(self) -> Self:
        if max(self.body_frames, self.face_frames) > self.frames:
            raise ValueError("bodies and faces were found in more frames than there are")
        return self


class ImportedFile(Record):
    """A file of another program that measurements were taken from: its name and the SHA-256 of its bytes."""

    name: str
    sha256: str


class FrameTableMetadata(Record):
    """The JSON in the schema metadata of a frame table; it decides whether a table may be reused.

    Attributes
    ----------
    schema_version
        Of the table.
    motionsig_version
        Which version wrote it: information, which decides nothing.
    source
        The video.
    reading
        How its frames were read, which decides with what the numbers can be compared.
    chunks
        How it was divided meanwhile.
    face_file
        Where the face was imported from; None for one that was read from the video.
    further_columns
        What the face reader measures beyond the contract, in the order of the columns.
    counts
        What was found; None in tables of 0.1.0, which do not record it (`extract.made.count_table`).
    person
        Whom it measures; None where faces were not told apart, as in tables of 0.2.0.
    """

    schema_version: Literal[2] = SCHEMA_VERSION
    motionsig_version: str
    source: SourceVideo
    reading: ReadingDescription
    chunks: Chunking
    face_file: ImportedFile | None = None
    further_columns: tuple[str, ...] = ()
    counts: Counts | None
    person: ChosenPerson | None = None

    @pydantic.model_validator(mode="after")
    def _check_columns(self) -> Self:
        check_further_columns(self.further_columns)
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the table, in their order."""
        return (*COLUMNS, *self.further_columns)


def check_further_columns(names: tuple[str, ...]) -> None:
    """Raise ValueError unless a frame table may have these columns after those of the contract."""
    known = [name for name in names if name in SIDES or _FURTHER_UNIT.fullmatch(name)]
    wrong = [name for name in names if name in COLUMNS or name not in known]
    if wrong or len(set(names)) < len(names):
        raise ValueError(
            f"columns {', '.join(wrong or names)}: a further column must be one of `SIDES` or an action unit "
            "that is not among the 16, named like AU11_r, and appear only once"
        )


@dataclass(frozen=True)
class FrameTable:
    """A frame table in memory.

    Attributes
    ----------
    frames
        One row for each decoded frame with the columns `COLUMNS`, and after them what else the face reader
        measures; missing values are NaN.
    metadata
        Where the rows come from.
    """

    frames: pd.DataFrame
    metadata: FrameTableMetadata


def frame_table_schema(metadata: FrameTableMetadata) -> pa.Schema:
    """Return the Arrow schema of a frame table (`frame` int64, the others float64) with its metadata."""
    import pyarrow as pa

    fields = [(name, pa.int64() if name == "frame" else pa.float64()) for name in metadata.columns]
    return pa.schema(fields, metadata={_METADATA_KEY: metadata.model_dump_json().encode()})


def write_frame_table(rows: pa.Table, path: Path, *, growing_in: Path | None = None) -> None:
    """Write rows of a `frame_table_schema`.

    Parameters
    ----------
    rows
        The whole table.
    path
        Where the Parquet file goes; it appears there only when complete.
    growing_in
        As of `ground.files.replace_when_complete`, and raises what it does.
    """
    import pyarrow.parquet as pq

    with replace_when_complete(path, growing_in=growing_in) as partial, partial.open("wb") as stream:
        pq.write_table(
            rows,
            stream,
            row_group_size=_ROW_GROUP,
            compression="zstd",
            use_dictionary=False,
            write_page_checksum=True,
        )


def write_frames(table: FrameTable, path: Path) -> None:
    """Write a frame table that is in memory; raises what `write_frame_table` does."""
    import pyarrow as pa

    schema = frame_table_schema(table.metadata)
    columns = [pa.array(table.frames[field.name].to_numpy(), field.type) for field in schema]
    write_frame_table(pa.Table.from_arrays(columns, schema=schema), path)


def read_metadata(path: Path) -> FrameTableMetadata:
    """Read the metadata of a frame table without its rows.

    Raises
    ------
    TableError
        When the file is no Parquet file, no frame table, or was written by a newer version, or its footer
        tells of other columns or another number of rows than the metadata.
    """
    return _read_footer(path)[0]


def _read_footer(path: Path) -> tuple[FrameTableMetadata, pq.FileMetaData]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    refuse_special_file(path, TableError)
    try:
        with path.open("rb") as stream:
            contents = pq.read_metadata(stream)
        schema = contents.schema.to_arrow_schema()
    except (pa.ArrowException, OSError) as error:
        raise TableError(f"{path} is not a readable Parquet file ({_first_line(error)}).") from error
    stored = contents.metadata or {}
    if _METADATA_KEY not in stored:
        raise TableError(
            f"{path} is a Parquet file but not a frame table. Make one with `motionsig extract`."
        )
    metadata = decode_metadata(stored[_METADATA_KEY], path)
    problems = _describe_schema_problems(schema, metadata.columns)
    if problems:
        raise TableError(f"{path} is not a valid frame table: {'; '.join(problems)}.")
    if metadata.counts is not None and metadata.counts.frames != contents.num_rows:
        raise TableError(
            f"{path} holds {contents.num_rows} frames, but its metadata says {metadata.counts.frames}. "
            "Extract the video again."
        )
    return metadata, contents


def decode_metadata(stored: bytes, path: Path) -> FrameTableMetadata:
    """Return the metadata that a frame table or its mesh table holds as JSON; those of 0.1.0 are brought up.

    Raises
    ------
    TableError
        When it is damaged or of a newer version.
    """
    try:
        content = json.loads(stored)
        version = content.get("schema_version")
        if isinstance(version, int) and version > SCHEMA_VERSION:
            raise TableError(
                f"{path} was made by a newer version of motionsig (frame table schema {version}). Update "
                "motionsig."
            )
        if version == 1:
            content = _upgrade(content)
        return FrameTableMetadata.model_validate(content)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        # Among the ValueErrors is pydantic's.
        raise TableError(f"The metadata of {path} is damaged. Extract the video again.") from error


def _upgrade(content: dict[str, Any]) -> dict[str, Any]:
    """Return metadata of schema 1 as 0.1.0 wrote them in the present form.

    Its parameters `face_reader` and `smooth_landmarks` say nothing that the readers' versions do not.
    """
    parameters = content["parameters"]
    options = {name: parameters.get(name) for name in ("sample_fps", "max_height")}
    return {
        "motionsig_version": content["motionsig_version"],
        "source": content["source"],
        "reading": {"body": content["body"], "face": content["face"], "options": options},
        "chunks": {name: parameters[name] for name in ("chunk_s", "warm_up_frames")},
        "counts": None,
    }


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


def read_frame_table(path: str | Path) -> FrameTable:
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
        or `frame` (whole numbers, none missing) or `time_s` does not rise from row to row. Only `cut` may be
        missing, as in tables of 0.1.0; all its
        values are missing then.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = to_path(path)
    metadata, contents = _read_footer(path)
    check_unpacked_size(contents, path)
    try:
        with path.open("rb") as stream:
            table = pq.read_table(stream, page_checksum_verification=True)
    except (pa.ArrowException, OSError) as error:
        raise TableError(
            f"{path} is damaged ({_first_line(error)}). Delete it, then extract the video again."
        ) from error
    if CUT not in table.schema.names:
        table = table.add_column(COLUMNS.index(CUT), CUT, pa.array(np.full(table.num_rows, np.nan)))
    frames = table.replace_schema_metadata(None).to_pandas()  # what pandas left in a file may be forged
    numbers, times = frames["frame"].to_numpy(), frames["time_s"].to_numpy()
    counted = (numbers >= 0) & (numbers <= _LARGEST_FRAME)  # false where missing
    if not (counted.all() and (numbers[1:] > numbers[:-1]).all()):
        raise TableError(
            f"{path} is not a valid frame table: frame must count from 0 and rise from row to row. Extract "
            "the video again."
        )
    if not (np.isfinite(times).all() and (np.diff(times) > 0).all()):
        raise TableError(
            f"{path} is not a valid frame table: time_s must be finite and must rise from row to row. "
            "Extract the video again."
        )
    return FrameTable(frames, metadata)


def _describe_schema_problems(schema: pa.Schema, columns: tuple[str, ...]) -> list[str]:
    """Say what is wrong with the columns of a file; only `cut` may be missing, as in tables of 0.1.0."""
    from pyarrow import types

    names = schema.names  # which makes the list anew
    if CUT not in names:
        columns = tuple(name for name in columns if name != CUT)
    missing = [name for name in columns if name not in names]
    unknown = [name for name in names if name not in columns]
    problems = []
    if missing:
        problems.append(f"missing columns {', '.join(missing)}")
    if unknown:
        problems.append(f"unknown columns {', '.join(unknown)}")
    if not problems and tuple(names) != columns:
        problems.append("columns out of order")
    problems += [
        f"column {field.name} holds {field.type}, not {'whole ' if field.name == 'frame' else ''}numbers"
        for field in schema
        if field.name in columns
        and not types.is_integer(field.type)
        and (field.name == "frame" or not types.is_floating(field.type))
    ]
    return problems


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
