"""Jobs to workers: one table a video, failures kept apart, finished work kept."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Generator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from extract.extraction import Extraction
from extract.extraction_options import ExtractionOptions
from ground.errors import InputError
from motionsig.execution.jobs import Failure, Job, fail_lost, list_other_people, make_table_job
from motionsig.execution.local_workers import LocalWorkers
from motionsig.execution.remote import Video
from motionsig.execution.survey import Survey, plan_jobs

if TYPE_CHECKING:
    from motionsig.execution.cluster import Cluster

_REPORT_EVERY_S: Final = 0.25


@dataclass(frozen=True)
class Outcome:
    """What became of one video: an extraction, or why there is none."""

    video: Video
    extraction: Extraction | None
    error: Failure | None


class Workers(Protocol):
    """Processes that run jobs.

    Attributes
    ----------
    count
        How many jobs are worked on at once.
    most_in_flight
        How many jobs may be handed over and not yet done.
    reports_frames
        Whether `take_frames` tells of frames while a job is worked on.
    """

    @property
    def count(self) -> int: ...  # noqa: D102
    @property
    def most_in_flight(self) -> int: ...  # noqa: D102
    @property
    def reports_frames(self) -> bool: ...  # noqa: D102

    def submit(self, job: Job) -> Future[Any]:
        """Hand over a job; the future gives what `motionsig.execution.jobs.run_job` returns."""

    def take_frames(self) -> int:
        """Return how many frames were decoded since the last call."""

    def describe_death(self, error: BaseException) -> str:
        """Return the words for a job whose worker died."""


def dispatch(
    survey: Survey,
    out: Path,
    options: ExtractionOptions,
    *,
    workers: int,
    cluster: Cluster | None = None,
    of_others: Collection[Video] = (),
    everyone: bool = False,
    advance: Callable[[int], None],
) -> Generator[Outcome, None, None]:
    """Extract videos side by side and yield each outcome as it is there.

    Parameters
    ----------
    survey
        Video files with different stems.
    out
        Folder for the frame tables, ``<stem>.parquet`` each.
    options
        How they are read.
    workers
        Number of processes on this computer, at least 1.
    cluster
        Where to work instead.
    of_others
        Videos in which the person of the options is not looked for.
    everyone
        Whether each person of a video has a table of their own, ``<stem>.person<number>.parquet``.
    advance
        Called from this thread, several times a second, with the number of frames done since the last call,
        which may be 0. What it raises ends the work.

    Raises
    ------
    InputError
        When nothing can be written into the folder.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"Cannot write into {out}: {error.strerror}. Choose another folder.") from error
    with ExitStack() as stack:
        team: Workers
        if cluster is None:
            team = stack.enter_context(LocalWorkers(workers))
        else:
            team = stack.enter_context(cluster.share(out))
        jobs = plan_jobs(survey, out, options, team.count, of_others, everyone=everyone)
        yield from _work(jobs, team, advance)


def _key(job: Job) -> tuple[Video, Path]:
    """Return what tells the making of a table from others: a video may have several tables."""
    return job.video, job.table


def _work(
    videos: list[list[Job]], team: Workers, advance: Callable[[int], None]
) -> Generator[Outcome, None, None]:
    waiting = deque(job for jobs in videos for job in jobs)
    parts_of = {_key(jobs[0]): jobs for jobs in videos if len(jobs) > 1}
    parts_left = {key: len(jobs) for key, jobs in parts_of.items()}
    frames_of = {_key(jobs[0]): sum(job.frames or 0 for job in jobs) for jobs in videos}
    failed: set[tuple[Video, Path]] = set()
    running: dict[Future[Any], Job] = {}
    while waiting or running:
        while waiting and len(running) < team.most_in_flight:
            job = waiting.popleft()
            if _key(job) not in failed:
                running[team.submit(job)] = job
        done, _ = wait(running, timeout=_REPORT_EVERY_S, return_when=FIRST_COMPLETED)
        advance(team.take_frames())
        for future in done:
            job = running.pop(future)
            result = _result_of(future, job, team)
            if not team.reports_frames or (isinstance(result, Extraction) and result.reused):
                advance(job.frames or 0)
            if _key(job) in failed:
                continue  # another part of it has said so
            if isinstance(result, Failure):
                failed.add(_key(job))
                yield Outcome(job.video, None, result)
            elif isinstance(result, Extraction):
                waiting.extend(list_other_people(job, result))
                yield Outcome(job.video, result, None)
            elif job.chunks is None:  # all is to be read again, for another person
                parts_left[_key(job)] = len(parts_of[_key(job)])
                waiting.extendleft(reversed(parts_of[_key(job)]))
            else:
                parts_left[_key(job)] -= 1
                if not parts_left[_key(job)]:
                    # Where only whole jobs are counted, those of the parts were.
                    frames = frames_of[_key(job)] if team.reports_frames else 0
                    waiting.appendleft(make_table_job(job, frames))


def _result_of(future: Future[Any], job: Job, team: Workers) -> Extraction | Failure | None:
    error = future.exception()
    if error is None:
        result: Extraction | Failure | None = future.result()
        return result
    return fail_lost(job, team.describe_death(error))
