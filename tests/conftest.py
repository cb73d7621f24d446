"""What holds for all tests: no property depends on speed, and the longest test file comes first."""

from __future__ import annotations

import pytest
from hypothesis import settings

# Here, above all test files: a file of a folder takes over whatever holds when it is loaded.
settings.register_profile("repeatable", derandomize=True, deadline=None)
settings.load_profile("repeatable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest file first, so that no worker of pytest is left with it at the end."""
    items.sort(key=lambda item: item.path.name != "test_demo.py")
