"""MediaPipe's legacy solutions: loading them, and naming the weights inside the wheel."""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
from pathlib import Path
from typing import Any

from extract.description import Backend
from ground.errors import DependencyError
from ground.files import hash_file


@functools.cache
def load_solutions() -> Any:
    """Import and return ``mediapipe.solutions``.

    Raises
    ------
    DependencyError
        When MediaPipe cannot be loaded.
    ImportError
        When a library of the system that it needs is missing (`ground.system.describe_missing_library`).
    """
    try:
        from mediapipe import solutions
    except ModuleNotFoundError as error:
        raise DependencyError(
            f"MediaPipe cannot be loaded ({error}). Install it with `pip install mediapipe==0.10.21`."
        ) from error
    return solutions


def describe_backend(name: str, *weights: str, revision: int) -> Backend:
    """Return the identity of a reader that runs on weights inside the MediaPipe wheel.

    Parameters
    ----------
    name
        Our name of the reader, such as ``mediapipe-pose``.
    *weights
        Paths below ``mediapipe/modules``.
    revision
        Of what we measure with them: to be raised with every change that changes numbers, because a model
        refuses suspects of another version.
    """
    return Backend(
        name=name,
        version=f"{importlib.metadata.version('mediapipe')}-{revision}",
        weights={Path(path).name: hash_file(locate_weights(path)) for path in weights},
    )


def locate_weights(path: str) -> Path:
    """Return where the wheel keeps the file at `path` below ``mediapipe/modules``, without loading MediaPipe.

    Raises
    ------
    DependencyError
        When MediaPipe is not installed.
    """
    found = importlib.util.find_spec("mediapipe")
    if found is None or found.origin is None:
        raise DependencyError("MediaPipe is not installed. Install it with `pip install mediapipe==0.10.21`.")
    return Path(found.origin).parent / "modules" / path
