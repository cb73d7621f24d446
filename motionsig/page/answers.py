"""What the HTTP interface takes and gives, as values that it checks and documents."""

from __future__ import annotations

import pydantic

from ground.records import Record
from motionsig.use_cases.library.layout import Library
from motionsig.use_cases.library.people import Person
from motionsig.use_cases.library.queue import read_progress
from motionsig.use_cases.library.records import Job, JobProgress, Recording
from motionsig.use_cases.library.suspects import Suspect

_LONGEST = 4096


class Failed(Record):
    """Why a request was refused, in a sentence."""

    error: str


class NewPerson(Record):
    """A person to enrol."""

    name: str = pydantic.Field(max_length=_LONGEST)


class NamedRecording(Record):
    """A recording of a person that stays where it is; `path` may be a folder of them."""

    path: str = pydantic.Field(max_length=_LONGEST)
    session: str | None = pydantic.Field(None, max_length=200)


class Occasion(Record):
    """To which occasion a recording belongs, the same day and place; null where nobody knows."""

    session: str | None = pydantic.Field(None, max_length=200)


class NamedOthers(Record):
    """A folder of videos or frame tables of other people, with a manifest in it, or names that say who."""

    path: str = pydantic.Field(max_length=_LONGEST)


class NamedSuspects(Record):
    """A suspect that stays where it is, or a folder of them, and whom to compare with; null: whoever fits."""

    path: str = pydantic.Field(max_length=_LONGEST)
    person: str | None = None


class Comparison(Record):
    """Whom to compare a suspect with; null: whoever fits."""

    person: str | None = None


class JobAnswer(Record):
    """Work, and how far it is."""

    id: str
    kind: str
    of: str
    name: str
    state: str
    created_utc: str
    ended_utc: str | None
    message: str | None
    notices: tuple[str, ...]
    progress: JobProgress | None


class PersonAnswer(Record):
    """A person; `learnt` says whether suspects can be compared, and `problem` why the last try failed."""

    id: str
    name: str
    learnt: bool
    problem: str | None
    recordings: tuple[Recording, ...]


class SuspectAnswer(Record):
    """A suspect, and what was said of it: a `label` and a `sentence` for each video, once there is a verdict.

    `files` are those that can be fetched.
    """

    id: str
    given: str
    created_utc: str
    state: str
    person: str | None
    verdicts: tuple[VideoAnswer, ...]
    files: tuple[str, ...]
    job: JobAnswer | None


class VideoAnswer(Record):
    """What was said of a video; `log10_lr` is null where there is no likelihood ratio."""

    video: str
    person: str
    label: str
    sentence: str
    log10_lr: float | None


class Jobs(Record):
    """All work, in the order in which it was asked for."""

    jobs: tuple[JobAnswer, ...]


class People(Record):
    """Everybody in the library."""

    people: tuple[PersonAnswer, ...]


class Suspects(Record):
    """Suspects, the latest first."""

    suspects: tuple[SuspectAnswer, ...]


class Added(Record):
    """What was added: the recordings' names in the library."""

    files: tuple[str, ...]


class Done(Record):
    """That something was done, for which there is nothing to say."""

    done: bool = True


def tell_job(library: Library, job: Job) -> JobAnswer:
    """Return a job as the interface gives it."""
    content = job.model_dump(exclude={"schema_version", "attempts", "lane"})
    return JobAnswer(**content, progress=read_progress(library, job))


def tell_person(person: Person) -> PersonAnswer:
    """Return a person as the interface gives it."""
    record = person.record
    return PersonAnswer(
        id=person.id,
        name=person.name,
        learnt=person.model is not None,
        problem=record.problem if record else None,
        recordings=record.recordings if record else (),
    )


def tell_suspect(library: Library, suspect: Suspect) -> SuspectAnswer:
    """Return a suspect as the interface gives it."""
    return SuspectAnswer(
        id=suspect.id,
        given=suspect.given,
        created_utc=suspect.created_utc,
        state=suspect.state,
        person=suspect.person_name,
        verdicts=tuple(VideoAnswer(**vars(answer)) for answer in suspect.answers),
        files=tuple(suspect.files),
        job=None if suspect.job is None else tell_job(library, suspect.job),
    )
