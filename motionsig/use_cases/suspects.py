"""Suspects as people have them (video, frame table, correlations table) to clips that a model can judge."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from classify.model import Model
from extract.body import describe_body_reader
from extract.damage import Damage, find_damage
from extract.extraction import ExtractionOptions
from extract.face import FACE_READERS, find_face_reader
from extract.frame_table import is_frame_table, read_frame_table
from features.clips import CorrelationOptions, correlate_frame_table, name_backend
from features.identity import read_identity
from features.tables import read_labelled_table
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
        What of the video could not be read; None for nothing, and for correlations tables, which do not say.
    table_sha256
        Of a correlations table; None for clips made of a frame table.
    """

    correlations: pd.DataFrame
    clips: pd.DataFrame
    damage: Damage | None
    table_sha256: str | None


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
        model.check_fits(correlations, read_identity(clips), str(table))
        return SuspectClips(correlations, clips, None, hash_file(table))
    options = correlation_options(model)
    frames = read_frame_table(table)
    measured = correlate_frame_table(frames, options)
    model.check_fits(measured.block.correlations, options.identify(frames), str(table))
    if measured.block.correlations.empty:
        raise InputError(
            f"{frames.metadata.source.name} is shorter than one clip ({measured.duration_s:.1f} s of "
            f"{options.clips.length_s:g} s), so there is nothing to judge."
        )
    damage = find_damage(frames.metadata.source, measured.duration_s)
    return SuspectClips(measured.block.correlations, measured.block.clips, damage, None)


def correlation_options(model: Model) -> CorrelationOptions:
    """Return how the model's footage was correlated.

    Raises
    ------
    ModelError
        When the table that it was trained on does not record that.
    """
    try:
        return CorrelationOptions.from_identity(model.card.identity)
    except TableError as error:
        raise ModelError(
            f"The table that the model of '{model.card.person}' was trained on does not record how its clips "
            "were made, so it can judge correlations tables only; videos and frame tables it cannot."
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
    identity = model.card.identity
    needed = f"The model of '{model.card.person}' needs footage read by {identity.body_backend} and "
    needed += f"{identity.face_backend}"
    bodies = name_backend(describe_body_reader())
    readers = [find_face_reader(name) for name in FACE_READERS]
    # Only the reader in question is described: another may not be installed.
    reader = next(
        (r for r in readers if (identity.face_backend or "").startswith(f"{r.backend_name} ")), None
    )
    faces = "the face readers " + " and ".join(FACE_READERS)
    if reader is not None:
        try:
            reader.prepare(on_notice)
            faces = name_backend(reader.describe())
        except DependencyError as error:
            raise ModelError(f"{needed}. {error}") from error
    if reader is None or (identity.body_backend, identity.face_backend) != (bodies, faces):
        raise ModelError(
            f"{needed}; this motionsig reads videos with {bodies} and {faces}. "
            "Give it a correlations table made like its own, or train a model on footage read here."
        )
    return ExtractionOptions(
        reader.name,
        sample_fps=identity.sample_fps or None,
        max_height=identity.max_height or None,
    )
