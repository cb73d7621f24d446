"""Sightings of successive stretches become one, and outlive an interruption beside their readings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scripted_faces import direction, make_cast

from extract.checkpoints import Checkpoints
from extract.frame_table import JOINT_COLUMNS
from extract.people.sightings import Sightings
from extract.reading import FrameReadings
from ground.errors import InputError


def make_sightings(times_s: list[float], tracks: list[int], picture: bytes = b"a") -> Sightings:
    rows, numbers = len(times_s), sorted(set(tracks))
    return Sightings(
        np.array(times_s),
        np.array(tracks, np.int64),
        np.zeros((rows, 4)),
        np.tile(direction(0), (rows, 1)),
        np.full(rows, -1, np.int8),
        np.array(numbers, np.int64),
        np.array([picture] * len(numbers)),
    )


def make_readings(times_s: list[float]) -> FrameReadings:
    rows = len(times_s)
    return FrameReadings(
        np.arange(rows),
        np.array(times_s),
        np.zeros((rows, len(JOINT_COLUMNS))),
        np.ones((rows, 2)),
        np.full(rows, np.nan),
        np.zeros((rows, 3)),
        np.zeros(rows, np.int8),
        np.zeros((rows, 5)),
        np.zeros((rows, 0), np.float16),
    )


def test_tracks_of_stretches_that_are_joined_are_numbered_through() -> None:
    first, second = make_sightings([0.0, 0.0], [0, 1], b"first"), make_sightings([5.0], [0], b"second one")
    joined = Sightings.join([first, Sightings.none(), second])
    joined.check()
    assert joined.times_s.tolist() == [0, 0, 5]
    assert joined.tracks.tolist() == [0, 1, 2]
    assert joined.pictured.tolist() == [0, 1, 2]
    assert joined.pictures.tolist() == [b"first", b"first", b"second one"]


def test_tracks_without_a_picture_keep_numbers_of_their_own() -> None:
    first = replace(make_sightings([0.0, 0.0], [0, 4]), pictured=np.array([0]), pictures=np.array([b"a"]))
    joined = Sightings.join([first, make_sightings([5.0], [0])])
    joined.check()
    assert joined.tracks.tolist() == [0, 4, 5]
    assert joined.pictured.tolist() == [0, 5]


def test_sightings_since_a_time_include_it_and_keep_their_tracks() -> None:
    later = make_sightings([1.0, 2.0, 3.0], [0, 1, 2]).since(2.0)
    later.check()
    assert (later.times_s.tolist(), later.tracks.tolist()) == ([2.0, 3.0], [1, 2])
    assert len(later.pictures) == 3


def test_no_sightings_are_sightings() -> None:
    Sightings.none().check()
    assert len(Sightings.none().since(0.0).times_s) == 0


@pytest.mark.parametrize(
    "damage",
    [
        {"times_s": np.zeros(3)},
        {"tracks": np.array([0, -1])},
        {"spots": np.zeros((2, 3))},
        {"embeddings": np.zeros((2, 127), np.float32)},
        {"still": np.zeros(3, np.int8)},
        {"pictured": np.array([0])},
        {"pictured": np.array([-1, 0])},
        {"pictures": np.array([0, 1])},
        {"pictures": np.array([b"a"])},
        {"times_s": np.array(["a", "b"])},
    ],
)
def test_arrays_that_do_not_fit_together_are_refused(damage: dict[str, Any]) -> None:
    whole = make_sightings([0.0, 1.0], [0, 1])
    whole.check()
    with pytest.raises(ValueError, match=r"another shape|no track"):
        replace(whole, **damage).check()


def test_checkpoints_give_back_sightings_without_those_of_warm_ups(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "v.parquet", "0" * 64)
    checkpoints.save(0, make_readings([0.0, 1.0]), make_sightings([0.0, 1.0], [0, 0]))
    checkpoints.save(1, make_readings([1.0, 2.0]), make_sightings([1.0, 2.0], [0, 1]), warm_up=1)
    seen = checkpoints.read_sightings([0, 1])
    assert seen.times_s.tolist() == [0.0, 1.0, 2.0]
    assert seen.tracks.tolist() == [0, 0, 2]


def test_what_was_read_to_follow_somebody_replaces_the_first_sightings(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "v.parquet", "0" * 64)
    checkpoints.save(0, make_readings([0.0, 1.0]), make_sightings([0.0], [0]))
    checkpoints.save(0, make_readings([0.0, 1.0]), make_sightings([1.0], [0]), followed=True)
    assert checkpoints.read_sightings([0]).times_s.tolist() == [1.0]


def test_a_checkpoint_whose_sightings_are_damaged_is_removed_and_said(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "v.parquet", "0" * 64)
    damaged = replace(make_sightings([0.0], [0]), tracks=np.array([-7]))
    checkpoints.save(0, make_readings([0.0, 1.0]), damaged)
    with pytest.raises(InputError, match="was damaged and has been removed"):
        checkpoints.read_sightings([0])
    assert not checkpoints.has(0)


def test_the_cast_is_kept_and_a_damaged_one_is_looked_for_again(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "v.parquet", "0" * 64)
    assert checkpoints.read_cast() is None
    cast = make_cast(direction(0), direction(1))
    checkpoints.save_cast(cast)
    assert checkpoints.read_cast() == cast
    (path,) = checkpoints.folder.glob("cast*")
    path.write_text("{", encoding="utf-8")
    assert checkpoints.read_cast() is None
    assert not path.exists()


def test_a_reading_for_somebody_else_is_kept_apart_from_the_first_one(tmp_path: Path) -> None:
    checkpoints = Checkpoints(tmp_path / "v.parquet", "0" * 64)
    checkpoints.save(0, make_readings([0.0, 1.0]), Sightings.none())
    cast = make_cast(direction(1))
    second = checkpoints.again()
    second.save_cast(cast)
    assert checkpoints.has(0)
    assert not second.has(0)
    assert (checkpoints.read_cast(), second.read_cast()) == (None, cast)
    second.discard()
    assert not checkpoints.has(0), "both go together"
