"""Folders of whoever made a page, taken out of what it says: it is mailed, and they are nobody's business."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from pathlib import PurePath
from typing import Final

# The folders of an absolute path, so far as no blank parts them.
_FOLDERS: Final = re.compile(r"(?<![^\s'\"(=:,])/(?:[^/\s'\"]+/)+(?=[^/\s])")


def shorten_command(command: str) -> str:
    """Return a command line whose paths are names without their folders, also in ``--out=folder/name``."""
    words = (word.rpartition("=") if word.startswith("--") else ("", "", word) for word in _split(command))
    return shlex.join(f"{option}{equals}{_name(value)}" for option, equals, value in words)


def _list_folders(paths: Iterable[str]) -> list[str]:
    """Return paths that lie in folders, and of absolute ones those folders, the longest first."""
    within = {path for path in paths if "/" in path}
    return sorted(
        within | {str(PurePath(path).parent) for path in within if path[0] == "/"} - {"/"},
        key=len,
        reverse=True,
    )


def hide_folders(text: str, command: str, *paths: str) -> str:
    """Return a sentence in which paths are names without their folders.

    Parameters
    ----------
    text
        The sentence.
    command
        The command line that led to it, whose paths may stand in it.
    paths
        Further ones that may.
    """
    for path in _list_folders([*paths, *(word.rpartition("=")[2] for word in _split(command))]):
        text = text.replace(f"{path.rstrip('/')}/", "").replace(path, _name(path))
    return _FOLDERS.sub("", text)


def _split(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:  # changed by hand
        return command.split()


def _name(path: str) -> str:
    return PurePath(path).name or path
