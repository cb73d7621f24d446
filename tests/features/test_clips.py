"""One frame table to its clips."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frame_tables import STILL, make_frames, make_moving_frames, make_table

from extract.frame_table import ACTION_UNITS, FACE_COLUMNS, JOINT_COLUMNS
from features.clips import CorrelationOptions, correlate_frame_table
from features.description import read_description
from features.labels import Label
from features.rows import iter_clip_rows, join_rows
from features.signals import SIGNALS
from features.signature import PairSet
from features.tables import CLIP_COLUMNS
from features.windows import ClipRule, lay_clips
from ground.errors import TableError

TWENTY_SECONDS = np.arange(200) / 10
SHOULDERS = "leftShoulder_X*rightShoulder_X"


def test_twenty_seconds_give_three_rows_of_435() -> None:
    video = correlate_frame_table(make_table(make_moving_frames(TWENTY_SECONDS)))
    names = ["16_id0_fake_clip_0", "16_id0_fake_clip_1", "16_id0_fake_clip_2"]
    assert video.block.correlations.index.tolist() == video.block.clips.index.tolist() == names
    assert video.block.correlations.columns.tolist() == list(PairSet().columns)
    assert not video.block.correlations.isna().any(axis=None)
    assert ["clip_name", *video.block.clips.columns] == list(CLIP_COLUMNS)
    assert video.duration_s == pytest.approx(20)
    assert video.uncovered_s == 0


def test_a_row_is_pandas_correlation_of_the_clips_frames() -> None:
    frames = make_moving_frames(TWENTY_SECONDS)
    frames.loc[60:80, list(FACE_COLUMNS)] = np.nan
    video = correlate_frame_table(make_table(frames), CorrelationOptions(body="raw"))
    clip = frames.iloc[50:150].corr()
    row = video.block.correlations.loc["16_id0_fake_clip_1"]
    assert row["leftWrist_X*AU12_r"] == pytest.approx(clip.loc["leftWrist_x", "AU12_r"], abs=1e-9)
    assert row["rightElbow_Y*pose_Rz"] == pytest.approx(clip.loc["rightElbow_y", "pose_Rz"], abs=1e-9)
    assert row["AU01_r*AU26_r"] == pytest.approx(clip.loc["AU01_r", "AU26_r"], abs=1e-9)


@pytest.mark.parametrize("signal", SIGNALS)
def test_the_shoulders_correlate_by_minus_one_in_every_clip(signal: str) -> None:
    """The built-in check of the published table, where that column is -1.00 throughout."""
    table = make_table(make_moving_frames(TWENTY_SECONDS))
    video = correlate_frame_table(table, CorrelationOptions(signal=signal))  # type: ignore[arg-type]
    np.testing.assert_allclose(video.block.correlations[SHOULDERS], -1, atol=1e-9)


def test_in_the_picture_the_shoulders_do_not() -> None:
    video = correlate_frame_table(
        make_table(make_moving_frames(TWENTY_SECONDS)), CorrelationOptions(body="raw")
    )
    assert (video.block.correlations[SHOULDERS].abs() < 0.5).all()


def test_walking_and_zooming_leave_the_correlations_alone() -> None:
    frames = make_moving_frames(TWENTY_SECONDS)
    elsewhere = frames.copy()
    zoom, walk = np.linspace(1, 2, 200), 50 * np.sin(TWENTY_SECONDS)
    for joint in STILL:
        elsewhere[f"{joint}_x"] = zoom * frames[f"{joint}_x"] + walk
        elsewhere[f"{joint}_y"] = zoom * frames[f"{joint}_y"]
    here = correlate_frame_table(make_table(frames)).block.correlations
    there = correlate_frame_table(make_table(elsewhere)).block.correlations
    pd.testing.assert_frame_equal(here, there, atol=1e-9)


def test_a_video_shorter_than_one_clip_gives_no_row_and_says_how_long_it_is() -> None:
    video = correlate_frame_table(make_table(make_moving_frames(TWENTY_SECONDS[:50])))
    assert len(video.block.correlations) == len(video.block.clips) == 0
    assert ["clip_name", *video.block.clips.columns] == list(CLIP_COLUMNS)
    assert video.duration_s == video.uncovered_s == pytest.approx(5)


def test_the_clip_table_says_which_part_of_which_video() -> None:
    table = make_table(make_moving_frames(np.arange(230) / 10), name="3_id0_pristine.mov", sha256="ab" * 32)
    rule = ClipRule(10.0, 5.0, keep_tail=True)
    clips = correlate_frame_table(table, CorrelationOptions(clips=rule)).block.clips
    assert clips["start_s"].tolist() == [0, 5, 10, 15]
    assert clips["end_s"].tolist() == pytest.approx([10, 15, 20, 23])
    assert clips["frames"].tolist() == [100, 100, 100, 80]
    assert (clips[["video", "sha256"]] == ["3_id0_pristine.mov", "ab" * 32]).all(axis=None)
    assert (clips[["subject", "group", "session"]] == ["id0", "pristine", "3_id0_pristine"]).all(axis=None)


def test_labels_are_the_given_ones_before_those_of_the_name() -> None:
    table = make_table(make_moving_frames(TWENTY_SECONDS))
    given = correlate_frame_table(table, label=Label("Ada", "pristine", "studio")).block.clips
    assert (given[["subject", "group", "session"]] == ["Ada", "pristine", "studio"]).all(axis=None)
    unknown = correlate_frame_table(make_table(table.frames, name="talk.mp4")).block.clips
    assert unknown[["subject", "group"]].isna().all(axis=None)
    assert (unknown["session"] == "talk").all()


@pytest.mark.parametrize(
    "options",
    [
        CorrelationOptions(),
        CorrelationOptions(ClipRule(5.0, 2.5), PairSet("face", mouth=True), "velocity", "raw"),
        CorrelationOptions(ClipRule(10.0, None, 5), PairSet("published-face"), "highpass"),
    ],
)
def test_the_rows_record_how_they_were_made(options: CorrelationOptions) -> None:
    table = make_table(make_moving_frames(TWENTY_SECONDS))
    block = correlate_frame_table(table, options).block
    described = read_description(block.clips)
    assert described == options.describe(table.metadata.reading)
    assert CorrelationOptions.from_description(described) == options, "so another video is correlated alike"
    assert block.correlations.columns.tolist() == list(options.pairs.columns)


@pytest.mark.parametrize("lost", ["signal", "body_coordinates", "clip_s", "feature_set", "step_s"])
def test_a_table_that_does_not_record_it_gives_no_options(lost: str) -> None:
    described = CorrelationOptions().describe(make_table(make_frames([0.0])).metadata.reading)
    with pytest.raises(TableError, match="does not record how its clips were made"):
        CorrelationOptions.from_description(described.model_copy(update={lost: None}))


def test_a_feature_that_rests_in_one_clip_is_named_there() -> None:
    frames = make_moving_frames(TWENTY_SECONDS)
    frames.loc[:99, ["AU05_r", "AU23_r"]] = 0.0
    block = correlate_frame_table(make_table(frames)).block
    assert block.clips["constant_features"].tolist()[0] == "AU05_r AU23_r"
    assert block.clips["constant_features"].isna().tolist() == [False, True, True]
    of_these = [name for name in PairSet().columns if "AU05_r" in name or "AU23_r" in name]
    missing = block.correlations.isna()
    assert missing.columns[missing.iloc[0]].tolist() == of_these
    assert not missing.iloc[1:].any(axis=None)
    assert block.clips["pairs_missing"].tolist() == [len(of_these) / 435, 0, 0]


def test_a_feature_that_is_missing_is_not_called_constant() -> None:
    frames = make_moving_frames(TWENTY_SECONDS)
    frames["AU05_r"] = 0.0
    frames.loc[:49, "AU05_r"] = np.nan
    frames.loc[150:, "AU05_r"] = np.nan
    frames.loc[100:149, "AU07_r"] = np.nan
    clips = correlate_frame_table(make_table(frames)).block.clips
    assert clips["constant_features"].fillna("").tolist() == ["AU05_r", "AU05_r", "AU05_r"]
    frames.loc[50, "AU05_r"] = np.nan  # now it is in 49 of the first clip's 100 frames
    clips = correlate_frame_table(make_table(frames)).block.clips
    assert clips["constant_features"].fillna("").tolist() == ["", "AU05_r", "AU05_r"]


def test_only_features_of_the_chosen_pairs_are_looked_at() -> None:
    frames = make_moving_frames(TWENTY_SECONDS)
    frames["leftWrist_x"], frames["AU05_r"] = np.nan, 0.0
    clips = correlate_frame_table(make_table(frames), CorrelationOptions(pairs=PairSet("face"))).block.clips
    assert (clips["constant_features"] == "AU05_r").all()
    assert (clips["pairs_missing"] == 17 / 153).all()


def test_no_face_leaves_the_body_and_no_body_the_face() -> None:
    frames = make_moving_frames(TWENTY_SECONDS)
    faceless, bodiless = frames.copy(), frames.copy()
    faceless[list(FACE_COLUMNS)] = np.nan
    bodiless[list(JOINT_COLUMNS)] = np.nan
    present = correlate_frame_table(make_table(faceless)).block.correlations.notna()
    assert tuple(present.columns[present.all()]) == PairSet("body").columns
    assert present.to_numpy().sum() == 3 * 66
    present = correlate_frame_table(make_table(bodiless)).block.correlations.notna()
    assert tuple(present.columns[present.all()]) == PairSet("face").columns
    assert present.to_numpy().sum() == 3 * 153


def test_nothing_measured_at_all_is_all_missing() -> None:
    frames = make_frames(TWENTY_SECONDS)
    frames[[*JOINT_COLUMNS, *FACE_COLUMNS]] = np.nan
    block = correlate_frame_table(make_table(frames)).block
    assert block.correlations.isna().all(axis=None)
    assert (block.clips["pairs_missing"] == 1).all()
    assert (block.clips["face_share"] == 0).all()
    assert block.clips["nose_visibility"].isna().all()
    assert block.clips["constant_features"].isna().all()


def test_mouth_distances_are_two_more_features() -> None:
    frames = make_moving_frames(TWENTY_SECONDS)
    block = correlate_frame_table(make_table(frames), CorrelationOptions(pairs=PairSet(mouth=True))).block
    assert block.correlations.shape == (3, 496)
    expected = frames.loc[:99, "mouth_h"].corr(frames.loc[:99, "mouth_v"])
    assert block.correlations["mouthH*mouthV"].iloc[0] == pytest.approx(expected)


def test_mouth_distances_that_the_reader_does_not_measure_cannot_be_asked_for() -> None:
    frames = make_moving_frames(TWENTY_SECONDS)
    frames[["mouth_h", "mouth_v"]] = np.nan
    with pytest.raises(TableError, match=r"has no mouth distances, .* Leave out --mouth"):
        correlate_frame_table(make_table(frames), CorrelationOptions(pairs=PairSet(mouth=True)))
    assert correlate_frame_table(make_table(frames)).block.correlations.notna().all(axis=None)


def test_dense_stepping_comes_in_blocks_that_follow_each_other() -> None:
    frames = make_moving_frames(np.arange(1500) / 10)
    options = CorrelationOptions(ClipRule(1.0, None, 1), PairSet("body"))
    table = make_table(frames)
    parts = list(iter_clip_rows(table, lay_clips(frames["time_s"], options.clips), options))
    assert [len(rows) for rows in parts] == [1024, 1491 - 1024]
    whole = correlate_frame_table(table, options).block
    pd.testing.assert_frame_equal(join_rows(parts, options.pairs).correlations, whole.correlations)
    assert whole.correlations.index.tolist() == [f"16_id0_fake_clip_{k}" for k in range(1491)]
    second = frames.iloc[1100:1110].reset_index(drop=True)
    alone = correlate_frame_table(make_table(second.assign(time_s=second["time_s"] - 110)), options).block
    np.testing.assert_allclose(whole.correlations.iloc[1100], alone.correlations.iloc[0], atol=1e-9)


def test_times_that_go_back_are_refused() -> None:
    frames = make_frames(TWENTY_SECONDS)
    frames.loc[7, "time_s"] = 0.1
    with pytest.raises(TableError, match=r"time of frame 7 .* is before the time of the frame before it"):
        correlate_frame_table(make_table(frames))


def test_numbers_of_any_type_count() -> None:
    frames = make_moving_frames(TWENTY_SECONDS).round(1)
    frames["AU12_r"] = np.arange(200) % 7
    other = frames.astype({"AU12_r": "int64", "nose_x": "float32"})
    pd.testing.assert_frame_equal(
        correlate_frame_table(make_table(frames)).block.correlations,
        correlate_frame_table(make_table(other)).block.correlations,
    )


def test_action_units_are_taken_by_name_and_not_by_place() -> None:
    frames = make_moving_frames(TWENTY_SECONDS)
    shuffled = frames[["frame", "time_s", *frames.columns[2:][::-1]]]
    pd.testing.assert_frame_equal(
        correlate_frame_table(make_table(frames)).block.correlations,
        correlate_frame_table(make_table(shuffled)).block.correlations,
    )
    assert set(ACTION_UNITS) <= set(shuffled.columns)
