"""Correlations and clip tables on disk."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from frame_tables import make_moving_frames, make_table

from features.clips import correlate_frame_table
from features.description import read_description
from features.labels import Label
from features.rows import ClipBlock
from features.signature import SET_NAMES, PairSet
from features.tables import (
    CLIP_COLUMNS,
    clip_table_path,
    open_tables,
    read_clips,
    read_correlations,
    read_labelled_table,
)
from ground.errors import InputError, TableError

PAIRS = list(PairSet().columns)
FORMATS = pytest.mark.parametrize("suffix", [".csv", ".parquet"])


@pytest.fixture(scope="module")
def block() -> ClipBlock:
    """Three clips, in one of which wrists are missing."""
    frames = make_moving_frames(np.arange(200) / 10)
    frames.loc[:60, "leftWrist_x"] = np.nan
    return correlate_frame_table(make_table(frames)).block


def write(path: Path, *blocks: ClipBlock, pair_set: PairSet | None = None) -> Path:
    with open_tables(path, pair_set or PairSet()) as append:
        for block in blocks:
            append(block.correlations, block.clips)
    return path


def made_elsewhere(folder: Path, names: list[str], columns: list[str] | None = None) -> Path:
    """A table as pandas writes it, with nothing beside it."""
    rows = pd.DataFrame(0.5, index=pd.Index(names, name="clip_name"), columns=columns or PAIRS)
    path = folder / "correlations.csv"
    rows.to_csv(path)
    return path


@pytest.mark.parametrize(
    ("name", "clips"),
    [
        ("correlations.csv", "clips.csv"),
        ("correlations.parquet", "clips.parquet"),
        ("correlations_2.5s.csv", "clips_2.5s.csv"),
        ("my_correlations.csv", "my_clips.csv"),
        ("table.csv", "table_clips.csv"),
    ],
)
def test_the_clip_table_lies_beside_under_a_name_made_from_the_other(name: str, clips: str) -> None:
    assert clip_table_path(Path("out") / name) == Path("out") / clips


@FORMATS
def test_both_tables_read_back_equal(tmp_path: Path, block: ClipBlock, suffix: str) -> None:
    path = write(tmp_path / f"correlations{suffix}", block)
    correlations = read_correlations(path)
    assert block.correlations.isna().any(axis=None)
    pd.testing.assert_frame_equal(correlations, block.correlations, check_exact=True, check_index_type=False)
    clips = read_clips(clip_table_path(path))
    assert ["clip_name", *clips.columns] == list(CLIP_COLUMNS)
    pd.testing.assert_frame_equal(
        clips, block.clips, check_exact=True, check_dtype=False, check_index_type=False
    )


@FORMATS
def test_every_float_reads_back_equal(tmp_path: Path, block: ClipBlock, suffix: str) -> None:
    """Any bit pattern between -1 and 1, down to numbers that have lost their leading bit."""
    patterns = np.random.default_rng(0).integers(0, 2**64, 4000, dtype=np.uint64).view(np.float64)
    special = [0.0, -0.0, 1.0, -1.0, 1 / 3, 5e-324, 2.2250738585072014e-308, np.nextafter(1, 0), 0.1 + 0.2]
    values = np.array([*special, *patterns[np.abs(patterns) <= 1]])[: block.correlations.size]
    assert len(values) == block.correlations.size
    correlations = block.correlations.copy()
    correlations[:] = values.reshape(correlations.shape)
    path = write(tmp_path / f"correlations{suffix}", ClipBlock(correlations, block.clips))
    read = read_correlations(path).to_numpy()
    np.testing.assert_array_equal(read.view(np.uint64), correlations.to_numpy().view(np.uint64))


@FORMATS
def test_blocks_follow_each_other(tmp_path: Path, block: ClipBlock, suffix: str) -> None:
    second = ClipBlock(block.correlations.add_prefix("b_", axis=0), block.clips.add_prefix("b_", axis=0))
    path = write(tmp_path / f"correlations{suffix}", block, second)
    assert read_correlations(path).index.tolist() == [*block.correlations.index, *second.correlations.index]
    assert read_clips(clip_table_path(path)).index.tolist() == read_correlations(path).index.tolist()


@FORMATS
def test_texts_stay_what_they_are(tmp_path: Path, block: ClipBlock, suffix: str) -> None:
    clips = block.clips.assign(subject=["NA", 'Ada "A", Lovelace', None], session=["nan", "line\nbreak", "3"])
    path = write(tmp_path / f"correlations{suffix}", ClipBlock(block.correlations, clips))
    read = read_clips(clip_table_path(path))
    assert read["subject"].tolist()[:2] == ["NA", 'Ada "A", Lovelace']
    assert pd.isna(read["subject"].iloc[2])
    assert read["session"].tolist() == ["nan", "line\nbreak", "3"]


@FORMATS
def test_no_spreadsheet_runs_a_name_and_every_name_reads_back(
    tmp_path: Path, block: ClipBlock, suffix: str
) -> None:
    """Only CSV files are opened by spreadsheets; in Parquet the texts stand as they are."""
    names = ["=cmd|' /C calc'!A0_clip_0", "'-quoted_clip_0", "harmless_clip_0"]
    people = ["@SUM(1+1)", "''+twice", "+49 170"]
    correlations = block.correlations.set_axis(pd.Index(names, name="clip_name"))
    clips = block.clips.set_axis(pd.Index(names, name="clip_name")).assign(subject=people, session="\t=1")
    path = write(tmp_path / f"correlations{suffix}", ClipBlock(correlations, clips))
    assert read_correlations(path).index.tolist() == names
    read = read_clips(clip_table_path(path))
    assert read.index.tolist() == names
    assert read["subject"].tolist() == people
    assert set(read["session"]) == {"\t=1"}
    assert read_labelled_table(path)[1]["subject"].tolist() == people
    if suffix == ".csv":
        stored = pd.read_csv(clip_table_path(path), dtype=str)
        cells = [
            *pd.read_csv(path)["clip_name"],
            *stored["clip_name"],
            *stored["subject"],
            *stored["session"],
        ]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "	"))]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("frames", -1),
        ("face_frames", 101),
        ("body_frames", -1),
        ("face_share", 1.5),
        ("body_share", -1e308),
        ("pairs_missing", 2),
        ("scene_cuts", -1),
    ],
)
def test_counts_and_shares_that_cannot_be_are_refused_by_column(
    tmp_path: Path, block: ClipBlock, column: str, value: float
) -> None:
    path = write(tmp_path / "correlations.csv", block)
    stored = pd.read_csv(clip_table_path(path)).astype({column: "float64"})
    stored.loc[1, column] = value
    stored.to_csv(clip_table_path(path), index=False)
    with pytest.raises(TableError, match=rf"impossible numbers in (.* )?{column}\b"):
        read_labelled_table(path)


@FORMATS
def test_a_clip_table_that_went_through_pandas_reads_as_before(
    tmp_path: Path, block: ClipBlock, suffix: str
) -> None:
    """A column of whole numbers with a blank is written with decimal points."""
    path = write(tmp_path / f"correlations{suffix}", block)
    first = clip_table_path(path)
    stored = read_clips(first).reset_index().astype({"scene_cuts": "float64", "frames": "float64"})
    stored.loc[1, "scene_cuts"] = np.nan
    stored["extraction_revision"] = 1.0
    if suffix == ".csv":
        stored.to_csv(first, index=False)
        assert "1.0" in first.read_text()
    else:
        stored.to_parquet(first, index=False)
    read = read_clips(first)
    assert read["scene_cuts"].isna().tolist() == [False, True, False]
    assert (read["frames"].dtype, read["frames"].tolist()) == (np.int64, block.clips["frames"].tolist())
    assert read_description(read) == read_description(block.clips)
    stored["frames"] += 0.5
    stored.to_csv(first, index=False) if suffix == ".csv" else stored.to_parquet(first, index=False)
    with pytest.raises(TableError, match="a number in frames that is not whole"):
        read_clips(first)


def test_a_clip_table_from_before_the_extraction_revision_was_of_the_first(
    tmp_path: Path, block: ClipBlock
) -> None:
    path = write(tmp_path / "correlations.csv", block)
    now = read_clips(clip_table_path(path))
    stored = pd.read_csv(clip_table_path(path))
    stored.drop(columns="extraction_revision").to_csv(clip_table_path(path), index=False)
    before = read_clips(clip_table_path(path))
    assert ["clip_name", *before.columns] == list(CLIP_COLUMNS)
    assert read_description(before) == read_description(now)
    unsaid = stored.assign(body_backend=None, face_backend=None, sample_fps=None, max_height=None)
    unsaid.drop(columns="extraction_revision").to_csv(clip_table_path(path), index=False)
    assert read_description(read_clips(clip_table_path(path))).reading is None, "nobody said that it is 1"
    stored.drop(columns="signal").to_csv(clip_table_path(path), index=False)
    with pytest.raises(TableError, match="missing columns signal"):
        read_clips(clip_table_path(path))


def test_tables_lie_in_folders_of_any_name(tmp_path: Path, block: ClipBlock) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    for suffix in (".csv", ".parquet"):
        path = write(folder / f"correlations{suffix}", block)
        assert len(read_labelled_table(path)[0]) == len(block.correlations)


def test_neither_table_appears_when_writing_fails(tmp_path: Path, block: ClipBlock) -> None:
    misnamed = ClipBlock(block.correlations, block.clips.drop(columns="video"))
    with pytest.raises(KeyError):
        write(tmp_path / "correlations.csv", misnamed)
    assert list(tmp_path.iterdir()) == []


def test_the_ending_chooses_the_format(tmp_path: Path) -> None:
    for call in (read_correlations, read_clips, write):
        with pytest.raises(InputError, match=r"must end in \.csv or \.parquet"):
            call(tmp_path / "correlations.xlsx")


def test_pandas_reads_the_csv_as_the_notebook_does(tmp_path: Path, block: ClipBlock) -> None:
    """Its usual parser rounds the last digit; the digits are all there."""
    path = write(tmp_path / "correlations.csv", block)
    table = pd.read_csv(path, index_col="clip_name")
    assert table.columns.tolist() == PAIRS
    assert (table.dtypes == "float64").all()
    np.testing.assert_allclose(table, block.correlations, rtol=0, atol=1e-15)
    exact = pd.read_csv(path, index_col="clip_name", float_precision="round_trip")
    np.testing.assert_array_equal(exact, block.correlations)


@FORMATS
@pytest.mark.parametrize("pristine", [False, True])
def test_a_table_made_elsewhere_is_read(tmp_path: Path, suffix: str, pristine: bool) -> None:
    values = np.random.default_rng(0).uniform(-1, 1, (2, 435))
    values[0, 3] = np.nan
    table = pd.DataFrame(values, index=pd.Index(["a_clip_0", "b_clip_1"], name="clip_name"), columns=PAIRS)
    table["pristine"] = [True, False]
    if not pristine:
        table = table.drop(columns="pristine")
    path = tmp_path / f"correlations{suffix}"
    table.to_csv(path) if suffix == ".csv" else table.to_parquet(path)
    read = read_correlations(path)
    assert read.columns.tolist() == PAIRS
    assert read.index.tolist() == ["a_clip_0", "b_clip_1"]
    np.testing.assert_array_equal(read, values)


@pytest.mark.parametrize("mark", ["", "NaN", "nan", "NA", "NULL", "#N/A"])
def test_missing_values_are_known_however_programs_write_them(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "correlations.csv"
    path.write_text(f"clip_name,{','.join(PAIRS)}\na_clip_0,{mark}{',0.25' * 434}\n")
    assert read_correlations(path).iloc[0].isna().sum() == 1


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        (PAIRS[3:], r"3 of the 435 pairs missing \(leftShoulder_X\*rightShoulder_X, .*\)\.$"),
        ([*PAIRS, "AU99*AU98"], r"1 unknown column \(AU99\*AU98\)\.$"),
        ([*PAIRS[:5], *PAIRS[:0:-1][:423]], r"7 of the 435 pairs missing"),
        (["AU99*AU98", *PAIRS[:-1]], r"1 of the 435 pairs missing \(pose_Rx\*pose_Rz\); 1 unknown"),
        ([PAIRS[1], PAIRS[0], *PAIRS[2:]], r"another order: number 1 is leftShoulder_X\*leftElbow_X, not"),
        (
            ["AU01_r*mouthH", *PairSet(mouth=True).columns[:-1]],
            r"1 of the 496 pairs missing .*more than once",
        ),
        (["video", "score"], r"66 of the 66 pairs missing .* and 61 more\); 2 unknown"),
    ],
)
def test_missing_extra_and_reordered_columns_are_told(
    tmp_path: Path, columns: list[str], problem: str
) -> None:
    with pytest.raises(TableError, match=problem):
        read_correlations(made_elsewhere(tmp_path, ["a_clip_0"], columns))


@pytest.mark.parametrize("name", SET_NAMES)
@pytest.mark.parametrize("mouth", [False, True])
def test_tables_of_every_feature_set_are_read(tmp_path: Path, name: str, mouth: bool) -> None:
    columns = list(PairSet(name, mouth).columns)  # type: ignore[arg-type]
    assert read_correlations(made_elsewhere(tmp_path, ["a_clip_0"], columns)).columns.tolist() == columns


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "no column clip_name"),
        (f"name,{','.join(PAIRS)}\na_clip_0{',0' * 435}\n", "no column clip_name; 1 unknown"),
        (f"clip_name,{','.join(PAIRS)}\n", "holds no clips"),
        (f"clip_name,{','.join(PAIRS)}\na_clip_0{',0' * 434},x\n", "cannot be read as a table .*'x'"),
        (f"clip_name,{','.join(PAIRS)}\na_clip_0{',0' * 434}\n", "cannot be read as a table .*435"),
        (f"clip_name,{','.join(PAIRS)}\na_clip_0{',0' * 434},1.5\n", "size 1.5, but correlations lie"),
        (f"clip_name,{','.join(PAIRS)}\na_clip_0{',0' * 434},-inf\n", "size inf, but correlations lie"),
        (f"clip_name,{','.join(PAIRS)}\n{',0' * 435}\n", r"1 row without a clip name"),
        (
            f"clip_name,{','.join(PAIRS)}\n" + f"a_clip_0{',0' * 435}\n" * 2,
            "clips with the same name: a_clip_0",
        ),
    ],
)
def test_what_is_no_correlations_table_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "correlations.csv"
    path.write_text(text)
    with pytest.raises(TableError, match=problem):
        read_correlations(path)


@FORMATS
def test_what_cannot_be_read_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"correlations{suffix}"
    with pytest.raises(TableError, match="There is no table"):
        read_correlations(path)
    path.write_bytes(b"\xff\xfe\x00PAR1")
    with pytest.raises(TableError, match="cannot be read as a table"):
        read_correlations(path)


def test_a_clip_table_that_lacks_columns_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "clips.csv"
    path.write_text("clip_name,video\na_clip_0,a.mp4\n")
    with pytest.raises(TableError, match="missing columns sha256, start_s, "):
        read_clips(path)


def test_columns_that_somebody_added_to_the_clip_table_do_no_harm(tmp_path: Path, block: ClipBlock) -> None:
    path = clip_table_path(write(tmp_path / "correlations.csv", block))
    pd.read_csv(path).assign(note="looks odd").to_csv(path, index=False)
    assert "note" not in read_clips(path).columns


@FORMATS
def test_labels_come_from_the_clip_table(tmp_path: Path, block: ClipBlock, suffix: str) -> None:
    clips = block.clips.assign(subject="Ada", group="pristine", session="studio").iloc[::-1]
    path = write(tmp_path / f"correlations{suffix}", ClipBlock(block.correlations, clips))
    correlations, labelled = read_labelled_table(path)
    assert labelled.index.tolist() == correlations.index.tolist() == block.correlations.index.tolist()
    assert (labelled[["subject", "group", "session"]] == ["Ada", "pristine", "studio"]).all(axis=None)
    assert (labelled["video"] == "16_id0_fake.mp4").all()


def test_without_a_clip_table_labels_come_from_the_clips_names(tmp_path: Path) -> None:
    path = made_elsewhere(tmp_path, ["16_id0_fake_clip_8", "2_id3_celeb_clip_0", "talk_clip_1"])
    _, clips = read_labelled_table(path)
    assert clips["video"].tolist() == clips["session"].tolist() == ["16_id0_fake", "2_id3_celeb", "talk"]
    assert clips["subject"].tolist()[:2] == ["id0", "celeb_id3"]
    assert clips["group"].tolist()[:2] == ["fake", "celeb"]
    assert clips[["subject", "group"]].iloc[2].isna().all()
    assert (clips["feature_set"] == "full").all()


def test_a_manifest_comes_before_all_other_labels(tmp_path: Path, block: ClipBlock) -> None:
    manifest = {"16_id0_fake": Label("Ada", "pristine", "studio")}
    ours = write(tmp_path / "ours.csv", block)
    elsewhere = made_elsewhere(tmp_path, ["16_id0_fake_clip_0"])
    for path in (ours, elsewhere):
        _, clips = read_labelled_table(path, manifest)
        assert (clips[["subject", "group", "session"]] == ["Ada", "pristine", "studio"]).all(axis=None)
    with pytest.raises(TableError, match=r"manifest does not list 1 video of the table: .*16_id0_fake"):
        read_labelled_table(ours, {"other": Label("Ada", "pristine", "studio")})


def test_clips_that_are_not_named_as_such_cannot_be_told_apart(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"2 of its clips are not named .*\(one, two\)"):
        read_labelled_table(made_elsewhere(tmp_path, ["one", "two", "a_clip_0"]))


def test_a_clip_table_of_other_clips_is_refused(tmp_path: Path, block: ClipBlock) -> None:
    path = write(tmp_path / "correlations.csv", block)
    made_elsewhere(tmp_path, [block.correlations.index[0], "other_clip_0"])
    with pytest.raises(TableError, match=r"clips\.csv lacks 1 clip.*other_clip_0.*lacks 2 clip"):
        read_labelled_table(path)


def test_a_clip_table_of_another_feature_set_is_refused(tmp_path: Path, block: ClipBlock) -> None:
    path = write(tmp_path / "correlations.csv", block)
    made_elsewhere(tmp_path, block.correlations.index.tolist(), list(PairSet("face").columns))
    with pytest.raises(TableError, match=r"holds the feature set face, clips\.csv says full"):
        read_labelled_table(path)
