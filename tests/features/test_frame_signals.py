"""Frame table to signals by name."""

from __future__ import annotations

import numpy as np
from frame_tables import make_moving_frames, make_table
from moving_signals import add_sides

from extract.frame_table import COLUMNS, SIDES
from features.frame_signals import MOTION_SIGNALS, SIGNAL_NAMES, compute_frame_signals
from features.signals import compute_positions
from features.signature import FEATURES

FRAMES = make_moving_frames(np.arange(20) / 10)


def test_the_30_features_come_first_then_the_sides_and_yaw() -> None:
    assert (*FEATURES, *SIDES, "pose_Ry") == SIGNAL_NAMES
    assert len(SIDES) == 39
    assert len(MOTION_SIGNALS) == 42
    signals = compute_frame_signals(make_table(FRAMES))
    assert signals.names == SIGNAL_NAMES
    assert np.array_equal(signals.select(FEATURES), compute_positions(FRAMES))
    assert np.array_equal(signals.select(["pose_Ry"])[:, 0], FRAMES["pose_Ry"])
    assert np.array_equal(signals.time_s, FRAMES["time_s"])


def test_a_table_without_sides_has_none_in_any_frame() -> None:
    signals = compute_frame_signals(make_table(FRAMES))
    assert np.isnan(signals.select(SIDES)).all()


def test_sides_are_what_the_table_holds_and_infinite_ones_are_missing() -> None:
    table = add_sides(make_table(FRAMES), lambda name: float(SIDES.index(name)))
    table.frames.loc[3, ["right_cheek", "pose_Ry"]] = np.inf
    signals = compute_frame_signals(table)
    expected = np.tile(np.arange(39.0), (20, 1))
    expected[3, SIDES.index("right_cheek")] = np.nan
    assert np.array_equal(signals.select(SIDES), expected, equal_nan=True)
    assert np.isnan(signals.select(["pose_Ry"])[3, 0])


def test_no_side_has_the_name_of_another_column() -> None:
    assert not set(SIDES) & set(COLUMNS)
