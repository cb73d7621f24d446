"""Recordings of real people for the benches, from a folder of frame tables that is no part of the project."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from classify.background.footage import Footage
from classify.background.selection import LeftOut, select_footage, tell_left_out
from features.labels import Label
from features.manifest import read_manifest
from features.recordings import Recording
from ground.names import key_of_file
from motionsig.use_cases.monitor import Monitor
from motionsig.use_cases.recordings import describe_tables

_VARIABLE: Final = "MOTIONSIG_TEST_PEOPLE"


def find_people_or_skip() -> Path:
    """Return the folder that MOTIONSIG_TEST_PEOPLE names; without one, say so and end, without an error."""
    folder = os.environ.get(_VARIABLE)
    if not folder or not (Path(folder) / "people.csv").is_file():
        print(f"Skipped: {_VARIABLE} names no folder with frame tables of people and their people.csv.")
        sys.exit(0)
    return Path(folder)


def describe_people(folder: Path, descriptors: Sequence[str]) -> list[Recording]:
    """Describe the people of a folder.

    Parameters
    ----------
    folder
        Frame tables with their mesh tables; ``people.csv``, a manifest; and, unless the manifest has a column
        ``collection``, ``recordings.csv``, whose columns ``table`` and ``collection`` say it.
    descriptors
        Names of descriptors.
    """
    labels = _read_labels(folder)
    tables = sorted(path for path in folder.glob("*.parquet") if key_of_file(path.stem) in labels)
    # One process, so that a bench may add a descriptor of its own.
    described = describe_tables(tables, descriptors, labels, 1, Monitor())
    _tell(described.left_out)
    return described.recordings


def gather_people(folder: Path, needed: Sequence[str], more: Sequence[str] = ()) -> Footage:
    """Return the people of a folder as footage of `needed` and `more` descriptors, see `select_footage`."""
    selected = select_footage(describe_people(folder, (*needed, *more)), needed, more)
    _tell(selected.left_out)
    print(f"{count_footage(selected.footage)}.\n", flush=True)
    return selected.footage


def count_footage(footage: Footage) -> str:
    """Return how many recordings of how many people there are, in words."""
    sessions = footage.count_sessions()
    again = sum(number > 1 for number in sessions.values())
    return (
        f"{len(footage)} recordings in {sum(sessions.values())} sessions, {footage.seconds.sum() / 60:.0f} "
        f"minutes, of {len(sessions)} people, {again} of them in several sessions"
    )


def _tell(left_out: Sequence[LeftOut]) -> None:
    for sentence in tell_left_out(left_out):
        print(sentence)


def _read_labels(folder: Path) -> dict[str, Label]:
    labels = read_manifest(folder / "people.csv")
    beside = folder / "recordings.csv"
    if not beside.is_file():
        return labels
    with beside.open(encoding="utf-8", newline="") as file:
        collections = {key_of_file(row["table"]): row["collection"] for row in csv.DictReader(file)}
    return {
        stem: label if label.collection else replace(label, collection=collections.get(stem))
        for stem, label in labels.items()
    }
