"""Who is in a video: from its name, or from a manifest."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ground.errors import TableError
from ground.files import is_readable_file, refuse_special_file
from ground.rows import rearm
from ground.text import count, storable

GROUPS: Final = ("pristine", "celeb", "fake")
MANIFEST_COLUMNS: Final = ("path", "subject", "group", "session")
OPTIONAL_COLUMNS: Final = ("collection",)

_VIDEO_NAME: Final = re.compile(rf"\d+_(?P<person>id\d+)_(?P<group>{'|'.join(GROUPS)})")
_CLIP_NAME: Final = re.compile(r"(?P<video>.+)_clip_(?P<number>\d+)", re.DOTALL)


@dataclass(frozen=True)
class Label:
    """Who a video claims to show, and where it comes from.

    Attributes
    ----------
    subject
        Name of the person whom the video shows or, when it is a fake, claims to show.
    group
        ``pristine``, ``celeb`` or ``fake``. A video is authentic footage of its subject unless it is fake.
    session
        Recording that the video belongs to; videos of one session must not be split between training and
        test. Of a fake the method that made it. The video's own name where nothing more is known.
    collection
        The collection of footage that the video comes from: recordings of one have cameras and editing in
        common, which are not the person's. None where nobody says.
    """

    subject: str
    group: str
    session: str
    collection: str | None = None


def label_from_name(video_stem: str) -> Label | None:
    """Read a video's label from a name such as ``16_id0_fake``; None when it follows no such convention.

    The published data set names videos ``<n>_id<k>_<group>`` and counts its people within each group, so
    ``celeb`` id0 is another person than ``pristine`` id0; a fake carries the id of the pristine person whom
    it shows. So the subject is ``id0`` in the groups pristine and fake, and ``celeb_id0`` in the group celeb.
    """
    match = _VIDEO_NAME.fullmatch(video_stem)
    if match is None:
        return None
    subject = f"celeb_{match['person']}" if match["group"] == "celeb" else match["person"]
    return Label(subject, match["group"], session=video_stem)


def video_of_clip(clip_name: str) -> str | None:
    """Return ``16_id0_fake`` for ``16_id0_fake_clip_8``; None when it is not the name of a clip."""
    match = _CLIP_NAME.fullmatch(clip_name)
    return match["video"] if match else None


def name_clip(video_stem: str, number: int) -> str:
    """Return the name of a video's clip, counted from 0."""
    return f"{video_stem}_clip_{number}"


def read_manifest(path: Path) -> dict[str, Label]:
    r"""Read the labels of videos from a CSV file.

    Its columns are path, subject, group, session and, where somebody says it, collection.

    Parameters
    ----------
    path
        The manifest, in UTF-8. Its own folder is the data folder: the paths, of videos or of frame tables,
        are relative to it and lie in it. A name that is no UTF-8 stands there as messages and tables write
        it, such as ``caf\xe9.mp4``; an apostrophe before what a spreadsheet would run, as our CSV files have
        it, is taken away (`ground.rows.disarm`). An empty `session` means that the video is a session of its
        own, and an empty `collection` that nobody says.

    Returns
    -------
    dict
        From the name of each file, without its suffix, to its label: clips are named by it.

    Raises
    ------
    TableError
        With every problem at once: missing or unknown columns, empty cells, unknown groups, files that are
        missing or lie outside the data folder, and files that are listed twice or share a name.
    """
    folder = _normalise(path.parent)
    rows, problems = _read_rows(path)
    labels: dict[str, Label] = {}
    lines_of: dict[str, list[int]] = {}
    for line, row in rows:
        problems += [f"line {line}: {problem}" for problem in _check_row(row, folder)]
        stem = Path(row["path"]).stem
        lines_of.setdefault(stem, []).append(line)
        labels[stem] = Label(
            row["subject"], row["group"], row["session"] or stem, row.get("collection") or None
        )
    problems += [
        f"lines {', '.join(map(str, lines))}: several files are named {stem}, but clips are named after "
        "their file, so each needs its own name"
        for stem, lines in lines_of.items()
        if stem and len(lines) > 1
    ]
    if problems:
        raise TableError(f"The manifest {path} has {count(len(problems), 'problem')}:", problems)
    return labels


def list_manifest_files(path: Path) -> list[Path]:
    """Return the files that a manifest names, in its order; raises what `read_manifest` raises."""
    read_manifest(path)
    rows, _ = _read_rows(path)
    return [_find_file(path.parent / row["path"]) or path.parent / row["path"] for _, row in rows]


def _read_rows(path: Path) -> tuple[list[tuple[int, dict[str, str]]], list[str]]:
    """Return the rows with their line numbers, cells stripped, and the problems of the header."""
    refuse_special_file(path, TableError)
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream, restkey="", restval="")
            header = [name.strip() for name in reader.fieldnames or []]
            reader.fieldnames = header
            raw_rows = [(reader.line_num, row) for row in reader]
    except FileNotFoundError:
        raise TableError(f"There is no manifest {path}.") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TableError(f"The manifest {path} cannot be read as CSV in UTF-8 ({error}).") from error
    problems = []
    known = (*MANIFEST_COLUMNS, *OPTIONAL_COLUMNS)
    missing = [name for name in MANIFEST_COLUMNS if name not in header]
    unknown = [repr(name) for name in header if name not in known]
    twice = [name for name in known if header.count(name) > 1]
    if missing:
        problems.append(f"line 1: {count(len(missing), 'missing column')}: {', '.join(missing)}")
    if unknown:
        problems.append(f"line 1: {count(len(unknown), 'unknown column')}: {', '.join(unknown)}")
    if twice:
        problems.append(f"line 1: {count(len(twice), 'column')} more than once: {', '.join(twice)}")
    if problems:  # without the right columns every row would be a problem
        return [], problems
    if not raw_rows:
        problems.append("no rows")
    problems += [f"line {line}: more cells than columns" for line, row in raw_rows if "" in row]
    rows = [
        (line, {name: rearm((row[name] or "").strip()) for name in known if name in header})
        for line, row in raw_rows
    ]
    return rows, problems


def _check_row(row: dict[str, str], folder: Path) -> list[str]:
    problems = [f"no {name}" for name in ("path", "subject", "group") if not row[name]]
    if row["group"] and row["group"] not in GROUPS:
        problems.append(f"unknown group '{row['group']}' (use {', '.join(GROUPS)})")
    if row["path"]:
        file = _normalise(folder / row["path"])
        if not file.is_relative_to(folder):
            problems.append(f"{row['path']} is outside the data folder {folder}")
        elif _find_file(file) is None:
            problems.append(f"{row['path']} does not exist in {folder}")
    return problems


def _find_file(path: Path) -> Path | None:
    """Return the file that a manifest means by a path; None when there is none."""
    if is_readable_file(path):
        return path
    try:
        others = (other for other in path.parent.iterdir() if storable(other.name) == path.name)
        return next((other for other in others if is_readable_file(other)), None)
    except (OSError, ValueError):
        return None


def _normalise(path: Path) -> Path:
    """Make a path absolute and take out its "..", without following links: data may lie behind one."""
    return Path(os.path.normpath(path.absolute()))
