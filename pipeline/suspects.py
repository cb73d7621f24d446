"""Suspects as people have them (video, frame table, correlations table) to clips that a model can judge."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from classify.model import Model
from extract.body import BodyReader
from extract.errors import InputError, ModelError, TableError
from extract.extraction import Extraction, extract_video
from extract.face import FACE_READERS, open_face_reader
from extract.frame_table import is_frame_table, read_frame_table
from features.clips import CorrelationOptions, correlate_frame_table, name_backend
from features.identity import read_identity
from features.tables import read_labelled_table

if TYPE_CHECKING:
    import pandas as pd

TABLE_SUFFIXES = frozenset({".csv", ".parquet"})


def read_suspect(
    suspect: Path,
    model: Model,
    tables: Path,
    *,
    on_frame: Callable[[], None] | None = None,
    on_extraction: Callable[[Extraction], None] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a suspect's correlations and clip table, made as the model's footage was.

    Parameters
    ----------
    suspect
        A correlations table (``.csv`` or ``.parquet``), a frame table (``.parquet``), or else a video.
    model
        The model that will judge it.
    tables
        Folder that a video's frame table is written to.
    on_frame
        Called after each frame of a video.
    on_extraction
        Called with what was measured in a video.

    Raises
    ------
    InputError
        When the file cannot be used, or the video is shorter than one clip.
    ModelError
        When the suspect was measured in another way than the model's footage.
    """
    if suspect.suffix.lower() in TABLE_SUFFIXES and not is_frame_table(suspect):
        correlations, clips = read_labelled_table(suspect)
        model.check_fits(correlations, read_identity(clips), str(suspect))
        return correlations, clips
    options = _correlation_options(model)
    if suspect.suffix.lower() not in TABLE_SUFFIXES:
        extraction = extract_video(
            suspect, tables / f"{suspect.stem}.parquet", face=choose_face_reader(model), on_frame=on_frame
        )
        if on_extraction:
            on_extraction(extraction)
        suspect = extraction.table
    table = read_frame_table(suspect)
    measured = correlate_frame_table(table, options)
    if measured.block.correlations.empty:
        raise InputError(
            f"{table.metadata.source.name} is shorter than one clip ({measured.duration_s:.1f} s of "
            f"{options.clips.length_s:g} s), so there is nothing to judge."
        )
    model.check_fits(measured.block.correlations, options.identify(table), str(suspect))
    return measured.block.correlations, measured.block.clips


def _correlation_options(model: Model) -> CorrelationOptions:
    try:
        return CorrelationOptions.from_identity(model.card.identity)
    except TableError as error:
        raise ModelError(
            f"The table that the model of '{model.card.person}' was trained on does not record how its clips "
            "were made, so it can judge correlations tables only; videos and frame tables it cannot."
        ) from error


def choose_face_reader(model: Model) -> str:
    """Return the name of the face reader that the model's footage was read with.

    Raises
    ------
    ModelError
        When no reader of this version reads bodies and faces as the model's footage was read.
    """
    identity = model.card.identity
    with closing(BodyReader()) as body:
        bodies = name_backend(body.backend)
    readers = {}
    for name in FACE_READERS:
        with closing(open_face_reader(name)) as face:
            readers[name_backend(face.backend)] = name
    if identity.body_backend != bodies or identity.face_backend not in readers:
        raise ModelError(
            f"The model of '{model.card.person}' needs footage read by {identity.body_backend} and "
            f"{identity.face_backend}; this motionsig reads videos with {bodies} and {' or '.join(readers)}. "
            "Give it a correlations table made like its own, or train a model on footage read here."
        )
    return readers[identity.face_backend]
