"""How a table was made: read, compared, and put into columns, by walking one nested description."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import pytest

from extract.description import Backend, ReadingDescription, ReadingOptions
from features.description import (
    DESCRIPTION_COLUMNS,
    READING_COLUMNS,
    ClipDescription,
    describe_other_readings,
    read_description,
)
from ground.descriptions import (
    Told,
    describe_differences,
    flatten,
    list_columns,
    list_default_cells,
    list_unrecorded,
    unflatten,
)
from ground.errors import TableError
from ground.records import Record

OURS = {
    "extraction_revision": 1,
    "body_backend": "pose 1",
    "face_backend": "mesh 2",
    "sample_fps": 0.0,
    "max_height": 0,
    "signal": "position",
    "body_coordinates": "signing",
    "clip_s": 10.0,
    "step_s": 5.0,
    "step_frames": None,
    "feature_set": "full",
    "voice_backend": "none",
}


def described(**changes: Any) -> ClipDescription:
    made = unflatten(ClipDescription, OURS | changes)
    assert made is not None
    return made


def clips_of(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), index=[f"a_clip_{k}" for k in range(len(rows))])


@pytest.mark.parametrize(
    "change",
    [{}, {"step_s": None, "step_frames": 5}, {"sample_fps": 12.5, "max_height": 480}, {"signal": None}],
)
def test_rows_that_agree_give_one_description_and_cells_give_it_back(change: dict[str, Any]) -> None:
    cells = OURS | change
    assert flatten(described(**change)) == cells
    assert read_description(clips_of(cells, cells)) == described(**change)


def test_whole_numbers_survive_a_file_that_stores_them_as_floats() -> None:
    cells = OURS | {"step_s": None, "step_frames": 5, "max_height": 480}
    clips = clips_of(cells).astype({"step_frames": "float64", "max_height": "float64"})
    made = read_description(clips)
    assert made == described(step_s=None, step_frames=5, max_height=480)
    assert isinstance(made.step_frames, int)


@pytest.mark.parametrize(
    "change",
    [
        {"extraction_revision": 2},
        {"body_backend": "pose 2"},
        {"face_backend": "openface 2.x"},
        {"signal": "velocity"},
        {"body_coordinates": "raw"},
        {"clip_s": 5.0},
        {"step_s": 2.5},
        {"step_s": None, "step_frames": 5},
        {"feature_set": "face"},
        {"voice_backend": "swift-f0 0.3.0-1"},
        {"sample_fps": 10.0},
        {"max_height": 480},
        {"signal": None},
    ],
)
def test_rows_that_disagree_are_refused_by_column(change: dict[str, Any]) -> None:
    with pytest.raises(TableError, match=f"differ in {next(iter(change))} "):
        read_description(clips_of(OURS, OURS | change))


def test_a_table_made_elsewhere_records_nothing() -> None:
    made = read_description(pd.DataFrame({"video": ["a"]}, index=["a_clip_0"]))
    assert set(dict(made).values()) == {None}


@pytest.mark.parametrize("column", READING_COLUMNS)
def test_how_frames_were_read_is_recorded_as_a_whole_or_not_at_all(column: str) -> None:
    """One empty cell must not switch off the comparison of all others."""
    with pytest.raises(TableError, match=f"without .*{column}"):
        read_description(clips_of(OURS | {column: None}))
    with pytest.raises(TableError, match=f"only in part how its clips were made: {column} without"):
        read_description(clips_of(OURS | dict.fromkeys(READING_COLUMNS) | {column: OURS[column]}))


def test_a_table_that_does_not_say_how_frames_were_read_is_compared_in_all_else() -> None:
    made = read_description(clips_of(OURS | dict.fromkeys(READING_COLUMNS)))
    assert made.reading is None
    assert made.signal == "position"
    assert describe_differences(described(sample_fps=10), made) == []
    assert list_unrecorded(described(), made) == [
        "extraction revision", "body reader", "face reader", "frames read", "pictures"
    ]  # fmt: skip


@pytest.mark.parametrize("change", [{"sample_fps": -3.0}, {"clip_s": float("inf")}, {"max_height": 0.5}])
def test_impossible_cells_are_refused_in_a_sentence(change: dict[str, float]) -> None:
    with pytest.raises(TableError, match="does not describe correctly"):
        read_description(clips_of(OURS | change))


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({}, []),
        ({"extraction_revision": 2}, ["extraction revision: 2 instead of 1"]),
        ({"body_backend": "pose 2"}, ["body reader: pose 2 instead of pose 1"]),
        ({"face_backend": "openface 2.x"}, ["face reader: openface 2.x instead of mesh 2"]),
        ({"signal": "velocity"}, ["signal: velocity instead of position"]),
        ({"body_coordinates": "raw"}, ["body coordinates: raw instead of signing"]),
        ({"clip_s": 2.5}, ["clip length: 2.5 s instead of 10 s"]),
        ({"step_s": 2.5}, ["clip step: 2.5 s instead of 5 s"]),
        ({"step_s": None, "step_frames": 5}, ["clip step: 5 frames instead of 5 s"]),
        ({"feature_set": "body"}, ["feature set: body instead of full"]),
        ({"sample_fps": 10.0}, ["frames read: 10 frames a second instead of all"]),
        ({"max_height": 480}, ["pictures: at most 480 px high instead of unchanged"]),
        ({"signal": None, "clip_s": None, "step_s": None}, []),  # what is not recorded is not compared
        (
            {"signal": "highpass", "clip_s": 5.0},
            ["signal: highpass instead of position", "clip length: 5 s instead of 10 s"],
        ),
    ],
)
def test_differences_are_told_in_words(change: dict[str, Any], difference: list[str]) -> None:
    ours, other = described(), described(**change)
    assert describe_differences(ours, other) == difference
    assert len(describe_differences(other, ours)) == len(difference)


def test_what_is_not_recorded_is_listed_in_words() -> None:
    assert list_unrecorded(described(), described()) == []
    assert list_unrecorded(described(signal=None), described(step_s=None)) == ["signal", "clip step"]


def test_weights_decide_nothing_that_versions_do_not() -> None:
    body = Backend(name="pose", version="1", weights={"pose.tflite": "ab"})
    reading = ReadingDescription(body=body, face=Backend.from_label("mesh 2"))
    assert (
        describe_differences(reading, reading.model_copy(update={"body": Backend.from_label("pose 1")})) == []
    )


def test_a_field_is_all_that_a_new_choice_needs() -> None:
    """One annotated field: its column, its words, its comparison, and the tables from before it."""

    class MoreOptions(ReadingOptions):
        denoised: Annotated[bool, Told("noise", "denoised", lambda yes: "removed" if yes else "left")] = False

    class MoreReading(ReadingDescription):
        options: MoreOptions = MoreOptions()

    readers = {"body": Backend.from_label("pose 1"), "face": Backend.from_label("mesh 2")}
    plain, denoised = MoreReading(**readers), MoreReading(**readers, options=MoreOptions(denoised=True))
    assert describe_differences(plain, denoised) == ["noise: removed instead of left"]
    assert list_columns(MoreReading) == list_columns(ReadingDescription) | {"denoised": int}
    assert unflatten(MoreReading, flatten(denoised)) == denoised
    assert list_default_cells(MoreReading)["denoised"] is False
    old = ReadingDescription(**readers).model_dump_json()
    assert MoreReading.model_validate_json(old) == plain


def test_the_columns_of_the_version_before_are_there_by_their_names() -> None:
    assert set(OURS) == set(DESCRIPTION_COLUMNS)


def test_a_record_without_told_fields_is_not_compared() -> None:
    class Note(Record):
        text: str

    assert describe_differences(Note(text="a"), Note(text="b")) == []
    assert flatten(Note(text="a")) == {}


def test_tables_that_were_read_alike_have_nothing_said_of_them() -> None:
    reading = ReadingDescription(body=Backend.from_label("pose 1"), face=Backend.from_label("mesh 2"))
    assert describe_other_readings([(Path("a"), reading), (Path("b"), reading)]) == []
