"""Pairs of recordings of which a list says whether they show the same person."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Final, TypeVar

from ground.delimiters import find_delimiter, find_encoding
from ground.errors import TableError
from ground.files import refuse_special_file
from ground.names import key_of_file, key_of_name
from ground.rows import rearm
from ground.text import count

# Names of the columns: ours first, then those of AVAPrintDB.
_COLUMNS: Final = {
    "enrolment": ("enrolment", "enrolment_sample"),
    "test": ("test", "test_sample"),
    "target": ("target", "label"),
}
_NAMES: Final = tuple(name for names in _COLUMNS.values() for name in names)
_ANSWERS: Final = {"1": True, "0": False, "target": True, "nontarget": False}
_MOST_PROBLEMS: Final = 20

Value = TypeVar("Value")


@dataclass(frozen=True)
class ListedPair:
    """A line of a list: its number, two recordings as it writes them, and whether they are one person's."""

    line: int
    enrolment: str
    test: str
    is_target: bool


def read_pairs(path: Path) -> list[ListedPair]:
    """Read a list of pairs of recordings, in one of the usual forms.

    Parameters
    ----------
    path
        Lines such as ``1 id10270/5r0dWxy17C8/00001.wav id10270/8jEAjG6SegY/00008.wav``, as of VoxCeleb; or
        a CSV file with the columns ``enrolment``, ``test`` and ``target``, or ``enrolment_sample``,
        ``test_sample`` and ``label``, as of AVAPrintDB. 1 or ``target`` is the same person, 0 or
        ``nontarget`` two people. Empty lines are passed over.

    Returns
    -------
    list of ListedPair
        In the order of the file, at least one of the same person and one of two.

    Raises
    ------
    TableError
        When the file cannot be read, columns are missing, unknown or there twice, a line does not say two
        recordings and an answer, or pairs of either kind are missing. It names lines by their numbers.
    """
    pairs: list[ListedPair] = []
    problems: list[str] = []
    for line, *cells in _read_lines(path):
        enrolment, test, answer = map(str, cells)
        is_target = _ANSWERS.get(key_of_name(answer))
        if not enrolment or not test:
            problems.append(f"line {line}: two recordings are needed")
        elif is_target is None:
            problems.append(f"line {line}: '{answer}' is no answer (use 1 or 0, target or nontarget)")
        else:
            pairs.append(ListedPair(int(line), enrolment, test, is_target))
    refuse_lines(path, problems)
    for is_target, kind in ((True, "of the same person"), (False, "of two people")):
        if not any(pair.is_target == is_target for pair in pairs):
            raise TableError(f"The list {path} has no pair {kind}. Both kinds are needed. Add some.")
    return pairs


def refuse_lines(path: Path, problems: Sequence[str]) -> None:
    """Raise TableError with the problems of a list of pairs, of which the first are named."""
    if not problems:
        return
    more = len(problems) - _MOST_PROBLEMS
    shown = [*problems[:_MOST_PROBLEMS], *([f"and {more} more"] if more > 0 else [])]
    raise TableError(f"The list {path} has {count(len(problems), 'problem')}:", shown)


def find_written(written: str, named: Mapping[str, Value]) -> Value | None:
    """Return what the recording is that a list writes as a path or a name; None where there is none.

    Parameters
    ----------
    written
        Such as ``id10270/5r0dWxy17C8/00001.wav``.
    named
        Recordings by `ground.names.key_of_file` of their names without ending. A path may stand for a
        name made of its parts, ``id10270_5r0dWxy17C8_00001``, as `motionsig manifest` makes it, for the name
        of its file, or for that without ending.
    """
    *folders, file = _split_path(written) or [""]
    if not file:
        return None
    stem = Path(file).stem
    for name in ("_".join([*folders, stem]), file, stem):
        if (found := named.get(key_of_file(name))) is not None:
            return found
    return None


def may_be_one(written: str, other: str) -> bool:
    """Return whether two writings may mean one recording: one's folders are the last of the other's.

    ``id1/a/00001.wav`` may be ``00001`` or ``wav/id1/a/00001.wav``, and is not ``id2/b/00001.wav``.
    """
    shorter, longer = sorted((_split_path(written)[:-1], _split_path(other)[:-1]), key=len)
    return shorter == longer[len(longer) - len(shorter) :]


def _split_path(written: str) -> list[str]:
    return [part for part in written.replace("\\", "/").split("/") if part not in ("", ".")]


def _read_lines(path: Path) -> list[tuple[int, str, str, str]]:
    """Return of each line its number, enrolment, test and answer."""
    refuse_special_file(path, TableError)
    try:
        text = path.read_text(encoding=find_encoding(path))
        lines = [line for line in text.splitlines() if line.strip()]
        if lines and _is_headless(lines[0]):
            return _split_words(text)
        return _read_csv(path, text)
    except FileNotFoundError:
        raise TableError(f"There is no list of pairs {path}.") from None
    except (OSError, UnicodeError, csv.Error) as error:
        raise TableError(f"The list {path} cannot be read as text in UTF-8 ({error}).") from error


def _is_headless(line: str) -> bool:
    """Return whether a list has no header, but an answer and two recordings in its first line."""
    words = line.split()
    return bool(words) and words[0] in ("0", "1")


def _split_words(text: str) -> list[tuple[int, str, str, str]]:
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        answer, *names = line.split() or [""]
        if answer:
            enrolment, test = names if len(names) == 2 else ("", "")
            found.append((number, enrolment, test, answer))
    return found


def _read_csv(path: Path, text: str) -> list[tuple[int, str, str, str]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(text.splitlines(), delimiter=find_delimiter(first, _NAMES))
    header: list[str] = []
    found = []
    for cells in reader:
        stripped = [rearm(cell.strip()) for cell in cells]
        if not any(stripped):
            continue
        if not header:
            header = [key_of_name(name) for name in stripped]
            while header and not header[-1]:
                header.pop()
            _check_header(path, header)
            continue
        by_column = dict(zip_longest(header, stripped[: len(header)], fillvalue=""))
        chosen = [next(by_column[name] for name in names if name in header) for names in _COLUMNS.values()]
        found.append((reader.line_num, chosen[0], chosen[1], chosen[2]))
    if not found:
        raise TableError(
            f"The list {path} has no pairs. Write the columns enrolment,test,target, then a line a pair."
        )
    return found


def _check_header(path: Path, header: Sequence[str]) -> None:
    problems = []
    unknown = [repr(name) for name in header if name not in _NAMES]
    if unknown:
        problems.append(f"line 1: {count(len(unknown), 'unknown column')}: {', '.join(unknown)}")
    for names in _COLUMNS.values():
        given = [name for name in header if name in names]
        if not given:
            problems.append(f"line 1: no column {' or '.join(names)}")
        elif len(given) > 1:
            problems.append(f"line 1: several columns for one thing: {', '.join(given)}")
    refuse_lines(path, problems)
