"""What a use case tells its caller while it works, and what it asks: progress, notices, whether to stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from typing import Protocol

from ground.errors import InputError, StoppedError


class StopSignal(Protocol):
    """Says whether the work is to end; a `threading.Event` is one."""

    def is_set(self) -> bool:
        """Return whether somebody asked for it."""


@dataclass(frozen=True)
class Progress:
    """How far one stage of the work is.

    Attributes
    ----------
    stage
        What is being done, in a word or two.
    done, total
        How many units are done, and how many there are; `total` is None where nobody knows. More than all are
        done where a video turns out to be read twice.
    unit
        What is counted, in the plural.
    is_over
        Whether the stage has ended.
    """

    stage: str
    done: int
    total: int | None
    unit: str
    is_over: bool = False


class Monitor:
    """The caller's side of a use case; every use case takes one, and works silently without.

    Callbacks may be called from several threads, never two at a time. What a callback raises ends the use
    case and reaches its caller; what was finished until then is kept, and nothing half-written is left.

    Parameters
    ----------
    on_progress
        Called when a stage begins, whenever more of it is done, and when it has ended.
    on_notice
        Called with a sentence that a person should see at once, such as what is about to be downloaded.
    stop
        Asked between units of work, for videos several times a second; once it is set, the use case raises
        `ground.errors.StoppedError`.

    Raises
    ------
    InputError
        When a callback cannot be called, or the stop signal is none.

    Examples
    --------
    >>> seen = []
    >>> monitor = Monitor(on_progress=lambda progress: seen.append(progress.done))
    >>> with monitor.stage("Counting", 2, "sheep") as advance:
    ...     advance()
    ...     advance()
    >>> seen
    [0, 1, 2, 2]
    """

    def __init__(
        self,
        *,
        on_progress: Callable[[Progress], None] | None = None,
        on_notice: Callable[[str], None] | None = None,
        stop: StopSignal | None = None,
    ) -> None:
        for callback in (on_progress, on_notice):
            if callback is not None and not callable(callback):
                raise InputError(f"{callback!r} cannot be called. Give a function, or leave it out.")
        if stop is not None and not callable(getattr(stop, "is_set", None)):
            raise InputError(f"{stop!r} is not a stop signal. Give a threading.Event, or leave it out.")
        self._on_progress = on_progress
        self._on_notice = on_notice
        self._stop = stop
        self._lock = threading.RLock()

    def notice(self, sentence: str) -> None:
        """Pass a sentence on to the caller."""
        if self._on_notice:
            with self._lock:
                self._on_notice(sentence)

    def knowing(self, sentences: Collection[str]) -> Monitor:
        """Return this monitor for a caller who knows some sentences already, and is not told them again."""
        other = copy(self)
        other._on_notice = lambda sentence: None if sentence in sentences else self.notice(sentence)
        return other

    def check(self) -> None:
        """Raise StoppedError when the caller wants the work to end."""
        if self._stop is not None and self._stop.is_set():
            raise StoppedError("Stopped. Finished work is kept. Make the same call again to continue.")

    @contextmanager
    def stage(self, name: str, total: int | None, unit: str) -> Iterator[Callable[[int], None]]:
        """Report a stage of the work while the block runs.

        Parameters
        ----------
        name, total, unit
            As of `Progress`.

        Yields
        ------
        callable
            ``advance(n=1)``: call it when `n` more units are done, from any thread; 0 asks only whether to
            stop. It raises what `check` and the caller's callback raise.
        """
        done = 0

        def advance(n: int = 1) -> None:
            nonlocal done
            self.check()
            if n:
                with self._lock:
                    done += n
                    self._report(Progress(name, done, total, unit))

        self.check()
        self._report(Progress(name, 0, total, unit))
        yield advance
        self._report(Progress(name, done, total, unit, is_over=True))

    def _report(self, progress: Progress) -> None:
        if self._on_progress:
            with self._lock:
                self._on_progress(progress)
