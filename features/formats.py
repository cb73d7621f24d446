"""Tables of clips as CSV or Parquet files, chosen by file ending."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np

from extract.unpacked_size import check_unpacked_size
from ground.delimiters import find_delimiter
from ground.errors import InputError, TableError
from ground.files import refuse_special_file
from ground.rows import FORMULA, disarm, rearm
from ground.text import count

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

INDEX: Final = "clip_name"
TEXT: Final = "string"
WHOLE: Final = "int64"
REAL: Final = "float64"

_SUFFIXES: Final = (".csv", ".parquet")
_NAMES_SHOWN: Final = 5
# How Arrow words what it found in a row of a CSV file.
_CELLS: Final = re.compile(r"Expected (\d+) columns, got (\d+)")


def check_suffix(path: Path) -> None:
    """Raise InputError when a table's file ending is neither ``.csv`` nor ``.parquet``."""
    if path.suffix not in _SUFFIXES:
        raise InputError(f"{path} must end in .csv or .parquet. The ending chooses the format.")


def make_schema(columns: Mapping[str, str]) -> pa.Schema:
    """Return the Arrow schema of columns given as name -> `TEXT`, `WHOLE` or `REAL`."""
    import pyarrow as pa

    return pa.schema([(name, pa.type_for_alias(kind)) for name, kind in columns.items()])


@contextmanager
def open_writer(path: Path, schema: pa.Schema) -> Iterator[Callable[[pa.Table], None]]:
    """Open a file and yield a function that appends Arrow tables to it.

    Texts come from outside: in CSV those that a spreadsheet would run as a formula get an apostrophe in
    front, which `read_columns` takes away (`ground.rows.disarm`).
    """
    import pyarrow.csv
    import pyarrow.parquet

    with path.open("wb") as stream:  # Arrow opens no file whose name is not UTF-8
        if path.suffix == ".csv":
            with pyarrow.csv.CSVWriter(stream, schema) as csv_writer:
                yield lambda table: csv_writer.write_table(_change_texts(table, FORMULA, disarm))
        else:
            with pyarrow.parquet.ParquetWriter(stream, schema) as parquet_writer:
                yield parquet_writer.write_table


def _change_texts(table: pa.Table, start: str, change: Callable[[Any], Any]) -> pa.Table:
    """Apply `change` to the text columns in which any cell begins with the pattern `start`."""
    import pyarrow as pa
    import pyarrow.compute

    for place, field in enumerate(table.schema):
        if field.type != pa.string():
            continue
        begins = pyarrow.compute.match_substring_regex(table.column(place), f"^{start}")
        if pyarrow.compute.any(begins).as_py():
            cells = [None if cell is None else change(cell) for cell in table.column(place).to_pylist()]
            table = table.set_column(place, field, pa.array(cells, pa.string()))
    return table


def to_arrow(block: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    """Turn rows that are indexed by clip name into an Arrow table; NaN becomes null, an empty cell in CSV."""
    import pyarrow as pa

    return pa.Table.from_pandas(block.reset_index(names=INDEX), schema=schema, preserve_index=False)


def read_column_names(path: Path) -> list[str]:
    """Read a table's column names in their order.

    Raises
    ------
    InputError
        When the file ending is unknown.
    TableError
        When there is no such file or it cannot be read.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    check_suffix(path)
    refuse_special_file(path, TableError)
    try:
        if path.suffix == ".parquet":
            with path.open("rb") as stream:
                contents = pq.read_metadata(stream)
            check_unpacked_size(contents, path)
            return list(contents.schema.to_arrow_schema().names)
        with path.open(newline="", encoding="utf-8-sig") as stream:
            header = stream.readline()
            stream.seek(0)
            return next(csv.reader(stream, delimiter=find_delimiter(header, {INDEX})), [])
    except FileNotFoundError:
        raise TableError(f"There is no table {path}.") from None
    except (OSError, ValueError, csv.Error, pa.ArrowException) as error:
        raise TableError(f"{path} cannot be read as a table ({error}).") from error


def read_columns(
    path: Path, columns: Mapping[str, str], missing: Sequence[str] | None = None
) -> pd.DataFrame:
    """Read columns that a table is known to have.

    Parameters
    ----------
    path
        The table.
    columns
        Name -> `TEXT`, `WHOLE` or `REAL`; `INDEX` among them.
    missing
        Which CSV cells are missing values; None for all that programs commonly write, such as ``NA``.

    Returns
    -------
    DataFrame
        Indexed by clip name.

    Raises
    ------
    TableError
        When cells are not of the given type, there is no row, or a clip has no name or that of another.
        Whole numbers may be written as ``1.0``, as pandas does where some are missing.
    """
    import pyarrow as pa

    tolerant = {name: REAL if kind == WHOLE else kind for name, kind in columns.items()}
    try:
        table = _read_arrow(path, make_schema(tolerant), missing)
    except (OSError, pa.ArrowException) as error:
        advice = ""
        if (found := _CELLS.search(str(error))) and int(found[2]) > int(found[1]):
            advice = (
                " The row has more cells than the header. If its numbers have decimal commas, write the "
                "table with semicolons between the cells, or with decimal points."
            )
        raise TableError(f"{path} cannot be read as a table ({error}).{advice}") from error
    table = _make_whole(table, [name for name, kind in columns.items() if kind == WHOLE], path)
    rows: pd.DataFrame = table.to_pandas().set_index(INDEX)
    if rows.empty:
        raise TableError(f"{path} holds no clips.")
    if rows.index.hasnans:
        raise TableError(
            f"{path} holds {count(int(np.count_nonzero(rows.index.isna())), 'row')} without a clip name."
        )
    if not rows.index.is_unique:
        repeated = rows.index[rows.index.duplicated()].unique()
        raise TableError(f"{path} has clips with the same name: {list_some(repeated.tolist())}.")
    return rows


def list_some(names: Sequence[str]) -> str:
    """Join up to five names by commas, and say how many more there are."""
    shown = ", ".join(names[:_NAMES_SHOWN])
    return shown if len(names) <= _NAMES_SHOWN else f"{shown} and {len(names) - _NAMES_SHOWN} more"


def _make_whole(table: pa.Table, columns: Sequence[str], path: Path) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute

    for name in columns:
        place = table.schema.get_field_index(name)
        numbers = table.column(place)
        numbers = pyarrow.compute.if_else(pyarrow.compute.is_nan(numbers), None, numbers)
        try:
            table = table.set_column(place, name, numbers.cast(pa.int64()))
        except pa.ArrowInvalid as error:
            raise TableError(
                f"{path} holds a number in {name} that is not whole. Correct the cell."
            ) from error
    return table


def _read_arrow(path: Path, schema: pa.Schema, missing: Sequence[str] | None) -> pa.Table:
    import pyarrow.parquet

    with path.open("rb") as stream:
        if path.suffix == ".parquet":
            table = pyarrow.parquet.read_table(stream, columns=schema.names)
            table = table.select(schema.names).cast(schema)
            table.validate(full=True)  # a text that is no UTF-8 would fail later, wherever it is looked at
            return table
        return _change_texts(_read_csv(stream, schema, missing), FORMULA, rearm)


def _read_csv(stream: BinaryIO, schema: pa.Schema, missing: Sequence[str] | None) -> pa.Table:
    """Read cells by the delimiter that the header shows; numbers have points or, all of them, commas."""
    import pyarrow as pa
    import pyarrow.csv

    delimiter = find_delimiter(stream.readline().decode("utf-8-sig"), {INDEX})
    refused: pa.ArrowInvalid | None = None
    for decimal_point in (".", ","):
        stream.seek(0)
        try:
            return pyarrow.csv.read_csv(
                stream,
                parse_options=pyarrow.csv.ParseOptions(delimiter=delimiter),
                convert_options=pyarrow.csv.ConvertOptions(
                    column_types=schema,
                    include_columns=schema.names,
                    strings_can_be_null=True,
                    null_values=missing,
                    decimal_point=decimal_point,
                ),
            )
        except pa.ArrowInvalid as error:
            refused = refused or error
    assert refused is not None
    raise refused
