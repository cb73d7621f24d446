"""Worker processes on this computer, one job at a time each."""

from __future__ import annotations

import os
import re
import time
from concurrent.futures import Future
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Final, Self

from motionsig.execution.isolation import ended_after, obey_parent, open_executor, share_processors
from motionsig.execution.jobs import Job, run_job
from motionsig.execution.remote import remove_abandoned

_REPORT_EVERY_S: Final = 0.25
GRACE_S: Final = 5.0
# Pictures are made and freed by the threads that decode and those that read. glibc gives each a heap of its
# own, and those grow video by video; one heap grows less.
_FLAT_MEMORY: Final = {"MALLOC_ARENA_MAX": "1"}
_SIGNAL: Final = re.compile(r"\b(SIG[A-Z]+)\(")


class LocalWorkers:
    """Processes that work side by side; a context manager.

    Each is an executor of its own, because an executor with several processes fails as a whole when one of
    them dies: so a decoder that crashes, or one that is killed for lack of memory, costs its own video only.

    Parameters
    ----------
    count
        Number of processes, at least 1. They start when there is work for them.
    """

    reports_frames: Final = True

    def __init__(self, count: int) -> None:
        self.count = count
        self.most_in_flight = count
        self._idle: list[Any] = []
        self._busy: dict[Future[Any], Any] = {}

    def __enter__(self) -> Self:
        self._reports, self._report_to = Pipe(duplex=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for executor in (*self._idle, *self._busy.values()):
            executor.shutdown(wait=True, kill_workers=True)
        remove_abandoned()
        self._report_to.close()
        self._reports.close()

    def submit(self, job: Job) -> Future[Any]:
        """Give a job to a process that has none."""
        for done in [future for future in self._busy if future.done()]:
            executor = self._busy.pop(done)
            if done.exception() is None:
                self._idle.append(executor)
            else:
                executor.shutdown(wait=False)
        executor = self._idle.pop() if self._idle else self._start()
        future: Future[Any] = executor.submit(_run_and_report, job)
        self._busy[future] = executor
        return future

    def take_frames(self) -> int:
        """Return how many frames the processes decoded since the last call."""
        frames = 0
        while self._reports.poll():
            frames += int.from_bytes(self._reports.recv_bytes())
        return frames

    def describe_death(self, error: BaseException) -> str:
        """Return the words for a job whose process died."""
        return describe_death(error)

    def _start(self) -> Any:
        return open_executor(
            _prepare_process,
            self._report_to,
            os.getpid(),
            env={**share_processors(self.count), **_FLAT_MEMORY},
        )


def describe_death(error: BaseException) -> str:
    """Return the words for a job whose process died, by joblib's error or one that quotes it."""
    found = _SIGNAL.search(str(error))
    if found and found[1] == "SIGALRM":
        return "its decoder did not answer before the time limit ended (change it with --time-limit)"
    how = f" ({found[1]})" if found else ""
    return f"its worker process died{how}, because memory ran out or because of this file"


class _Reporter:
    """Tells the process that started this one how many frames were decoded, a few times a second.

    Messages are shorter than what the system writes in one piece, so that all processes share one pipe
    without a lock, which one that is killed could not let go.
    """

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._frames = 0
        self._due = 0.0

    def __call__(self) -> None:
        self._frames += 1
        if time.monotonic() >= self._due:
            self.flush()

    def flush(self) -> None:
        """Send what was counted."""
        self._pipe.send_bytes(self._frames.to_bytes(8))
        self._frames = 0
        self._due = time.monotonic() + _REPORT_EVERY_S


_reporter: _Reporter | None = None


def _prepare_process(report_to: Connection, parent: int) -> None:
    global _reporter  # noqa: PLW0603 - there is no other way from an initializer to the jobs
    obey_parent(parent)
    _reporter = _Reporter(report_to)


def _run_and_report(job: Job) -> Any:
    assert _reporter is not None
    try:
        # A reader that still decodes sees itself that its time is over, and says so in better words.
        with ended_after(job.options.limits.time_s + GRACE_S):
            return run_job(job, _reporter)
    finally:
        _reporter.flush()
