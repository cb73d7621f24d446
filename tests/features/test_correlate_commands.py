"""`motionsig correlate` and `motionsig inspect`, called as functions."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from frame_tables import make_moving_frames, make_table, write_moving, write_table
from voice_tables import write_speaking

from classify.training_set import is_driven_by
from features.description import read_description
from features.signature import SET_NAMES
from features.tables import read_clips, read_correlations, read_labelled_table
from ground.errors import InputError, TableError
from motionsig.command_line.commands.correlate import correlate
from motionsig.command_line.commands.inspect import inspect

Output = pytest.CaptureFixture[str]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write_moving(tmp_path, seconds=23)


def test_a_table_in_and_two_tables_out(table: Path, tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "out" / "correlations.csv"
    correlate([table], out=out)
    assert read_correlations(out).shape == (3, 435)
    assert len(read_clips(out.with_name("clips.csv"))) == 3
    printed = capsys.readouterr()
    assert f"3 clips of 1 video, 435 pairs -> {out}" in printed.out
    assert "Too short for a clip and left out: 3.0 s at the ends of shots of 1 video" in printed.out
    assert printed.err.strip() == ""


def test_a_folder_and_parquet_and_every_choice(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out" / "table.parquet"
    correlate(
        [table.parent], out=out, clip=5.0, overlap=4.0, tail="keep", pairs="face", mouth=True,
        signal="velocity", body="raw",
    )  # fmt: skip
    assert read_correlations(out).shape == (19, 190)
    described = read_description(read_clips(tmp_path / "out" / "table_clips.parquet"))
    assert (described.clip_s, described.step_s, described.signal) == (5.0, 1.0, "velocity")
    assert (described.feature_set, described.body_coordinates) == ("face+mouth", "raw")


def test_clips_overlap_by_half_unless_told_otherwise(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "out" / "correlations.csv"
    correlate([table], out=out, clip=4.0)
    assert read_description(read_clips(out.with_name("clips.csv"))).step_s == 2.0
    correlate([table], out=out, step_frames=5)
    described = read_description(read_clips(out.with_name("clips.csv")))
    assert (described.clip_s, described.step_s, described.step_frames) == (10.0, None, 5)
    assert len(read_correlations(out)) == 27


def test_several_lengths_at_once_as_json(table: Path, tmp_path: Path, capsys: Output) -> None:
    correlate([table], out=tmp_path / "out" / "correlations.csv", windows="30/15,10/5,5/2.5", as_json=True)
    printed = json.loads(capsys.readouterr().out)
    assert [entry["rows"] for entry in printed["tables"]] == [0, 3, 8]
    assert [entry["correlations"] and Path(entry["correlations"]).name for entry in printed["tables"]] == [
        None, "correlations_10s.csv", "correlations_5s.csv"
    ]  # fmt: skip
    assert printed["tables"][1]["videos"][0]["uncovered_s"] == pytest.approx(3)
    assert printed["warnings"] == [
        "16_id0_fake.mp4 is 23.0 s long, shorter than one clip of 30 s, so it gives no clip."
    ]


def test_many_warnings_are_cut_short(tmp_path: Path, capsys: Output) -> None:
    tables = [write_moving(tmp_path, f"{k}.mp4", seconds=5) for k in range(25)]
    correlate([*tables, write_moving(tmp_path)], out=tmp_path / "out" / "correlations.csv")
    lines = [line for line in capsys.readouterr().err.splitlines() if line]
    assert len(lines) == 21
    assert lines[-1] == "Warning: 5 more warnings like these. --json lists them all."


def test_a_manifest_gives_the_labels(table: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("path,subject,group,session\n16_id0_fake.parquet,Ada,pristine,studio\n")
    correlate([table], out=tmp_path / "out" / "correlations.csv", manifest=manifest)
    assert (read_clips(tmp_path / "out" / "clips.csv")["subject"] == "Ada").all()


def test_the_clip_table_says_who_drives_a_fake_so_that_training_needs_no_manifest(
    table: Path, tmp_path: Path
) -> None:
    manifest, out = tmp_path / "manifest.csv", tmp_path / "out" / "correlations.csv"
    manifest.write_text("path,subject,group,session,driver\n16_id0_fake.parquet,Ada,fake,swap,Bob\n")
    correlate([table], out=out, manifest=manifest)
    clips = read_labelled_table(out)[1]
    assert (clips["driver"] == "Bob").all()
    assert is_driven_by(clips, "bob").all()

    older = read_clips(out.with_name("clips.csv")).drop(columns="driver")
    older.to_csv(out.with_name("clips.csv"))
    clips = read_labelled_table(out)[1]
    assert clips["driver"].isna().all(), "a table of an earlier version says it of nobody"
    assert not is_driven_by(clips, "bob").any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tables": [Path("none.parquet")]}, r"none\.parquet does not exist"),
        ({"tail": "cut"}, "--tail must be drop or keep, not 'cut'"),
        ({"windows": "10/5", "clip": 10.0}, "Leave out --clip"),
        ({"windows": "10/5", "step_frames": 5}, "Leave out --clip"),
        ({"overlap": 5.0, "step_frames": 5}, "--step-frames and --overlap exclude each other"),
        ({"step_frames": 0}, "cannot step by 0 frames"),
        ({"overlap": 10.0}, "cannot overlap by 10 s"),
        ({"pairs": "hands"}, "no feature set 'hands'"),
        ({"signal": "speed"}, "no signal 'speed'"),
        ({"body": "polar"}, "no body coordinates 'polar'"),
        (
            {"clip": 60.0},
            r"16_id0_fake\.mp4 is 23\.0 s long, shorter than one clip of 60 s\. Use longer footage",
        ),
    ],
)
def test_bad_input_is_told_and_nothing_is_written(
    table: Path, tmp_path: Path, options: dict[str, object], message: str
) -> None:
    out = tmp_path / "out" / "correlations.csv"
    with pytest.raises(InputError, match=message):
        correlate(**{"tables": [table], "out": out, **options})  # type: ignore[arg-type]
    assert not out.exists()
    assert not out.parent.exists() or list(out.parent.iterdir()) == []


def test_inspect_prints_tables_side_by_side(tmp_path: Path, capsys: Output) -> None:
    frames = make_moving_frames(np.arange(200) / 10)
    frames["AU17_r"] = 0.0
    partly = write_table(make_table(frames, "partly.mp4"), tmp_path)
    correlate([write_moving(tmp_path, "whole.mp4", 30)], out=tmp_path / "a.csv")
    correlate([partly], out=tmp_path / "b.parquet")
    capsys.readouterr()
    inspect([tmp_path / "a.csv", tmp_path / "b.parquet"], as_json=True)
    whole, partial = json.loads(capsys.readouterr().out).values()
    assert (whole["clips"], whole["cells_missing"], whole["clips_left"]) == (5, 0, 5)
    assert (partial["clips"], partial["clips_with_missing"], partial["clips_left"]) == (3, 1, 3)
    assert partial["cells_missing"] == pytest.approx(29 / 435)

    inspect([tmp_path / "a.csv", tmp_path / "b.parquet"])
    lines = capsys.readouterr().out.splitlines()
    (cells,) = [line.split() for line in lines if line.startswith("cells missing")]
    assert cells == ["cells", "missing", "0.00%", "6.67%"]


def test_inspect_refuses_what_is_no_correlations_table(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(TableError, match="is not a correlations table"):
        inspect([tmp_path / "x.csv"])


@pytest.mark.parametrize("name", SET_NAMES)
@pytest.mark.parametrize("mouth", [False, True])
def test_every_set_reads_back_with_its_clip_table(tmp_path: Path, name: str, mouth: bool) -> None:
    out = tmp_path / "out" / "correlations.csv"
    correlate([write_speaking(tmp_path)], out=out, pairs=name, mouth=mouth)
    correlations, clips = read_labelled_table(out)
    assert len(correlations) == len(clips) == 3


def test_an_input_is_never_written_over(table: Path, tmp_path: Path) -> None:
    before = table.read_bytes()
    with pytest.raises(InputError, match="is one of the inputs"):
        correlate([table], out=table)
    assert table.read_bytes() == before
    manifest = tmp_path / "clips.csv"
    manifest.write_text(f"path,subject,group,session\n{table.name},id0,fake,\n")
    with pytest.raises(InputError, match="is one of the inputs"):
        correlate([table], out=tmp_path / "correlations.csv", manifest=manifest)
    assert manifest.read_text().startswith("path,")


def test_inspect_shows_the_signal_and_warns_of_tables_made_otherwise(
    table: Path, tmp_path: Path, capsys: Output
) -> None:
    position, velocity = tmp_path / "a" / "correlations.csv", tmp_path / "b" / "correlations.csv"
    correlate([table], out=position)
    correlate([table], out=velocity, signal="velocity")
    capsys.readouterr()
    inspect([position, velocity])
    printed = capsys.readouterr()
    assert "signal" in printed.out
    assert "signal: velocity instead of position" in printed.err


def test_short_shots_are_told(tmp_path: Path, capsys: Output) -> None:
    """Shots of 4, 12 and 7 s: 2 s are left at the end of the second."""
    times = np.arange(230) / 10
    frames = make_moving_frames(times).assign(cut=np.isin(times, [4.0, 16.0]).astype(float))
    table = write_table(make_table(frames, "a.mp4"), tmp_path)
    correlate([table], out=tmp_path / "c.csv")
    said = capsys.readouterr().out
    assert "left out: 2.0 s at the ends of shots of 1 video, at most 2.0 s of one (a.mp4)." in said
    assert "2 shots (11 s) of 1 video gave no clip, being shorter than one of 10 s." in said
    correlate([table], out=tmp_path / "c.csv", as_json=True)
    (video,) = json.loads(capsys.readouterr().out)["tables"][0]["videos"]
    assert video["short_shots"] == {"shots": 2, "of_shots": 3, "seconds": 11.0, "clip_s": 10.0}
