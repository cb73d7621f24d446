"""What a table was made with."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from features.identity import IDENTITY_COLUMNS, TableIdentity, read_identity
from ground.errors import TableError

OURS = TableIdentity("pose 1", "mesh 2", "position", "signing", 10.0, 5.0, None, "full", 0.0, 0)


def clips_of(*identities: TableIdentity) -> pd.DataFrame:
    rows = [{name: getattr(identity, name) for name in IDENTITY_COLUMNS} for identity in identities]
    return pd.DataFrame(rows, index=[f"a_clip_{k}" for k in range(len(rows))])


@pytest.mark.parametrize("identity", [OURS, replace(OURS, step_s=None, step_frames=5)])
def test_rows_that_agree_give_one_identity(identity: TableIdentity) -> None:
    assert read_identity(clips_of(identity, identity)) == identity


def test_whole_numbers_survive_a_file_that_stores_them_as_floats() -> None:
    clips = clips_of(replace(OURS, step_s=None, step_frames=5)).astype({"step_frames": "float64"})
    assert isinstance(read_identity(clips).step_frames, int)


@pytest.mark.parametrize(
    "change",
    [
        {"body_backend": "pose 2"},
        {"face_backend": "openface 2.x"},
        {"signal": "velocity"},
        {"body_coordinates": "raw"},
        {"clip_s": 5.0},
        {"step_s": 2.5},
        {"step_s": None, "step_frames": 5},
        {"feature_set": "face"},
        {"sample_fps": 10.0},
        {"max_height": 480},
        {"signal": None},
    ],
)
def test_rows_that_disagree_are_refused_by_column(change: dict[str, object]) -> None:
    with pytest.raises(TableError, match=f"differ in {next(iter(change))} "):
        read_identity(clips_of(OURS, replace(OURS, **change)))  # type: ignore[arg-type]


def test_a_table_made_elsewhere_records_nothing() -> None:
    identity = read_identity(pd.DataFrame({"video": ["a"]}, index=["a_clip_0"]))
    assert set(vars(identity).values()) == {None}


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({}, []),
        ({"body_backend": "pose 2"}, ["body reader pose 2, not pose 1"]),
        ({"face_backend": "openface 2.x"}, ["face reader openface 2.x, not mesh 2"]),
        ({"signal": "velocity"}, ["signal velocity, not position"]),
        ({"body_coordinates": "raw"}, ["body coordinates raw, not signing"]),
        ({"clip_s": 2.5}, ["clip length 2.5 s, not 10 s"]),
        ({"step_s": 2.5}, ["clip step 2.5 s, not 5 s"]),
        ({"step_s": None, "step_frames": 5}, ["clip step 5 frames, not 5 s"]),
        ({"feature_set": "body"}, ["feature set body, not full"]),
        ({"sample_fps": 10.0}, ["frames read 10 a second, not all"]),
        ({"max_height": 480}, ["pictures at most 480 px high, not as they are"]),
        ({"signal": None, "clip_s": None, "step_s": None}, []),  # what is not recorded is not compared
        (
            {"signal": "highpass", "clip_s": 5.0},
            ["signal highpass, not position", "clip length 5 s, not 10 s"],
        ),
    ],
)
def test_differences_are_told_in_words(change: dict[str, object], difference: list[str]) -> None:
    other = replace(OURS, **change)  # type: ignore[arg-type]
    assert OURS.describe_differences(other) == difference
    assert len(other.describe_differences(OURS)) == len(difference)
