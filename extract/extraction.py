"""One video to one frame table: every frame is decoded once and read once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from extract.body import BodyReader, describe_body_reader
from extract.errors import VideoError
from extract.face import find_face_reader
from extract.files import replace_when_complete
from extract.frame_table import (
    FrameTableMetadata,
    SourceVideo,
    encode_metadata,
    frame_table_schema,
    motionsig_version,
)
from extract.mesh_table import find_mesh_table, write_mesh_table
from extract.reading import FrameReadings, read_frames
from extract.video import VideoReader

if TYPE_CHECKING:
    import pyarrow as pa

_ROW_GROUP: Final = 8192  # few and large, because every group costs a reader time
# A container's own duration is rounded, and edit lists trim frames; less than this is no shortfall.
_SHORTFALL_S: Final = 0.5
_SHORTFALL_SHARE: Final = 0.01


@dataclass(frozen=True)
class ExtractionOptions:
    """How videos are read.

    Attributes
    ----------
    face
        Name of the face reader, one of `extract.face.FACE_READERS`.
    keep_mesh
        Whether the mesh of every frame is written beside the frame table (`extract.mesh_table`).
    """

    face: str = "mesh"
    keep_mesh: bool = False


_DEFAULT_OPTIONS: Final = ExtractionOptions()


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
    options: ExtractionOptions = _DEFAULT_OPTIONS,
    *,
    on_frame: Callable[[], None] | None = None,
) -> Extraction:
    """Measure every frame of a video and write its frame table.

    What was read stays in memory until the end of the video: faces may be measured against the whole of it.

    Parameters
    ----------
    video
        The video file; it is not modified.
    table
        Where the Parquet file goes; it appears there only when complete.
    options
        How the video is read.
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

    face_reader = find_face_reader(options.face, keep_mesh=options.keep_mesh)
    with (
        VideoReader(video) as reader,
        closing(BodyReader()) as body,
        closing(face_reader.open_tracker()) as tracker,
    ):
        parts = read_frames(
            reader, body, tracker, face_reader.batch_size, on_frame, keep_mesh=options.keep_mesh
        )
        readings = FrameReadings.join(list(parts))
        metadata = FrameTableMetadata(
            motionsig_version=motionsig_version(),
            source=reader.describe(),
            body=describe_body_reader(),
            face=face_reader.describe(),
            parameters={"face_reader": options.face, "smooth_landmarks": False},
        )
    _check_found(readings, video)
    rows = _to_arrow(readings, face_reader.measure(readings.face), metadata)
    if options.keep_mesh:
        write_mesh_table(find_mesh_table(table), readings, metadata)
    with replace_when_complete(table) as partial:
        pq.write_table(rows, partial, row_group_size=_ROW_GROUP, compression="zstd", use_dictionary=False)
    return Extraction(
        table, metadata, readings.count_bodies(), readings.count_faces(), readings.measure_seconds()
    )


def _to_arrow(
    readings: FrameReadings, face: npt.NDArray[np.float64], metadata: FrameTableMetadata
) -> pa.Table:
    import pyarrow as pa

    columns = [readings.indices, readings.times_s, *readings.joints.T, *face.T]
    schema = frame_table_schema().with_metadata(encode_metadata(metadata))
    return pa.Table.from_arrays([pa.array(column) for column in columns], schema=schema)


def _check_found(readings: FrameReadings, video: Path) -> None:
    frames, bodies = len(readings.indices), readings.count_bodies()
    if bodies == 0:
        raise VideoError(
            f"No person was found in any of the {frames} frames of {video}; motionsig needs a video "
            "of one person with head and shoulders in view."
        )
    if readings.count_faces() == 0:
        raise VideoError(
            f"No face was found in any of the {frames} frames of {video}, although a person was "
            f"in {bodies}; motionsig needs a face that looks roughly towards the camera."
        )
