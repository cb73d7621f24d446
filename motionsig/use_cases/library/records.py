"""What a library writes down: people, suspects and jobs, each a small JSON file that appears whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

import pydantic

from ground.errors import InputError
from ground.files import replace_when_complete
from ground.records import Record
from motionsig.use_cases.library.layout import MissingError

# Nothing that this package writes is longer; a file that somebody else put there may be.
_LARGEST_BYTES: Final = 16 << 20

JobKind = Literal["learn", "learn others", "judge", "draw overlay"]
JobState = Literal["queued", "running", "done", "failed", "cancelled"]


def _check_single(name: str) -> str:
    if not name or name.startswith(".") or {"/", "\\", "\0"} & {*name}:
        raise ValueError("it is no name of a file in a folder")
    return name


# The name of a file in a folder of the library, and no path to anywhere else.
FileName = Annotated[str, pydantic.AfterValidator(_check_single)]


class Recording(Record):
    """A video of somebody.

    Attributes
    ----------
    file
        Its name in the library.
    given
        Its name where it came from.
    path
        Where it lies, if it was named and not sent; then the library holds a link to it.
    subject, group
        Who is in it and what it is, of the other people; None in the folder of a person.
    session
        Which recordings belong together, the same day and place; None for one of its own.
    """

    file: FileName
    given: str
    path: str | None = None
    subject: str | None = None
    group: str | None = None
    session: str | None = None
    collection: str | None = None
    added_utc: str


class PersonRecord(Record):
    """A person, or all other people together.

    Attributes
    ----------
    folder
        Of the other people: where their videos or frame tables lie, with a manifest; None where they were
        sent.
    problem
        Why nothing could be learnt of late.
    """

    schema_version: Literal[1] = 1
    name: str
    created_utc: str
    folder: str | None = None
    recordings: tuple[Recording, ...] = ()
    problem: str | None = None


class SuspectRecord(Record):
    """A suspect: which file, and with whom it is to be compared, which is None for whoever fits."""

    schema_version: Literal[1] = 1
    given: str
    file: FileName
    path: str | None = None
    person: str | None
    created_utc: str


class Job(Record):
    """Work to do.

    Attributes
    ----------
    id
        Later ones sort behind earlier ones.
    kind, of
        What is done, and of which person or suspect.
    name
        What a reader knows it by.
    attempts
        How often it was begun.
    lane
        The number of the worker that has it, or had it.
    message
        Why it failed.
    notices
        What else was said.
    """

    schema_version: Literal[1] = 1
    id: str
    kind: JobKind
    of: str
    name: str
    state: JobState = "queued"
    created_utc: str
    ended_utc: str | None = None
    attempts: int = 0
    lane: int | None = None
    message: str | None = None
    notices: tuple[str, ...] = ()


class JobProgress(Record):
    """How far a job is: `rate` in units a second, `left_s` in seconds, and the clip that is being read."""

    stage: str
    done: int
    total: int | None
    unit: str
    rate: float | None = None
    left_s: float | None = None
    clip: int | None = None
    clips: int | None = None


Written = TypeVar("Written", bound=Record)


def write_record(record: Record, path: Path) -> None:
    """Write a record; it appears under `path` only when complete."""
    with replace_when_complete(path) as partial:
        partial.write_text(record.model_dump_json(indent=1) + "\n", encoding="utf-8")


def read_record(kind: type[Written], path: Path) -> Written:
    """Read a record.

    Raises
    ------
    MissingError
        When it is not there.
    InputError
        When it is damaged, or of another version.
    """
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise InputError(f"{path} is larger than any such file of motionsig. It was not read.")
        return kind.model_validate_json(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        raise MissingError(f"There is no {path.parent.name}/{path.name}.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    except pydantic.ValidationError as error:
        raise InputError(f"{path} is damaged, or was written by another version of motionsig.") from error
