"""How a CSV file is written: its encoding, and what parts its cells. Spreadsheets have ways of their own."""

from __future__ import annotations

import codecs
from collections.abc import Collection
from pathlib import Path
from typing import Final

_DELIMITERS: Final = (",", ";", "\t")
_UTF16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def find_encoding(path: Path) -> str:
    """Return UTF-16 for a file that begins with its mark, otherwise UTF-8, with its mark or without.

    Raises
    ------
    OSError
        When the file cannot be read.
    """
    with path.open("rb") as stream:
        return "utf-16" if stream.read(2) in _UTF16 else "utf-8-sig"


def find_delimiter(header: str, names: Collection[str]) -> str:
    r"""Return the comma, semicolon or tab by which most of the columns are found that a table must have.

    Parameters
    ----------
    header
        The first line of the file.
    names
        Of the columns, in lower case; blanks around them and capitals do not count.

    Examples
    --------
    >>> find_delimiter("path;subject;a, b\n", {"path", "subject"})
    ';'
    """

    def count_found(delimiter: str) -> int:
        cells = header.split(delimiter)  # with a quoted delimiter a cell is none of the names anyway
        return len(set(names).intersection(cell.strip(' "\r\n').lower() for cell in cells))

    return max(_DELIMITERS, key=count_found)  # of equals the first: a comma where nothing is found
