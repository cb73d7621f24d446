"""One video to one frame table, in chunks that outlive an interruption."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from extract.body import BodyReader, find_body_reader
from extract.checkpoints import Checkpoints
from extract.chunks import (
    WARM_UP_FRAMES,
    ChunkOptions,
    ChunkRange,
    follow_across_borders,
    read_chunks,
)
from extract.damage import find_damage
from extract.description import Backend, Chunking
from extract.extraction_options import ExtractionOptions
from extract.face import FaceReader, find_face_reader
from extract.frame_table import (
    FACE_COLUMNS,
    SIDES,
    Counts,
    FrameTableMetadata,
    frame_table_schema,
    write_frame_table,
)
from extract.made import find_made
from extract.mesh_table import find_mesh_table, write_mesh_table
from extract.people.cast import Cast
from extract.people.faces import describe_networks, load_networks
from extract.people.presence import (
    describe_doubles,
    describe_measured,
    describe_nobody,
    measures_nobody,
    read_presence,
)
from extract.people.survey import survey_people
from extract.people.tracks import choose_again, find_people, find_strange_rows
from extract.people.tracks_table import find_tracks_table, write_tracks_table
from extract.people.weights import RECOGNISER, are_installed, read_weights
from extract.reading import FrameReadings
from extract.recipe import Recipe
from extract.track_choice import TrackChoice
from extract.video import VideoReader
from ground.errors import InputError, VideoError

if TYPE_CHECKING:
    import pyarrow as pa

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

    def describe_person(self) -> str | None:
        """Return whom the table measures, where there was a choice or a cut; None where there was neither.

        Raises
        ------
        TableError
            When the table cannot be read any more.
        """
        person = self.metadata.person
        if person is None or (person.choice == "most seen" and person.people < 2 and person.shots < 2):
            return None
        return describe_measured(person, read_presence(self.table))

    def list_warnings(self) -> list[str]:
        """Return a sentence or two on each thing that people should know of the file."""
        choice = TrackChoice.find(self.metadata.source)
        nobody = describe_nobody(self.metadata.person, self.metadata.source.name)
        doubles = describe_doubles(self.metadata.person)
        said = (self.describe_damage(), choice.describe() if choice else None, nobody, doubles)
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
                chunks = _chunk_options(options, _find_cast(video, options, recipe, checkpoints))
                if not checkpoints.are_complete():
                    read_chunks(reader, body, face, chunks, ChunkRange(), checkpoints, on_frame)
                follow_across_borders(reader, body, face, chunks, checkpoints)
                finished = _choose_again(reader, body, face, chunks, checkpoints)
                return _make_table(reader, table, recipe, face, finished)
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
                reading = _chunk_options(options, _find_cast(video, options, recipe, checkpoints))
                read_chunks(reader, body, face, reading, chunks, checkpoints, on_frame)
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


def _find_cast(
    video: Path, options: ExtractionOptions, recipe: Recipe, checkpoints: Checkpoints
) -> Cast | None:
    """Return who is in the video, which is looked for once; None where faces cannot be told apart."""
    if recipe.network is None:
        return None
    cast = checkpoints.read_cast()
    if cast is None:
        members = survey_people(video, load_networks(), options.limits)
        cast = Cast.choose(recipe.network, members, options.person, options.person_number)
        checkpoints.save_cast(cast)
    return cast


def _choose_again(
    video: VideoReader, body: BodyReader, face: FaceReader, chunks: ChunkOptions, checkpoints: Checkpoints
) -> Checkpoints:
    """Read the video again where the person whom its key frames show most is not who is seen most.

    Returns
    -------
    Checkpoints
        The chunks that count. The choice follows from the first ones, so an interruption does not change it.
    """
    if chunks.cast is None:
        return checkpoints
    numbers = checkpoints.demand_end().chunks
    people = find_people(checkpoints.read(numbers), checkpoints.read_sightings(numbers), chunks.cast)
    cast = choose_again(people)
    if cast is None:
        return checkpoints
    again, second = replace(chunks, cast=cast), checkpoints.again()
    second.save_cast(cast)
    if not second.are_complete():
        with video.reopened() as anew:
            read_chunks(anew, body, face, again, ChunkRange(), second)
    follow_across_borders(video, body, face, again, second)
    return second


def _make_table(
    video: VideoReader, table: Path, recipe: Recipe, face: FaceReader, checkpoints: Checkpoints
) -> Extraction:
    """Put together what was kept, which stays when there is no person: a second run need not look again."""
    end = checkpoints.demand_end()
    readings, cast = checkpoints.read(end.chunks), checkpoints.read_cast()
    if cast is None:
        readings, person, tracks = readings.without(readings.labels < 0), None, None
    else:
        people = find_people(readings, checkpoints.read_sightings(end.chunks), cast)
        readings = readings.without(find_strange_rows(readings, people.cast))
        person, tracks = people.describe(readings), people.tracks
        if measures_nobody(person):
            readings = readings.without(np.ones(len(readings.indices), np.bool_))
    if person is None or not measures_nobody(person):
        _check_found(readings, video.path)
    # The file may have had another name when its end was reached.
    source = end.source.model_copy(update={"name": video.name})
    metadata = recipe.describe(source, readings.count(), person)
    rows = _to_arrow(readings, face, metadata)
    with checkpoints.noticing_removal():
        if recipe.keep_mesh:
            write_mesh_table(find_mesh_table(table), readings, metadata)
        if tracks is not None:
            write_tracks_table(find_tracks_table(table), tracks, metadata)
        else:
            find_tracks_table(table).unlink(missing_ok=True)  # of an earlier table
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
        _find_network(options),
        None if options.person is None else options.person.fingerprint,
        options.person_number,
    )


def _find_network(options: ExtractionOptions) -> Backend | None:
    """Return the network that tells faces apart; None where it is not installed and nobody is asked for."""
    if are_installed():
        network = describe_networks()
        if options.person is not None and options.person.network != network:
            raise InputError(
                f"The face of the person to measure was measured with {options.person.network.label}, but "
                f"those in videos are with {network.label}. Give pictures of the person (--person-photo)."
            )
        return network
    if options.person is not None or options.person_number is not None:
        read_weights(RECOGNISER)  # says what is missing
    return None


def _chunk_options(options: ExtractionOptions, cast: Cast | None) -> ChunkOptions:
    return ChunkOptions(options.chunk_s, options, options.keep_mesh, cast)


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
