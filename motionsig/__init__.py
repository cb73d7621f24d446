"""Tells whether a video of a known person carries that person's way of moving.

The stages as functions, for notebooks and other programs; docs/python.md goes from video to verdict with
them. `motionsig.api` lists what there is. It is loaded when something of it is first used, so that the
command line starts at once.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from motionsig.api import *  # noqa: F403 - those that it lists


def __getattr__(name: str) -> Any:
    # Python asks for submodules and for names of its own, too.
    if name.startswith("_") or name not in __dir__():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module("motionsig.api"), name)


def __dir__() -> list[str]:
    return list(importlib.import_module("motionsig.api").__all__)
