"""The suspects of a library, and what was said of them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ground.errors import InputError
from ground.names import key_of_name
from ground.provenance import tell_time
from motionsig.use_cases.library.files import Arrival, is_within, link_file, remove_folder
from motionsig.use_cases.library.layout import Library, MissingError, pick
from motionsig.use_cases.library.lock import holding_queue
from motionsig.use_cases.library.names import make_id, name_file
from motionsig.use_cases.library.people import find_person
from motionsig.use_cases.library.queue import (
    JUDGING,
    add_job,
    cancel_job,
    forget_jobs,
    list_jobs,
)
from motionsig.use_cases.library.records import Job, SuspectRecord, read_record, write_record
from motionsig.use_cases.library.verdicts import Answer, read_answers

# What a verdict may consist of; nothing else of the folder is given away.
VERDICT_FILES: Final = (
    "report.html", "verdict.json", "verdict.csv", "evidence.json", "identification.json",
    "identification.csv", "overlay.mp4",
)  # fmt: skip
_TABLES: Final = frozenset({".csv", ".parquet"})
_OWN_FILES: Final = frozenset({"suspect.json", "failures.csv", *VERDICT_FILES})


@dataclass(frozen=True)
class Suspect:
    """A suspect, or the folder of a verdict that a command wrote.

    Attributes
    ----------
    id
        The name of its folder.
    given
        The name of the file where it came from.
    person_name
        With whom it is compared; None for whoever fits.
    answers
        Of each video; empty while there is no verdict.
    job
        The last work on it; None where a command wrote the verdict.
    """

    id: str
    folder: Path
    given: str
    created_utc: str
    record: SuspectRecord | None
    person_name: str | None
    answers: tuple[Answer, ...]
    job: Job | None

    @property
    def video(self) -> Path | None:
        """The video, which may be a link; None where the library has none, but a table or only a verdict."""
        path = self.folder / self.record.file if self.record else None
        return None if path is None or path.suffix in _TABLES else path

    @property
    def files(self) -> list[str]:
        """Which of `VERDICT_FILES` there are; a link that leads elsewhere is none."""
        return [
            name
            for name in VERDICT_FILES
            if (self.folder / name).is_file() and is_within(self.folder / name, [self.folder])
        ]

    @property
    def state(self) -> str:
        """``judged``, or the state of the last work on it."""
        if self.job is not None and self.job.kind == "judge" and self.job.state != "done":
            return self.job.state
        return "judged" if self.answers else "failed"


def add_suspect(library: Library, given: str, source: Arrival | Path, person: str | None) -> Suspect:
    """Add a video that has arrived, or one that stays where it is, and ask for a verdict.

    Parameters
    ----------
    library
        Where to.
    given
        Its name where it comes from.
    source
        The file that arrived, or the path where it lies.
    person
        With whom it is compared; None for whoever fits.

    Raises
    ------
    InputError
        When there is nobody to compare it with.
    """
    check_comparison(library, person)
    record = SuspectRecord(
        given=given,
        file=_name_video(given),
        path=None if isinstance(source, Arrival) else str(source),
        person=person,
        created_utc=tell_time(),
    )
    suspect_id = make_id()
    # The folder appears when it is complete: whoever is killed before that leaves nothing that nobody sees.
    growing = library.incoming / f"{suspect_id}.part"
    try:
        write_record(record, growing / "suspect.json")
        if isinstance(source, Arrival):
            source.keep(growing / record.file)
        else:
            link_file(source, growing / record.file)
        growing.rename(library.verdicts / suspect_id)
    except BaseException:
        remove_folder(growing)
        raise
    add_job(library, "judge", suspect_id, given)
    return find_suspect(library, suspect_id)


def resume_suspects(library: Library) -> None:
    """Ask for the verdicts that nobody could ask for, because the program was killed before."""
    for suspect in list_suspects(library):
        if suspect.record is not None and suspect.job is None and not suspect.answers:
            add_job(library, "judge", suspect.id, suspect.given)


def judge_again(library: Library, suspect_id: str, person: str | None) -> Job:
    """Ask for another verdict on a suspect, by another person or by what was learnt meanwhile.

    Raises
    ------
    InputError
        When there is nobody to compare it with, no video, or it is being worked on.
    """
    suspect = find_suspect(library, suspect_id)
    check_comparison(library, person)
    if suspect.record is None:
        raise InputError("Only the verdict is here, not the video. Send the video.")
    if suspect.job is not None and suspect.job.state in ("queued", "running"):
        raise InputError("The video is being compared already. Cancel that first.")
    write_record(suspect.record.model_copy(update={"person": person}), suspect.folder / "suspect.json")
    return add_job(library, "judge", suspect.id, suspect.given)


def check_comparison(library: Library, person: str | None) -> None:
    """Raise InputError when there is no model of a person; None stands for whoever fits."""
    if person is None:
        if not any(library.models.glob("*.skops")):
            raise InputError("Nobody is enrolled yet. Enrol a person first.")
    elif find_person(library, person).model is None:
        raise InputError("Nothing was learnt of this person yet. Add recordings of them first.")


def find_suspect(library: Library, suspect_id: str) -> Suspect:
    """Return a suspect; MissingError where there is none."""
    return _assemble(library, pick(library.verdicts, suspect_id), list_jobs(library))


def list_suspects(library: Library, search: str = "") -> list[Suspect]:
    """Return suspects, the latest first; with `search`, those in whose words it is found."""
    jobs = list_jobs(library)
    found = []
    for folder in library.verdicts.iterdir():
        if folder.is_dir() and not folder.name.startswith("."):
            with suppress(MissingError):
                found.append(_assemble(library, folder, jobs))
    wanted = key_of_name(search).split()
    found = [one for one in found if all(word in _describe(one) for word in wanted)]
    return sorted(found, key=lambda one: one.created_utc, reverse=True)


def delete_suspect(library: Library, suspect_id: str) -> None:
    """Remove a suspect for good: the video that was sent, verdict, report, tables, and what the queue says.

    A video that was named by its path stays where it is.

    Raises
    ------
    InputError
        When it is being read; that is asked to end.
    """
    with holding_queue(library):
        suspect = find_suspect(library, suspect_id)
        running = [
            job for job in list_jobs(library) if _is_work_on(suspect_id, job) and job.state == "running"
        ]
        for job in running:
            cancel_job(library, job.id)
        if running:
            raise InputError("The video is being read. That ends now. Delete it again in a moment.")
        forget_jobs(library, suspect_id, JUDGING)
        shutil.rmtree(library.cache_of(suspect_id), ignore_errors=True)
        remove_folder(suspect.folder)


def _is_work_on(suspect_id: str, job: Job) -> bool:
    return job.of == suspect_id and job.kind in JUDGING


def _name_video(given: str) -> str:
    """Return what a suspect is called in its folder: not like what is written there."""
    file = name_file(given, ())
    return name_file(given, [Path(file).stem]) if file.casefold() in _OWN_FILES else file


def _assemble(library: Library, folder: Path, jobs: Sequence[Job]) -> Suspect:
    if folder.is_symlink():
        raise MissingError(f"{folder.name} is a link. A verdict lies in the library itself.")
    record: SuspectRecord | None = None
    with suppress(InputError):
        record = read_record(SuspectRecord, folder / "suspect.json")
    verdict = folder / "verdict.json"
    answers: tuple[Answer, ...]
    answers, made_utc = (), ""
    with suppress(OSError):
        if is_within(verdict, [folder]):
            answers, made_utc = read_answers(verdict, verdict.stat().st_mtime_ns)
    if record is None and not answers:
        raise MissingError(f"There is no verdict in {folder.name}.")
    job = next((job for job in reversed(jobs) if _is_work_on(folder.name, job)), None)
    person = answers[0].person if answers else None
    if record is not None and record.person is not None and person is None:
        with suppress(MissingError):
            person = find_person(library, record.person).name
    return Suspect(
        id=folder.name,
        folder=folder,
        given=record.given if record else ", ".join(answer.video for answer in answers),
        created_utc=record.created_utc if record else made_utc,
        record=record,
        person_name=person,
        answers=answers,
        job=job,
    )


def _describe(suspect: Suspect) -> str:
    """Return the words that a search looks into."""
    said = " ".join(f"{one.video} {one.person} {one.label} {one.sentence}" for one in suspect.answers)
    return key_of_name(f"{suspect.given} {suspect.person_name or ''} {suspect.created_utc} {said}")
