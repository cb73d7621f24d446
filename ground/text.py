"""Text from outside, made safe to show and to store, and numbers with their nouns."""

from __future__ import annotations

import os
from typing import Any


def printable(text: str) -> str:
    """Return `text` with control characters, and all that `storable` writes out, written out.

    A file's name must neither steer the terminal, nor turn the direction of a page, nor forge a line of ours;
    line breaks are written out too.
    """
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in storable(text))


def storable(text: str) -> str:
    """Return text that can be written as UTF-8: bytes of file names that are no text are written out."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _write_out(text)
    return text


def count(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun, as in "1 video" and "2 videos".

    Parameters
    ----------
    number
        How many there are.
    noun
        The word for one.
    plural
        The word for none or several, where it is not `noun` with an s.

    Examples
    --------
    >>> count(1, "video"), count(2, "video"), count(0, "other person", "other people")
    ('1 video', '2 videos', '0 other people')
    """
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def store_texts(content: Any) -> Any:
    """Return what JSON can hold with all texts in it made `storable`, names of fields too."""
    if isinstance(content, str):
        return storable(content)
    if isinstance(content, dict):
        return {store_texts(name): store_texts(value) for name, value in content.items()}
    if type(content) in (list, tuple):
        return type(content)(map(store_texts, content))
    return content


def _write_out(text: str) -> str:
    try:
        return os.fsencode(text).decode(errors="backslashreplace")
    except UnicodeEncodeError:  # no name of a file holds such halves of characters, but JSON may
        return text.encode(errors="backslashreplace").decode()
