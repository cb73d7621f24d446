"""How fast, how suddenly, and in which rhythm."""

from __future__ import annotations

import numpy as np
import pytest
from moving_signals import CLIP_TIMES, describe_courses, make_noise

from features.descriptors.registry import DESCRIPTORS

KINEMATICS = DESCRIPTORS["kinematics"]
every_rate = pytest.mark.parametrize("rate", CLIP_TIMES)
TIMES = CLIP_TIMES["25 fps"]


@every_rate
def test_a_sine_of_17_tenths_hertz_has_all_its_power_in_the_second_band(rate: str) -> None:
    time_s = CLIP_TIMES[rate]
    found = describe_courses(KINEMATICS, time_s, {"chin_y": np.sin(2 * np.pi * 1.7 * time_s)})
    assert found["medium:chin_y"] == pytest.approx(0, abs=0.005)
    assert max(found["slow:chin_y"], found["fast:chin_y"]) < np.log(0.001 + 0.004)  # the window's leakage


@every_rate
def test_the_speed_of_a_sine(rate: str) -> None:
    """Of amplitude a and frequency f it is 2 pi f a / sqrt 2, and its velocity has a kurtosis of 1.5.

    Smoothing takes .4 % of it away.
    """
    time_s = CLIP_TIMES[rate]
    found = describe_courses(KINEMATICS, time_s, {"chin_y": 0.3 * np.sin(2 * np.pi * 0.5 * time_s)})
    assert found["speed:chin_y"] == pytest.approx(np.log(2 * np.pi * 0.5 * 0.3 / np.sqrt(2)), abs=0.02)
    assert found["peakedness:chin_y"] == pytest.approx(np.log(1.5), abs=0.03)


def test_a_triangle_moves_at_one_speed_so_nothing_is_peaked() -> None:
    triangle = 1 - np.abs(TIMES % 2 - 1)
    found = describe_courses(KINEMATICS, TIMES, {"lip_gap": triangle})
    # But for 7 turns, where smoothing halves two of the 197 velocities.
    square, fourth = 1 - 14 / 197 * 3 / 4, 1 - 14 / 197 * 15 / 16
    assert found["speed:lip_gap"] == pytest.approx(np.log(square) / 2, abs=1e-3)
    assert found["peakedness:lip_gap"] == pytest.approx(np.log(fourth / square**2), abs=1e-3)


def test_one_jump_among_stillness_is_peaked() -> None:
    """Smoothed, three of 197 velocities are a quarter, half and a quarter of it: a kurtosis of about 197 / 2.

    The mean fourth power is 9 / 128 n, the mean square 3 / 8 n.
    """
    found = describe_courses(KINEMATICS, TIMES, {"lip_gap": (TIMES > 4).astype(float)})
    assert found["peakedness:lip_gap"] == pytest.approx(np.log(197 / 2), abs=0.02)


def test_shares_are_those_of_welchs_spectrum() -> None:
    from scipy.signal import welch

    course = make_noise(200, 1)[:, 0]
    frequency, power = welch(course, 25, nperseg=96, noverlap=48)
    below_5_hz = power[(frequency >= 0.1) & (frequency < 5)].sum()
    share = power[(frequency >= 1) & (frequency < 2.5)].sum() / below_5_hz
    found = describe_courses(KINEMATICS, TIMES, {"pose_Rx": course})
    assert found["medium:pose_Rx"] == pytest.approx(np.log(share + 1e-3), abs=1e-9)


def test_a_gap_is_left_out_of_velocities_and_spectrum() -> None:
    """A face that is lost for a second, in which a step would be a jump, and a bridge a slow movement."""
    course = 0.1 * np.sin(2 * np.pi * 1.7 * TIMES)
    course[TIMES >= 3] += 5
    course[(TIMES >= 2) & (TIMES < 3)] = np.nan
    found = describe_courses(KINEMATICS, TIMES, {"chin_y": course})
    assert found["medium:chin_y"] == pytest.approx(0, abs=0.005)
    smoothed = 0.1 * np.cos(np.pi * 1.7 / 25) ** 2  # the response of (1, 2, 1) / 4
    assert found["speed:chin_y"] == pytest.approx(np.log(2 * np.pi * 1.7 * smoothed / np.sqrt(2)), abs=0.02)


def test_noise_of_the_frames_hardly_tells_their_rate() -> None:
    kinds = []
    for time_s in CLIP_TIMES.values():
        noise = np.random.default_rng(4).normal(size=(len(time_s), len(KINEMATICS.signals)))
        kinds.append(KINEMATICS.describe(time_s, noise).reshape(5, -1).mean(axis=1))
    assert np.ptp(kinds, axis=0).max() < 0.25


def test_without_a_segment_free_of_gaps_there_are_speeds_but_no_shares() -> None:
    course = np.sin(TIMES)
    course[(TIMES % 2 >= 1) & (TIMES % 2 < 1.4)] = np.nan
    found = describe_courses(KINEMATICS, TIMES, {"chin_y": course})
    assert np.isfinite(found["speed:chin_y"])
    assert np.isnan([found["slow:chin_y"], found["medium:chin_y"], found["fast:chin_y"]]).all()


def test_the_spread_of_a_sine() -> None:
    sine = 0.2 * np.sin(2 * np.pi * TIMES)
    found = describe_courses(DESCRIPTORS["spreads"], TIMES, {"pose_Rx": sine})
    assert found["spread:pose_Rx"] == pytest.approx(np.log(0.2 / np.sqrt(2) + 1e-6), abs=1e-9)
