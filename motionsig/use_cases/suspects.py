"""Suspects as people have them (video, frame table, correlations table) to clips that a model can judge."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from classify.model import Model
from extract.body import BODY_READERS, BodyReader, find_body_reader
from extract.damage import Damage, find_damage
from extract.description import Backend
from extract.extraction import ExtractionOptions
from extract.face import FACE_READERS, FaceReader, find_face_reader
from extract.frame_table import is_frame_table, read_frame_table
from extract.openface import OPENFACE
from extract.track_choice import TrackChoice
from features.clips import CorrelationOptions, correlate_frame_table
from features.description import read_description
from features.tables import read_labelled_table
from ground.descriptions import describe_differences
from ground.errors import DependencyError, InputError, ModelError, TableError
from ground.files import hash_file

if TYPE_CHECKING:
    import pandas as pd

TABLE_SUFFIXES: Final = frozenset({".csv", ".parquet"})


class SuspectClips(NamedTuple):
    """A suspect's clips, made as the model's footage was.

    Attributes
    ----------
    correlations, clips
        The correlations and the clip table, row for row.
    damage
        What of the video could not be read or was repaired; None for nothing, and for correlations tables,
        which do not say.
    table_sha256
        Of a correlations table; None for clips made of a frame table.
    tracks
        Which of the video's tracks was read, where it has several.
    """

    correlations: pd.DataFrame
    clips: pd.DataFrame
    damage: Damage | None
    table_sha256: str | None
    tracks: TrackChoice | None


def read_suspect(table: Path, model: Model) -> SuspectClips:
    """Read a suspect's clips, and see that they were made as the model's footage was.

    Parameters
    ----------
    table
        A correlations table (``.csv`` or ``.parquet``) or a frame table (``.parquet``).
    model
        The model that will judge it.

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
        return SuspectClips(correlations, clips, None, hash_file(table), None)
    options = correlation_options(model)
    frames = read_frame_table(table)
    measured = correlate_frame_table(frames, options)
    model.check_fits(measured.block.correlations, options.describe(frames.metadata.reading), str(table))
    if measured.block.correlations.empty:
        raise InputError(
            f"{frames.metadata.source.name} is {measured.duration_s:.1f} s long, shorter than one clip of "
            f"{options.clips.length_s:g} s. So there is nothing to judge."
        )
    damage = find_damage(frames.metadata.source, measured.duration_s)
    tracks = TrackChoice.find(frames.metadata.source)
    return SuspectClips(measured.block.correlations, measured.block.clips, damage, None, tracks)


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


def choose_readers(model: Model, on_notice: Callable[[str], None]) -> ExtractionOptions:
    """Return how to read a suspect video as the model's footage was read, with readers ready to be used.

    Parameters
    ----------
    model
        The model that will judge what is read.
    on_notice
        Called with a sentence before weights are downloaded.

    Raises
    ------
    ModelError
        When no reader that is at hand reads bodies and faces as the model's footage was read.
    """
    correlation_options(model)  # a model that cannot judge videos at all has the better reason
    wanted = model.card.measured.reading
    if wanted is None:
        raise ModelError(
            f"The model of '{model.card.person}' does not record how its frames were read. So it can judge "
            "correlations tables, but no videos."
        )
    needed = f"The model of '{model.card.person}' needs footage read by {wanted.body.label} and "
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
            options = ExtractionOptions(face=face.name, body=body.name, **wanted.options.model_dump())
            differences = describe_differences(wanted, options.describe(body.describe(), face.describe()))
            if not differences:
                return options
    except DependencyError as error:
        raise ModelError(f"{needed}. {error}") from error
    why = f" ({'; '.join(differences)})" if differences else ""
    raise ModelError(
        f"{needed}. This version of motionsig reads videos with {bodies} and {faces}{why}. "
        f"{_advise(wanted.face)}"
    )


def _advise(face: Backend) -> str:
    """Return what to do with a video that cannot be read as a model's footage was."""
    made_here = ""
    if face.name == OPENFACE:
        made_here = (
            "Extract the video, run OpenFace on it, and give the frame table that "
            "`motionsig import-openface` makes of both. Or "
        )
    give = "give" if made_here else "Give"
    return (
        f"{made_here}{give} a correlations table that was made like the model's, or train a model on footage "
        "that was read here."
    )


_Reader = TypeVar("_Reader", BodyReader, FaceReader)


def _find_reader(readers: Sequence[_Reader], wanted: Backend) -> _Reader | None:
    """Return the reader that made such readings, whichever its version; None where none is at hand."""
    return next((reader for reader in readers if reader.backend_name == wanted.name), None)
