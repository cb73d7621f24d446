"""Records that say how something was made, compared field by field.

A description is a `ground.records.Record` whose fields, or the fields of records in it, carry a `Told`: that
says beside the field what it is called, how its value is put into words, and in which column a flat table
holds it. All else (what differs, what one side does not record, the columns, their cells, and the way back
from cells) follows from walking the fields. A field without `Told` is part of the record but is not compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any, Final, TypeVar, get_args

from pydantic.fields import FieldInfo

from ground.errors import TableError
from ground.records import Record

R = TypeVar("R", bound=Record)

_UNRECORDED: Final = object()


@dataclass(frozen=True)
class Told:
    """How a field of a description is told.

    Attributes
    ----------
    what
        What it is, as messages call it. Fields that give one thing in two units share the name; one of them
        is None then.
    column
        Where flat tables hold it.
    words
        From a value that is not None to words.
    none
        In words what None means; without it a value of None is one that is not recorded.
    none_cell
        The cell that stands for None where that means something; an empty cell is always "not recorded".
    write, read
        From a value to its cell and back, where those are not the same.
    """

    what: str
    column: str
    words: Callable[[Any], str] = str
    none: str | None = None
    none_cell: float | None = None
    write: Callable[[Any], Any] = lambda value: value
    read: Callable[[Any], Any] = lambda cell: cell

    def tell(self, value: Any) -> str | None:
        """Return a value in words; None for one that is not recorded."""
        if value is _UNRECORDED:
            return None
        return self.none if value is None else self.words(value)

    def to_cell(self, value: Any) -> Any:
        """Return the cell of a value; None for an empty one."""
        if value is _UNRECORDED:
            return None
        return self.none_cell if value is None else self.write(value)

    def to_value(self, cell: Any) -> Any:
        """Return the value of a cell that is not empty."""
        return None if self.none is not None and cell == self.none_cell else self.read(cell)


def tell(description: Record) -> dict[str, str | None]:
    """Return a description in words, by what they are about; None for what is not recorded."""
    words: dict[str, str | None] = {}
    for told, value in _walk(type(description), description):
        words[told.what] = words.get(told.what) or told.tell(value)
    return words


def describe_differences(ours: R, theirs: R) -> list[str]:
    """Return a phrase for each difference, such as ``signal: velocity instead of position``.

    The value of `theirs` stands first. What one of both does not record is not compared.
    """
    wanted, found = tell(ours), tell(theirs)
    return [
        f"{what}: {found[what]} instead of {wanted[what]}"
        for what in wanted
        if None not in (wanted[what], found[what]) and wanted[what] != found[what]
    ]


def list_unrecorded(ours: R, theirs: R) -> list[str]:
    """Return in words what `describe_differences` does not compare, because one of both lacks it."""
    wanted, found = tell(ours), tell(theirs)
    return [what for what in wanted if None in (wanted[what], found[what])]


def flatten(description: Record) -> dict[str, Any]:
    """Return the cells of a description by column; None for an empty cell."""
    return {told.column: told.to_cell(value) for told, value in _walk(type(description), description)}


def unflatten(kind: type[R], cells: Mapping[str, Any]) -> R | None:
    """Return the description whose cells these are: the inverse of `flatten`.

    A record that cannot do without some of its cells is recorded as a whole or not at all: half of it would
    be compared with nothing.

    Parameters
    ----------
    kind
        Class of the description.
    cells
        By column; one that is absent or None is empty.

    Returns
    -------
    Record or None
        None when nothing of the kind is recorded. Fields that no column holds have their defaults.

    Raises
    ------
    TableError
        When a part of such a record is recorded.
    """
    values: dict[str, Any] = {}
    missing: list[str] = []
    for name, field in kind.model_fields.items():
        told, inner = _find_told(field), _find_record(field)
        if told is not None:
            cell = cells.get(told.column)
            values[name] = None if cell is None else told.to_value(cell)
            if cell is None and not (told.none is None and _accepts_none(field)):
                missing.append(told.column)
        elif inner is not None:
            values[name] = unflatten(inner, cells)
            if values[name] is None and not _accepts_none(field):
                missing += list_columns(inner)
    if not missing:
        return kind.model_validate(values)
    recorded = [name for name in list_columns(kind) if cells.get(name) is not None]
    if recorded:
        raise TableError(
            f"The table says only in part how its clips were made: {', '.join(recorded)} without "
            f"{', '.join(missing)}. Correlate their frame tables again."
        )
    return None


def list_columns(kind: type[Record]) -> dict[str, type]:
    """Return the columns of a kind of description, each with the type of its cells: float, int or str."""
    return {told.column: _find_cell_type(field) for told, field in _walk_fields(kind)}


def list_default_cells(kind: type[Record]) -> dict[str, Any]:
    """Return the cell of every column that tables may lack, because its field has a default.

    Such a field was added when all that was made before had the default.
    """
    return {
        told.column: told.to_cell(field.get_default(call_default_factory=True))
        for told, field in _walk_fields(kind)
        if not field.is_required()
    }


def _walk(kind: type[Record], record: Record | None) -> Iterator[tuple[Told, Any]]:
    """Yield what is told of each field, with its value, or with `_UNRECORDED` where there is no record."""
    for name, field in kind.model_fields.items():
        value = _UNRECORDED if record is None else getattr(record, name)
        told, inner = _find_told(field), _find_record(field)
        if told is not None:
            yield told, value
        elif inner is not None:
            yield from _walk(inner, value if isinstance(value, Record) else None)


def _walk_fields(kind: type[Record]) -> Iterator[tuple[Told, FieldInfo]]:
    for field in kind.model_fields.values():
        told, inner = _find_told(field), _find_record(field)
        if told is not None:
            yield told, field
        elif inner is not None:
            yield from _walk_fields(inner)


def _find_told(field: FieldInfo) -> Told | None:
    return next((told for told in field.metadata if isinstance(told, Told)), None)


def _find_record(field: FieldInfo) -> type[Record] | None:
    return next((t for t in _types_of(field) if isinstance(t, type) and issubclass(t, Record)), None)


def _find_cell_type(field: FieldInfo) -> type:
    types = _types_of(field)
    if float in types:
        return float
    return int if int in types or bool in types else str


def _accepts_none(field: FieldInfo) -> bool:
    return NoneType in _types_of(field)


def _types_of(field: FieldInfo) -> tuple[Any, ...]:
    return get_args(field.annotation) or (field.annotation,)
