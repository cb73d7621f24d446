"""Suspects as people have them (video, frame table, correlations table) to what can be judged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from classify.background.enrolled import Enrolment
from classify.judge_file import Judge
from classify.model import Model
from classify.suspect_facts import SuspectFacts
from extract.body import BODY_READERS, BodyReader, find_body_reader
from extract.damage import find_damage
from extract.description import Backend, ReadingDescription
from extract.extraction_options import ExtractionOptions
from extract.face import FACE_READERS, FaceReader, find_face_reader
from extract.frame_table import CUT, SIDES, FrameTable, is_frame_table, read_frame_table
from extract.mirroring import mirror
from extract.openface import OPENFACE
from extract.people.person import PersonReference
from extract.people.presence import find_doubles
from extract.sound.voice_table import read_voice_of
from extract.track_choice import TrackChoice
from features.clips import CorrelationOptions, correlate_frame_table
from features.description import read_description
from features.recordings import Recording, describe_recording
from features.shots import ShortShots, describe_too_short
from features.tables import read_labelled_table
from features.windows import ClipRule, lay_clips
from ground.descriptions import describe_differences
from ground.errors import DependencyError, InputError, ModelError, TableError
from ground.files import hash_file
from motionsig.use_cases.faces import check_face
from motionsig.use_cases.recordings import read_for_describing

if TYPE_CHECKING:
    import pandas as pd

TABLE_SUFFIXES: Final = frozenset({".csv", ".parquet"})


class SuspectClips(NamedTuple):
    """A suspect's clips, made as the model's footage was.

    Attributes
    ----------
    correlations, clips
        The correlations and the clip table, row for row.
    facts
        What else is known of the video of a frame table.
    table_sha256
        Of a correlations table; None for clips made of a frame table.
    """

    correlations: pd.DataFrame
    clips: pd.DataFrame
    facts: SuspectFacts
    table_sha256: str | None


class SuspectRecording(NamedTuple):
    """A suspect, described as the background of an enrolled person was.

    Attributes
    ----------
    recording
        Its clips, at least one.
    facts
        What else is known of the video.
    """

    recording: Recording
    facts: SuspectFacts


def read_suspect(
    table: Path, model: Model, *, mirrored: bool = False, face: PersonReference | None = None
) -> SuspectClips:
    """Read a suspect's clips, and see that they were made as the model's footage was.

    Parameters
    ----------
    table
        A correlations table (``.csv`` or ``.parquet``) or a frame table (``.parquet``).
    model
        The model that will judge it.
    mirrored
        Whether to read what the mirrored video would give, of a frame table.
    face
        The face that whoever was measured is compared with; None for no comparison.

    Raises
    ------
    InputError
        When the table cannot be used, or the video is shorter than one clip.
    ModelError
        When the suspect was measured in another way than the model's footage.
    """
    if not is_frame_table(table):
        correlations, clips = read_labelled_table(table)
        model.check_fits(correlations, read_description(clips), str(table))
        return SuspectClips(correlations, clips, SuspectFacts(), hash_file(table))
    options = correlation_options(model)
    frames = _turn(read_frame_table(table), mirrored=mirrored)
    voice = read_voice_of(table, frames.metadata)
    measured = correlate_frame_table(frames, options, voice=voice)
    described = options.describe(frames.metadata.reading, voice)
    model.check_fits(measured.block.correlations, described, str(table))
    source, short_shots = frames.metadata.source, measured.short_shots
    if measured.block.correlations.empty:
        clip_s = options.clips.length_s
        why = describe_too_short(source.name, measured.duration_s, short_shots, clip_s)
        raise InputError(f"{why}. So there is nothing to judge.")
    facts = SuspectFacts(
        find_damage(source, measured.duration_s),
        TrackChoice.find(source),
        short_shots,
        check_face(table, frames.metadata, face),
        find_doubles(frames.metadata.person),
    )
    return SuspectClips(measured.block.correlations, measured.block.clips, facts, None)


def read_recording(
    table: Path, enrolment: Enrolment, *, mirrored: bool = False, face: PersonReference | None = None
) -> SuspectRecording:
    """Read a suspect for an enrolled person, and see that it was measured as the background was.

    Parameters
    ----------
    table
        A frame table (``.parquet``).
    enrolment
        The person who will be compared with it.
    mirrored
        Whether to read what the mirrored video would give.
    face
        The face that whoever was measured is compared with; None for no comparison.

    Raises
    ------
    InputError
        When the table holds correlations, cannot be used, or the video is shorter than one clip.
    ModelError
        When the suspect was measured in another way than the background's footage.
    """
    card = enrolment.card
    if not is_frame_table(table):
        raise InputError(
            f"{table} holds correlations. '{card.person}' is enrolled by more than those, so give the "
            "suspect video, or its frame table."
        )
    background = card.background
    rule = ClipRule(background.clip_s, background.step_s)
    frames = _turn(read_for_describing(table), mirrored=mirrored)
    recording = describe_recording(frames, [one.name for one in background.descriptors], rule=rule)
    enrolment.check_fits(recording)
    clips = lay_clips(frames.frames["time_s"], rule, frames.frames[CUT])
    source = frames.metadata.source
    facts = SuspectFacts(
        find_damage(source, clips.duration_s),
        TrackChoice.find(source),
        ShortShots.find(clips, rule),
        check_face(table, frames.metadata, face),
        find_doubles(frames.metadata.person),
    )
    return SuspectRecording(recording, facts)


def _turn(frames: FrameTable, *, mirrored: bool) -> FrameTable:
    return mirror(frames) if mirrored else frames


def correlation_options(model: Model) -> CorrelationOptions:
    """Return how the model's footage was correlated.

    Raises
    ------
    ModelError
        When the table that it was trained on does not record that.
    """
    try:
        return CorrelationOptions.from_description(model.card.measured)
    except TableError as error:
        raise ModelError(
            f"The model of '{model.card.person}' does not record how its clips were made. So it can judge "
            "correlations tables, but no videos and no frame tables."
        ) from error


def find_reading(judge: Judge) -> ReadingDescription:
    """Return how the frames of the footage were read that a model, or a person's background, learnt from.

    Raises
    ------
    ModelError
        When that is not recorded, so that no video can be read alike.
    """
    if isinstance(judge, Enrolment):
        return judge.card.background.reading
    correlation_options(judge)  # a model that cannot judge videos at all has the better reason
    if judge.card.measured.reading is None:
        raise ModelError(
            f"The model of '{judge.card.person}' does not record how its frames were read. So it can judge "
            "correlations tables, but no videos."
        )
    return judge.card.measured.reading


def choose_readers(judge: Judge, on_notice: Callable[[str], None]) -> ExtractionOptions:
    """Return how to read a suspect video as the judge's footage was read, with readers ready to be used.

    Parameters
    ----------
    judge
        The model or the enrolled person that will judge what is read.
    on_notice
        Called with a sentence before weights are downloaded.

    Raises
    ------
    ModelError
        When no reader that is at hand reads bodies and faces as that footage was read.
    """
    wanted = find_reading(judge)
    whose = "enrolment" if isinstance(judge, Enrolment) else "model"
    needed = f"The {whose} of '{judge.card.person}' needs footage read by {wanted.body.label} and "
    needed += wanted.face.label
    # Only the readers in question are described: others may not be installed.
    body = _find_reader([find_body_reader(name) for name in BODY_READERS], wanted.body)
    face = _find_reader([find_face_reader(name) for name in FACE_READERS], wanted.face)
    bodies = "the body reader " + " or ".join(BODY_READERS)
    faces = "the face readers " + " and ".join(FACE_READERS)
    differences: list[str] = []
    try:
        if face is not None:
            face.prepare(on_notice)
        if body is not None:
            bodies = body.describe().label
        if face is not None:
            faces = face.describe().label
        if body is not None and face is not None:
            # An enrolled person is known by the sides of the face, which tables of older versions lack.
            sides = isinstance(judge, Enrolment) and set(SIDES) <= set(face.columns)
            read = wanted.options.model_dump()
            options = ExtractionOptions(face=face.name, body=body.name, sides=sides, **read)
            differences = describe_differences(wanted, options.describe(body.describe(), face.describe()))
            if not differences:
                return options
    except DependencyError as error:
        raise ModelError(f"{needed}. {error}") from error
    why = f" ({'; '.join(differences)})" if differences else ""
    raise ModelError(
        f"{needed}. This version of motionsig reads videos with {bodies} and {faces}{why}. "
        f"{_advise(wanted.face, judge)}"
    )


def _advise(face: Backend, judge: Judge) -> str:
    """Return what to do with a video that cannot be read as the judge's footage was."""
    made_here = ""
    if face.name == OPENFACE:
        made_here = (
            "Extract the video, run OpenFace on it, and give the frame table that "
            "`motionsig import-openface` makes of both. Or "
        )
    if isinstance(judge, Enrolment):
        enrol = "enrol" if made_here else "Enrol"
        return f"{made_here}{enrol} the person with a background of footage that was read here."
    give = "give" if made_here else "Give"
    return (
        f"{made_here}{give} a correlations table that was made like the model's, or train a model on footage "
        "that was read here."
    )


_Reader = TypeVar("_Reader", BodyReader, FaceReader)


def _find_reader(readers: Sequence[_Reader], wanted: Backend) -> _Reader | None:
    """Return the reader that made such readings, whichever its version; None where none is at hand."""
    return next((reader for reader in readers if reader.backend_name == wanted.name), None)
