"""Which character parts the cells of a CSV file; where numbers have commas, spreadsheets write semicolons."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

_DELIMITERS: Final = (",", ";", "\t")


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
