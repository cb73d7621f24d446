"""The footage behind each clip, and what is missing in a table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from frame_tables import make_frames

from extract.frame_table import ACTION_UNITS, CUT, JOINT_COLUMNS
from features.quality import describe_footage, summarise_missing
from features.windows import ClipRule, lay_clips

TIMES = np.arange(200) / 10
CLIPS = lay_clips(TIMES, ClipRule(10.0, 5.0))


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


def test_a_cut_counts_in_the_clips_that_hold_both_its_sides() -> None:
    frames = make_frames(TIMES)
    frames.loc[[100, 120], CUT] = 1.0  # the first between the last frame of clip 0 and the first of clip 2
    assert describe_footage(frames, CLIPS)["scene_cuts"].tolist() == [0, 2, 1]


def test_cuts_that_are_not_recorded_are_missing() -> None:
    frames = make_frames(TIMES)
    frames.loc[120:, CUT] = np.nan
    np.testing.assert_array_equal(describe_footage(frames, CLIPS)["scene_cuts"], [0, np.nan, np.nan])
    frames[CUT] = 1e300  # nothing that extraction writes
    assert np.isnan(describe_footage(frames, CLIPS)["scene_cuts"]).all()


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
