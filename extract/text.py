"""Text from outside, made safe to show."""

from __future__ import annotations


def printable(text: str) -> str:
    """Return `text` with control characters written out.

    A file's name must neither steer the terminal, nor turn the direction of a page, nor forge a line of ours;
    line breaks are written out too.
    """
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)
