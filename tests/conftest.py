"""What holds for all tests: no property depends on speed, one thread for numbers, the longest files first."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

# Here, above all test files: a file of a folder takes over whatever holds when it is loaded.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")

# Before NumPy is loaded. Its threads wait by spinning: with as many of them as processors in each of as many
# workers of pytest, learning a background takes five times the processor time.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENCV_FOR_THREADS_NUM"):
    os.environ.setdefault(name, "1")

# Those that take longest, the longest first.
_FIRST = (
    "test_demo.py", "test_extraction_runs.py", "test_cluster.py", "test_page_in_browser.py",
    "test_page_serving.py", "test_benchmark.py", "test_background_learning.py", "test_commands.py",
    "test_hostile_files.py", "test_examples.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first, so that no worker of pytest is left with one of them at the end."""
    order = {name: number for number, name in enumerate(_FIRST)}
    items.sort(key=lambda item: order.get(item.path.name, len(order)))
