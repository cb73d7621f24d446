"""Who made a file, when, and with which libraries."""

from __future__ import annotations

import importlib.metadata
import platform
from datetime import UTC, datetime
from typing import Final

# Their version bears on the numbers.
_LIBRARIES: Final = (
    "ai-edge-litert",
    "opencv-python-headless",
    "av",
    "numpy",
    "scipy",
    "pandas",
    "scikit-learn",
    "skops",
)


def motionsig_version() -> str:
    """Return the version of the installed distribution."""
    return importlib.metadata.version("motion-signature")


def tell_time() -> str:
    """Return the time in UTC as ISO 8601 writes it, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def list_versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that the numbers depend on, by name."""
    found = {"Python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
