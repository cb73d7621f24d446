"""Processes that make calls end with the one that started them."""

from __future__ import annotations

import subprocess
import sys

import cv2

from motionsig.execution.isolation import Isolated


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
