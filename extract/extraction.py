"""One video to one frame table: every frame is decoded once and read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from extract.body import BodyReader
from extract.errors import VideoError
from extract.face import FaceReader, open_face_reader
from extract.files import replace_when_complete
from extract.frame_table import (
    COLUMNS,
    FACE_COLUMNS,
    JOINT_COLUMNS,
    FrameTableMetadata,
    SourceVideo,
    encode_metadata,
    frame_table_schema,
    motionsig_version,
)
from extract.head import HeadTracker
from extract.video import VideoReader

if TYPE_CHECKING:
    import pyarrow as pa

_ROW_GROUP: Final = 1024
_NO_BODY: Final = np.full(len(JOINT_COLUMNS), np.nan)
_NO_FACE: Final = np.full(len(FACE_COLUMNS), np.nan)
_BODY_COLUMN: Final = COLUMNS.index(JOINT_COLUMNS[0])
_FACE_COLUMN: Final = COLUMNS.index(FACE_COLUMNS[0])
# A container's own duration is rounded, and edit lists trim frames; less than this is no shortfall.
_SHORTFALL_S: Final = 0.5
_SHORTFALL_SHARE: Final = 0.01


@dataclass(frozen=True)
class Extraction:
    """What came of one video.

    Attributes
    ----------
    table
        The frame table that was written.
    metadata
        Its metadata.
    body_frames, face_frames
        Number of frames in which a body, and a face, was found.
    read_s
        How much of the video was read, seconds.
    """

    table: Path
    metadata: FrameTableMetadata
    body_frames: int
    face_frames: int
    read_s: float

    def describe_damage(self) -> str | None:
        """Return one sentence when something of the file could not be read, else None."""
        return describe_damage(self.metadata.source, self.read_s)


def describe_damage(source: SourceVideo, read_s: float) -> str | None:
    """Return one sentence that says what of a video could not be read; None when all could.

    Parameters
    ----------
    source
        What the file promises and what was counted.
    read_s
        How much was read, seconds.
    """
    found = []
    if source.duration_s is not None and source.duration_s - read_s >= _SHORTFALL_S:
        found.append(f"{read_s:.1f} s of {source.duration_s:.1f} s were readable")
    promised = source.frames_promised or 0
    if promised - source.frames_decoded > _SHORTFALL_SHARE * promised + 1:
        found.append(f"{source.frames_decoded} of {promised} frames could be decoded")
    if source.decode_errors:
        found.append(f"{source.decode_errors} part(s) of the data could not be decoded")
    if source.frames_discarded:
        found.append(
            f"{source.frames_discarded} frame(s) with a time before their predecessor's were left out"
        )
    if not found:
        return None
    return f"{source.name} is damaged or cut off: {'; '.join(found)}. Only what was readable was used."


def extract_video(
    video: Path,
    table: Path,
    *,
    face: str = "mesh",
    on_frame: Callable[[], None] | None = None,
) -> Extraction:
    """Measure every frame of a video and write its frame table.

    Memory does not grow with the video's length: rows are written in groups of 1,024.

    Parameters
    ----------
    video
        The video file; it is not modified.
    table
        Where the Parquet file goes; it appears there only when complete.
    face
        Name of the face reader, one of `extract.face.FACE_READERS`.
    on_frame
        Called after each frame.

    Returns
    -------
    Extraction
        What was measured.

    Raises
    ------
    VideoError
        When the file gives no frame, no frame shows a person, or no frame shows a face.
    InputError
        When the table cannot be written or there is no such face reader.
    DependencyError
        When a library that a reader needs is missing.
    """
    import pyarrow.parquet as pq

    with (
        VideoReader(video) as reader,
        closing(BodyReader()) as body,
        closing(open_face_reader(face)) as face_reader,
        replace_when_complete(table) as partial,
        partial.open("wb") as stream,
        pq.ParquetWriter(stream, frame_table_schema(), compression="zstd") as writer,
    ):
        counts = _Counts()
        for rows in _group_rows(_measure_frames(reader, body, face_reader, on_frame)):
            counts.add(rows)
            writer.write_table(_to_arrow(rows))
        metadata = FrameTableMetadata(
            motionsig_version=motionsig_version(),
            source=reader.describe(),
            body=body.backend,
            face=face_reader.backend,
            parameters={"face_reader": face, "smooth_landmarks": False},
        )
        counts.check(video)
        writer.add_key_value_metadata(encode_metadata(metadata))
    return Extraction(table, metadata, counts.body, counts.face, counts.read_s)


def _measure_frames(
    reader: VideoReader, body: BodyReader, face: FaceReader, on_frame: Callable[[], None] | None
) -> Iterator[npt.NDArray[np.float64]]:
    tracker = HeadTracker()
    for frame in reader:
        body_reading = body.read(frame.image)
        head = tracker.locate(body_reading, frame.image)
        face_reading = face.read(frame.image, head) if head else None
        yield np.concatenate(
            (
                (frame.index, frame.time_s),
                _NO_BODY if body_reading is None else body_reading.joint_values(),
                _NO_FACE if face_reading is None else face_reading.face_values(),
            )
        )
        if on_frame:
            on_frame()


def _group_rows(rows: Iterator[npt.NDArray[np.float64]]) -> Iterator[npt.NDArray[np.float64]]:
    group = []
    for row in rows:
        group.append(row)
        if len(group) == _ROW_GROUP:
            yield np.stack(group)
            group.clear()
    if group:
        yield np.stack(group)


def _to_arrow(rows: npt.NDArray[np.float64]) -> pa.Table:
    import pyarrow as pa

    schema = frame_table_schema()
    columns = [pa.array(rows[:, i].astype(field.type.to_pandas_dtype())) for i, field in enumerate(schema)]
    return pa.Table.from_arrays(columns, schema=schema)


@dataclass
class _Counts:
    """Counts frames with a body and a face while the rows pass by, and the time that they cover."""

    frames: int = 0
    body: int = 0
    face: int = 0
    last_s: float = 0.0

    def add(self, rows: npt.NDArray[np.float64]) -> None:
        self.frames += len(rows)
        self.body += int(np.isfinite(rows[:, _BODY_COLUMN]).sum())
        self.face += int(np.isfinite(rows[:, _FACE_COLUMN]).sum())
        self.last_s = float(rows[-1, COLUMNS.index("time_s")])

    @property
    def read_s(self) -> float:
        """Seconds covered, the last frame shown as long as the average one."""
        return self.last_s * self.frames / (self.frames - 1) if self.frames > 1 else 0.0

    def check(self, video: Path) -> None:
        if self.body == 0:
            raise VideoError(
                f"No person was found in any of the {self.frames} frames of {video}; motionsig needs a video "
                "of one person with head and shoulders in view."
            )
        if self.face == 0:
            raise VideoError(
                f"No face was found in any of the {self.frames} frames of {video}, although a person was "
                f"in {self.body}; motionsig needs a face that looks roughly towards the camera."
            )
