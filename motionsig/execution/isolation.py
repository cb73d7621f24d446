"""Calls in another process, because a decoder may crash or hang on a hostile file."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, Final, ParamSpec, Self, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
_LOOK_EVERY_S: Final = 0.25


class LostCallError(Exception):
    """The process of a call died, or was ended because the time was over."""


class Isolated:
    """Another process that makes calls, one at a time; a context manager. It is replaced when it dies.

    Parameters
    ----------
    limit_s
        Seconds that a call may take.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._executor: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._executor is not None:
            self._executor.shutdown(wait=True, kill_workers=True)

    def call(
        self, function: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Result:
        """Return what a function of a module returns, and raise what it raises.

        Raises
        ------
        LostCallError
            When the process died or the time was over.
        """
        from joblib.externals.loky.process_executor import ProcessPoolExecutor, TerminatedWorkerError

        if self._executor is None:
            self._executor = ProcessPoolExecutor(1, initializer=obey_parent, initargs=(os.getpid(),))
        try:
            result: Result = self._executor.submit(_call, self._limit_s, function, args, kwargs).result()
        except TerminatedWorkerError as error:
            self._executor.shutdown(wait=False)
            self._executor = None
            raise LostCallError(str(error)) from error
        return result


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


class TerminatedError(KeyboardInterrupt):
    """SIGTERM reached this process, from a batch system, a shutdown or `kill`."""


@contextmanager
def termination_raised() -> Iterator[None]:
    """Raise TerminatedError in the block at the first SIGTERM, so that it ends as it does by Ctrl-C."""

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # what is left to do is to clean up
        raise TerminatedError

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


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
