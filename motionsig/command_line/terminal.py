"""What reaches the person at the terminal: results on standard output, all else on standard error."""

from __future__ import annotations

import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from ground.text import printable, store_texts

_KEPT_LOG_LINES: Final = 20
_FILE_WIDTH: Final = 1_000

# Consoles of the progress bars that are drawn at present: lines must be printed above the bar.
_bars: Final[list[Console]] = []


def say(message: str) -> None:
    """Print one line of the result on standard output."""
    _print(message, sys.stdout)


def notify(message: str) -> None:
    """Print on standard error what the user must know and need not act on."""
    _print(message, sys.stderr)


def warn(message: str) -> None:
    """Print a warning on standard error."""
    _print(f"Warning: {message}", sys.stderr)


def fail(message: str, problems: Iterable[str] = ()) -> None:
    """Print the sentence of an error on standard error, and each of its problems on a line of its own."""
    _print(f"Error: {message}", sys.stderr)
    for problem in problems:
        _print(f"  {problem}", sys.stderr)


def emit_json(content: Any) -> None:
    """Print `content` as JSON on standard output, for a script to read."""
    print(json.dumps(store_texts(content), indent=2, allow_nan=False))  # noqa: T201 - the escapes are JSON's own


def show_written(path: Path, *, as_json: bool) -> None:
    """Say where a file that was asked for lies."""
    if as_json:
        emit_json({"written": str(path)})
    else:
        say(f"Written: {path}")


def show_table(columns: dict[str, str], rows: list[tuple[str, ...]]) -> None:
    """Print a table on standard output.

    Parameters
    ----------
    columns
        Title and alignment (``left``, ``right``, ``center``) of each column.
    rows
        The cells, as text.
    """
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title, justify in columns.items():
        table.add_column(title, justify=justify, overflow="fold")  # type: ignore[arg-type]
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    # A file or another program gets whole lines; only a terminal has an edge to fold them at.
    width = None if sys.stdout.isatty() else _FILE_WIDTH
    Console(file=sys.stdout, highlight=False, width=width).print(table)


class _RateColumn(ProgressColumn):
    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:.0f} {self._unit}/s" if task.speed else f"- {self._unit}/s")


@contextmanager
def progress(description: str, total: float | None, unit: str = "frames") -> Iterator[Callable[[int], None]]:
    """Show a progress bar with rate and time left on standard error while the block runs.

    Parameters
    ----------
    description
        What is being done, in a word or two.
    total
        Number of units of the whole work; None when nobody knows.
    unit
        What is counted.

    Yields
    ------
    callable
        ``advance(n=1)``: call it when `n` more units are done. Nothing is drawn where standard error is no
        terminal.
    """
    console = Console(file=sys.stderr, highlight=False)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        _RateColumn(unit),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    bar = Progress(
        *columns,
        console=console,
        transient=True,
        disable=not console.is_terminal,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    task = bar.add_task(printable(description), total=total)

    def advance(n: int = 1) -> None:
        bar.advance(task, n)

    with bar:
        if console.is_terminal:
            _bars.append(console)
        try:
            yield advance
        finally:
            _bars.clear()


def accept_all_characters() -> None:
    """Write out, on standard output too, what the terminal's alphabet lacks, rather than fail at it."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


@contextmanager
def native_output_set_aside() -> Iterator[Callable[[], str]]:
    """Keep what C and C++ libraries write to standard error off the terminal.

    LiteRT and FFmpeg log there whatever their settings. Python's own standard error goes on as
    before, through a copy of the descriptor; worker processes inherit the quiet one.

    Yields
    ------
    callable
        Returns the last lines that were set aside, for the report of a crash.
    """
    try:
        terminal = os.dup(2)
    except OSError:  # standard error is closed, so nothing reaches a terminal anyway
        yield lambda: ""
        return
    python_stderr, sys.stderr = sys.stderr, _copy_stream(2)
    with _open_log() as log:
        os.dup2(log.fileno(), 2)
        try:
            yield lambda: _tail(log)
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
            sys.stderr.close()
            sys.stderr = python_stderr


def _open_log() -> IO[bytes]:
    try:
        return tempfile.TemporaryFile()
    except OSError:  # nowhere to keep it, so that it is lost
        return Path(os.devnull).open("r+b")


def _copy_stream(descriptor: int) -> IO[str]:
    encoding = getattr(sys.stderr, "encoding", None)
    return os.fdopen(os.dup(descriptor), "w", buffering=1, encoding=encoding, errors="backslashreplace")


def _tail(log: IO[bytes]) -> str:
    log.seek(0)
    return b"".join(log.readlines()[-_KEPT_LOG_LINES:]).decode(errors="replace")


def _print(message: str, stream: IO[str]) -> None:
    if _bars and stream.isatty():
        _bars[-1].print(Text(printable(message)), soft_wrap=True)
    else:
        print(printable(message), file=stream)
