"""The footage behind each clip, and what is missing in a table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frame_tables import STILL, make_frames, make_moving_frames

from extract.frame_table import ACTION_UNITS, JOINT_COLUMNS
from features.quality import describe_footage, find_scene_cuts, summarise_missing
from features.windows import ClipRule, lay_clips

TIMES = np.arange(200) / 10
CLIPS = lay_clips(TIMES, ClipRule(10.0, 5.0))


def move_body(frames: pd.DataFrame, rows: slice, *, right: float = 0.0, scale: float = 1.0) -> None:
    """Move to the right, or grow about the middle of the shoulders."""
    for joint in STILL:
        frames.loc[rows, f"{joint}_x"] = 320 + scale * (frames.loc[rows, f"{joint}_x"] - 320) + right
        frames.loc[rows, f"{joint}_y"] = 200 + scale * (frames.loc[rows, f"{joint}_y"] - 200)


def cuts_of(frames: pd.DataFrame) -> list[int]:
    return np.flatnonzero(find_scene_cuts(frames)).tolist()


def test_frames_with_face_and_body_are_counted_in_each_clip() -> None:
    frames = make_frames(TIMES)
    frames.loc[60:79, list(ACTION_UNITS)] = np.nan
    frames.loc[180:199, list(JOINT_COLUMNS)] = np.nan
    footage = describe_footage(frames, CLIPS)
    assert footage["frames"].tolist() == [100, 100, 100]
    assert footage["face_frames"].tolist() == [80, 80, 100]
    assert footage["body_frames"].tolist() == [100, 100, 80]
    assert footage["face_share"].tolist() == [0.8, 0.8, 1.0]
    assert footage["body_share"].tolist() == [1.0, 1.0, 0.8]


def test_visibility_is_the_mean_over_the_frames_that_have_one() -> None:
    frames = make_frames(TIMES)
    frames["leftWrist_visibility"] = TIMES / 20
    frames.loc[50:, "nose_visibility"] = np.nan
    footage = describe_footage(frames, CLIPS)
    np.testing.assert_allclose(
        footage["leftWrist_visibility"],
        [TIMES[f:s].mean() / 20 for f, s in ((0, 100), (50, 150), (100, 200))],
    )
    np.testing.assert_allclose(footage["nose_visibility"], [0.5, np.nan, np.nan])
    np.testing.assert_allclose(footage["rightEye_visibility"], 0.5)


def test_a_clip_without_frames_has_no_shares() -> None:
    times = np.concatenate([TIMES, 60 + TIMES])
    footage = describe_footage(make_frames(times), lay_clips(times, ClipRule(10.0, 10.0)))
    empty = footage["frames"] == 0
    assert empty.sum() == 4
    assert np.isnan(footage["face_share"][empty]).all()
    assert (footage["face_frames"][empty] == 0).all()


def test_a_person_who_moves_makes_no_cut() -> None:
    frames = make_moving_frames(np.arange(3000) / 30)
    frames["nose_x"] += 30 * np.sin(2 * np.pi * frames["time_s"])  # from side to side once a second
    assert cuts_of(frames) == []


def test_another_place_or_another_size_is_a_cut() -> None:
    frames = make_frames(TIMES)
    move_body(frames, slice(40, None), right=20)
    move_body(frames, slice(120, None), scale=1.2)
    assert cuts_of(frames) == [40, 120]


def test_a_head_elsewhere_is_a_cut_even_over_the_same_shoulders() -> None:
    frames = make_frames(TIMES)
    frames.loc[70:, "nose_x"] += 15
    assert cuts_of(frames) == [70]


def test_turning_sideways_is_no_cut() -> None:
    """The shoulders come together in the picture, but nothing jumps."""
    frames = make_frames(TIMES)
    width = np.linspace(50, 5, len(frames))
    frames["leftShoulder_x"], frames["rightShoulder_x"] = 320 + width, 320 - width
    assert cuts_of(frames) == []


def test_a_jump_that_a_smoothing_reader_spreads_over_frames_is_one_cut() -> None:
    frames = make_frames(np.arange(90) / 30)
    for frame in (40, 41, 42):
        move_body(frames, slice(frame, None), right=20)
    assert cuts_of(frames) == [40]


@pytest.mark.parametrize(("missing", "cuts"), [(1, [51]), (3, [])])
def test_a_body_that_was_away_may_return_elsewhere(missing: int, cuts: list[int]) -> None:
    """One frame without a body still counts as no time; three at 10 frames/s are more than 0.2 s."""
    frames = make_frames(TIMES)
    move_body(frames, slice(50, None), right=60)
    frames.loc[50 : 49 + missing, list(JOINT_COLUMNS)] = np.nan
    assert cuts_of(frames) == cuts


def test_a_cut_counts_in_the_clips_that_hold_both_its_sides() -> None:
    frames = make_frames(TIMES)
    move_body(frames, slice(100, None), right=60)  # between the last frame of clip 0 and the first of clip 2
    assert describe_footage(frames, CLIPS)["scene_cuts"].tolist() == [0, 1, 0]


@pytest.mark.parametrize("frames", [0, 1])
def test_no_frames_no_cuts(frames: int) -> None:
    assert cuts_of(make_frames(np.zeros(frames))) == []


def test_missing_cells_are_summed_up_as_the_notebook_does() -> None:
    """Of 435 pairs 7 % are 30.45, so a clip with 30 missing stays and one with 31 goes."""
    table = pd.DataFrame(np.zeros((4, 435)))
    table.iloc[1, :30] = np.nan
    table.iloc[2, :31] = np.nan
    table.iloc[3, 0] = np.nan
    summary = summarise_missing(table)
    assert (summary.clips, summary.pairs, summary.limit_pairs) == (4, 435, 30)
    assert summary.cells_missing == pytest.approx(62 / (4 * 435))
    assert summary.clips_with_missing == 3 / 4
    assert summary.clips_above_limit == 1 / 4
    assert summary.clips_left == 3
    assert summary.pairs_with_missing == pytest.approx(31 / 435)
