"""Calls of the command line, and what a refusal must look like."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path


class Result:
    """Exit code and output of one call."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


Run = Callable[..., Result]


def files_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")} if folder.exists() else set()


def tables_of(*stems: str) -> set[str]:
    """What lies in a folder when these videos are extracted: the frame tables and what lies beside."""
    return {
        f"{stem}{ending}" for stem in stems for ending in (".parquet", ".tracks.parquet", ".voice.parquet")
    }


def assert_refused(result: Result, *words: str, nothing_in: Path) -> None:
    """One sentence on standard error, a non-zero exit, no traceback, and nothing written.

    Except what `extract` keeps in hidden folders for the next run, and its list of failures.
    """
    assert result.code == 1, result.err
    for word in words:
        assert word in result.err, result.err
    assert result.err.startswith("Error: "), result.err
    assert "Traceback" not in result.err, result.err
    files = {name for name in files_below(nothing_in) if not (nothing_in / name).is_dir()}
    assert {Path(name).name for name in files if not name.startswith(".")} <= {"failures.csv"}


# --- extract
