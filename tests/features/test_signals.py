"""Positions, velocities and high-passed positions."""

from __future__ import annotations

import numpy as np
import pytest
from frame_tables import make_frames, make_moving_frames

from features.signals import SIGNALS, Signal, compute_positions, compute_signal
from features.signature import FEATURES, PairSet
from ground.errors import InputError


def column(values: list[float]) -> np.ndarray:
    return np.array(values, dtype=np.float64)[:, None]


def test_features_stand_in_the_order_of_the_signature() -> None:
    frames = make_moving_frames(np.arange(4) / 10)
    positions = compute_positions(frames, mouth=True)
    features = PairSet(mouth=True).features
    assert positions.shape == (4, 32)
    for name, source in {
        "AU01_r": "AU01_r",
        "pose_Rz": "pose_Rz",
        "mouthH": "mouth_h",
        "mouthV": "mouth_v",
    }.items():
        np.testing.assert_array_equal(positions[:, features.index(name)], frames[source])
    np.testing.assert_array_equal(compute_positions(frames), positions[:, :30])


def test_infinite_measurements_are_missing() -> None:
    frames = make_frames([0.0, 0.1])
    frames.loc[1, ["AU12_r", "leftWrist_x"]] = [np.inf, -np.inf]
    missing = np.isnan(compute_positions(frames))
    assert [FEATURES[k] for k in np.flatnonzero(missing[1])] == ["leftWrist_X", "AU12_r"]
    assert not missing[0].any()


def test_positions_are_left_as_they_are() -> None:
    values = column([1, 5, np.nan])
    np.testing.assert_array_equal(compute_signal(values, np.arange(3.0), "position"), values)


def test_a_unit_step_a_second_has_velocity_one_whatever_the_frame_rate() -> None:
    times = np.array([0.0, 0.1, 0.5, 0.6, 2.0])
    velocity = compute_signal(times[:, None], times, "velocity")
    assert np.isnan(velocity[0]), "nothing lies before the first frame"
    np.testing.assert_allclose(velocity[1:], 1.0)


def test_velocity_is_missing_where_either_frame_is() -> None:
    velocity = compute_signal(column([0, 1, np.nan, 3, 5]), np.arange(5.0), "velocity")
    np.testing.assert_array_equal(velocity, column([np.nan, 1, np.nan, np.nan, 2]))


def test_highpass_takes_out_the_mean_from_half_a_second_before_to_half_a_second_after() -> None:
    values = np.zeros((30, 1))
    values[15] = 1.0
    high = compute_signal(values, np.arange(30) / 10, "highpass")[:, 0]
    # 11 frames lie within 0.5 s of each frame, both ends counted.
    np.testing.assert_allclose(high[10:21], [-1 / 11] * 5 + [10 / 11] + [-1 / 11] * 5)
    np.testing.assert_array_equal(np.delete(high, range(10, 21)), 0.0)


def test_highpass_goes_by_time_and_not_by_frames() -> None:
    times = np.array([0.0, 0.2, 0.4, 1.4, 1.6])
    high = compute_signal(column([0, 3, 6, 10, 20]), times, "highpass")
    np.testing.assert_allclose(high, column([-3, 0, 3, -5, 5]))


def test_highpass_uses_what_is_there() -> None:
    high = compute_signal(column([1, np.nan, 3]), np.array([0.0, 0.1, 0.2]), "highpass")
    np.testing.assert_array_equal(high, column([-1, np.nan, 1]))


def test_highpass_removes_slow_drift_and_keeps_fast_motion() -> None:
    times = np.arange(3000) / 30
    drift, motion = np.sin(2 * np.pi * 0.05 * times), np.sin(2 * np.pi * 2 * times)
    high = compute_signal((100 * drift + motion)[:, None], times, "highpass")[30:-30, 0]
    assert np.corrcoef(high, motion[30:-30])[0, 1] > 0.9


@pytest.mark.parametrize("signal", ["velocity", "highpass"])
def test_a_feature_that_rests_has_no_signal(signal: str) -> None:
    """Rounding of positions in the picture must not look like motion."""
    frames = make_frames(np.arange(100) / 30)
    moved = np.random.default_rng(0).normal(scale=50, size=len(frames))
    for name in frames.columns:
        if name.endswith("_x"):
            frames[name] += moved  # the whole body together, so it rests in signing space
    change = compute_signal(compute_positions(frames), frames["time_s"].to_numpy(), signal)  # type: ignore[arg-type]
    assert (change[1:, :12] == 0.0).all()


@pytest.mark.parametrize("signal", ["position", "velocity", "highpass"])
def test_no_frames_and_missing_features_pass_through(signal: str) -> None:
    assert compute_signal(np.empty((0, 3)), np.empty(0), signal).shape == (0, 3)  # type: ignore[arg-type]
    missing = compute_signal(np.full((4, 2), np.nan), np.arange(4.0), signal)  # type: ignore[arg-type]
    assert missing.shape == (4, 2)
    assert np.isnan(missing).all()


def test_another_signal_is_refused() -> None:
    with pytest.raises(InputError, match="Choose one of position, velocity, highpass"):
        compute_signal(np.zeros((2, 1)), np.arange(2.0), "speed")  # type: ignore[arg-type]


@pytest.mark.parametrize("signal", SIGNALS)
def test_no_signal_reaches_over_a_cut(signal: Signal) -> None:
    """In each shot it is what it would be of the shot alone; the second starts far away."""
    times = np.arange(60) / 10
    values = np.random.default_rng(3).normal(size=(60, 2)) + np.where(times < 2.5, 0.0, 50.0)[:, None]
    cut = (np.arange(60) == 25).astype(float)
    both = compute_signal(values, times, signal, cut)
    alone = [compute_signal(values[part], times[part], signal) for part in (slice(25), slice(25, None))]
    np.testing.assert_allclose(both, np.vstack(alone), rtol=0, atol=1e-12)
    unrecorded = compute_signal(values, times, signal, np.full(60, np.nan))
    np.testing.assert_array_equal(unrecorded, compute_signal(values, times, signal))
