"""The queue of a library: a file a job, so that whoever dies, the work goes on where it was.

Whoever wants work done writes the job, and a file beside it to cancel it. All else of a job is written by the
worker that has it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Final

from ground.errors import InputError
from ground.provenance import tell_time
from motionsig.use_cases.library.layout import Library, pick
from motionsig.use_cases.library.lock import holding_queue
from motionsig.use_cases.library.names import make_id
from motionsig.use_cases.library.records import Job, JobKind, JobProgress, read_record, write_record

_JOB, _CANCEL, _PROGRESS = ".json", ".cancel", ".progress"
# A job that ends the program whenever it is begun must not hold up the others for ever.
MOST_ATTEMPTS: Final = 3
# Work for a person, and for a suspect: the two may have the same id.
LEARNING: Final[frozenset[JobKind]] = frozenset({"learn", "learn others"})
JUDGING: Final[frozenset[JobKind]] = frozenset({"judge", "draw overlay"})


def add_job(library: Library, kind: JobKind, of: str, name: str) -> Job:
    """Put work at the end of the queue; the same work that waits already is not asked for twice."""
    for job in list_jobs(library):
        if (job.kind, job.of, job.state) == (kind, of, "queued"):
            return job
    job = Job(id=make_id(), kind=kind, of=of, name=name, created_utc=tell_time())
    write_record(job, _path(library, job.id))
    return job


def list_jobs(library: Library) -> list[Job]:
    """Return all jobs, in the order in which they were asked for; damaged files are passed over."""
    jobs = []
    for path in sorted(library.jobs.glob(f"*{_JOB}")):
        with suppress(InputError, OSError):  # it may be removed at this moment
            jobs.append(_show(library, _read_again(path, *_tell_apart(path))))
    return jobs


@lru_cache(maxsize=4096)
def _read_again(path: Path, changed_ns: int, inode: int, size: int) -> Job:
    """Return a job that may have been read before; old ones never change, and all are listed every second."""
    return read_record(Job, path)


def _tell_apart(path: Path) -> tuple[int, int, int]:
    """Return what changes when a file is written anew, also twice within a tick of the disk's clock."""
    found = path.stat()
    return found.st_mtime_ns, found.st_ino, found.st_size


def read_job(library: Library, name: str) -> Job:
    """Return a job; MissingError when there is none of this name."""
    return _show(library, read_record(Job, pick(library.jobs, f"{name}{_JOB}")))


def read_progress(library: Library, job: Job) -> JobProgress | None:
    """Return how far a job is that is being worked on; None where nobody knows."""
    if job.state != "running":
        return None
    try:
        return read_record(JobProgress, progress_path(library, job))
    except InputError:
        return None


def cancel_job(library: Library, name: str) -> Job:
    """Ask for a job to be ended; what is finished of it is kept, and asking again does no harm."""
    job = read_job(library, name)
    if job.state in ("queued", "running"):
        _cancel_path(library, job).touch()
    return _show(library, job)


def is_cancelled(library: Library, job: Job) -> bool:
    """Return whether somebody asked for a job to be ended."""
    return _cancel_path(library, job).exists()


def is_busy(library: Library, of: str, kinds: Collection[JobKind]) -> bool:
    """Return whether somebody is being worked on in one of these ways, or waits for it."""
    return any(
        job.of == of and job.kind in kinds and job.state in ("queued", "running")
        for job in list_jobs(library)
    )


def resume_jobs(library: Library) -> None:
    """Put back what was being worked on when the whole program ended; only before any worker starts."""
    for job in list_jobs(library):
        if job.state == "running":
            again = job.model_copy(update={"state": "queued", "attempts": 0, "lane": None})
            write_record(again, _path(library, job.id))


def take_next(library: Library, lane: int = 0) -> Job | None:
    """Return the next job of a worker, begun; None when there is no work for it. Only workers call it.

    What is learnt is learnt alone, and what was asked for later waits for it: it may need it. Suspects are
    compared side by side. A job that ended its worker is begun again, at most `MOST_ATTEMPTS` times.

    Parameters
    ----------
    library
        Whose queue it is.
    lane
        The number of the worker.
    """
    with holding_queue(library):
        for job in _list_unended(library):
            if job.state == "running" and job.lane != lane:
                if job.kind in LEARNING:
                    return None
                continue  # another worker has it
            if is_cancelled(library, job):
                end_job(library, job, "cancelled")
            elif job.attempts >= MOST_ATTEMPTS:
                end_job(
                    library,
                    job,
                    "failed",
                    f"The program ended {MOST_ATTEMPTS} times while it worked on this. The file may be "
                    "hostile, or memory ran out.",
                )
            else:
                update = {"state": "running", "attempts": job.attempts + 1, "lane": lane}
                begun = job.model_copy(update=update)
                write_record(begun, _path(library, job.id))
                return begun
    return None


def _list_unended(library: Library) -> Iterator[Job]:
    for path in sorted(library.jobs.glob(f"*{_JOB}")):
        with suppress(InputError, OSError):
            job = _read_again(path, *_tell_apart(path))
            if job.state in ("queued", "running"):
                yield job


def end_job(
    library: Library, job: Job, state: str, message: str | None = None, notices: tuple[str, ...] = ()
) -> None:
    """Write what became of a job. Only its worker calls it; a job that was deleted meanwhile stays so."""
    path = _path(library, job.id)
    if path.exists():
        update = {"state": state, "message": message, "notices": notices, "ended_utc": tell_time()}
        write_record(Job.model_validate(job.model_dump() | update), path)
    for beside in (progress_path(library, job), _cancel_path(library, job)):
        beside.unlink(missing_ok=True)


def forget_jobs(library: Library, of: str, kinds: Collection[JobKind]) -> None:
    """Remove all that the queue says of a person (`LEARNING`) or a suspect (`JUDGING`)."""
    for job in list_jobs(library):
        if job.of == of and job.kind in kinds:
            for path in (_path(library, job.id), progress_path(library, job), _cancel_path(library, job)):
                path.unlink(missing_ok=True)


def progress_path(library: Library, job: Job) -> Path:
    """Return where it stands how far a job is."""
    return library.jobs / f"{job.id}{_PROGRESS}"


def _path(library: Library, name: str) -> Path:
    return library.jobs / f"{name}{_JOB}"


def _cancel_path(library: Library, job: Job) -> Path:
    return library.jobs / f"{job.id}{_CANCEL}"


def _show(library: Library, job: Job) -> Job:
    """Return a job as whoever asked sees it: cancelled is what waits and was cancelled."""
    if job.state == "queued" and is_cancelled(library, job):
        return job.model_copy(update={"state": "cancelled"})
    return job
