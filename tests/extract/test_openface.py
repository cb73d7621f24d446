"""Faces from OpenFace files."""

from __future__ import annotations

import csv
import json
from inspect import signature
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from frame_tables import make_frames, make_moving_frames, make_table, write_moving

from extract.frame_table import (
    ACTION_UNITS,
    COLUMNS,
    FACE_COLUMNS,
    HEAD_ROTATION,
    Counts,
    FrameTable,
    ImportedFile,
    read_frame_table,
    write_frames,
)
from extract.openface import DEFAULT_CONFIDENCE, join_openface, match_openface, read_openface
from extract.sound.voice_table import find_voice_table
from features.clips import CorrelationOptions, correlate_frame_table
from features.signature import PairSet
from ground.descriptions import describe_differences
from ground.errors import InputError, TableError
from ground.files import hash_file
from motionsig.command_line.commands.import_openface import import_openface as import_command
from motionsig.use_cases.openface import import_openface

MEASURED = [*ACTION_UNITS, *HEAD_ROTATION]


def make_rows(frames: int, **columns: object) -> pd.DataFrame:
    """An OpenFace table in which every measurement is the number of its frame, from 1."""
    numbers = np.arange(1, frames + 1)
    rows = {"frame": numbers, "timestamp": (numbers - 1) / 10, "confidence": 0.98, "success": 1}
    return pd.DataFrame({**rows, **dict.fromkeys(MEASURED, numbers), "AU45_r": 0.0, **columns})


def write_rows(folder: Path, rows: pd.DataFrame, *, blanks: bool = False, name: str = "video.csv") -> Path:
    """Write as OpenFace does; some of its versions put a blank before every name and value but the first."""
    path = folder / name
    text = rows.to_csv(index=False)
    path.write_text(text.replace(",", ", ") if blanks else text)
    return path


@pytest.mark.parametrize("blanks", [False, True])
def test_frames_count_from_one_there_and_from_zero_here(tmp_path: Path, blanks: bool) -> None:
    reading = read_openface(write_rows(tmp_path, make_rows(5), blanks=blanks))
    assert reading.frames == 5
    assert reading.other_faces == 0
    assert reading.measured.columns.tolist() == MEASURED
    assert reading.measured.index.tolist() == [0, 1, 2, 3, 4]
    assert (reading.measured["pose_Rx"] == reading.measured.index + 1).all()


def test_rows_without_success_or_confidence_are_missing(tmp_path: Path) -> None:
    rows = make_rows(5, success=[1, 0, 1, 1, 1], confidence=[0.98, 0.98, 0.92, 0.93, 0.5])
    path = write_rows(tmp_path, rows)
    assert read_openface(path).measured.isna().all(axis=1).tolist() == [False, True, True, False, True]
    lenient = read_openface(path, confidence=0.5).measured.isna()
    assert lenient.all(axis=1).tolist() == [False, True, False, False, False]
    assert not lenient.any(axis=1)[[0, 2, 3, 4]].any()


def test_of_several_faces_the_one_read_in_most_frames_is_taken(tmp_path: Path) -> None:
    rare = make_rows(6, face_id=0, confidence=[0.98, 0.2, 0.2, 0.2, 0.2, 0.2])
    often = make_rows(6, face_id=1, AU01_r=7.0).iloc[1:]
    rows = pd.concat([rare, often]).sort_values(["frame", "face_id"])
    reading = read_openface(write_rows(tmp_path, rows))
    assert reading.other_faces == 1
    assert reading.frames == 6
    assert reading.measured.index.tolist() == [1, 2, 3, 4, 5]
    assert (reading.measured["AU01_r"] == 7).all()


def test_joining_replaces_the_face_and_keeps_the_body(tmp_path: Path) -> None:
    table = make_table(make_moving_frames(np.arange(6) / 10).assign(AU11_r=0.5))
    rows = make_rows(6).drop(index=2)  # no row for the third frame
    path = write_rows(tmp_path, rows)
    joined = join_openface(table, read_openface(path))
    assert joined.frames.columns.tolist() == list(COLUMNS)
    body = [name for name in COLUMNS if name not in FACE_COLUMNS]
    pd.testing.assert_frame_equal(joined.frames[body], table.frames[body])
    np.testing.assert_array_equal(joined.frames["AU12_r"], [1, 2, np.nan, 4, 5, 6])
    assert joined.frames[["mouth_h", "mouth_v", "face_px"]].isna().all(axis=None)
    assert joined.metadata.reading.face.label == "openface 2.x (confidence 0.93)"
    assert joined.metadata.reading.body == table.metadata.reading.body
    assert joined.metadata.face_file == ImportedFile(name="video.csv", sha256=hash_file(path))
    assert joined.metadata.further_columns == (), "what the other reader measured goes with it"
    assert joined.metadata.counts == Counts(frames=6, body_frames=6, face_frames=5, read_s=0.5 * 6 / 5)


def test_faces_chosen_by_different_confidences_are_not_comparable(tmp_path: Path) -> None:
    table, path = make_table(make_moving_frames(np.arange(6) / 10)), write_rows(tmp_path, make_rows(6))
    strict, lenient = (
        join_openface(table, read_openface(path, confidence)).metadata.reading for confidence in (0.93, 0.5)
    )
    assert describe_differences(strict, lenient) == [
        "face reader: openface 2.x (confidence 0.5) instead of openface 2.x (confidence 0.93)"
    ]


@pytest.mark.parametrize("confidence", [-0.1, 1.5, float("nan")])
def test_a_confidence_that_is_none_is_refused(tmp_path: Path, confidence: float) -> None:
    with pytest.raises(InputError, match="between 0 and 1"):
        read_openface(write_rows(tmp_path, make_rows(5)), confidence)


def test_frames_missing_in_the_middle_of_one_of_the_two_are_found(tmp_path: Path) -> None:
    """OpenFace lost frames 100 to 102 and went on counting: from there on every face is another frame's."""
    table = make_table(make_moving_frames(np.arange(200) / 10), name="talk.mp4")
    rows = make_rows(200).drop(index=[99, 100, 101])
    displaced = rows.assign(frame=np.arange(1, 198))
    words = r"table of talk\.mp4 do not fit\. Frame 100 is at 10\.200 s in the CSV .* 9\.900 s"
    with pytest.raises(TableError, match=words):
        join_openface(table, read_openface(write_rows(tmp_path, displaced)))
    join_openface(table, read_openface(write_rows(tmp_path, rows)))


@pytest.mark.parametrize(("shift_s", "fits"), [(0.04, True), (0.06, False)])
def test_times_may_differ_by_half_a_frame(tmp_path: Path, shift_s: float, fits: bool) -> None:
    table = make_table(make_moving_frames(np.arange(200) / 10))
    rows = make_rows(200)
    rows.loc[150:, "timestamp"] += shift_s
    reading = read_openface(write_rows(tmp_path, rows))
    if fits:
        assert join_openface(table, reading).frames["AU12_r"].notna().all()
        return
    with pytest.raises(TableError, match="do not fit"):
        join_openface(table, reading)


def test_times_that_only_count_frames_do_not_speak_against_a_varying_rate(tmp_path: Path) -> None:
    """OpenFace divides the frame's number by the container's rate; with every frame there, numbers agree."""
    times = np.cumsum(np.tile([0.05, 0.15, 0.1, 0.2], 50)) - 0.05
    table = make_table(make_moving_frames(times))
    joined = join_openface(table, read_openface(write_rows(tmp_path, make_rows(200))))
    assert joined.frames["AU12_r"].tolist() == list(range(1, 201))
    with pytest.raises(TableError, match="do not fit"):
        join_openface(table, read_openface(write_rows(tmp_path, make_rows(199))))


def test_a_table_of_sampled_frames_gets_the_faces_of_those_frames(tmp_path: Path) -> None:
    frames = make_moving_frames(np.arange(200) / 10)
    table = make_table(frames)
    sampled = FrameTable(frames.iloc[::3].reset_index(drop=True), table.metadata)
    joined = join_openface(sampled, read_openface(write_rows(tmp_path, make_rows(200))))
    assert joined.frames["AU12_r"].tolist() == list(range(1, 201, 3))


def test_an_imported_table_reads_back_and_is_correlated(tmp_path: Path) -> None:
    table = write_moving(tmp_path, "a.mp4")
    before = table.read_bytes()
    csv = write_rows(tmp_path, make_rows(200, success=[0] * 60 + [1] * 140), name="a.csv")
    (imported,) = import_openface([table], csv, tmp_path / "out")
    assert imported.table == tmp_path / "out" / "a.parquet"
    assert table.read_bytes() == before
    read = read_frame_table(imported.table)
    assert read.metadata == imported.metadata
    clips = correlate_frame_table(read).block.clips
    assert clips["face_frames"].tolist() == [40, 90, 100]
    with pytest.raises(
        TableError, match=r"no mouth distances, because openface does not measure them\. Leave out --mouth"
    ):
        correlate_frame_table(read, CorrelationOptions(pairs=PairSet(mouth=True)))


def test_a_table_that_another_program_stored_in_narrow_numbers_is_imported_too(tmp_path: Path) -> None:
    table = make_table(make_frames(np.arange(10) / 10))
    narrow = table.frames.astype({"frame": "int16", "nose_x": "float32"})
    joined = join_openface(
        FrameTable(narrow, table.metadata), read_openface(write_rows(tmp_path, make_rows(10)))
    )
    write_frames(joined, tmp_path / "t.parquet")
    read = read_frame_table(tmp_path / "t.parquet").frames
    assert read["frame"].tolist() == list(range(10))
    assert (read["nose_x"] == 320).all()


def test_the_voice_stays_beside_an_imported_table(tmp_path: Path) -> None:
    table = write_moving(tmp_path, "a.mp4")
    csv = write_rows(tmp_path, make_rows(200), name="a.csv")
    (imported,) = import_openface([table], csv, tmp_path / "silent")
    assert not find_voice_table(imported.table).exists()
    find_voice_table(table).write_bytes(b"a voice")
    (imported,) = import_openface([table], csv, tmp_path / "out")
    assert find_voice_table(imported.table).read_bytes() == b"a voice"


def test_neither_table_nor_csv_is_written_over(tmp_path: Path) -> None:
    table = write_moving(tmp_path, "a.mp4")
    csv = write_rows(tmp_path, make_rows(200), name="a.csv")
    before = table.read_bytes()
    with pytest.raises(InputError, match="one of the inputs"):
        import_openface([table], csv, tmp_path)
    (tmp_path / "link").symlink_to(tmp_path)
    with pytest.raises(InputError, match="one of the inputs"):
        import_openface([table], csv, tmp_path / "link")
    assert table.read_bytes() == before


def test_the_command_says_what_it_wrote_and_of_several_faces(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = write_moving(tmp_path, "a.mp4")
    write_rows(tmp_path, make_rows(200, face_id=[0] * 199 + [1]), name="a.csv")
    import_command([table], openface=tmp_path, out=tmp_path / "out")
    printed = capsys.readouterr()
    assert "holds 2 faces. The face with the most frames is used." in printed.err
    assert (
        f"a.mp4: 200 frames, face found in 99.5% of the frames -> {tmp_path / 'out' / 'a.parquet'}"
        in printed.out
    )
    import_command([table], openface=tmp_path, out=tmp_path / "out", as_json=True)
    (found,) = json.loads(capsys.readouterr().out)["tables"]
    assert (found["frames"], found["face_frames"], found["other_faces"]) == (200, 199, 1)
    assert signature(import_command).parameters["confidence"].default == DEFAULT_CONFIDENCE == 0.93


@pytest.mark.parametrize("frames", [195, 205])
def test_a_file_of_another_video_is_known_by_its_length(tmp_path: Path, frames: int) -> None:
    table = make_table(make_moving_frames(np.arange(200) / 10), name="talk.mp4")
    reading = read_openface(write_rows(tmp_path, make_rows(frames)))
    with pytest.raises(TableError, match=rf"another video than talk\.mp4\. It has {frames} frames, .* 200"):
        join_openface(table, reading)


def follow(frames: pd.DataFrame) -> pd.DataFrame:
    """What OpenFace would write of a face that moves as in these frames, in its own units and noise."""
    measured = 3 * frames[MEASURED] + np.random.default_rng(1).normal(size=(len(frames), len(MEASURED)))
    return make_rows(len(frames)).assign(**measured)


def renumber(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows as OpenFace counts them, which knows of no frames that it missed."""
    numbers = np.arange(1, len(rows) + 1)
    return rows.assign(frame=numbers, timestamp=(numbers - 1) / 10)


def join_rows(folder: Path, table: FrameTable, rows: pd.DataFrame) -> FrameTable:
    return join_openface(table, read_openface(write_rows(folder, rows)))


@pytest.mark.parametrize("missing", [range(4), range(100, 104), range(20, 200, 50)])
def test_frames_that_openface_missed_without_a_gap_are_found_by_the_movements(
    tmp_path: Path, missing: range
) -> None:
    """Numbers and times go on as if nothing had happened, so they agree with ours frame by frame."""
    frames = make_moving_frames(np.arange(200) / 10)
    rows = follow(frames)
    table = make_table(frames, name="talk.mp4")
    assert join_rows(tmp_path, table, rows).frames["AU12_r"].notna().all()
    displaced = renumber(rows.drop(index=list(missing)))
    with pytest.raises(
        TableError, match=r"talk\.mp4 do not fit\. At .* s the face moves [34] frames earlier"
    ):
        join_rows(tmp_path, table, displaced)


def test_the_last_frames_may_be_missing_where_the_face_shows_that_they_are_the_last(tmp_path: Path) -> None:
    frames = make_moving_frames(np.arange(200) / 10)
    rows = follow(frames)
    table = make_table(frames)
    assert join_rows(tmp_path, table, rows.iloc[:-4]).frames["AU12_r"].isna().sum() == 4
    still = make_table(make_frames(np.arange(200) / 10))
    with pytest.raises(TableError, match=r"has 196 frames, .* has 200\. The face moves too little"):
        join_rows(tmp_path, still, rows.iloc[:-4])
    join_rows(tmp_path, still, rows)


def test_a_face_that_moves_otherwise_is_anothers(tmp_path: Path) -> None:
    table = make_table(make_moving_frames(np.arange(200) / 10), name="talk.mp4")
    others = follow(make_moving_frames(np.arange(200) / 10, seed=9))
    with pytest.raises(TableError, match=r"talk\.mp4 do not fit\. The face in the CSV file moves otherwise"):
        join_rows(tmp_path, table, others)


@pytest.mark.parametrize(
    ("delimiter", "decimal", "encoding"),
    [(";", ",", "utf-8-sig"), (";", ".", "utf-8"), ("\t", ",", "utf-16"), ("\t", ".", "utf-16")],
)
def test_files_that_a_spreadsheet_saved_are_read(
    tmp_path: Path, delimiter: str, decimal: str, encoding: str
) -> None:
    rows = make_rows(5, AU01_r=[0.5, 1.25, 2.0, 0.0, 3.75])
    expected = read_openface(write_rows(tmp_path, rows)).measured
    path = tmp_path / "saved.csv"
    rows.to_csv(path, index=False, sep=delimiter, decimal=decimal, encoding=encoding)
    pd.testing.assert_frame_equal(read_openface(path).measured, expected)
    lines = path.read_text(encoding).splitlines()
    for header_too in (False, True):
        longer = [line + 2 * delimiter * (header_too or k > 0) for k, line in enumerate(lines)]
        path.write_text("\n".join(longer), encoding)
        pd.testing.assert_frame_equal(read_openface(path).measured, expected)


def test_decimal_commas_between_commas_are_refused_unless_quoted(tmp_path: Path) -> None:
    rows = make_rows(5, AU01_r=[0.5, 1.25, 2.0, 0.0, 3.75])
    path = tmp_path / "saved.csv"
    path.write_text(rows.to_csv(index=False, sep=";", decimal=",").replace(";", ","))
    with pytest.raises(TableError, match=r"more cells in a row than its header has names\. If its numbers"):
        read_openface(path)
    rows.to_csv(path, index=False, decimal=",", quoting=csv.QUOTE_ALL)
    assert read_openface(path).measured["AU01_r"].tolist() == [0.5, 1.25, 2.0, 0.0, 3.75]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (make_rows(3).drop(columns=["AU09_r", "success"]), r"lacks 2 columns: success, AU09_r"),
        (make_rows(3, frame=[1, 2, 2]), "after frame 2 of face 0 comes frame 2"),
        (make_rows(3, frame=[1, 3, 2]), "after frame 3 of face 0 comes frame 2"),
        (make_rows(3, frame=[0, 1, 2]), "whose first frame is 1"),
        (make_rows(3, frame=[1, 1.5, 2]), "whose first frame is 1"),
        (make_rows(3, AU01_r=["a", "b", "c"]), "something other than numbers"),
        (make_rows(3).iloc[:0], "holds no frame"),
        (make_rows(3, confidence=[0.9, np.inf, 0.9]), "confidence outside 0 to 1, in line 3"),
        (make_rows(3, confidence=[0.9, 0.9, -0.1]), "confidence outside 0 to 1, in line 4"),
        (make_rows(3, pose_Rx=[-np.inf, 0.1, 0.1]), "infinite measurement, .*, in line 2"),
    ],
)
def test_what_openface_would_not_write_is_refused(tmp_path: Path, rows: pd.DataFrame, message: str) -> None:
    with pytest.raises(TableError, match=message):
        read_openface(write_rows(tmp_path, rows))


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"frame\n1,2,3\n1,2,3,4\n"])
def test_what_is_no_csv_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(TableError):
        read_openface(tmp_path / "x.csv")
    with pytest.raises(TableError, match="There is no OpenFace file"):
        read_openface(tmp_path / "none.csv")


def test_files_are_matched_by_name(tmp_path: Path) -> None:
    tables = [Path("a.parquet"), Path("b.parquet")]
    for name in ("a.csv", "b.csv", "c.csv"):
        (tmp_path / name).touch()
    assert match_openface(tables, tmp_path) == {tables[0]: tmp_path / "a.csv", tables[1]: tmp_path / "b.csv"}
    assert match_openface(tables[:1], tmp_path / "c.csv") == {tables[0]: tmp_path / "c.csv"}


def test_all_files_that_are_missing_are_named(tmp_path: Path) -> None:
    tables = [Path("a.parquet"), Path("b.parquet"), Path("c.parquet")]
    (tmp_path / "b.csv").touch()
    with pytest.raises(InputError, match=r"2 OpenFace file.*a\.csv, .*c\.csv"):
        match_openface(tables, tmp_path)
    with pytest.raises(InputError, match="one OpenFace file for 3 frame tables"):
        match_openface(tables, tmp_path / "b.csv")


def test_rows_without_a_face_number_are_refused_by_line(tmp_path: Path) -> None:
    faces = np.array([0.0, 0.0, np.nan, 0.0])
    with pytest.raises(TableError, match="no face_id in line 4"):
        read_openface(write_rows(tmp_path, make_rows(4, face_id=faces)))
