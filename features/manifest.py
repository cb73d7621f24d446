"""Who is in which video, from a table that a person writes."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Mapping
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Final, NamedTuple

from features.labels import GROUPS, Label
from features.spellings import unite_labels
from ground.delimiters import find_delimiter, find_encoding
from ground.errors import TableError
from ground.files import is_readable_file, refuse_special_file
from ground.names import key_of_file, key_of_name
from ground.rows import rearm
from ground.text import count, storable

MANIFEST_COLUMNS: Final = ("path", "subject", "group", "session")
OPTIONAL_COLUMNS: Final = ("collection", "driver", "driver_session")

_LONGEST_HEADER: Final = 10_000


class _Row(NamedTuple):
    """A line of a manifest: its number in the file, its cells by column, and the files that fit its path."""

    line: int
    cells: dict[str, str]
    files: list[Path]

    @property
    def stem(self) -> str:
        return Path(storable(self.files[0].name) if self.files else self.cells["path"]).stem


def read_manifest(path: Path, on_warning: Callable[[str], None] | None = None) -> dict[str, Label]:
    r"""Read the labels of videos from a CSV file.

    Its columns are path, subject, group, session and, where somebody says it, collection, driver and
    driver_session.

    Parameters
    ----------
    path
        The manifest, in UTF-8, or in UTF-16 with its byte order mark; cells are parted by commas, semicolons
        or tabs, whichever the header shows. Its own folder is the data folder: the paths, of videos or of
        frame tables, are relative to it and lie in it. Letters of a path may be composed or decomposed, its
        blanks of any kind, and its folders parted by ``\``, as far as only one file fits. A name that is no
        UTF-8 stands there as messages and tables write it, such as ``caf\xe9.mp4``; an apostrophe before what
        a spreadsheet would run, as our CSV files have it, is taken away (`ground.rows.disarm`). An empty
        `session` means that the video is a session of its own, and an empty cell of an optional column
        that nobody says. Empty lines are passed over.
    on_warning
        Called with a sentence about spellings of one name, see `features.spellings.unite_labels`.

    Returns
    -------
    dict
        Label of each file, by its name without suffix (`find_label`): clips are named by it. Of a person, a
        group, a session or a collection that is spelt in several ways all labels have the first spelling.

    Raises
    ------
    TableError
        With every problem at once: missing or unknown columns, empty cells, unknown groups, a driver of a
        video that is no fake, a session of a driver whom nobody names, files that are missing or lie outside
        the data folder, and files that are listed twice or share a name.
    """
    return unite_labels(
        {
            key_of_file(row.stem): Label(
                row.cells["subject"],
                row.cells["group"],
                row.cells["session"] or row.stem,
                row.cells.get("collection") or None,
                row.cells.get("driver") or None,
                row.cells.get("driver_session") or None,
            )
            for row in _read_checked(path)
        },
        on_warning,
    )


def find_label(labels: Mapping[str, Label], video_stem: str) -> Label | None:
    """Return the label that a manifest gives a video, by its name without suffix; None when it has none."""
    return labels.get(video_stem) or labels.get(key_of_file(video_stem))


def list_manifest_files(path: Path) -> list[Path]:
    """Return the files that a manifest names, in its order; raises what `read_manifest` raises."""
    return [row.files[0] for row in _read_checked(path)]


def _read_checked(path: Path) -> list[_Row]:
    rows, problems = _read_rows(path)
    for row in rows:
        problems += [f"line {row.line}: {problem}" for problem in _check_row(row, path.parent)]
    lines_of: dict[str, list[_Row]] = {}
    for row in rows:
        lines_of.setdefault(key_of_file(row.stem), []).append(row)
    problems += [
        f"lines {', '.join(str(row.line) for row in same)}: several files are named {same[0].stem}, but "
        "clips are named after their file, so each needs its own name"
        for stem, same in lines_of.items()
        if stem and len(same) > 1
    ]
    if problems:
        raise TableError(f"The manifest {path} has {count(len(problems), 'problem')}:", problems)
    return rows


def _read_rows(path: Path) -> tuple[list[_Row], list[str]]:
    """Return the rows, cells stripped, and the problems of the table as a whole."""
    header, lines = _read_cells(path)
    problems = _check_header(header)
    if problems:  # without the right columns every row would be a problem
        return [], problems
    if not lines:
        problems.append("no rows")
    problems += [
        f"line {line}: more cells than columns" for line, cells in lines if any(cells[len(header) :])
    ]
    columns = [key_of_name(name) for name in header]
    find = _make_finder(path.parent)
    rows = []
    for line, cells in lines:
        by_column = dict(zip_longest(columns, map(rearm, cells[: len(header)]), fillvalue=""))
        rows.append(_Row(line, by_column, find(by_column["path"])))
    return rows, problems


def _read_cells(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the cells of the header, and of each further line that has any with its number; all stripped."""
    refuse_special_file(path, TableError)
    try:
        with path.open(newline="", encoding=find_encoding(path)) as text:
            delimiter = find_delimiter(text.readline(_LONGEST_HEADER), MANIFEST_COLUMNS)
            text.seek(0)
            reader = csv.reader(text, delimiter=delimiter)
            header = [name.strip() for name in next(reader, [])]
            lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except FileNotFoundError:
        raise TableError(f"There is no manifest {path}.") from None
    except (OSError, UnicodeError, csv.Error) as error:
        raise TableError(
            f"The manifest {path} cannot be read as CSV in UTF-8 ({error}). In a spreadsheet, save it as "
            "'CSV UTF-8'."
        ) from error
    while header and not header[-1]:  # spreadsheets write the empty columns that somebody once touched
        header.pop()
    return header, [(line, cells) for line, cells in lines if any(cells)]


def _check_header(header: list[str]) -> list[str]:
    columns = [key_of_name(name) for name in header]
    known = (*MANIFEST_COLUMNS, *OPTIONAL_COLUMNS)
    missing = [name for name in MANIFEST_COLUMNS if name not in columns]
    unknown = [repr(name) for name in header if key_of_name(name) not in known]
    twice = [name for name in known if columns.count(name) > 1]
    problems = []
    if missing:
        problems.append(f"line 1: {count(len(missing), 'missing column')}: {', '.join(missing)}")
    if unknown:
        problems.append(f"line 1: {count(len(unknown), 'unknown column')}: {', '.join(unknown)}")
    if twice:
        problems.append(f"line 1: {count(len(twice), 'column')} more than once: {', '.join(twice)}")
    return problems


def _check_row(row: _Row, folder: Path) -> list[str]:
    cells = row.cells
    problems = [f"no {name}" for name in ("path", "subject", "group") if not key_of_name(cells[name])]
    if key_of_name(cells["group"]) not in ("", *GROUPS):
        problems.append(f"unknown group '{cells['group']}' (use {', '.join(GROUPS)})")
    if cells.get("driver") and key_of_name(cells["group"]) not in ("", "fake"):
        problems.append(f"a driver, {cells['driver']}, of a video that is no fake. Leave that cell empty")
    if cells.get("driver_session") and not cells.get("driver"):
        problems.append(f"a driver_session, {cells['driver_session']}, and no driver. Name the driver")
    if len(row.files) > 1:
        problems.append(f"{cells['path']} fits {' and '.join(map(str, row.files))}. Rename one of them")
    elif cells["path"] and not row.files:
        whole = _normalise(folder)
        if _normalise(folder / cells["path"]).is_relative_to(whole):
            problems.append(f"{cells['path']} does not exist in {whole}")
        else:
            problems.append(f"{cells['path']} is outside the data folder {whole}")
    return problems


def _make_finder(folder: Path) -> Callable[[str], list[Path]]:
    """Return a function that gives the files of a data folder that a path may mean; one, if all is well."""
    whole = _normalise(folder)

    @cache
    def list_folder(where: Path) -> dict[str, list[Path]]:
        listed: dict[str, list[Path]] = {}
        try:
            for path in where.iterdir():
                listed.setdefault(key_of_file(path.name), []).append(path)
        except (OSError, ValueError):
            return {}
        return listed

    def look(written: str) -> list[Path]:
        asked = _normalise(folder / written)
        if not written or not asked.is_relative_to(whole):
            return []
        if is_readable_file(folder / written):
            return [folder / written]
        found = [folder]
        for part in asked.relative_to(whole).parts:
            found = [path for where in found for path in list_folder(where).get(key_of_file(part), ())]
        return [path for path in found if is_readable_file(path)]

    return lambda written: look(written) or look(written.replace("\\", "/"))


def _normalise(path: Path) -> Path:
    """Make a path absolute and take out its "..", without following links: data may lie behind one."""
    return Path(os.path.normpath(path.absolute()))
