"""The cells of an OpenFace file, also of one that a spreadsheet saved."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Final

from extract.frame_table import ACTION_UNITS, HEAD_ROTATION
from ground.delimiters import find_delimiter, find_encoding
from ground.errors import TableError
from ground.files import refuse_special_file
from ground.text import count

if TYPE_CHECKING:
    import pandas as pd

MEASURED: Final = (*ACTION_UNITS, *HEAD_ROTATION)
_REQUIRED: Final = ("frame", "confidence", "success", *MEASURED)
_OPTIONAL: Final = ("face_id", "timestamp")
_LONGEST_LINE: Final = 100_000  # OpenFace has some 700 columns


def read_numbers(path: Path) -> pd.DataFrame:
    """Read the columns that are needed (of up to 700) as float64.

    Cells are parted by commas, semicolons or tabs, whichever the header shows. Numbers may have decimal
    commas, where these part no cells. Blanks around names and empty cells at the ends of rows do not matter.

    Raises
    ------
    TableError
        When the file is no such CSV, lacks columns, has other cells than numbers, or holds no row.
    """
    import pandas as pd

    refuse_special_file(path, TableError)
    try:
        encoding = find_encoding(path)
        with path.open(encoding=encoding, newline="") as text:
            lines = [text.readline(_LONGEST_LINE) for _ in range(2)]
        delimiter = find_delimiter(lines[0], {name.lower() for name in _REQUIRED})
        header, first = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
        names = [name.strip() or f"cell {k}" for k, name in enumerate(header)]
        beyond = [f"cell {k}" for k in range(len(names), len(first))]
        for decimal in (".", ","):
            rows = pd.read_csv(
                path,
                sep=delimiter,
                decimal=decimal,
                encoding=encoding,
                skipinitialspace=True,
                header=0,
                names=[*names, *beyond],
                index_col=False,
                usecols=lambda name: name in (*_REQUIRED, *_OPTIONAL, *beyond),
                compression=None,  # not by the name: a few bytes can unpack to a full disk
            )
            if all(pd.api.types.is_numeric_dtype(kind) for kind in rows.dtypes):
                break
    except FileNotFoundError:
        raise TableError(f"There is no OpenFace file {path}.") from None
    except (OSError, ValueError, csv.Error) as error:  # pandas' parser errors are ValueErrors
        raise TableError(f"{path} cannot be read as a CSV file ({error}).") from error
    _check_columns(rows, beyond, path)
    try:
        return rows.drop(columns=beyond).astype("float64")
    except ValueError as error:
        raise TableError(f"{path} holds something other than numbers ({error}).") from error


def _check_columns(rows: pd.DataFrame, beyond: list[str], path: Path) -> None:
    missing = [name for name in _REQUIRED if name not in rows.columns]
    if missing:
        raise TableError(
            f"{path} is not the output of OpenFace 2.x with action units and head pose. It lacks "
            f"{count(len(missing), 'column')}: {', '.join(missing)}."
        )
    if rows.empty:
        raise TableError(f"{path} holds no frame.")
    if rows[beyond].notna().any(axis=None):
        raise TableError(
            f"{path} has more cells in a row than its header has names. If its numbers have decimal commas, "
            "nobody can tell them from the commas between the cells. Write the file with semicolons between "
            "the cells, or with decimal points."
        )
