"""Calls in another process, because a decoder may crash or hang on a hostile file."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Final, ParamSpec, Self, TypeVar

from ground.errors import DependencyError

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
_LOOK_EVERY_S: Final = 0.25
# Several processes share the cores, and work on pictures so small that threads that shared one would wait for
# each other longer than they work: a fifth of all processor time.
_ONE_THREAD: Final = {"OPENCV_FOR_THREADS_NUM": "1"}
_THREAD_SETTINGS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class LostCallError(Exception):
    """The process of a call died, or was ended because the time was over."""


class Isolated:
    """Another process that makes calls, one at a time; a context manager. It is replaced when it dies.

    Parameters
    ----------
    limit_s
        Seconds that a call may take.
    env
        As of `open_executor`.
    """

    def __init__(self, limit_s: float, *, env: Mapping[str, str] | None = None) -> None:
        self._limit_s = limit_s
        self._env = env
        self._executor: Any = None
        self._ended = False
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self) -> None:
        """End the process, also from another thread than the one that waits for its answer, which is lost."""
        with self._lock:
            executor, self._executor, self._ended = self._executor, None, True
        if executor is not None:
            executor.shutdown(wait=True, kill_workers=True)

    def call(
        self, function: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        """Return what a function of a module returns, and raise what it raises.

        Raises
        ------
        LostCallError
            When the process died, the time was over, or the process was ended by `end`.
        DependencyError
            As of `open_executor`.
        """
        from joblib.externals.loky.process_executor import ShutdownExecutorError, TerminatedWorkerError

        with self._lock:
            if self._ended:
                raise LostCallError("it was ended")
            if self._executor is None:
                self._executor = open_executor(obey_parent, os.getpid(), env=self._env)
            executor = self._executor
            future = executor.submit(_call, self._limit_s, function, args, kwargs)
        try:
            result: Result = future.result()
        except TerminatedWorkerError as error:
            executor.shutdown(wait=False)
            with self._lock:
                self._executor = None
            raise LostCallError(str(error)) from error
        except (ShutdownExecutorError, CancelledError) as error:
            raise LostCallError("it was ended") from error
        return result


def open_executor(
    initializer: Callable[..., None], *initargs: object, env: Mapping[str, str] | None = None
) -> Any:
    """Return an executor with one worker process, which starts when there is work for it.

    Parameters
    ----------
    initializer, initargs
        What the process calls first.
    env
        Its environment variables, where they differ from this process's. OpenCV has one thread in any case.

    Raises
    ------
    DependencyError
        When the system has no shared memory, which processes need to wait for each other.
    """
    from joblib.externals.loky.process_executor import ProcessPoolExecutor

    try:
        return ProcessPoolExecutor(
            1, initializer=initializer, initargs=initargs, env={**_ONE_THREAD, **(env or {})}
        )
    except OSError as error:
        raise DependencyError(
            "Videos are read in processes of their own, and these need shared memory, which this system does "
            f"not give ({error.strerror}). Make /dev/shm writable: in a container, mount a tmpfs there, for "
            "example with `docker run --tmpfs /dev/shm`."
        ) from error


def share_processors(processes: int) -> dict[str, str]:
    """Return the environment variables that give each of several processes its share of the processors.

    NumPy's library for matrices starts a thread on every processor otherwise, and these wait for work by
    asking for it all the time.

    Parameters
    ----------
    processes
        How many work side by side, at least 1.
    """
    from joblib import cpu_count

    return dict.fromkeys(_THREAD_SETTINGS, str(max(cpu_count() // processes, 1)))


def obey_parent(parent: int) -> None:
    """Leave Ctrl-C and SIGTERM to the process that started this one, and end when that one was killed.

    Parameters
    ----------
    parent
        Its number; it may be gone already, and then asking the system would give another one.
    """
    # Ctrl-C reaches every process of the terminal, and a batch system ends all processes of a job.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    # Nothing else would tell that it was killed.
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY_S)
    os._exit(1)


@contextmanager
def ended_after(seconds: float) -> Iterator[None]:
    """End this process by SIGALRM when the block takes longer, even inside native code that never returns."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _call(limit_s: float, function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    with ended_after(limit_s):
        return function(*args, **kwargs)
