"""Scores of pairs to likelihood ratios: what they mean, what length changes, and how far they can be relied on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import check_grad

from classify.background import calibration as module
from classify.background.calibration import (
    PairCalibration,
    ScoredTrials,
    effective_length,
    fit_pair_calibration,
)

PEOPLE = 20


def make_trials(
    *, gap: float = 2.0, descriptors: int = 2, per_source: int = 3, seed: int = 0
) -> tuple[ScoredTrials, np.ndarray, np.ndarray]:
    """Trials of 20 people and of their 190 pairs; scores have deviation 1, and targets lie higher by `gap`."""
    rng = np.random.default_rng(seed)
    own = [f"{k}\0{k}" for k in range(PEOPLE)]
    pairs = [f"{j}\0{k}" for j in range(PEOPLE) for k in range(j + 1, PEOPLE)]
    sources = np.repeat(own + pairs, per_source)
    is_target = np.repeat(np.arange(len(own + pairs)) < PEOPLE, per_source)
    scores = gap * is_target[:, None] + rng.normal(size=(len(sources), descriptors))
    return ScoredTrials(scores, np.zeros(len(sources)), np.ones(len(sources))), is_target, sources


def make_calibration(**changed: Any) -> PairCalibration:
    content: dict[str, Any] = {
        "weights": (1.0,), "length_slope": 0.0, "offset": 0.0, "length_offset": 0.0, "session_offset": 0.0,
        "shortest": -1.0, "longest": 2.0, "most_sessions": 3, "lowest": -5.0, "highest": 5.0,
        "people_again": 10, "people": 20,
    }  # fmt: skip
    return PairCalibration(**{**content, **changed})


def one(score: float, length: float = 0.0, sessions: float = 1.0) -> ScoredTrials:
    return ScoredTrials(np.array([[score]]), np.array([length]), np.array([sessions]))


def test_the_ratio_is_what_the_formula_says() -> None:
    calibration = make_calibration(
        weights=(2.0, 0.5), length_slope=0.1, offset=-1.0, length_offset=0.3, session_offset=0.7
    )
    scored = ScoredTrials(np.array([[1.0, 4.0]]), np.array([1.5]), np.array([2.0]))
    # (1 + .1 * 1.5) * (2 * 1 + .5 * 4) - 1 + .3 * 1.5 + .7 log 2
    expected = 1.15 * 4 - 1 + 0.45 + 0.7 * np.log(2)
    np.testing.assert_allclose(calibration.align(scored), [expected])


def test_beyond_the_lengths_and_sessions_that_were_seen_nothing_is_extrapolated() -> None:
    calibration = make_calibration(length_slope=0.2, length_offset=0.5, session_offset=0.4)
    assert calibration.align(one(1, 7, 9)) == calibration.align(one(1, 2, 3))
    assert calibration.align(one(1, -7)) == calibration.align(one(1, -1))
    assert calibration.align(one(1, 2, 3)) != calibration.align(one(1, 1, 2))


def test_a_higher_score_never_lowers_the_ratio() -> None:
    steep = make_calibration(length_slope=-0.9)
    assert steep.align(one(5, 2)) >= steep.align(one(1, 2))


def test_ratios_are_bounded_and_a_missing_score_gives_none() -> None:
    calibration = make_calibration()
    scored = ScoredTrials(np.array([[9.0], [-9.0], [1.0], [np.nan]]), np.zeros(4), np.ones(4))
    np.testing.assert_array_equal(calibration.to_llr(scored), [5.0, -5.0, 1.0, np.nan])
    np.testing.assert_array_equal(calibration.align(scored), [9.0, -9.0, 1.0, np.nan])


def test_length_is_the_harmonic_mean_of_seconds_by_10() -> None:
    q = effective_length(np.array([10.0, 30.0]), np.array([10.0, 6.0]))
    np.testing.assert_allclose(q, [0.0, 0.0], atol=1e-12)  # 2 / (1/30 + 1/6) = 10
    np.testing.assert_allclose(effective_length(np.array([20.0]), np.array([20.0])), np.log(2))


def test_the_gradient_is_that_of_the_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    caught: dict[str, Any] = {}
    minimize = module.minimize

    def catch(cost: Any, start: np.ndarray, **options: Any) -> Any:
        caught["cost"] = cost
        return minimize(cost, start, **options)

    monkeypatch.setattr(module, "minimize", catch)
    scored, is_target, sources = make_trials()
    lengths = np.linspace(-1, 2, len(sources))
    scored = ScoredTrials(scored.scores, lengths, 1.0 + np.arange(len(sources)) % 3)
    fit_pair_calibration(scored, is_target, sources, PEOPLE)
    for seed in range(3):
        theta = np.random.default_rng(seed).normal(0.3, 0.3, 6)
        cost, slope = caught["cost"](theta)
        error = check_grad(lambda t: caught["cost"](t)[0], lambda t: caught["cost"](t)[1], theta)
        assert error < 1e-4 * max(1.0, float(np.linalg.norm(slope)))
        assert np.isfinite(cost)


def test_ratios_of_normal_scores_are_nearly_true() -> None:
    """Two scores of means 0 and 2 with deviation 1: the log ratio is 2 (s1 + s2) - 4."""
    scored, is_target, sources = make_trials(per_source=20)
    calibration = fit_pair_calibration(scored, is_target, sources, PEOPLE)
    # Penalties for few people make it a little weaker.
    assert 1.2 < calibration.weights[0] < 2.2
    assert calibration.weights[1] == pytest.approx(calibration.weights[0], rel=0.25)
    middle = ScoredTrials(np.array([[1.0, 1.0]]), np.zeros(1), np.ones(1))
    assert calibration.align(middle) == pytest.approx(0, abs=0.5)


def test_scores_that_say_nothing_give_ratios_of_about_1() -> None:
    scored, is_target, sources = make_trials(gap=0.0, per_source=10)
    llrs = fit_pair_calibration(scored, is_target, sources, PEOPLE).to_llr(scored)
    assert np.abs(llrs).max() < 0.5


def test_weights_are_never_negative() -> None:
    scored, is_target, sources = make_trials()
    upside_down = ScoredTrials(scored.scores * [1, -1], scored.length, scored.sessions)
    calibration = fit_pair_calibration(upside_down, is_target, sources, PEOPLE)
    assert calibration.weights[1] >= 0
    wrong = ScoredTrials(-scored.scores, scored.length, scored.sessions)
    assert fit_pair_calibration(wrong, is_target, sources, PEOPLE).weights == (0.0, 0.0)


def test_scale_and_shift_of_scores_do_not_change_the_ratios() -> None:
    scored, is_target, sources = make_trials()
    moved = ScoredTrials(scored.scores * [3.0, 0.1] + [5.0, -2.0], scored.length, scored.sessions)
    expected = fit_pair_calibration(scored, is_target, sources, PEOPLE).align(scored)
    found = fit_pair_calibration(moved, is_target, sources, PEOPLE).align(moved)
    np.testing.assert_allclose(found, expected, atol=0.02)


def test_longer_recordings_give_ratios_further_from_1_where_they_tell_more() -> None:
    """Short trials of one person score 1 on average and long ones 2, those of others 0: the log ratio of a
    score s is s - 1/2, and 2 s - 2."""
    scored, is_target, sources = make_trials(gap=0.0, descriptors=1, per_source=10)
    is_long = np.random.default_rng(1).choice([False, True], len(sources))
    scores = scored.scores + (is_target * np.where(is_long, 2.0, 1.0))[:, None]
    scored = ScoredTrials(scores, np.where(is_long, 1.5, 0.0), scored.sessions)
    calibration = fit_pair_calibration(scored, is_target, sources, PEOPLE)

    def ratio(score: float, length: float) -> float:
        return float(calibration.align(one(score, length))[0])

    assert ratio(3, 1.5) - ratio(0, 1.5) > 1.1 * (ratio(3, 0) - ratio(0, 0))
    assert ratio(0, 1.5) < ratio(0, 0) < 0


def test_where_length_tells_nothing_it_changes_little() -> None:
    scored, is_target, sources = make_trials(per_source=10)
    lengths = np.random.default_rng(1).choice([0.0, 1.5], len(sources))
    scored = ScoredTrials(scored.scores, lengths, scored.sessions)
    calibration = fit_pair_calibration(scored, is_target, sources, PEOPLE)
    assert abs(calibration.length_slope) < 0.1
    assert abs(calibration.length_offset) < 0.3


def test_people_weigh_the_same_however_many_trials_they_have() -> None:
    scored, is_target, sources = make_trials()
    once = fit_pair_calibration(scored, is_target, sources, PEOPLE)
    often = np.repeat(np.arange(len(sources)), np.where(sources == "3\0003", 50, 1))
    again = fit_pair_calibration(scored.select(often), is_target[often], sources[often], PEOPLE)
    np.testing.assert_allclose(again.weights, once.weights, rtol=0.2)
    assert (again.people_again, again.people) == (PEOPLE, PEOPLE)


def test_no_ratio_is_stronger_than_so_many_people_support() -> None:
    scored, is_target, sources = make_trials(gap=50.0)
    calibration = fit_pair_calibration(scored, is_target, sources, PEOPLE)
    assert -np.log(21) - 1e-9 <= calibration.lowest < 0 < calibration.highest <= np.log(21) + 1e-9
    assert np.exp(calibration.highest) > 10


def test_bounds_narrow_where_others_score_as_high_and_never_widen() -> None:
    scored, is_target, sources = make_trials(gap=6.0)
    fitted = fit_pair_calibration(scored, is_target, sources, PEOPLE)
    llrs = fitted.align(scored)
    misleading = np.where(sources == "0\0001", llrs.max() + 1, llrs)
    bounded = fitted.bounded_by(misleading, is_target, sources)
    assert 0 <= bounded.highest < fitted.highest
    assert bounded.lowest >= fitted.lowest
    tight = fitted.model_copy(update={"lowest": -0.1, "highest": 0.1})
    assert (tight.bounded_by(llrs, is_target, sources).lowest, tight.highest) == (-0.1, 0.1)


def test_bounds_count_people_and_not_trials() -> None:
    scored, is_target, sources = make_trials(gap=6.0)
    fitted = fit_pair_calibration(scored, is_target, sources, PEOPLE)
    rows = np.tile(np.arange(len(sources)), 10)
    wide = fitted.model_copy(update={"lowest": -9.0, "highest": 9.0})
    once = wide.bounded_by(fitted.align(scored), is_target, sources)
    ten_times = wide.bounded_by(fitted.align(scored)[rows], is_target[rows], sources[rows])
    assert ten_times.highest == pytest.approx(once.highest)
    assert ten_times.lowest == pytest.approx(once.lowest)
