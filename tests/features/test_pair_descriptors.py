"""Correlations as Fisher's z, later ones, and the logarithm of a whole correlation matrix."""

from __future__ import annotations

import numpy as np
import pytest
from moving_signals import CLIP_TIMES, describe_courses, make_noise

from features.descriptors.covariance import LogCovariance
from features.descriptors.pairs import Pairs
from features.descriptors.registry import DESCRIPTORS

TIMES = CLIP_TIMES["25 fps"]
CERTAIN = np.arctanh(0.999)
TWO = ("AU01_r", "AU12_r")
every_rate = pytest.mark.parametrize("rate", CLIP_TIMES)


def test_pairs_are_fishers_z_of_correlations() -> None:
    """Of a sine with one that runs ahead by 60 degrees, over whole periods, r = cos 60 = .5."""
    first, second = np.sin(2 * np.pi * TIMES), np.sin(2 * np.pi * TIMES + np.pi / 3)
    found = Pairs("two", TWO).describe(TIMES, np.column_stack([first, second]))
    assert found == pytest.approx([0.5 * np.log(3)])


@pytest.mark.parametrize("sign", [1, -1])
def test_signals_that_always_go_together_have_a_finite_z(sign: int) -> None:
    found = Pairs("two", TWO).describe(TIMES, np.column_stack([TIMES, sign * TIMES]))
    assert found == pytest.approx([sign * CERTAIN])


@every_rate
def test_who_comes_a_fifth_of_a_second_later_is_seen_as_later(rate: str) -> None:
    time_s = CLIP_TIMES[rate]

    def course(seconds: np.ndarray) -> np.ndarray:
        return np.sin(2 * np.pi * 0.7 * seconds) + np.sin(2 * np.pi * 1.3 * seconds)

    courses = {"AU12_r": course(time_s), "pose_Rx": course(time_s - 0.2)}
    found = describe_courses(DESCRIPTORS["lags"], time_s, courses)
    assert found["lag:AU12_r*pose_Rx"] > np.arctanh(0.99)
    assert found["lag:pose_Rx*AU12_r"] < np.arctanh(0.5)


@every_rate
def test_a_sine_with_itself_later_has_the_cosine_of_the_lag(rate: str) -> None:
    """cos(2 pi .2 s 1.25 Hz) = 0, over whole periods."""
    time_s = CLIP_TIMES[rate]
    found = describe_courses(DESCRIPTORS["lags"], time_s, {"AU12_r": np.sin(2 * np.pi * 1.25 * time_s)})
    assert found["lag:AU12_r*AU12_r"] == pytest.approx(0, abs=0.03)


def test_the_logarithm_of_a_matrix_of_two() -> None:
    """[[1, a], [a, 1]] has eigenvalues 1 + a and 1 - a; its logarithm has atanh(a) off the diagonal."""
    first, second = np.sin(2 * np.pi * TIMES), np.sin(2 * np.pi * TIMES + np.pi / 3)
    found = LogCovariance("two", TWO).describe(TIMES, np.column_stack([first, second]))
    a = 0.9 * 0.5  # shrunk by a tenth
    diagonal = (np.log(1 + a) + np.log(1 - a)) / 2
    assert found == pytest.approx([diagonal, np.sqrt(2) * np.arctanh(a), diagonal])


def test_distances_of_numbers_are_log_euclidean_distances_of_matrices() -> None:
    from scipy.linalg import logm

    signals = ("AU01_r", "AU02_r", "AU12_r", "pose_Rx")
    clips = [make_noise(60, 4, seed) for seed in (1, 2)]
    logs = [logm(0.9 * np.corrcoef(clip.T) + 0.1 * np.eye(4)) for clip in clips]
    numbers = [LogCovariance("four", signals).describe(TIMES[:60], clip) for clip in clips]
    assert np.linalg.norm(numbers[0] - numbers[1]) == pytest.approx(np.linalg.norm(logs[0] - logs[1]))


def test_the_matrix_is_of_complete_frames() -> None:
    values = make_noise(200, 2)
    holed = values.copy()
    holed[:50, 0] = holed[50:100, 1] = np.nan
    descriptor = LogCovariance("two", TWO)
    assert descriptor.describe(TIMES, holed) == pytest.approx(descriptor.describe(TIMES, values[100:]))
    holed[100, 1] = np.nan  # 99 of 200 frames are complete
    assert np.isnan(descriptor.describe(TIMES, holed)).all()


def test_more_signals_than_frames_still_have_a_logarithm() -> None:
    descriptor = DESCRIPTORS["side-covariance"]
    assert np.isfinite(descriptor.describe(TIMES[:10], make_noise(10, 42))).all()
