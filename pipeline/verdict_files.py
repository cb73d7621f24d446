"""The verdict as files: `verdict.json`, whole, and `verdict.csv`, a row a clip."""

from __future__ import annotations

import csv
from collections.abc import Collection
from pathlib import Path
from typing import Final

from classify.verdict import ClipVerdict, Verdict
from extract.errors import InputError
from extract.files import replace_when_complete

# What makes a cell a formula (OWASP, "CSV Injection"). JSON keeps names as they are.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
_CLIP_FIELDS: Final = tuple(name for name in ClipVerdict.model_fields if name != "deviations")


def discard_verdict(folder: Path, keep: Collection[Path]) -> None:
    """Remove the files of an earlier run, which must not be taken for the result of one that fails.

    Raises
    ------
    InputError
        When one of them is among the files to `keep`: it is read, and would be written over.
    """
    read = {path.resolve() for path in keep}
    for path in _name_files(folder):
        if path.resolve() in read:
            raise InputError(f"{path} is one of the inputs and would be overwritten; give another --out.")
        path.unlink(missing_ok=True)


def write_verdict(verdict: Verdict, folder: Path) -> tuple[Path, Path]:
    """Write a verdict into a folder and return the paths of the JSON and the CSV file."""
    json_path, csv_path = _name_files(folder)
    with replace_when_complete(json_path) as partial:
        partial.write_text(verdict.model_dump_json(indent=2) + "\n", encoding="utf-8")
    with (
        replace_when_complete(csv_path) as partial,
        partial.open("w", newline="", encoding="utf-8") as stream,
    ):
        writer = csv.writer(stream)
        writer.writerow(("video", "person", *_CLIP_FIELDS))
        for video in verdict.videos:
            for clip in video.clips:
                cells = (getattr(clip, name) for name in _CLIP_FIELDS)
                writer.writerow(map(_disarm, (video.video, verdict.person, *cells)))
    return json_path, csv_path


def _name_files(folder: Path) -> tuple[Path, Path]:
    return folder / "verdict.json", folder / "verdict.csv"


def _disarm(cell: object) -> object:
    """Put an apostrophe before a text that a spreadsheet would run as a formula: names come from outside."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell
