"""Calibration: ratios mean what they say, never say more than the sample supports, and what they cost."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify.calibration import (
    Calibration,
    bound_llrs,
    compute_cllr,
    compute_cross_entropy,
    compute_min_cllr,
    fit_calibration,
    pool_scores,
    recalibrate,
)

TRUE, FALSE = np.array([True]), np.array([False])


def gaussian_scores(
    sources: int, seed: int = 0, shift: float = 2.0, clips: int = 1
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores N(shift, 1) of the person and N(0, 1) of others: the true LLR is shift * (score - shift / 2)."""
    rng = np.random.default_rng(seed)
    is_target = np.repeat([True, False], sources * clips)
    scores = rng.normal(size=len(is_target)) + shift * is_target
    return scores, is_target, np.repeat(np.arange(2 * sources), clips).astype(str)


def compute_least(scores: np.ndarray, is_target: np.ndarray, weights: np.ndarray | None = None) -> float:
    _, targets, others = pool_scores(scores, is_target, weights)
    return compute_min_cllr(targets, others)


def test_ratios_that_always_say_nothing_cost_one_bit() -> None:
    both = np.array([True, True, False])
    assert compute_cllr(np.zeros(3), both) == pytest.approx(1.0)


def test_the_cost_of_a_ratio_worked_out_by_hand() -> None:
    """LR 3 for the person: log2(4/3); LR 1/7 for another: log2(8/7); the mean of both."""
    cost = compute_cllr(np.log([3.0, 1 / 7]), np.array([True, False]))
    assert cost == pytest.approx((np.log2(4 / 3) + np.log2(8 / 7)) / 2)


def test_ratios_that_point_the_wrong_way_cost_more_than_none() -> None:
    assert compute_cllr(np.log([1 / 3, 7.0]), np.array([True, False])) > 1


def test_weights_count_as_repetitions() -> None:
    scores, is_target, _ = gaussian_scores(20)
    counts = np.random.default_rng(1).integers(0, 4, len(scores)).astype(float)
    rows = np.repeat(np.arange(len(scores)), counts.astype(int))
    for cost in (compute_cllr, compute_least):
        assert cost(scores, is_target, counts) == pytest.approx(cost(scores[rows], is_target[rows]))


@given(st.integers(0, 1000), st.floats(-2, 2), st.floats(0.1, 10))
def test_the_least_cost_is_below_that_of_any_scale(seed: int, shift: float, scale: float) -> None:
    scores, is_target, _ = gaussian_scores(15, seed)
    least = compute_least(scores, is_target)
    assert least <= compute_cllr(scale * scores + shift, is_target) + 1e-9
    assert compute_least(scale * scores + shift, is_target) == pytest.approx(least)


@given(st.integers(0, 1000))
def test_the_least_cost_is_that_of_the_ratios_that_the_scores_should_have_had(seed: int) -> None:
    scores, is_target, _ = gaussian_scores(15, seed)
    should = compute_cllr(recalibrate(scores, is_target), is_target)
    assert compute_least(scores, is_target) == pytest.approx(should)


def test_scores_of_neither_class_do_not_change_the_least_cost() -> None:
    targets, others = np.array([0.0, 2.0, 1.0, 3.0]), np.array([2.0, 1.0, 2.0, 0.0])
    least = compute_min_cllr(targets, others)
    assert 0 < least < 1
    assert compute_min_cllr(np.insert(targets, [0, 2, 4], 0), np.insert(others, [0, 2, 4], 0)) == least


def test_scores_without_overlap_have_no_least_cost() -> None:
    assert compute_least(np.array([1.0, 2.0, 3.0]), np.array([False, True, True])) == 0.0


def test_ratios_of_1_leave_the_entropy_of_the_prior() -> None:
    """At odds of 1, 3 and 1/7: one bit, H(3/4) and H(1/8)."""
    left = compute_cross_entropy(np.zeros(3), np.array([True, False, False]), np.log([1.0, 3.0, 1 / 7]))
    entropies = [-p * np.log2(p) - (1 - p) * np.log2(1 - p) for p in (1 / 2, 3 / 4, 1 / 8)]
    np.testing.assert_allclose(left, entropies)


def test_ratios_that_never_err_and_know_no_bounds_leave_nothing() -> None:
    left = compute_cross_entropy(np.array([np.inf, -np.inf]), np.array([True, False]), np.array([-5.0, 2.0]))
    np.testing.assert_array_equal(left, 0.0)


def test_the_cross_entropy_worked_out_by_hand() -> None:
    """Prior odds 1/2: LR 3 of the person makes 3/2, so P = 3/5; LR 1/7 of another makes 1/14: 14/15."""
    left = compute_cross_entropy(np.log([3.0, 1 / 7]), np.array([True, False]), np.log([1 / 2]))
    assert left == pytest.approx(np.log2(5 / 3) / 3 + np.log2(15 / 14) * 2 / 3)


@given(st.integers(0, 1000), st.floats(-5, 5), st.floats(0.1, 10))
def test_no_ratios_in_this_order_leave_less_than_those_of_pav(seed: int, shift: float, scale: float) -> None:
    scores, is_target, _ = gaussian_scores(15, seed)
    prior = np.linspace(-4, 4, 9)
    best = compute_cross_entropy(recalibrate(scores, is_target), is_target, prior)
    assert (best <= compute_cross_entropy(scale * scores + shift, is_target, prior) + 1e-9).all()


def test_pav_worked_out_by_hand() -> None:
    """Scores 2 and 3 are the wrong way round: together they hold half of either class."""
    is_target = np.array([True, False, False, True])
    np.testing.assert_array_equal(
        recalibrate(np.array([4.0, 1.0, 3.0, 2.0]), is_target), [np.inf, -np.inf, 0.0, 0.0]
    )
    unseen = recalibrate(np.array([4.0, 1.0, 5.0, 2.0]), is_target, np.array([1.0, 1.0, 0.0, 1.0]))
    np.testing.assert_array_equal(unseen, [np.inf, -np.inf, np.nan, np.inf])


def test_pav_leaves_ratios_that_mean_what_they_say() -> None:
    scores, is_target, _ = gaussian_scores(20_000)
    llrs = 2 * (scores - 1)
    inside = np.abs(llrs) < 2
    np.testing.assert_allclose(recalibrate(llrs, is_target)[inside], llrs[inside], atol=0.35)


@pytest.mark.parametrize(("sources", "method"), [(45, "logistic"), (2000, "isotonic")])
def test_ratios_of_known_distributions_are_found(sources: int, method: str) -> None:
    fitted = fit_calibration(*gaussian_scores(sources))
    assert fitted.method == method
    scores, is_target, _ = gaussian_scores(5000, seed=1)
    llrs = fitted.to_llr(scores)
    inside = np.abs(scores - 1) < 0.8
    np.testing.assert_allclose(llrs[inside], (2 * (scores - 1))[inside], atol=0.75)
    best = compute_cllr(2 * (scores - 1), is_target)
    assert compute_cllr(llrs, is_target) == pytest.approx(best, abs=0.05)  # bounds cost a little


def test_the_mixture_of_the_table_does_not_matter() -> None:
    """Ten times as many clips of the person, from as many sources: the same ratios."""
    scores, is_target, sources = gaussian_scores(40)
    rows = np.repeat(np.arange(80), np.where(is_target, 10, 1))
    even, uneven = (fit_calibration(scores[r], is_target[r], sources[r]) for r in (np.arange(80), rows))
    probe = np.linspace(-2, 4, 20)
    np.testing.assert_allclose(even.to_llr(probe), uneven.to_llr(probe), atol=0.01)


def test_no_ratio_says_more_than_the_sources_support() -> None:
    scores, is_target, sources = gaussian_scores(9, shift=100.0)
    fitted = fit_calibration(scores, is_target, sources)
    extreme = np.exp(fitted.to_llr(np.array([-1e6, 1e6])))
    assert extreme[0] >= 1 / 10 - 1e-9
    assert extreme[1] <= 10 + 1e-9


def test_bounds_do_not_rest_on_scores_that_their_calibration_was_fitted_on() -> None:
    """Where scores say nothing, a calibration finds something in those that it is fitted on."""
    own, used = [], []
    for seed in range(10):
        scores, is_target, names = gaussian_scores(60, seed, shift=0.0)
        fitted = fit_calibration(scores, is_target, names)
        wide = fitted.model_copy(update={"lowest": -5.0, "highest": 5.0})
        own.append(np.abs(bound_llrs(wide.to_llr(scores), is_target, names)))
        used.append([-fitted.lowest, fitted.highest])
    assert np.mean(used) < 0.2
    assert np.mean(used) < np.mean(own) / 2


def test_a_single_source_of_a_class_cannot_be_held_out() -> None:
    scores, is_target, sources = gaussian_scores(9)
    rows = np.arange(8, 18)
    fitted = fit_calibration(scores[rows], is_target[rows], sources[rows])
    assert (fitted.lowest, fitted.highest) == pytest.approx((-np.log(2), np.log(10)))


def test_more_clips_of_the_same_sources_promise_no_more() -> None:
    few = fit_calibration(*gaussian_scores(6, shift=1.0))
    scores, is_target, sources = (np.repeat(part, 50) for part in gaussian_scores(6, shift=1.0))
    many = fit_calibration(scores, is_target, sources)
    assert (many.lowest, many.highest) == pytest.approx((few.lowest, few.highest))
    assert many.slope == pytest.approx(few.slope, rel=1e-3)


@pytest.mark.parametrize("shift", [-3.0, None])
def test_scores_that_are_reversed_or_constant_say_nothing(shift: float | None) -> None:
    scores, is_target, sources = gaussian_scores(20, shift=shift or 0.0)
    fitted = fit_calibration(scores if shift else np.ones(40), is_target, sources)
    np.testing.assert_allclose(fitted.to_llr(np.array([-5.0, 5.0])), 0.0, atol=0.01)


@settings(max_examples=20)
@given(st.integers(0, 50), st.sampled_from([5, 60]))
def test_a_higher_score_never_has_a_lower_ratio(seed: int, sources: int) -> None:
    fitted = fit_calibration(*gaussian_scores(sources, seed))
    assert (np.diff(fitted.to_llr(np.linspace(-10, 10, 100))) >= -1e-12).all()


def test_no_score_has_no_ratio_and_all_reads_back() -> None:
    for sources in (5, 60):
        fitted = fit_calibration(*gaussian_scores(sources))
        assert np.isnan(fitted.to_llr(np.array([np.nan])))[0]
        assert Calibration.model_validate_json(fitted.model_dump_json()) == fitted
