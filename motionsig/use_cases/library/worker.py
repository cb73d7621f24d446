"""A process that works on the queue, one job after the other."""

from __future__ import annotations

import os
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Final

from ground.errors import InputError, MotionsigError, StoppedError
from motionsig.execution.isolation import obey_parent
from motionsig.use_cases.library import queue
from motionsig.use_cases.library.layout import Library
from motionsig.use_cases.library.lock import hold_lane
from motionsig.use_cases.library.people import OTHERS
from motionsig.use_cases.library.records import Job, JobProgress, write_record
from motionsig.use_cases.monitor import Monitor, Progress

_LOOK_EVERY_S: Final = 0.3
_WRITE_EVERY_S: Final = 0.4
# Over how long the speed is measured, seconds.
_WINDOW_S: Final = 20.0


def work(root: Path, parent: int, lane: int, workers: int) -> None:
    """Work on the queue of a library until the parent process ends.

    Parameters
    ----------
    root
        The library.
    parent
        The number of the process that started this one.
    lane
        The number of this worker, which no other one has.
    workers
        How many processes read a video.
    """
    obey_parent(parent)
    os.nice(5)  # the page answers first
    library = Library(root)
    with hold_lane(library, lane):
        while True:
            if not work_once(library, workers, lane):
                time.sleep(_LOOK_EVERY_S)


def work_once(library: Library, workers: int, lane: int = 0) -> bool:
    """Do the next job; return whether there was one."""
    job = queue.take_next(library, lane)
    if job is None:
        return False
    notices: list[str] = []
    monitor = _JobMonitor(library, job, notices)
    state, message = "done", None
    try:
        _do(library, job, workers, monitor)
    except StoppedError:
        state = "cancelled"
    except MotionsigError as error:
        state, message = "failed", str(error).replace(f"{library.root}/", "")
    except Exception as error:  # a defect must not hold up the other jobs, and is told where it is seen
        state, message = "failed", f"This is a defect of motionsig. Please report it: {error!r}"
    shown = tuple(dict.fromkeys(one.replace(f"{library.root}/", "") for one in notices))
    queue.end_job(library, job, state, message, shown)
    return True


def _do(library: Library, job: Job, workers: int, monitor: _JobMonitor) -> None:
    # Imported here: it takes seconds, and a queue that is empty needs none of it.
    from motionsig.use_cases.library import judging, learning

    if job.kind == "learn":
        learning.learn_person(library, job.of, workers, monitor)
    elif job.kind == "learn others":
        assert job.of == OTHERS
        learning.learn_others(library, workers, monitor)
    elif job.kind == "draw overlay":
        judging.overlay_suspect(library, job.of, monitor)
    else:
        with suppress(MotionsigError):  # said below, by whoever needs it
            monitor.clips = judging.find_clips(library, job.of, monitor)
        judging.judge_suspect(library, job.of, workers, monitor)


class _Cancelled:
    """Whether somebody asked for the job to be ended; looks at the disk a few times a second."""

    def __init__(self, library: Library, job: Job) -> None:
        self._library, self._job = library, job
        self._is_set, self._due = False, 0.0

    def is_set(self) -> bool:
        """Return whether the work is to end."""
        if not self._is_set and time.monotonic() >= self._due:
            self._is_set = queue.is_cancelled(self._library, self._job)
            self._due = time.monotonic() + _LOOK_EVERY_S
        return self._is_set


class _JobMonitor(Monitor):
    """Writes down how far a job is, for whoever looks at the page.

    Attributes
    ----------
    clips
        Seconds of the video that is read, and seconds from clip to clip; None where nobody knows.
    """

    def __init__(self, library: Library, job: Job, notices: list[str]) -> None:
        super().__init__(on_progress=self._write, on_notice=notices.append, stop=_Cancelled(library, job))
        self.clips: tuple[float, float] | None = None
        self._path = queue.progress_path(library, job)
        self._stage: str | None = None
        self._seen: deque[tuple[float, int]] = deque()
        self._due = 0.0

    def _write(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.stage != self._stage:
            self._stage, self._due = progress.stage, 0.0
            self._seen.clear()
        self._seen.append((now, progress.done))
        while len(self._seen) > 2 and now - self._seen[0][0] > _WINDOW_S:
            self._seen.popleft()
        if now < self._due and not progress.is_over:
            return
        self._due = now + _WRITE_EVERY_S
        with suppress(InputError, OSError):  # a full disk must not end the reading
            write_record(self._tell(progress), self._path)

    def _tell(self, progress: Progress) -> JobProgress:
        (before, done), (now, _) = self._seen[0], self._seen[-1]
        rate = (progress.done - done) / (now - before) if now > before and progress.done > done else None
        left = None if progress.total is None else max(progress.total - progress.done, 0)
        clip = clips = None
        if self.clips is not None and progress.unit == "frames" and progress.total:
            seconds, step_s = self.clips
            clips = max(int(seconds / step_s) - 1, 1)
            clip = min(int(progress.done / progress.total * seconds / step_s) + 1, clips)
        return JobProgress(
            stage=progress.stage,
            done=progress.done,
            total=progress.total,
            unit=progress.unit,
            rate=rate,
            left_s=None if rate is None or left is None else left / rate,
            clip=clip,
            clips=clips,
        )
