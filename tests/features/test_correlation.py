"""Correlations over clips: exact, and NaN by rule only."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from features.correlation import correlate_clips


def correlate_whole(signals: np.ndarray) -> np.ndarray:
    """The (features, features) correlations over all frames, through the function for clips."""
    n = signals.shape[1]
    pairs = [(a, b) for a in range(n) for b in range(n)]
    return correlate_clips(signals, np.array([0]), np.array([len(signals)]), pairs).reshape(n, n)


def noise(frames: int = 300, features: int = 5, seed: int = 0) -> np.ndarray:
    mixed = np.random.default_rng(seed).normal(size=(frames, features))
    return mixed.cumsum(axis=0) + mixed[:, :1]


def with_gaps(signals: np.ndarray, share: float, seed: int = 1) -> np.ndarray:
    gaps = np.random.default_rng(seed).random(signals.shape) < share
    return np.where(gaps, np.nan, signals)


def test_it_is_numpys_correlation_where_nothing_is_missing() -> None:
    signals = noise()
    np.testing.assert_allclose(correlate_whole(signals), np.corrcoef(signals, rowvar=False), atol=1e-12)


@given(
    hnp.arrays(
        np.float64,
        st.tuples(st.integers(2, 40), st.integers(2, 5)),
        # Measurements have a resolution; the squares of 1e-200 underflow in pandas.
        elements=st.floats(-1e6, 1e6).map(lambda value: round(value, 6))
        | st.just(np.nan)
        | st.integers(-2, 2).map(float),
    )
)
@settings(max_examples=300)
def test_it_is_pandas_correlation_where_both_features_vary(signals: np.ndarray) -> None:
    ours = correlate_whole(signals)
    pandas = pd.DataFrame(signals).corr(min_periods=-(-len(signals) // 2)).to_numpy()
    assert (np.isnan(pandas) <= np.isnan(ours)).all(), "pandas' NaN have a rule of ours"
    for a, b in zip(*np.nonzero(np.isnan(ours) & ~np.isnan(pandas)), strict=True):
        joint = signals[np.isfinite(signals[:, [a, b]]).all(axis=1)][:, [a, b]]
        size = np.nanmax(np.abs(signals[:, [a, b]]), axis=0)
        assert (joint.std(axis=0) <= 2e-12 * size).any(), (
            "ours alone: the feature is constant but for rounding"
        )
    both = ~np.isnan(ours)
    # Where a feature varies by less than 1e-6 of its size, pandas itself has lost those digits.
    steady = _steadiness(signals) > 1e-6
    np.testing.assert_allclose(ours[both & steady], pandas[both & steady], atol=1e-9)


def _steadiness(signals: np.ndarray) -> np.ndarray:
    """The smaller share, of two features, that the joint standard deviation has in their size."""
    n = signals.shape[1]
    shares = np.zeros((n, n))
    for a in range(n):
        for b in range(n):
            joint = signals[np.isfinite(signals[:, [a, b]]).all(axis=1)][:, [a, b]]
            if len(joint):
                shares[a, b] = (joint.std(axis=0) / np.maximum(np.abs(joint).max(axis=0), 1e-300)).min()
    return shares


@given(
    scale=st.floats(1e-3, 1e3), offset=st.floats(-1e3, 1e3), sign=st.sampled_from([-1, 1]), gaps=st.booleans()
)
def test_scale_and_offset_do_not_matter_and_a_sign_flips(
    scale: float, offset: float, sign: int, gaps: bool
) -> None:
    signals = with_gaps(noise(), 0.1) if gaps else noise()
    changed = signals.copy()
    changed[:, 0] = sign * scale * changed[:, 0] + offset
    expected = correlate_whole(signals)
    expected[0, 1:] *= sign
    expected[1:, 0] *= sign
    np.testing.assert_allclose(correlate_whole(changed), expected, atol=1e-8)


@pytest.mark.parametrize("gaps", [0.0, 0.1])
@pytest.mark.parametrize("offset", [1e3, 1e6, 1e8])
def test_large_offsets_cost_no_digits(offset: float, gaps: float) -> None:
    """Pixel coordinates, or hours of time: the part that varies is small beside the rest."""
    steps = np.round(noise(frames=3000) * 1024) / 1024  # so that adding the offset is exact
    signals = with_gaps(steps, gaps)
    np.testing.assert_allclose(correlate_whole(signals + offset), correlate_whole(signals), atol=1e-11)


def test_a_feature_far_off_in_the_frames_that_count_keeps_its_digits() -> None:
    """The sums about the clip's mean cancel here, and are taken again about the joint mean."""
    signals = noise(frames=200, features=3)
    signals[100:, 0] += 1e7
    signals[100:, 1] = np.nan
    joint = signals[:100]
    assert correlate_whole(signals)[0, 1] == pytest.approx(
        np.corrcoef(joint[:, 0], joint[:, 1])[0, 1], abs=1e-9
    )
    assert correlate_whole(signals)[0, 1] == pytest.approx(pd.DataFrame(signals).corr().loc[0, 1], abs=1e-9)


def test_opposite_features_correlate_by_exactly_minus_one() -> None:
    """As both shoulders do in signing space."""
    signals = noise(features=2)
    signals[:, 1] = 1 - signals[:, 0]
    assert correlate_whole(signals)[0, 1] == pytest.approx(-1, abs=1e-12)
    assert correlate_whole(signals).min() >= -1


def test_a_pair_needs_half_of_the_frames() -> None:
    signals = noise(frames=10, features=3)
    signals[:5, 1] = np.nan  # present in 5 of 10
    signals[:6, 2] = np.nan  # present in 4 of 10
    correlations = correlate_whole(signals)
    assert np.isfinite(correlations[0, 1])
    assert np.isnan(correlations[2]).all()


def test_the_half_counts_frames_with_both_features() -> None:
    signals = noise(frames=10, features=2)
    signals[:3, 0] = np.nan
    signals[7:, 1] = np.nan
    assert np.isnan(correlate_whole(signals)[0, 1]), "each is in 7 of 10 frames, both are in 4"


@pytest.mark.parametrize("value", [0.0, 0.1, 1e6, -3.3e-8])
@pytest.mark.parametrize("gaps", [0.0, 0.2])
def test_a_feature_that_does_not_vary_has_no_correlation(value: float, gaps: float) -> None:
    signals = noise()
    signals[:, 2] = value
    correlations = correlate_whole(with_gaps(signals, gaps))
    constant = np.zeros_like(correlations, dtype=bool)
    constant[2] = constant[:, 2] = True
    np.testing.assert_array_equal(np.isnan(correlations), constant)


def test_rounding_is_no_variation() -> None:
    signals = noise()
    signals[:, 2] = 0.3 * (1 + 1e-16 * np.random.default_rng(0).normal(size=300))
    assert np.isnan(correlate_whole(signals)[2]).all()


def test_a_feature_that_does_not_vary_where_both_are_present_has_no_correlation_there() -> None:
    signals = noise(frames=100, features=3)
    signals[:60, 0] = 0.7
    signals[60:, 1] = np.nan
    correlations = correlate_whole(signals)
    assert np.isnan(correlations[0, 1]), "feature 0 rests in all the frames that have feature 1"
    assert np.isfinite(correlations[0, 2]), "but not in the clip"


def test_a_feature_constant_in_one_clip_only_is_missing_there_only() -> None:
    signals = noise(frames=300, features=3)
    signals[100:200, 1] = 0.4
    correlations = correlate_clips(
        signals, np.array([0, 100, 200]), np.array([100, 200, 300]), [(0, 1), (0, 2)]
    )
    np.testing.assert_array_equal(np.isnan(correlations), [[False, False], [True, False], [False, False]])


def test_infinite_values_are_missing_values() -> None:
    signals = noise()
    gaps = np.random.default_rng(1).random(signals.shape) < 0.1
    infinite = np.where(gaps, np.random.default_rng(2).choice([np.inf, -np.inf], signals.shape), signals)
    np.testing.assert_array_equal(correlate_whole(infinite), correlate_whole(np.where(gaps, np.nan, signals)))


@pytest.mark.parametrize("frames", [0, 1])
def test_a_clip_of_one_frame_and_of_none_has_no_correlation(frames: int) -> None:
    assert np.isnan(correlate_whole(noise(frames=frames))).all()


def test_all_missing_gives_nan_without_a_warning() -> None:
    with np.errstate(all="raise"):
        assert np.isnan(correlate_whole(np.full((50, 4), np.nan))).all()


def test_clips_do_not_see_each_other() -> None:
    signals = with_gaps(noise(frames=500), 0.1)
    first, stop = np.array([0, 50, 230, 499]), np.array([300, 80, 500, 500])
    pairs = list(combinations(range(5), 2))
    together = correlate_clips(signals, first, stop, pairs)
    for clip, (begin, end) in enumerate(zip(first, stop, strict=True)):
        alone = correlate_whole(signals[begin:end])
        np.testing.assert_array_equal(together[clip], [alone[a, b] for a, b in pairs])


@given(seed=st.integers(0, 1000), share=st.floats(0, 0.6))
def test_correlations_lie_between_minus_one_and_one_and_are_one_with_oneself(seed: int, share: float) -> None:
    correlations = correlate_whole(with_gaps(noise(frames=20, seed=seed), share, seed))
    assume(np.isfinite(correlations).any())
    assert np.nanmax(np.abs(correlations)) <= 1
    itself = np.diag(correlations)
    np.testing.assert_allclose(itself[np.isfinite(itself)], 1.0)
    np.testing.assert_array_equal(correlations, correlations.T)


def test_single_precision_is_computed_in_double() -> None:
    signals = noise().astype(np.float32)
    np.testing.assert_array_equal(correlate_whole(signals), correlate_whole(signals.astype(np.float64)))
