"""One video to one frame table, in chunks that outlive an interruption."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from extract.body import describe_body_reader
from extract.checkpoints import Checkpoints
from extract.chunks import (
    CHUNK_S,
    WARM_UP_FRAMES,
    ChunkOptions,
    ChunkRange,
    follow_across_borders,
    read_chunks,
)
from extract.damage import find_damage
from extract.face import FaceReader, find_face_reader
from extract.frame_table import (
    FACE_COLUMNS,
    FrameTableMetadata,
    encode_metadata,
    frame_table_schema,
    read_metadata,
)
from extract.limits import Limits
from extract.mesh_table import find_mesh_table, read_mesh_metadata, write_mesh_table
from extract.reading import FrameReadings, measure_seconds
from extract.recipe import Recipe
from extract.video import VideoReader
from ground.errors import InputError, TableError, VideoError
from ground.files import replace_when_complete
from ground.provenance import motionsig_version

if TYPE_CHECKING:
    import pyarrow as pa

_ROW_GROUP: Final = 8192  # few and large, because every group costs a reader time
_SMALLEST_HEIGHT: Final = 64  # px; smaller is a mistyped number
_DEFAULT_LIMITS: Final = Limits()


@dataclass(frozen=True)
class ExtractionOptions:
    """How videos are read.

    Attributes
    ----------
    face
        Name of the face reader, one of `extract.face.FACE_READERS`.
    device
        Where the face reader's network runs, one of `extract.face.DEVICES`.
    sample_fps
        How many frames of a second are read, above 0; None for all. Rows keep the index and time that the
        frames have in the whole video.
    max_height
        Pictures that are higher are made smaller for reading, px, at least 64; None to leave them. Landmarks
        are given in pixels of the video all the same.
    chunk_s
        Length in seconds of the chunks that are read, and kept, one by one; above 0.
    keep_mesh
        Whether the mesh of every frame is written beside the frame table (`extract.mesh_table`).
    limits
        What a video may cost.

    Raises
    ------
    InputError
        When a number lies outside its range.
    """

    face: str = "mesh"
    device: str = "auto"
    sample_fps: float | None = None
    max_height: int | None = None
    chunk_s: float = CHUNK_S
    keep_mesh: bool = False
    limits: Limits = _DEFAULT_LIMITS

    def __post_init__(self) -> None:
        if self.sample_fps is not None and not 0 < self.sample_fps < np.inf:
            raise InputError(f"{self.sample_fps:g} frames/s cannot be read; give a rate above 0, such as 10.")
        if not 0 < self.chunk_s < np.inf:
            raise InputError(f"Chunks of {self.chunk_s:g} s cannot be read; give a length above 0 s.")
        if self.max_height is not None and self.max_height < _SMALLEST_HEIGHT:
            raise InputError(
                f"No face can be read at a height of {self.max_height} px; give {_SMALLEST_HEIGHT} or more."
            )

    def describe(self) -> dict[str, str | float | bool | None]:
        """Return what decides the numbers, for the metadata of a frame table."""
        return {
            "face_reader": self.face,
            "smooth_landmarks": False,
            "sample_fps": self.sample_fps,
            "max_height": self.max_height,
            "chunk_s": self.chunk_s,
            "warm_up_frames": WARM_UP_FRAMES,
        }


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
    frames, body_frames, face_frames
        Number of frames that were read, and in which a body, and a face, was found.
    read_s
        How much of the video was read, seconds.
    reused
        Whether the table was there already.
    """

    table: Path
    metadata: FrameTableMetadata
    frames: int
    body_frames: int
    face_frames: int
    read_s: float
    reused: bool

    def describe_damage(self) -> str | None:
        """Return one sentence when something of the file could not be read, else None."""
        damage = find_damage(self.metadata.source, self.read_s)
        return None if damage is None else damage.describe()


def extract_video(
    video: Path,
    table: Path,
    options: ExtractionOptions = _DEFAULT_OPTIONS,
    *,
    on_frame: Callable[[], None] | None = None,
) -> Extraction:
    """Measure every frame of a video and write its frame table.

    A table that was made in the same way from the same file is left as it is. Finished chunks are kept beside
    the table until it is written, so an interrupted extraction goes on where it was, to the same bytes. What
    was read comes together at the end: faces may be measured against the whole of the video.

    Parameters
    ----------
    video
        The video file; it is not modified.
    table
        Where the Parquet file goes; it appears there only when complete.
    options
        How the video is read.
    on_frame
        Called for each frame that was decoded.

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
    face = find_face_reader(options.face, options.device, keep_mesh=options.keep_mesh)
    recipe = _make_recipe(face, options)
    with VideoReader(video, options.limits) as reader:
        made = _find_made(table, recipe, reader.name, reader.hash_source, options)
        checkpoints = _open_checkpoints(table, recipe, reader, options)
        if made is None:
            try:
                if not checkpoints.are_complete():
                    read_chunks(reader, face, _chunk_options(options), ChunkRange(), checkpoints, on_frame)
                follow_across_borders(reader, face, _chunk_options(options), checkpoints)
                return _make_table(reader, table, recipe, face, checkpoints, keep_mesh=options.keep_mesh)
            except InputError:
                # Another run that makes the same table may have finished, and removed what both had kept.
                made = _find_made(table, recipe, reader.name, reader.hash_source, options)
                if made is None:
                    raise
    checkpoints.discard()  # whoever was late left something there
    return made


def read_part(
    video: Path,
    table: Path,
    options: ExtractionOptions,
    chunks: ChunkRange,
    *,
    on_frame: Callable[[], None] | None = None,
) -> None:
    """Read some of a video's chunks, so that several workers share it; `extract_video` puts them together.

    Parameters
    ----------
    video, table, options, on_frame
        As for `extract_video`, and raises what it does.
    chunks
        Which chunks to read.
    """
    face = find_face_reader(options.face, options.device, keep_mesh=options.keep_mesh)
    recipe = _make_recipe(face, options)
    with VideoReader(video, options.limits) as reader:
        if _find_made(table, recipe, reader.name, reader.hash_source, options) is None:
            checkpoints = _open_checkpoints(table, recipe, reader, options)
            try:
                read_chunks(reader, face, _chunk_options(options), chunks, checkpoints, on_frame)
            except InputError:
                # As in `extract_video`.
                if _find_made(table, recipe, reader.name, reader.hash_source, options) is None:
                    raise


def find_extraction(table: Path, name: str, sha256: str, options: ExtractionOptions) -> Extraction | None:
    """Return what `extract_video` would leave as it is, for a video that is not at hand; None when nothing.

    Parameters
    ----------
    table, options
        As for `extract_video`, and raises what it does for a reader that is missing.
    name, sha256
        Of the video.
    """
    face = find_face_reader(options.face, options.device, keep_mesh=options.keep_mesh)
    return _find_made(table, _make_recipe(face, options), name, lambda: sha256, options)


def _make_table(
    video: VideoReader,
    table: Path,
    recipe: Recipe,
    face: FaceReader,
    checkpoints: Checkpoints,
    *,
    keep_mesh: bool,
) -> Extraction:
    """Put together what was kept, which stays when there is no person: a second run need not look again."""
    end = checkpoints.demand_end()
    readings = checkpoints.read(end.chunks)
    _check_found(readings, video.path)
    # The file may have had another name when its end was reached.
    metadata = recipe.describe(end.source.model_copy(update={"name": video.name}))
    rows = _to_arrow(readings, face, metadata)
    with checkpoints.noticing_removal():
        if keep_mesh:
            write_mesh_table(find_mesh_table(table), readings, metadata)
        _write_table(rows, table, checkpoints.folder)
    checkpoints.discard()
    return Extraction(
        table,
        metadata,
        len(readings.indices),
        readings.count_bodies(),
        readings.count_faces(),
        readings.measure_seconds(),
        reused=False,
    )


def _make_recipe(face: FaceReader, options: ExtractionOptions) -> Recipe:
    return Recipe(motionsig_version(), describe_body_reader(), face.describe(), options.describe())


def _chunk_options(options: ExtractionOptions) -> ChunkOptions:
    return ChunkOptions(options.chunk_s, options.sample_fps, options.max_height, options.keep_mesh)


def _open_checkpoints(
    table: Path, recipe: Recipe, video: VideoReader, options: ExtractionOptions
) -> Checkpoints:
    return Checkpoints(table, recipe.fingerprint(video.hash_source(), keep_mesh=options.keep_mesh))


def _find_made(
    table: Path, recipe: Recipe, name: str, hash_source: Callable[[], str], options: ExtractionOptions
) -> Extraction | None:
    """Return what lies at `table` when it was made from the same bytes in the same way; else None."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not table.exists():
        return None
    try:
        metadata = read_metadata(table)
        if not recipe.made(metadata) or metadata.source.name != name:
            return None
        if metadata.source.sha256 != hash_source():
            return None
        if options.keep_mesh and read_mesh_metadata(find_mesh_table(table)) != metadata:
            return None
        stored = pq.read_table(table, columns=["time_s", "nose_x", *FACE_COLUMNS])
        rows = stored.replace_schema_metadata(None).to_pandas()
    except (TableError, pa.ArrowException, OSError):
        return None  # it will be written over
    times = rows["time_s"].to_numpy()
    return Extraction(
        table,
        metadata,
        len(rows),
        int(rows["nose_x"].notna().sum()),
        int(rows[list(FACE_COLUMNS)].notna().any(axis=1).sum()),
        measure_seconds(times),
        reused=True,
    )


def _write_table(rows: pa.Table, table: Path, scratch: Path) -> None:
    import pyarrow.parquet as pq

    with replace_when_complete(table, growing_in=scratch) as partial:
        pq.write_table(rows, partial, row_group_size=_ROW_GROUP, compression="zstd", use_dictionary=False)


def _to_arrow(readings: FrameReadings, face: FaceReader, metadata: FrameTableMetadata) -> pa.Table:
    import pyarrow as pa

    joints, faces = _in_pixels_of_the_video(readings, face.measure(readings.face))
    columns = [readings.indices, readings.times_s, *joints.T, *faces.T]
    schema = frame_table_schema().with_metadata(encode_metadata(metadata))
    return pa.Table.from_arrays([pa.array(column) for column in columns], schema=schema)


def _in_pixels_of_the_video(
    readings: FrameReadings, faces: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    across, down = readings.scale[:, :1], readings.scale[:, 1:]
    joints, faces = readings.joints.copy(), faces.copy()
    joints[:, 0::3] *= across
    joints[:, 1::3] *= down
    faces[:, FACE_COLUMNS.index("face_px")] *= down[:, 0]
    return joints, faces


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
