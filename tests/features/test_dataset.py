"""Many frame tables to correlations tables."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from frame_tables import make_frames, make_moving_frames, make_table, write_moving, write_table

from extract.description import ReadingOptions
from extract.frame_table import FACE_COLUMNS, write_frames
from features.clips import CorrelationOptions
from features.dataset import DataSetOptions, table_paths, write_correlations
from features.description import read_description
from features.labels import Label
from features.manifest import list_manifest_files, read_manifest
from features.shots import ShortShots
from features.tables import read_clips, read_correlations, read_labelled_table
from features.windows import ClipRule, parse_clip_rules
from ground.errors import InputError, TableError

PUBLISHED = DataSetOptions(CorrelationOptions())


def run(tables: list[Path], out: Path, options: DataSetOptions = PUBLISHED) -> list[str]:
    """Write and return the warnings."""
    warnings: list[str] = []
    write_correlations(tables, out, options, on_warning=warnings.append)
    return warnings


def test_videos_follow_each_other_in_both_tables(tmp_path: Path) -> None:
    tables = [write_moving(tmp_path, f"{k}_id{k}_celeb.mp4", seconds=20 + 5 * k, seed=k) for k in range(3)]
    done = []
    (outcome,) = write_correlations(
        tables, tmp_path / "correlations.csv", PUBLISHED, on_video=lambda: done.append(1)
    )
    correlations, clips = read_labelled_table(tmp_path / "correlations.csv")
    expected = [f"{k}_id{k}_celeb_clip_{c}" for k in range(3) for c in range(3 + k)]
    assert correlations.index.tolist() == clips.index.tolist() == expected
    assert outcome.path == tmp_path / "correlations.csv"
    assert outcome.clips == 12
    assert [(video.video, video.clips) for video in outcome.videos] == [
        ("0_id0_celeb.mp4", 3), ("1_id1_celeb.mp4", 4), ("2_id2_celeb.mp4", 5)
    ]  # fmt: skip
    assert len(done) == 3


def test_several_lengths_go_to_tables_of_their_own(tmp_path: Path) -> None:
    rules = parse_clip_rules("20/10,15/7.5,10/5,5/2.5,2.5/1.25")
    out = tmp_path / "correlations.csv"
    paths = table_paths(out, rules)
    assert [path.name for path in paths] == [
        f"correlations_{length}s.csv" for length in ("20", "15", "10", "5", "2.5")
    ]
    run([write_moving(tmp_path)], out, DataSetOptions(CorrelationOptions(), rules))
    assert [len(read_correlations(path)) for path in paths] == [1, 1, 3, 7, 15]
    for path, rule in zip(paths, rules, strict=True):
        described = read_description(read_labelled_table(path)[1])
        assert (described.clip_s, described.step_s) == (rule.length_s, rule.step_s)
    assert not out.exists()


def test_the_uncovered_end_of_each_video_is_told(tmp_path: Path) -> None:
    tables = [write_moving(tmp_path, "a.mp4", 23), write_moving(tmp_path, "b.mp4", 20)]
    (outcome,) = write_correlations(tables, tmp_path / "correlations.csv", PUBLISHED)
    assert [video.uncovered_s for video in outcome.videos] == pytest.approx([3, 0])
    keep = DataSetOptions(CorrelationOptions(), [ClipRule(keep_tail=True)])
    (outcome,) = write_correlations(tables, tmp_path / "correlations.csv", keep)
    assert [(video.clips, video.uncovered_s) for video in outcome.videos] == [(4, 0), (3, 0)]


def test_a_short_video_among_others_is_a_warning(tmp_path: Path) -> None:
    tables = [write_moving(tmp_path, "long.mp4"), write_moving(tmp_path, "short.mp4", 5)]
    assert run(tables, tmp_path / "correlations.csv") == [
        "short.mp4 is 5.0 s long, shorter than one clip of 10 s, so it gives no clip."
    ]
    assert len(read_correlations(tmp_path / "correlations.csv")) == 3


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (1, "0.mp4 is 5.0 s long, shorter than one clip of 10 s."),
        (2, "All 2 videos are shorter than one clip of 10 s. The longest, 0.mp4, is 5.0 s long."),
    ],
)
def test_no_clip_at_all_is_an_error_and_writes_nothing(tmp_path: Path, count: int, sentence: str) -> None:
    tables = [write_moving(tmp_path, f"{k}.mp4", 5 - k) for k in range(count)]
    out = tmp_path / "new" / "correlations.csv"
    with pytest.raises(InputError, match=f"^{re.escape(sentence)} Use longer footage"):
        run(tables, out)
    assert not out.parent.exists()


def test_a_length_that_no_video_has_gives_no_table(tmp_path: Path) -> None:
    rules = parse_clip_rules("30/15,10/5")
    options = DataSetOptions(CorrelationOptions(), rules)
    outcomes = write_correlations([write_moving(tmp_path)], tmp_path / "correlations.csv", options)
    assert [outcome.path for outcome in outcomes] == [None, tmp_path / "correlations_10s.csv"]
    assert sorted(path.name for path in tmp_path.glob("*.csv")) == ["clips_10s.csv", "correlations_10s.csv"]


def test_what_is_there_stays_when_a_later_table_is_damaged(tmp_path: Path) -> None:
    out = tmp_path / "correlations.csv"
    out.write_text("before")
    frames = make_frames(np.arange(200) / 10)
    frames.loc[7, "time_s"] = 0.55
    damaged = write_table(make_table(frames, "damaged.mp4"), tmp_path)
    with pytest.raises(TableError, match="time_s"):
        run([write_moving(tmp_path), damaged], out)
    assert out.read_text() == "before"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "16_id0_fake.parquet", "correlations.csv", "damaged.parquet"
    ]  # fmt: skip


def test_every_reason_why_videos_cannot_stand_together_is_told(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    tables = [
        write_moving(tmp_path, "a.mp4"),
        write_moving(tmp_path / "more", "a.mov"),
        write_moving(tmp_path, "copy.mp4", sha256=b"a.mp4".hex()),
        write_moving(tmp_path, "b.mp4", face="py-feat"),
    ]
    options = DataSetOptions(CorrelationOptions(), manifest={"a": Label("Ada", "pristine", "1")})
    with pytest.raises(TableError) as caught:
        run(tables, tmp_path / "correlations.csv", options)
    message = str(caught.value)
    assert f"{tables[0]} and {tables[1]} come from videos with the same name, a" in message
    assert f"{tables[0]} and {tables[2]} come from the same video" in message
    assert (
        f"{tables[3]} was read differently from {tables[0]}: face reader: py-feat 2 instead of mesh 2"
        in message
    )
    assert "the manifest does not list 2 videos: copy, b" in message


def test_labels_come_from_the_manifest(tmp_path: Path) -> None:
    manifest = {"talk": Label("Ada", "pristine", "studio")}
    options = DataSetOptions(CorrelationOptions(), manifest=manifest)
    run([write_moving(tmp_path, "talk.mp4")], tmp_path / "correlations.csv", options)
    clips = read_clips(tmp_path / "clips.csv")
    assert (clips[["subject", "group", "session"]] == ["Ada", "pristine", "studio"]).all(axis=None)


@pytest.mark.parametrize(
    ("way", "difference"),
    [
        ({"face": "py-feat"}, "face reader: py-feat 2 instead of mesh 2"),
        ({"options": ReadingOptions(sample_fps=10)}, "frames read: 10 frames a second instead of all"),
        ({"options": ReadingOptions(max_height=480)}, "pictures: at most 480 px high instead of unchanged"),
    ],
)
def test_tables_that_were_read_otherwise_are_named_with_the_difference(
    tmp_path: Path, way: dict[str, object], difference: str
) -> None:
    first, second = write_moving(tmp_path, "a.mp4"), write_moving(tmp_path, "b.mp4", **way)
    third = write_moving(tmp_path, "c.mp4", **way)
    with pytest.raises(TableError) as caught:
        run([first, second, third], tmp_path / "correlations.csv")
    assert caught.value.problems == (f"{second}, {third} were read differently from {first}: {difference}",)
    assert not (tmp_path / "correlations.csv").exists()


def test_columns_beyond_the_contract_change_nothing(tmp_path: Path) -> None:
    frames = make_moving_frames(np.arange(200) / 10)
    run([write_table(make_table(frames), tmp_path)], tmp_path / "plain.csv")
    more = make_table(frames.assign(AU11_r=1.0, AU43_r=np.nan))
    assert more.metadata.further_columns == ("AU11_r", "AU43_r")
    run([write_table(more, tmp_path)], tmp_path / "more.csv")
    assert (tmp_path / "more.csv").read_bytes() == (tmp_path / "plain.csv").read_bytes()
    assert (tmp_path / "more_clips.csv").read_bytes() == (tmp_path / "plain_clips.csv").read_bytes()


def test_a_video_whose_name_is_no_utf8_is_correlated_and_labelled(tmp_path: Path) -> None:
    """Its table has the name in bytes; inside, and in a manifest, the bytes are written out."""
    raw = os.fsdecode(b"caf\xe9")
    table = tmp_path / f"{raw}.parquet"
    write_frames(make_table(make_moving_frames(np.arange(200) / 10), f"{raw}.mp4", sha256="ab"), table)
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("path,subject,group,session\ncaf\\xe9.parquet,Ada,pristine,\n")
    options = DataSetOptions(CorrelationOptions(), manifest=read_manifest(manifest))
    assert list_manifest_files(manifest) == [table]
    assert run([table], tmp_path / raw / "correlations.csv", options) == []
    _, clips = read_labelled_table(tmp_path / raw / "correlations.csv")
    assert clips.index.tolist() == [f"caf\\xe9_clip_{k}" for k in range(3)]
    assert set(clips["video"]) == {"caf\\xe9.mp4"}
    assert set(clips["subject"]) == {"Ada"}


def test_infinite_values_are_counted_and_missing(tmp_path: Path) -> None:
    frames = make_moving_frames(np.arange(200) / 10)
    frames.loc[[3, 4], "AU12_r"] = [np.inf, -np.inf]
    (warning,) = run([write_table(make_table(frames), tmp_path)], tmp_path / "infinite.csv")
    assert (
        warning
        == "16_id0_fake.mp4 has 2 infinite values in its measurements. Infinite values count as missing."
    )
    frames.loc[[3, 4], "AU12_r"] = np.nan
    assert run([write_table(make_table(frames), tmp_path)], tmp_path / "missing.csv") == []
    pd.testing.assert_frame_equal(
        read_correlations(tmp_path / "infinite.csv"), read_correlations(tmp_path / "missing.csv")
    )


def test_a_feature_that_rests_in_one_clip_only_is_mentioned(tmp_path: Path) -> None:
    frames = make_moving_frames(np.arange(200) / 10)
    frames.loc[:99, ["AU05_r", "AU23_r"]] = 0.0
    (warning,) = run([write_table(make_table(frames), tmp_path)], tmp_path / "correlations.csv")
    assert warning == (
        "In 1 of the 3 clips of 16_id0_fake.mp4, some features do not vary (AU05_r, AU23_r)."
        " Their correlations are missing there."
    )


def test_clips_without_any_measurement_are_mentioned(tmp_path: Path) -> None:
    frames = make_moving_frames(np.arange(200) / 10)
    frames.loc[:99, frames.columns[2:]] = np.nan
    (warning,) = run([write_table(make_table(frames), tmp_path)], tmp_path / "correlations.csv")
    assert warning.startswith(
        "1 of the 3 clips of 16_id0_fake.mp4 have no correlations (16_id0_fake_clip_0), because"
    )
    clips = read_clips(tmp_path / "clips.csv")
    assert clips["pairs_missing"].tolist() == [1, 0, 0]


def test_a_clip_of_one_frame_is_mentioned(tmp_path: Path) -> None:
    table = write_moving(tmp_path, seconds=10.1)
    options = DataSetOptions(CorrelationOptions(), [ClipRule(10.0, 10.0, keep_tail=True)])
    (warning,) = run([table], tmp_path / "correlations.csv", options)
    assert warning == (
        "1 of the 2 clips of 16_id0_fake.mp4 have fewer than two frames (16_id0_fake_clip_1)."
        " All their correlations are missing."
    )
    assert read_correlations(tmp_path / "correlations.csv").iloc[1].isna().all()


def test_clips_above_the_limit_are_counted(tmp_path: Path) -> None:
    frames = make_moving_frames(np.arange(200) / 10)
    frames.loc[:60, list(FACE_COLUMNS)] = np.nan
    (outcome,) = write_correlations(
        [write_table(make_table(frames), tmp_path)], tmp_path / "correlations.csv", PUBLISHED
    )
    assert outcome.clips_above_limit == 1


def write_shots(folder: Path, name: str, *begins_s: float, seconds: float = 30.0) -> Path:
    """Write the frame table of a moving person whose video has cuts at these times."""
    times = np.arange(round(10 * seconds)) / 10
    frames = make_moving_frames(times).assign(cut=np.isin(times, begins_s).astype(float))
    return write_table(make_table(frames, name), folder)


def test_short_shots_are_counted_and_a_video_of_nothing_else_is_a_warning(tmp_path: Path) -> None:
    tables = [write_shots(tmp_path, "a.mp4", 4, 17), write_shots(tmp_path, "b.mp4", 6, 12, 18, 24)]
    warnings: list[str] = []
    (outcome,) = write_correlations(tables, tmp_path / "c.csv", PUBLISHED, on_warning=warnings.append)
    first, second = outcome.videos
    assert (first.clips, first.short_shots) == (2, ShortShots(shots=1, of_shots=3, seconds=4, clip_s=10))
    assert first.uncovered_s == pytest.approx(4 + 3 + 3)
    assert (second.clips, second.short_shots and second.short_shots.shots) == (0, 5)
    assert "b.mp4 is 30.0 s long, but each of its 5 shots is shorter than one clip of 10 s, so it gives" in (
        " ".join(warnings)
    )
    clips = read_clips(tmp_path / "c_clips.csv")
    assert clips.index.tolist() == ["a_clip_0", "a_clip_1"]
    assert clips["start_s"].tolist() == [4, 17]
    assert clips["scene_cuts"].tolist() == [0, 0]
    with pytest.raises(InputError, match="each of its 5 shots is shorter than one clip of 10 s"):
        run(tables[1:], tmp_path / "d.csv")
