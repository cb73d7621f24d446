"""Text from outside, made safe to show and to store."""

from __future__ import annotations

import os


def printable(text: str) -> str:
    """Return `text` with control characters written out.

    A file's name must neither steer the terminal, nor turn the direction of a page, nor forge a line of ours;
    line breaks are written out too.
    """
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def storable(text: str) -> str:
    """Return text that can be written as UTF-8: bytes of file names that are no text are written out."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return os.fsencode(text).decode(errors="backslashreplace")
    return text
