"""MediaPipe's legacy solutions: loading them, and naming the weights inside the wheel."""

from __future__ import annotations

import functools
import importlib.metadata
from pathlib import Path
from typing import Any

from extract.errors import DependencyError
from extract.files import hash_file
from extract.frame_table import Backend


@functools.cache
def load_solutions() -> Any:
    """Import and return ``mediapipe.solutions``.

    Raises
    ------
    DependencyError
        When MediaPipe, or a library of the system that it needs, is missing.
    """
    try:
        from mediapipe import solutions
    except ImportError as error:
        raise DependencyError(describe_import_failure(error)) from error
    return solutions


def describe_import_failure(error: ImportError) -> str:
    """Return one sentence that says what is missing and which command brings it."""
    text = str(error)
    if "libGL" in text or "libgthread" in text or "libglib" in text:
        return (
            f"A library of the system is missing ({text.partition(':')[0]}). On Debian or Ubuntu: "
            "`apt-get install libgl1 libglib2.0-0`; on Fedora: `dnf install mesa-libGL glib2`."
        )
    return f"MediaPipe cannot be loaded ({text}). Install it with `pip install mediapipe==0.10.21`."


def describe_backend(name: str, *weights: str) -> Backend:
    """Return the identity of a reader that runs on weights inside the MediaPipe wheel.

    Parameters
    ----------
    name
        Our name of the reader, such as ``mediapipe-pose``.
    *weights
        Paths below ``mediapipe/modules``.
    """
    import mediapipe

    modules = Path(mediapipe.__file__).parent / "modules"
    return Backend(
        name=name,
        version=importlib.metadata.version("mediapipe"),
        weights={Path(path).name: hash_file(modules / path) for path in weights},
    )
