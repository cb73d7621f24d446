"""ELUB: bounds worked out by hand, what they never do, and those of the authors' own institute (`lir`)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classify.calibration import bound_llrs
from classify.elub import compute_elub

# Seed, targets, non-targets, distance between them, factor on the true LLR -> log10 bounds of lir 1.3.1's
# `elub`, step 1e-4.
ORACLE = {
    (0, 12, 40, 2.0, 1.0): (-0.7869, 1.1009),
    (1, 30, 30, 2.0, 1.0): (-0.8860, 0.7533),
    (2, 6, 80, 3.0, 2.0): (-0.5048, 1.2852),
    (3, 50, 20, 1.0, 3.0): (-0.4645, 0.6830),
    (4, 25, 60, 0.0, 1.0): (0.0, 0.0),
}
STEP = 1e-4


def bound_ratios(targets: list[float], others: list[float]) -> tuple[float, float]:
    """Bounds, as ratios, for ratios of independent cases."""
    ratios = np.array(targets + others)
    is_target = np.arange(len(ratios)) < len(targets)
    with np.errstate(divide="ignore"):
        return tuple(np.exp(compute_elub(np.log(ratios), is_target, np.ones(len(ratios)))))


def draw(
    seed: int, targets: int, others: int, distance: float, factor: float
) -> tuple[np.ndarray, np.ndarray]:
    """LLRs of scores N(distance, 1) and N(0, 1), true ones where the factor is 1."""
    is_target = np.repeat([True, False], [targets, others])
    scores = np.random.default_rng(seed).normal(size=len(is_target)) + distance * is_target
    return factor * distance * (scores - distance / 2), is_target


@pytest.mark.parametrize("strong", [100.0, np.inf])
def test_few_cases_without_an_error_support_little(strong: float) -> None:
    """Of 4 + 1 targets, 4 pass; of 9 + 1 others, 1 does: 8. Mirrored: 9/10 against 1/5, so 1/4.5."""
    assert bound_ratios([strong] * 4, [1 / strong] * 9) == pytest.approx((1 / 4.5, 8))


def test_nothing_beyond_the_ratios_that_were_seen_is_supported() -> None:
    assert bound_ratios([2.0] * 4, [1 / 3] * 9) == pytest.approx((1 / 3, 2))


def test_the_bound_lies_where_the_targets_above_it_grow_too_few() -> None:
    """3/5 against 1/10 support thresholds up to 6, and 2/5 only 4: from LR 4 on there are no more."""
    assert bound_ratios([2.0, 4.0, 8.0, 16.0], [0.1] * 9)[1] == pytest.approx(4)


@pytest.mark.parametrize(("misleading", "highest"), [(3.0, 8.0), (6.0, 4.0)])
def test_a_misleading_case_lowers_the_bound_where_it_costs_more_than_the_ratios_save(
    misleading: float, highest: float
) -> None:
    """Below it 4/5 stand against 2/10, which supports thresholds up to 4, whatever follows beyond."""
    assert bound_ratios([100.0] * 4, [0.01] * 8 + [misleading])[1] == pytest.approx(highest)


@pytest.mark.parametrize(("of_targets", "of_others"), [(1.0, 1.0), (0.2, 5.0)])
def test_ratios_that_say_nothing_or_mislead_support_nothing(of_targets: float, of_others: float) -> None:
    assert bound_ratios([of_targets] * 20, [of_others] * 20) == (1, 1)


@given(st.integers(0, 1000), st.integers(1, 12), st.integers(1, 12), st.floats(0, 4), st.floats(0.1, 5))
def test_bounds_hold_1_and_lie_within_cases_and_ratios(
    seed: int, targets: int, others: int, distance: float, factor: float
) -> None:
    llrs, is_target = draw(seed, targets, others, distance, factor)
    lowest, highest = compute_elub(llrs, is_target, np.ones(len(llrs)))
    assert -np.log1p(targets) <= lowest <= 0 <= highest <= np.log1p(others)
    assert min(llrs.min(), 0) <= lowest
    assert highest <= max(llrs.max(), 0)


@given(st.integers(0, 1000), st.floats(0, 4))
def test_swapping_the_propositions_swaps_the_bounds(seed: int, distance: float) -> None:
    llrs, is_target = draw(seed, 9, 14, distance, 1.0)
    lowest, highest = compute_elub(llrs, is_target, np.ones(23))
    assert compute_elub(-llrs, ~is_target, np.ones(23)) == (-highest, -lowest)


@given(st.integers(0, 1000), st.integers(1, 20))
def test_a_source_counts_once_however_many_clips_it_has(seed: int, clips: int) -> None:
    llrs, is_target = draw(seed, 8, 12, 2.0, 1.0)
    rows = np.repeat(np.arange(20), np.where(np.arange(20) % 2, clips, 3))
    once = compute_elub(llrs, is_target, np.ones(20))
    assert bound_llrs(llrs[rows], is_target[rows], rows.astype(str)) == pytest.approx(once)


def test_more_sources_support_more() -> None:
    """Single draws may do otherwise; the mean of many does not."""
    widths = [
        np.mean([np.abs(compute_elub(*draw(seed, n, n, 2.0, 1.0), np.ones(2 * n))) for seed in range(40)])
        for n in (4, 12, 36, 108, 324)
    ]
    assert (np.diff(widths) > 0.3).all()


@pytest.mark.parametrize("case", ORACLE)
def test_bounds_are_those_that_lir_gave(case: tuple[int, int, int, float, float]) -> None:
    llrs, is_target = draw(*case)
    bounds = np.array(compute_elub(llrs, is_target, np.ones(len(llrs)))) / np.log(10)
    np.testing.assert_allclose(bounds, ORACLE[case], atol=STEP)


@pytest.mark.parametrize("seed", range(20))
def test_bounds_are_those_of_lir(seed: int) -> None:
    """With the extra `oracle`. A grid passes over narrow gaps, so theirs may be the wider one."""
    oracle = pytest.importorskip("lir.algorithms.bayeserror")
    rng = np.random.default_rng(1000 + seed)
    llrs, is_target = draw(seed, *rng.integers(2, 80, 2).tolist(), *rng.uniform((0, 0.3), (4, 4)).tolist())
    ours = np.array(compute_elub(llrs, is_target, np.ones(len(llrs)))) / np.log(10)
    theirs = oracle.elub(llrs / np.log(10), is_target.astype(int), step_size=STEP)
    assert np.all(np.abs(ours) <= np.abs(theirs) + STEP)
    np.testing.assert_allclose(ours, theirs, atol=STEP)
