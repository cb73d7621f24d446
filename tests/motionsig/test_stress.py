"""Encoding again and comparing: what is equal agrees wholly, and what moves is told by how much."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pandas as pd
import pytest
from command_line import Run, assert_refused
from frame_tables import make_moving_frames, make_table, write_moving, write_table
from media import cut_off, marked_frames, portrait, rotate_mp4, write_video
from two_people import beside, officer, sway, write_picture

from extract.frame_table import ACTION_UNITS, read_frame_table
from extract.video import VideoReader
from ground.errors import InputError, VideoError
from motionsig.use_cases.reencoding import DEGRADATIONS, Degradation, reencode
from motionsig.use_cases.robustness import compare_versions


def read(path: Path) -> tuple[list[np.ndarray], list[float]]:
    with VideoReader(path) as reader:
        frames = list(reader)
    return [frame.image for frame in frames], [frame.time_s for frame in frames]


def test_the_ways_are_those_that_are_promised() -> None:
    assert [way.name for way in DEGRADATIONS] == [
        "crf23", "crf28", "crf33", "crf41", "half", "quarter", "12fps",
    ]  # fmt: skip


def test_compression_keeps_frames_and_times_and_more_of_it_keeps_less(tmp_path: Path) -> None:
    times_ms = np.cumsum([0, 40, 33, 100, 15, 200, 40, 40]).tolist()
    noise = np.random.default_rng(0).integers(0, 255, (8, 64, 96, 3), dtype=np.uint8)
    whole = write_video(tmp_path / "v.mkv", noise, times_ms=times_ms)
    before, times = read(whole)
    errors, sizes = [], []
    for crf in (23, 41):
        path = tmp_path / f"{crf}.mp4"
        reencode(whole, path, Degradation("x", crf=crf))
        after, after_times = read(path)
        np.testing.assert_allclose(after_times, times, atol=1e-4)
        errors.append(np.abs(np.stack(after).astype(float) - np.stack(before)).mean())
        sizes.append(path.stat().st_size)
    assert errors[0] < errors[1]
    assert sizes[0] > sizes[1]


@pytest.mark.parametrize(("scale", "size"), [(Fraction(1, 2), (48, 32)), (Fraction(1, 4), (24, 16))])
def test_a_smaller_copy_shows_the_same_upright_picture(
    tmp_path: Path, scale: Fraction, size: tuple[int, int]
) -> None:
    whole = rotate_mp4(write_video(tmp_path / "v.mp4", marked_frames(5, 64, 96)), 90)
    reencode(whole, tmp_path / "small.mp4", Degradation("x", scale=scale))
    (first, *_), _ = read(tmp_path / "small.mp4")
    assert first.shape == (size[1], size[0], 3)
    assert first[2, -3].mean() > 200, "the bright corner is at the top right, as a player shows it"
    assert first[-3, 2].mean() < 100
    with av.open(tmp_path / "small.mp4") as container:
        assert container.streams.video[0].codec_context.name == "h264"


def test_at_12_frames_a_second_those_nearest_in_time_stay(tmp_path: Path) -> None:
    whole = write_video(tmp_path / "v.mp4", marked_frames(50), fps=25)
    reencode(whole, tmp_path / "slow.mp4", Degradation("x", crf=12, fps=12))
    images, times = read(tmp_path / "slow.mp4")
    np.testing.assert_allclose(times, np.arange(len(times)) / 12, atol=1e-4)
    assert len(times) == 25, "the last frame, at 1.96 s, is nearest to 2 s"
    shown = [(image[-1, -1].mean() - 20) / 2 for image in images]
    np.testing.assert_allclose(shown, np.array(times) * 25, atol=2.1)


def test_what_cannot_be_encoded_again_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    path = cut_off(write_video(tmp_path / "v.mp4", marked_frames(50)), 0.5)
    with pytest.raises(VideoError, match=r"v\.mp4"):
        reencode(path, tmp_path / "out" / "x.mp4", DEGRADATIONS[0])
    assert not list((tmp_path / "out").glob("*"))


def test_a_video_agrees_wholly_with_itself(tmp_path: Path) -> None:
    table = write_moving(tmp_path, "v.mp4", seconds=15)
    original, copy = compare_versions("v.mp4", table, {"copy": table}, None)
    assert original.version == "original"
    for row in (original, copy):
        assert (row.feature_r, row.correlation_r, row.correlation_change) == pytest.approx(
            (1, 1, 0), abs=1e-9
        )
        assert (row.body_share, row.face_share) == (1, 1)
        assert (row.clips, row.cells, row.cells_lost) == (2, 2 * 435, 0)
        assert (row.score, row.label) == (None, None)


def test_every_second_frame_of_a_smooth_motion_agrees_nearly_wholly(tmp_path: Path) -> None:
    times = np.arange(300) / 20
    frames = make_moving_frames(times)
    smooth = [name for name in frames.columns if name not in ("frame", "time_s")]
    frames[smooth] = frames[smooth].rolling(21, center=True, min_periods=1).mean()
    (tmp_path / "half").mkdir()
    whole = write_table(make_table(frames, "v.mp4"), tmp_path)
    half = write_table(make_table(frames.iloc[::2].reset_index(drop=True), "v.mp4"), tmp_path / "half")
    _, row = compare_versions("v.mp4", whole, {"half": half}, None)
    assert row.frames == 150
    assert row.feature_r == pytest.approx(1)
    assert row.correlation_r is not None
    assert 0.99 < row.correlation_r < 1


def test_features_that_are_lost_are_counted_and_noise_lowers_agreement(tmp_path: Path) -> None:
    frames = make_moving_frames(np.arange(150) / 10)
    worse = frames.copy()
    worse.loc[:99, list(ACTION_UNITS)] = np.nan
    rng = np.random.default_rng(0)
    places = [name for name in frames.columns if name.endswith(("_x", "_y"))]
    worse[places] += rng.normal(size=(150, len(places)))
    (tmp_path / "worse").mkdir()
    original = write_table(make_table(frames, "v.mp4"), tmp_path)
    other = write_table(make_table(worse, "v.mp4"), tmp_path / "worse")
    _, row = compare_versions("v.mp4", original, {"worse": other}, None)
    assert row.face_share == pytest.approx(1 / 3)
    pairs_with_units = 435 - 14 * 13 // 2
    assert row.cells_lost == pairs_with_units, "in the first of two clips no action unit is left"
    assert row.correlation_r is not None
    assert row.correlation_r < 0.95
    assert row.correlation_change is not None
    assert row.correlation_change > 0.05


def test_a_version_that_cannot_be_compared_says_so_in_its_row(tmp_path: Path) -> None:
    original = write_moving(tmp_path, "v.mp4", seconds=15)
    (tmp_path / "short").mkdir()
    short = write_moving(tmp_path / "short", "v.mp4", seconds=3)
    _, row = compare_versions("v.mp4", original, {"short": short}, None)
    assert "shorter than one clip" in str(row.error)
    with pytest.raises(InputError, match="shorter than one clip"):
        compare_versions("v.mp4", short, {}, None)


def test_stress_names_what_it_cannot_use(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.mp4").write_text("words")
    out = tmp_path / "out"
    result = run("stress", tmp_path / "x.mp4", "-o", out)
    assert_refused(result, "x.mp4 as a video (", nothing_in=out)
    write_video(tmp_path / "a.mp4", marked_frames(3))
    write_video(tmp_path / "a-half.mp4", marked_frames(3))
    result = run("stress", tmp_path / "a.mp4", tmp_path / "a-half.mp4", "-o", out)
    assert_refused(result, "the name of another video, a-half", nothing_in=out)
    result = run("stress", tmp_path / "a.mp4", "--face", "none", "-o", out)
    assert_refused(result, "no face reader 'none'", nothing_in=out)


@pytest.mark.slow
def test_stress_over_a_data_table_gives_a_row_for_each_version(run: Run, tmp_path: Path) -> None:
    turns = [portrait(240, turn_deg=8 * np.sin(k / 3)) for k in range(44)]
    write_video(tmp_path / "talk.mp4", turns, fps=4)
    (tmp_path / "data.csv").write_text("path,subject,group,session\ntalk.mp4,Ann,pristine,\n")
    out = tmp_path / "out"
    result = run("stress", tmp_path / "data.csv", "-o", out)
    assert result.code == 0, result.err
    rows = pd.read_csv(out / "stress.csv").set_index("version")
    assert rows.index.tolist() == ["original", *(way.name for way in DEGRADATIONS)]
    assert (rows["clips"] == 1).all()
    assert rows.loc["original", "correlation_r"] == pytest.approx(1)
    assert rows.loc["crf23", "correlation_r"] > rows.loc["crf41", "correlation_r"]
    assert "talk.mp4" in result.out
    assert (out / "videos" / "talk-quarter.mp4").exists()


@pytest.mark.slow
def test_in_the_copies_the_person_of_the_photo_is_measured_too(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two people beside each other, of whom the right one is asked for; encoded again in one way."""
    monkeypatch.setattr("motionsig.use_cases.stress.DEGRADATIONS", DEGRADATIONS[:1])
    frames = [beside(sway(portrait(320), k), sway(officer(320), k + 5)) for k in range(32)]
    video = write_video(tmp_path / "talk.mp4", frames, fps=3)
    photo = write_picture(tmp_path / "second.png", officer())
    result = run("stress", video, "--person-photo", photo, "--workers", 1, "-o", tmp_path / "out")
    assert result.code == 0, result.err
    tables = [read_frame_table(tmp_path / "out" / "tables" / f"talk{of}.parquet") for of in ("", "-crf23")]
    for table in tables:
        assert table.metadata.person is not None
        assert (table.metadata.person.choice, table.metadata.person.people) == ("reference", 2)
        measured = table.frames["nose_x"].dropna()
        assert (measured > 320).all()
        assert len(measured) > 30
