"""What use cases are told of the terminal: bars for their stages, standard error for notices, the command."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from motionsig.command_line import terminal

if TYPE_CHECKING:
    from motionsig.use_cases.monitor import Monitor, Progress


def command_line() -> str:
    """Return the command that is being run, as a shell would read it."""
    return shlex.join(["motionsig", *sys.argv[1:]])


@contextmanager
def watched() -> Iterator[Monitor]:
    """Yield a monitor that draws a bar for each stage of the use cases that it is given to."""
    from motionsig.use_cases.monitor import Monitor

    with ExitStack() as bars:
        advance: Callable[[int], None] | None = None
        drawn = 0

        def show(progress: Progress) -> None:
            nonlocal advance, drawn
            if progress.is_over:
                bars.close()
                advance = None
                return
            if advance is None:
                advance = bars.enter_context(
                    terminal.progress(progress.stage, progress.total, unit=progress.unit)
                )
                drawn = 0
            advance(progress.done - drawn)
            drawn = progress.done

        yield Monitor(on_progress=show, on_notice=terminal.notify)
