"""Backgrounds of few people and few descriptors, learnt from made-up numbers in a second."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from recordings import make_recordings

from classify.background import figures, learning
from classify.background.background import Background
from classify.background.learning import learn_background
from classify.background.selection import LeftOut
from features.recordings import Recording
from motionsig.use_cases.population_tables import write_recordings
from simulate.recordings import SEPARABLE, RecordingPlan

FUSED = ("face-pairs", "spreads")
REGIONS = ("head", "body")
DESCRIBED = (*FUSED, "region:head", "region:body")

PLAN = RecordingPlan(people=12, sessions=2, seconds=24, fps=12, spread=SEPARABLE)
AGAIN = 5


def write_world(folder: Path) -> Path:
    """Tables of two people in ``unseen``, and of ten others in ``background``.

    The manifest ``few.csv`` lists a second session of five of these alone, which leaves five folds.
    """
    written = write_recordings(folder, PLAN)
    with written.background.open(encoding="utf-8") as stream:
        header, *rows = csv.reader(stream)
    few = [row for k, row in enumerate(rows) if k < 2 * AGAIN or k % 2 == 0]
    with (folder / "few.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *few])
    return folder


def make_people(people: int = 12, sessions: int = 2, **changed: Any) -> list[Recording]:
    """Recordings of people who clearly differ, with all numbers of the descriptors that are learnt here."""
    arguments = {"numbers": None, "clips": 3, "collections": 2, "descriptors": DESCRIBED, **changed}
    return make_recordings(people, sessions, **arguments)


def make_few(again: int = 6, people: int = 12, **changed: Any) -> list[Recording]:
    """The same, with a second session of some of them alone: fewer folds, which is faster."""
    made = make_people(people, 2, **changed)
    return [one for k, one in enumerate(made) if k < 2 * again or k % 2 == 0]


@contextmanager
def few_descriptors() -> Iterator[None]:
    """Let backgrounds be learnt from two descriptors and two regions, which takes a second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(learning, "FUSED", FUSED)
        patch.setattr(learning, "WAYS", (FUSED, *((name,) for name in FUSED)))
        patch.setattr(learning, "REGIONS", REGIONS)
        patch.setattr(learning, "_MORE", DESCRIBED[2:])
        patch.setattr(figures, "_RESAMPLES", 50)
        yield


def learn(recordings: Sequence[Recording], left_out: Sequence[LeftOut] = ()) -> Background:
    """Learn a background from two descriptors, as `learn_background` does from more."""
    with few_descriptors():
        return learn_background(recordings, left_out)
