"""Names of people and files from outside, made to names that a folder can hold."""

from __future__ import annotations

import re
import secrets
import time
import unicodedata
from collections.abc import Collection
from pathlib import PurePosixPath
from typing import Final

from ground.errors import InputError
from ground.names import key_of_file, tidy
from ground.text import printable

# Bytes; file systems take 255, and a table's name adds ".person12.tracks.parquet" or more.
_LONGEST_STEM: Final = 120
_LONGEST_NAME: Final = 200
_SUFFIX: Final = re.compile(r"\.[A-Za-z0-9]{1,8}")


def make_id() -> str:
    """Return an identifier that nobody has; later ones sort behind earlier ones."""
    return f"{time.time_ns():016x}{secrets.token_hex(3)}"


def check_name(name: str) -> str:
    """Return the name of a person as it is shown.

    Raises
    ------
    InputError
        When there is no letter in it, or it is longer than names are.
    """
    shown = printable(tidy(name))
    if not shown:
        raise InputError("Give the person a name.")
    if len(shown) > _LONGEST_NAME:
        raise InputError(f"A name has at most {_LONGEST_NAME} letters. Give a shorter one.")
    return shown


def name_folder(name: str, taken: Collection[str]) -> str:
    """Return what the folder and the model of a person are called: like the person, and like nobody else."""
    return _number(_keep_plain(name)[:60].strip(" .-_") or "person", "", taken)


def name_file(given: str, taken_stems: Collection[str]) -> str:
    """Return under which name a file is kept.

    Parameters
    ----------
    given
        Its name where it comes from, which may be anything: a path, a command, 10,000 letters.
    taken_stems
        Names without endings that other files have. Clips are named after their file, so each needs its own.

    Returns
    -------
    str
        Letters, digits, blanks and ``-_.`` alone, with neither a dot nor a hyphen at the beginning.
    """
    name = PurePosixPath(given.replace("\\", "/")).name
    found = PurePosixPath(name).suffix
    suffix = found.lower() if _SUFFIX.fullmatch(found) else ".video"
    stem = _keep_plain(name.removesuffix(found) if found else name)
    while len(stem.encode()) > _LONGEST_STEM:
        stem = stem[:-1]
    return _number(stem.strip(" .-") or "video", suffix, taken_stems)


def _keep_plain(text: str) -> str:
    composed = unicodedata.normalize("NFC", printable(text))
    return "".join(letter if letter.isalnum() or letter in " -_." else "_" for letter in composed)


def _number(stem: str, suffix: str, taken: Collection[str]) -> str:
    """Return a name whose stem nobody has, whichever its capitals: disks of macOS do not tell them apart."""
    keys = {key_of_file(one).casefold() for one in taken}
    numbered, k = stem, 1
    while key_of_file(numbered).casefold() in keys:
        k += 1
        numbered = f"{stem}-{k}"
    return numbered + suffix
