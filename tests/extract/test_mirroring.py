"""Mirrored frame tables: what the mirrored video would give, and back again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from frame_tables import make_table
from media import portrait, write_video
from moving_signals import make_motion_table

from extract.extraction import extract_video
from extract.frame_table import ACTION_UNITS, COLUMNS, HEAD_ROTATION, JOINT_COLUMNS, SIDES, read_frame_table
from extract.mirroring import mirror
from features.signals import compute_positions
from features.signature import BODY_FEATURES, FEATURES

WIDTH = 640  # of the made-up tables' video


def test_mirroring_twice_gives_the_same_table_again() -> None:
    table = make_motion_table()
    again = mirror(mirror(table))
    assert list(again.frames.columns) == list(table.frames.columns) == [*COLUMNS, *SIDES]
    pd.testing.assert_frame_equal(again.frames, table.frames, rtol=0, atol=1e-12)
    assert again.metadata is table.metadata


def test_every_column_is_turned_as_a_mirror_does() -> None:
    names = [*COLUMNS, *SIDES]
    row = pd.DataFrame([np.arange(1.0, len(names) + 1)], columns=names)
    found = mirror(make_table(row)).frames.iloc[0].to_dict()
    was = row.iloc[0].to_dict()
    other = {name: name.replace("left", "#").replace("right", "left").replace("#", "right") for name in names}
    sideways = {"pose_Ry", "pose_Rz", "chin_x", "nose_front_x", "left_gaze_x", "right_gaze_x"}
    across = {name for name in JOINT_COLUMNS if name.endswith("_x")}
    assert found == {
        name: -was[other[name]]
        if name in sideways
        else WIDTH - was[other[name]]
        if name in across
        else was[other[name]]
        for name in names
    }
    assert found["leftWrist_visibility"] == was["rightWrist_visibility"]
    assert found["nose_x"] == WIDTH - was["nose_x"]
    assert found["left_brow_x"] == was["right_brow_x"], "which counts outwards on both sides"
    assert found["AU12_r"] == was["AU12_r"]


def test_the_body_in_signing_space_is_mirrored_about_its_middle() -> None:
    table = make_motion_table()
    was = dict(zip(FEATURES, compute_positions(table.frames).T, strict=True))
    is_now = dict(zip(FEATURES, compute_positions(mirror(table).frames).T, strict=True))
    for left, right in (("leftWrist", "rightWrist"), ("rightElbow", "leftElbow")):
        np.testing.assert_allclose(is_now[f"{left}_X"], 1 - was[f"{right}_X"])
    assert all(np.isfinite(is_now[name]).all() for name in BODY_FEATURES)
    np.testing.assert_array_equal(is_now["pose_Rz"], -was["pose_Rz"])


def test_a_mirrored_video_is_read_as_its_mirrored_table_says(tmp_path: Path) -> None:
    """A real person's picture that turns; the networks do not see quite the same in a mirror."""
    pictures = [portrait(240, turn_deg=2.0 * k) for k in range(6)]
    tables = []
    for name, shown in (("v", pictures), ("m", [picture[:, ::-1] for picture in pictures])):
        video = write_video(tmp_path / f"{name}.mp4", shown)
        tables.append(read_frame_table(extract_video(video, tmp_path / f"{name}.parquet").table))
    found, wanted = tables[1].frames, mirror(tables[0]).frames
    shoulders = [name for name in JOINT_COLUMNS if name.endswith(("Shoulder_x", "Shoulder_y", "Eye_x"))]
    np.testing.assert_allclose(found[shoulders], wanted[shoulders], rtol=0, atol=10.0)
    np.testing.assert_allclose(found[list(HEAD_ROTATION)], wanted[list(HEAD_ROTATION)], rtol=0, atol=0.06)
    np.testing.assert_allclose(found[list(ACTION_UNITS)], wanted[list(ACTION_UNITS)], rtol=0, atol=0.03)
    assert found["pose_Rz"].iloc[-1] - found["pose_Rz"].iloc[0] < -0.15, "it turns the other way"
