"""One video to one frame table, in chunks that outlive an interruption."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from extract.assembly import VideoReadings, assemble_table
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
)
from extract.made import find_made
from extract.people.cast import Cast
from extract.people.faces import describe_networks, load_networks
from extract.people.presence import (
    describe_doubles,
    describe_measured,
    describe_nobody,
    read_presence,
)
from extract.people.survey import survey_people
from extract.people.tracks import choose_again, find_people
from extract.people.weights import RECOGNISER, are_installed, read_weights
from extract.recipe import Recipe
from extract.sound.source import SoundSource
from extract.sound.voice_table import find_made_voice, make_voice_table
from extract.track_choice import TrackChoice
from extract.video import VideoReader
from ground.errors import InputError

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
    sound
        What is known of the sound, which a voice table beside it describes.
    """

    table: Path
    metadata: FrameTableMetadata
    reused: bool
    sound: SoundSource

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
        heard = self.sound.list_warnings(self.metadata.source.name, self.read_s)
        return [*(words for words in said if words is not None), *heard]


def extract_video(
    video: Path,
    table: Path,
    options: ExtractionOptions = _DEFAULT_OPTIONS,
    *,
    on_frame: Callable[[], None] | None = None,
) -> Extraction:
    """Measure every frame of a video and its voice, and write its frame table and its voice table.

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
        Called for each frame that was decoded, twice where the video is read a second time, for somebody else
        than its key frames show most.

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
    extraction = _extract(video, table, options, on_frame, reads_again=True)
    assert extraction is not None
    return extraction


def put_together(
    video: Path,
    table: Path,
    options: ExtractionOptions,
    *,
    on_frame: Callable[[], None] | None = None,
) -> Extraction | None:
    """Make the frame table of a video of which `read_part` has read all chunks.

    Parameters
    ----------
    video, table, options, on_frame
        As for `extract_video`, and raises what it does.

    Returns
    -------
    Extraction or None
        What was measured. None where the person whom the video's key frames show most turns out not to be
        who is seen most: then all chunks are to be read again by `read_part`, which knows for whom.
    """
    return _extract(video, table, options, on_frame, reads_again=False)


def read_part(
    video: Path,
    table: Path,
    options: ExtractionOptions,
    chunks: ChunkRange,
    *,
    on_frame: Callable[[], None] | None = None,
) -> None:
    """Read some of a video's chunks, so that several workers share it; `put_together` makes the table.

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
            checkpoints = Checkpoints(table, recipe.fingerprint(reader.hash_source())).in_force()
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
    sound = None if made is None else find_made_voice(table, made)
    return None if made is None or sound is None else Extraction(table, made, reused=True, sound=sound)


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


def _extract(
    video: Path,
    table: Path,
    options: ExtractionOptions,
    on_frame: Callable[[], None] | None,
    *,
    reads_again: bool,
) -> Extraction | None:
    """Do what `extract_video` does; None where a second reading is needed, and is left to others.

    Who is seen most follows from the first reading, so an interruption of the second one changes nothing.
    """
    body, face = _find_readers(options)
    recipe = _make_recipe(body, face, options)
    with VideoReader(video, options.limits) as reader:
        made = _find_made_of(reader, table, recipe)
        checkpoints = Checkpoints(table, recipe.fingerprint(reader.hash_source()))
        if made is None:
            try:
                kept = checkpoints.in_force()
                chunks = _chunk_options(options, _find_cast(video, options, recipe, kept))
                read = _read_video(reader, body, face, chunks, kept, on_frame)
                cast = None if read.people is None or kept.is_second else choose_again(read.people)
                if cast is not None:
                    kept = checkpoints.again()
                    kept.save_cast(cast)
                    if not reads_again:
                        return None
                    with reader.reopened() as anew:
                        read = _read_video(anew, body, face, replace(chunks, cast=cast), kept, on_frame)
                metadata = assemble_table(read, reader, table, recipe, face, kept)
                sound = _make_voice(video, table, metadata, checkpoints, options)
                checkpoints.discard()
                return Extraction(table, metadata, reused=False, sound=sound)
            except InputError:
                # Another run that makes the same table may have finished, and removed what both had kept.
                made = _find_made_of(reader, table, recipe)
                if made is None:
                    raise
    sound = _make_voice(video, table, made, checkpoints, options)
    checkpoints.discard()  # whoever was late left something there
    return Extraction(table, made, reused=True, sound=sound)


def _make_voice(
    video: Path,
    table: Path,
    metadata: FrameTableMetadata,
    checkpoints: Checkpoints,
    options: ExtractionOptions,
) -> SoundSource:
    """Make the voice table unless it is there; what a killed run leaves of it is removed by the next one."""
    made = find_made_voice(table, metadata)
    if made is not None:
        return made
    try:
        with checkpoints.noticing_removal():
            return make_voice_table(
                video, table, metadata, options.limits, growing_in=checkpoints.make_folder()
            )
    except InputError:
        # Another run that makes the same table may have finished, and removed where it grew.
        made = find_made_voice(table, metadata)
        if made is None:
            raise
        return made


def _read_video(
    video: VideoReader,
    body: BodyReader,
    face: FaceReader,
    chunks: ChunkOptions,
    checkpoints: Checkpoints,
    on_frame: Callable[[], None] | None,
) -> VideoReadings:
    """Read what is not finished of a video, and find who is in it."""
    if not checkpoints.are_complete():
        read_chunks(video, body, face, chunks, ChunkRange(), checkpoints, on_frame)
    follow_across_borders(video, body, face, chunks, checkpoints)
    numbers = checkpoints.demand_end().chunks
    readings = checkpoints.read(numbers)
    if chunks.cast is None:
        return VideoReadings(readings, None)
    return VideoReadings(readings, find_people(readings, checkpoints.read_sightings(numbers), chunks.cast))


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
