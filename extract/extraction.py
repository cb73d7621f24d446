"""One video to one frame table, in chunks that outlive an interruption."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt
import pydantic

from extract.body import BodyReader, find_body_reader
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
from extract.description import EXTRACTION_REVISION, Backend, Chunking, ReadingDescription, ReadingOptions
from extract.face import FaceReader, find_face_reader
from extract.frame_table import (
    FACE_COLUMNS,
    SIDES,
    Counts,
    FrameTableMetadata,
    frame_table_schema,
    write_frame_table,
)
from extract.limits import Limits
from extract.made import find_made
from extract.mesh_table import find_mesh_table, write_mesh_table
from extract.people.person import PersonReference
from extract.reading import FrameReadings
from extract.recipe import Recipe
from extract.track_choice import TrackChoice
from extract.video import VideoReader
from ground.errors import InputError, VideoError

if TYPE_CHECKING:
    import pyarrow as pa

_SMALLEST_HEIGHT: Final = 64  # px; smaller is a mistyped number
_DEFAULT_LIMITS: Final = Limits()


class ExtractionOptions(ReadingOptions):
    """How videos are read: what is chosen about reading frames, and how the work is done.

    Rows keep the index and time that the frames have in the whole video, and landmarks are given in its
    pixels, whatever is chosen.

    Attributes
    ----------
    face
        Name of the face reader, one of `extract.face.FACE_READERS`.
    device
        Where the face reader's network runs, one of `extract.face.DEVICES`.
    body
        Name of the body reader, one of `extract.body.BODY_READERS`.
    chunk_s
        Length in seconds of the chunks that are read, and kept, one by one; above 0.
    keep_mesh
        Whether the mesh of every frame is written beside the frame table (`extract.mesh_table`).
    sides
        Whether one-sided measures are needed. They are always measured, but a table of an earlier version
        that has none, and no mesh table to take them from (`extract.table_sides`), is then made anew.
    limits
        What a video may cost.
    person
        Who is to be measured; None for the person most seen.

    Raises
    ------
    InputError
        When a number lies outside its range.
    """

    face: str = "mesh"
    device: str = "auto"
    body: str = "pose"
    chunk_s: float = CHUNK_S
    keep_mesh: bool = False
    sides: bool = False
    limits: Limits = _DEFAULT_LIMITS
    person: PersonReference | None = None

    @pydantic.model_validator(mode="wrap")
    @classmethod
    def _refuse_in_words(
        cls, content: Any, build: pydantic.ModelWrapValidatorHandler[ExtractionOptions]
    ) -> ExtractionOptions:
        try:
            return build(content)
        except pydantic.ValidationError as error:
            problems = [": ".join([*map(str, one["loc"][-1:]), one["msg"]]) for one in error.errors()]
            raise InputError("Videos cannot be read with these options:", problems) from error

    @pydantic.field_validator("sample_fps", mode="before")
    @classmethod
    def _check_rate(cls, fps: Any) -> Any:
        number = _to_number(fps)
        if number is not None and not 0 < number < np.inf:
            raise InputError(f"--sample-fps must be above 0, such as 10, not {number:g}.")
        return fps

    @pydantic.field_validator("chunk_s", mode="before")
    @classmethod
    def _check_length(cls, chunk_s: Any) -> Any:
        number = _to_number(chunk_s)
        if number is not None and not 0 < number < np.inf:
            raise InputError(f"The length of a chunk must be above 0 s, not {number:g} s.")
        return chunk_s

    @pydantic.field_validator("max_height", mode="before")
    @classmethod
    def _check_height(cls, height: Any) -> Any:
        number = _to_number(height)
        if number is not None and not number >= _SMALLEST_HEIGHT:
            raise InputError(
                f"No face can be read at a height of {height} px. Give {_SMALLEST_HEIGHT} px or more."
            )
        return height

    def describe(self, body: Backend, face: Backend) -> ReadingDescription:
        """Return how these options and readers read frames, for the metadata of a frame table."""
        chosen = {name: getattr(self, name) for name in ReadingOptions.model_fields}
        options = ReadingOptions(**chosen)
        return ReadingDescription(revision=EXTRACTION_REVISION, body=body, face=face, options=options)


def _to_number(value: Any) -> float | None:
    """Return the number that the value of an option stands for, in digits too; None for all else."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


_DEFAULT_OPTIONS: Final = ExtractionOptions()


@dataclass(frozen=True)
class Extraction:
    """What came of one video.

    Attributes
    ----------
    table
        The frame table that was written.
    metadata
        Its metadata, with `counts`.
    reused
        Whether the table was there already.
    """

    table: Path
    metadata: FrameTableMetadata
    reused: bool

    @property
    def frames(self) -> int:
        """Number of frames that were read."""
        return self._counts.frames

    @property
    def body_frames(self) -> int:
        """Number of those in which a body was found."""
        return self._counts.body_frames

    @property
    def face_frames(self) -> int:
        """Number of those in which a face was found."""
        return self._counts.face_frames

    @property
    def read_s(self) -> float:
        """How much of the video was read, seconds."""
        return self._counts.read_s

    @property
    def _counts(self) -> Counts:
        assert self.metadata.counts is not None
        return self.metadata.counts

    def describe_damage(self) -> str | None:
        """Return a few sentences when something of the file could not be read or was repaired, else None."""
        damage = find_damage(self.metadata.source, self.read_s)
        return damage.describe() if damage else None

    def describe_order(self) -> str | None:
        """Return whence the times are where a file that is whole has no presentation times, else None."""
        repairs = self.metadata.source.time_repairs
        return (
            None if repairs is None or repairs.are_doubtful else repairs.describe(self.metadata.source.name)
        )

    def list_warnings(self) -> list[str]:
        """Return a sentence or two on each thing that people should know of the file."""
        choice = TrackChoice.find(self.metadata.source)
        said = (self.describe_damage(), choice.describe() if choice else None)
        return [words for words in said if words is not None]


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
        When the table cannot be written or there is no such reader.
    DependencyError
        When a library that a reader needs is missing.
    """
    body, face = _find_readers(options)
    recipe = _make_recipe(body, face, options)
    with VideoReader(video, options.limits) as reader:
        made = _find_made_of(reader, table, recipe)
        checkpoints = Checkpoints(table, recipe.fingerprint(reader.hash_source()))
        if made is None:
            try:
                if not checkpoints.are_complete():
                    read_chunks(
                        reader, body, face, _chunk_options(options), ChunkRange(), checkpoints, on_frame
                    )
                follow_across_borders(reader, body, face, _chunk_options(options), checkpoints)
                return _make_table(reader, table, recipe, face, checkpoints)
            except InputError:
                # Another run that makes the same table may have finished, and removed what both had kept.
                made = _find_made_of(reader, table, recipe)
                if made is None:
                    raise
    checkpoints.discard()  # whoever was late left something there
    return Extraction(table, made, reused=True)


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
    body, face = _find_readers(options)
    recipe = _make_recipe(body, face, options)
    with VideoReader(video, options.limits) as reader:
        if _find_made_of(reader, table, recipe) is None:
            checkpoints = Checkpoints(table, recipe.fingerprint(reader.hash_source()))
            try:
                read_chunks(reader, body, face, _chunk_options(options), chunks, checkpoints, on_frame)
            except InputError:
                # As in `extract_video`.
                if _find_made_of(reader, table, recipe) is None:
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
    made = find_made(table, _make_recipe(*_find_readers(options), options), name, lambda: sha256)
    return None if made is None else Extraction(table, made, reused=True)


def _find_made_of(video: VideoReader, table: Path, recipe: Recipe) -> FrameTableMetadata | None:
    """Return what `find_made` does, unless an older version read something else of the video's bytes."""
    made = find_made(table, recipe, video.name, video.hash_source)
    return made if made is not None and video.begins_as(made.source) else None


def _make_table(
    video: VideoReader, table: Path, recipe: Recipe, face: FaceReader, checkpoints: Checkpoints
) -> Extraction:
    """Put together what was kept, which stays when there is no person: a second run need not look again."""
    end = checkpoints.demand_end()
    readings = checkpoints.read(end.chunks)
    _check_found(readings, video.path)
    # The file may have had another name when its end was reached.
    source = end.source.model_copy(update={"name": video.name})
    metadata = recipe.describe(source, readings.count())
    rows = _to_arrow(readings, face, metadata)
    with checkpoints.noticing_removal():
        if recipe.keep_mesh:
            write_mesh_table(find_mesh_table(table), readings, metadata)
        write_frame_table(rows, table, growing_in=checkpoints.folder)
    checkpoints.discard()
    return Extraction(table, metadata, reused=False)


def _find_readers(options: ExtractionOptions) -> tuple[BodyReader, FaceReader]:
    return (
        find_body_reader(options.body),
        find_face_reader(options.face, options.device, keep_mesh=options.keep_mesh),
    )


def _make_recipe(body: BodyReader, face: FaceReader, options: ExtractionOptions) -> Recipe:
    if options.sides and not set(SIDES) <= set(face.columns):
        raise InputError(
            f"The face reader {face.name!r} does not measure the sides of the face. Use the face reader mesh."
        )
    return Recipe(
        options.describe(body.describe(), face.describe()),
        Chunking(chunk_s=options.chunk_s, warm_up_frames=WARM_UP_FRAMES),
        face.columns[len(FACE_COLUMNS) :],
        options.keep_mesh,
        options.sides,
    )


def _chunk_options(options: ExtractionOptions) -> ChunkOptions:
    return ChunkOptions(options.chunk_s, options, options.keep_mesh)


def _to_arrow(readings: FrameReadings, face: FaceReader, metadata: FrameTableMetadata) -> pa.Table:
    import pyarrow as pa

    joints, faces = _in_pixels_of_the_video(readings, face.measure(readings.face))
    columns = [
        readings.indices,
        readings.times_s,
        *joints.T,
        *faces.T[: len(FACE_COLUMNS)],
        readings.cuts.astype(np.float64),
        *faces.T[len(FACE_COLUMNS) :],
    ]
    return pa.Table.from_arrays([pa.array(column) for column in columns], schema=frame_table_schema(metadata))


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
            f"No person was found in any of the {frames} frames of {video}. Use a video of one person with "
            "head and shoulders in view."
        )
    if readings.count_faces() == 0:
        raise VideoError(
            f"A person was found in {bodies} of the {frames} frames of {video}, but a face in none. Use a "
            "video in which the face looks roughly towards the camera."
        )
