"""The one writer of CSV files whose rows name files and people.

Tables of numbers alone, which are large, have a faster one (`features.formats`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from ground.files import replace_when_complete
from ground.text import storable

# How a cell begins that is a formula (OWASP, "CSV Injection"), after any apostrophes, so that none of them is
# lost; in the syntax that `re` and RE2 share.
FORMULA: Final = r"'*[=+\-@\t\r]"
_FORMULA: Final = re.compile(FORMULA)


def write_rows(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV file that a spreadsheet can open without running what stands in it.

    Parameters
    ----------
    path
        The file; it appears there only when complete.
    header
        Names of the columns.
    rows
        The cells; None is an empty one. Text comes from outside: where a spreadsheet would run it as a
        formula it gets an apostrophe in front, and bytes of file names that are no text are written out.

    Raises
    ------
    InputError
        When the file cannot be written.
    """
    with replace_when_complete(path) as partial, partial.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        writer.writerows([disarm(cell) for cell in row] for row in rows)


def disarm(cell: object) -> object:
    """Return a cell of a CSV file such that no spreadsheet runs it; numbers stay as they are."""
    if not isinstance(cell, str):
        return cell
    text = storable(cell)
    return f"'{text}" if _FORMULA.match(text) else text


def rearm(cell: str) -> str:
    """Return the text that `disarm` made a cell of."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
