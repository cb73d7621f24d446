"""Processes that make calls end with the one that started them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import cv2
import joblib

from motionsig.execution.isolation import Isolated, share_processors
from motionsig.execution.side_by_side import call_side_by_side


def run_python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=300, check=False
    )


def test_a_process_whose_parent_died_before_it_began_ends() -> None:
    gone = int(run_python("import os; print(os.getpid())").stdout)
    load = "import time; from motionsig.execution.isolation import obey_parent"
    orphan = f"{load}; obey_parent({gone}); time.sleep(200)"
    assert run_python(orphan).returncode == 1


def test_a_call_gives_what_the_function_returns() -> None:
    with Isolated(300) as isolated:
        assert isolated.call(pow, 2, 5) == 32


def test_its_pictures_are_worked_on_by_one_thread() -> None:
    with Isolated(300) as isolated:
        assert isolated.call(cv2.getNumThreads) == 1


def test_processes_that_work_side_by_side_share_the_processors(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in "ab"]
    errors = call_side_by_side(
        write_threads, [(path,) for path in paths], workers=2, limit_s=300, advance=lambda _: None
    )
    assert errors == [None, None]
    assert {path.read_text() for path in paths} == {str(max(joblib.cpu_count() // 2, 1))}
    assert set(share_processors(10_000).values()) == {"1"}


def write_threads(path: Path) -> None:
    path.write_text(os.environ["OPENBLAS_NUM_THREADS"])
