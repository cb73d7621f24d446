"""Ctrl-C and SIGTERM: both end a command in the same way, with what is done kept."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType


class InterruptedBySignal(BaseException):
    """A signal asked this process to end: Ctrl-C, or SIGTERM from a batch system, a shutdown or `kill`.

    It is no KeyboardInterrupt, because the library that parses arguments catches those.

    Attributes
    ----------
    exit_code
        What shells report for a process that the signal ended.
    """

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = 128 + number


@contextmanager
def signals_raised() -> Iterator[None]:
    """Raise InterruptedBySignal in the block at the first Ctrl-C or SIGTERM.

    What is left to do after it is to clean up: SIGTERM is ignored then, and a second Ctrl-C ends that too.
    Ctrl-C stays ignored where whoever started this process wants it so, as shells do in the background.
    """
    handled: list[signal.Signals] = []

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if signal.SIGINT in handled:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        raise InterruptedBySignal(number)

    with ExitStack() as afterwards:
        # Only the main thread is told of signals; None is a handler that Python did not set.
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                before = signal.getsignal(number)
                if before is not None and before != signal.SIG_IGN:
                    afterwards.callback(signal.signal, number, before)
                    signal.signal(number, stop)
                    handled.append(number)
        yield
