"""How the numbers of a correlations table came about: only tables made alike can be compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from extract.description import Backend, ReadingDescription, tell_reader
from features.formats import list_some
from ground.descriptions import Told, describe_differences, list_columns, unflatten
from ground.errors import TableError
from ground.records import Record

if TYPE_CHECKING:
    import pandas as pd

# Instead of the reader of voices, where none is needed.
NO_VOICE: Final = Backend(name="none", version="")


class ClipDescription(Record):
    """How clips were described by numbers; None where a table does not say.

    Attributes
    ----------
    reading
        How the frames were read.
    signal
        ``position``, ``velocity`` or ``highpass``.
    body_coordinates
        ``signing`` or ``raw``.
    clip_s
        Length of a full clip in seconds.
    step_s, step_frames
        Distance of one clip's start to the next, in seconds or in frames; the other is None.
    feature_set
        Label of a `features.signature.PairSet`.
    voice
        What measured the voice; `NO_VOICE` where the set has no features of it.
    """

    reading: ReadingDescription | None
    signal: Annotated[str | None, Told("signal", "signal")]
    body_coordinates: Annotated[str | None, Told("body coordinates", "body_coordinates")]
    clip_s: Annotated[float | None, Told("clip length", "clip_s", "{:g} s".format)]
    step_s: Annotated[float | None, Told("clip step", "step_s", "{:g} s".format)]
    step_frames: Annotated[int | None, Told("clip step", "step_frames", "{} frames".format)]
    feature_set: Annotated[str | None, Told("feature set", "feature_set")]
    voice: Annotated[Backend | None, tell_reader("voice reader", "voice_backend")] = NO_VOICE


# Columns of a clip table that hold its description -> type of their cells.
DESCRIPTION_COLUMNS: Final = list_columns(ClipDescription)
# Those of them that say how frames were read: all are filled in, or none.
READING_COLUMNS: Final = tuple(list_columns(ReadingDescription))


def read_description(clips: pd.DataFrame) -> ClipDescription:
    """Read what all rows of a clip table agree on.

    Parameters
    ----------
    clips
        A clip table; columns of `DESCRIPTION_COLUMNS` that it lacks are not recorded.

    Raises
    ------
    TableError
        When rows disagree (tables made in different ways were put together), or say only in part how frames
        were read.
    """
    cells: dict[str, Any] = {}
    problems = []
    for name in DESCRIPTION_COLUMNS:
        if name not in clips.columns:
            continue
        known = clips[name].dropna().unique().tolist()
        partly = bool(known) and bool(clips[name].isna().any())
        if len(known) > 1 or partly:
            problems.append(f"{name} ({', '.join(map(str, known))}{' or none' if partly else ''})")
        cells[name] = known[0] if known else None
    if problems:
        raise TableError(
            f"The clips were made in different ways. They differ in {'; '.join(problems)}. Correlate their "
            "frame tables again, with the same options."
        )
    try:
        described = unflatten(ClipDescription, cells)
    except ValueError as error:  # pydantic's ValidationError is one
        raise TableError(
            "The clip table does not describe correctly how its clips were made. Write it again with "
            "`motionsig correlate`."
        ) from error
    assert described is not None  # every field may be unrecorded
    return described


def describe_other_readings(readings: Sequence[tuple[Path, ReadingDescription]]) -> list[str]:
    """Return a sentence for each way in which frame tables were read differently from the first of them.

    Parameters
    ----------
    readings
        Of each frame table, at least one.
    """
    first, wanted = readings[0]
    others = defaultdict(list)
    for table, reading in readings[1:]:
        if reading != wanted and (differences := describe_differences(wanted, reading)):
            others["; ".join(differences)].append(str(table))
    sentences = []
    for what, names in others.items():
        were = "was" if len(names) == 1 else "were"
        sentences.append(f"{list_some(names)} {were} read differently from {first}: {what}")
    return sentences
