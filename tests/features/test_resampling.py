"""Signals of any frame rate at 25 Hz."""

from __future__ import annotations

import numpy as np
import pytest
from moving_signals import CLIP_TIMES

from features.descriptors.resampling import resample

NAN = np.nan


def test_frames_that_fall_onto_the_grid_stay_as_they_are() -> None:
    values = np.random.default_rng(0).normal(size=(50, 3))
    assert np.array_equal(resample(np.arange(50) / 25 + 16.0, values), values)


@pytest.mark.parametrize("rate", CLIP_TIMES)
def test_a_straight_course_stays_straight_at_every_rate(rate: str) -> None:
    time_s = CLIP_TIMES[rate]
    sampled = resample(time_s, np.column_stack([time_s, -2 * time_s]))
    grid = time_s[0] + np.arange(len(sampled)) / 25
    assert 197 <= len(sampled) <= 200
    assert np.allclose(sampled, np.column_stack([grid, -2 * grid]), atol=1e-12)


def test_gaps_of_a_fifth_of_a_second_are_bridged_and_longer_ones_are_not() -> None:
    short = [0.0, NAN, NAN, NAN, NAN, 5.0, 6.0, 7.0]
    long = [0.0, NAN, NAN, NAN, NAN, NAN, 6.0, 7.0]
    sampled = resample(np.arange(8) / 25, np.column_stack([short, long]))
    assert np.allclose(sampled[:, 0], np.arange(8))
    assert np.array_equal(sampled[:, 1], long, equal_nan=True)


def test_gaps_in_the_times_are_gaps_too() -> None:
    time_s = np.array([0.0, 0.04, 0.44, 0.48])
    sampled = resample(time_s, np.ones((4, 1)))[:, 0]
    assert np.flatnonzero(np.isfinite(sampled)).tolist() == [0, 1, 11, 12]


def test_nothing_is_drawn_beyond_the_first_and_the_last_frame_that_has_a_signal() -> None:
    sampled = resample(np.arange(6) / 25, np.array([[NAN], [NAN], [1.0], [1.0], [NAN], [NAN]]))
    assert np.isfinite(sampled[:, 0]).tolist() == [False, False, True, True, False, False]


def test_signals_that_are_missing_together_are_sampled_as_each_alone() -> None:
    time_s = CLIP_TIMES["30 fps"]
    values = np.random.default_rng(1).normal(size=(240, 2))
    values[50:90] = NAN
    alone = np.column_stack([resample(time_s, column[:, None])[:, 0] for column in values.T])
    assert np.array_equal(resample(time_s, values), alone, equal_nan=True)
    apart = values.copy()
    apart[200, 1] = NAN
    assert np.array_equal(resample(time_s, apart)[:, 0], alone[:, 0], equal_nan=True)
