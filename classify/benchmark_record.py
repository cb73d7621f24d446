"""The record of a benchmark: a data set, how it was measured, and what came of it, to be published."""

from __future__ import annotations

from pathlib import Path
from typing import Generic, Literal, TypeVar

from classify.background.pairs import PairFigures
from classify.background.summary import VerificationSummary
from classify.evaluation import Evaluation
from classify.published import PublishedResult
from extract.description import ReadingDescription
from ground.errors import InputError
from ground.files import refuse_special_file
from ground.records import Record

Result = TypeVar("Result")


class Measured(Record, Generic[Result]):
    """One part of a benchmark: what came of it, or why nothing did, and how long it took."""

    result: Result | None
    why_not: str | None
    seconds: float


class DataSet(Record):
    """What was measured.

    Attributes
    ----------
    layout, title, citation, licence, source
        As of `features.layouts.layout.Layout`.
    videos, people, sessions, fakes
        What the manifest lists: all videos, people of authentic ones, their sessions, fakes.
    read
        How many of the videos gave a frame table.
    minutes
        How much of these was read, together.
    files_sha256
        Of the list of hashes of these videos, as ``sha256sum`` writes it.
    manifest_sha256
        Of the manifest.
    """

    layout: str
    title: str
    citation: str
    licence: str
    source: str
    videos: int
    people: int
    sessions: int
    fakes: int
    read: int
    minutes: float
    files_sha256: str
    manifest_sha256: str


class SetFigures(Record):
    """One of the published notebook's feature sets, by its random split and by whole sources."""

    published: PublishedResult
    grouped: Evaluation


class PersonFigures(Record):
    """How well one person is told from the others, by the name of the feature set."""

    sets: dict[str, SetFigures]


class BenchmarkRecord(Record):
    """Everything that came of a benchmark.

    Attributes
    ----------
    format
        Of this file; it rises when a reader of older records would misunderstand it.
    created_utc, motionsig_version, versions
        When and by which software.
    data_set
        What was measured.
    reading
        How its frames were read, with names and versions of the readers.
    people_to_choose
        How many people have two sessions or more, of whom `evaluated` were.
    evaluated
        By person: both protocols.
    verification
        How well recordings of all people are told apart.
    pairs
        The same for a list of pairs; None where no list was given.
    reading_s
        How long reading the videos took, over all runs, as a clock on the wall measures it.
    left_out
        Sentences on videos that are not in the figures.
    """

    format: Literal["motionsig benchmark 1"] = "motionsig benchmark 1"
    created_utc: str
    motionsig_version: str
    versions: dict[str, str]
    data_set: DataSet
    reading: ReadingDescription
    people_to_choose: int
    evaluated: dict[str, Measured[PersonFigures]]
    verification: Measured[VerificationSummary]
    pairs: Measured[PairFigures] | None
    reading_s: float
    left_out: tuple[str, ...]


def read_record(path: Path) -> BenchmarkRecord:
    """Read a record.

    Raises
    ------
    InputError
        When it cannot be read, or is no record of this version.
    """
    refuse_special_file(path, InputError)
    try:
        return BenchmarkRecord.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path} is no record of `motionsig benchmark` that this version reads. Run the benchmark again."
        ) from error
