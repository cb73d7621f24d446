"""Scores of pairs to likelihood ratios: what they mean, what length changes, and what bounds them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pydantic
import pytest
from scipy.optimize import check_grad

from classify.background import calibration as module
from classify.background.calibration import (
    PairCalibration,
    ScoredTrials,
    effective_length,
    fit_pair_calibration,
    pool_seconds,
    weigh_kinds,
)

PEOPLE = 20


def make_trials(
    *, gap: float = 2.0, descriptors: int = 2, per_source: int = 3, seed: int = 0
) -> tuple[ScoredTrials, np.ndarray, np.ndarray]:
    """Trials of 20 people and their 190 pairs; scores have deviation 1, and targets lie higher by `gap`."""
    rng = np.random.default_rng(seed)
    own = [f"{k}\0{k}" for k in range(PEOPLE)]
    pairs = [f"{j}\0{k}" for j in range(PEOPLE) for k in range(j + 1, PEOPLE)]
    sources = np.repeat(own + pairs, per_source)
    is_target = np.repeat(np.arange(len(own + pairs)) < PEOPLE, per_source)
    scores = gap * is_target[:, None] + rng.normal(size=(len(sources), descriptors))
    return ScoredTrials(scores, np.zeros(len(sources)), np.ones(len(sources))), is_target, sources


def of_one_kind(rows: np.ndarray) -> np.ndarray:
    return np.full(len(rows), "recording")


def fit(scored: ScoredTrials, is_target: np.ndarray, sources: np.ndarray) -> PairCalibration:
    """Fit trials that are all of one kind."""
    return fit_pair_calibration(scored, is_target, sources, of_one_kind(sources), PEOPLE)


def make_calibration(**changed: Any) -> PairCalibration:
    content: dict[str, Any] = {
        "weights": (1.0,), "length_slope": 0.0, "offset": 0.0, "length_offset": 0.0, "session_offset": 0.0,
        "shortest": -1.0, "longest": 2.0, "most_sessions": 3, "lowest": -5.0, "highest": 5.0,
        "people_again": 200, "people": 200,
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


def test_equal_sessions_add_up_and_a_short_one_holds_a_long_one_back() -> None:
    sessions = np.array(["a", "b", "c"])
    assert pool_seconds(np.full(3, 20.0), sessions) == pytest.approx(60)
    # 4 / (1 / 3600 + 1 / 8)
    assert pool_seconds(np.array([3600.0, 8.0]), sessions[:2]) == pytest.approx(31.93, abs=0.01)


def test_recordings_of_one_session_are_added_before_sessions_are_pooled() -> None:
    seconds, sessions = np.array([10.0, 8.0, 30.0]), np.array(["a", "b", "a"])
    assert pool_seconds(seconds, sessions) == pytest.approx(pool_seconds(np.array([40.0, 8.0]), sessions[:2]))
    assert pool_seconds(seconds[[0, 2]], sessions[[0, 2]]) == pytest.approx(40)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"people": 20, "highest": 3.1}, "wider than so many people support"),  # log 21 = 3.04
        ({"people_again": 10, "lowest": -2.5}, "wider than so many people support"),  # log 11 = 2.40
        ({"shortest": 2.1}, "longer than the longest"),
    ],
)
def test_bounds_that_the_people_do_not_support_are_refused(changed: dict[str, float], words: str) -> None:
    with pytest.raises(pydantic.ValidationError, match=words):
        make_calibration(**changed)


def test_bounds_of_exactly_one_more_than_the_people_are_kept() -> None:
    kept = make_calibration(people=20, people_again=10, lowest=-np.log(11), highest=np.log(21))
    assert (kept.bound(9.0), kept.bound(-9.0), kept.bound(1.0)) == (np.log(21), -np.log(11), 1.0)


def test_kinds_of_a_sources_trials_weigh_the_same_and_sources_too() -> None:
    """a has a recording and three clips, b a recording; x, of two people, has a recording and a clip."""
    sources = np.array(["a", "a", "a", "a", "b", "x", "x"])
    kinds = np.array(["recording", "clip", "clip", "clip", "recording", "recording", "clip"])
    weights = weigh_kinds(sources != "x", sources, kinds)
    np.testing.assert_allclose(weights * 24, [3, 1, 1, 1, 6, 6, 6])


def test_many_clips_of_a_person_do_not_decide() -> None:
    """Every trial of single clips counts ten times: not a number of the calibration moves."""
    scored, is_target, sources = make_trials(per_source=4)
    kinds = np.tile(["recording", "clip", "clip", "sessions"], len(sources) // 4)
    often = np.repeat(np.arange(len(sources)), np.where(kinds == "clip", 10, 1))
    once = fit_pair_calibration(scored, is_target, sources, kinds, PEOPLE)
    again = fit_pair_calibration(scored.select(often), is_target[often], sources[often], kinds[often], PEOPLE)
    # Scores are scaled by what they vary over trials, however often each counts, before they are penalised.
    np.testing.assert_allclose(again.weights, once.weights, rtol=0.02)
    assert again.offset == pytest.approx(once.offset, abs=0.02)


@pytest.mark.parametrize(("people", "most"), [(5, 4), (4, 2)])
def test_what_sessions_are_worth_is_believed_of_five_people(people: int, most: int) -> None:
    """All have enrolments of two sessions; some have one of four."""
    scored, is_target, sources = make_trials(per_source=2)
    sessions = np.tile([1.0, 2.0], len(sources) // 2)
    sessions[1 : 2 * people : 2] = 4.0
    found = fit(ScoredTrials(scored.scores, scored.length, sessions), is_target, sources)
    assert found.most_sessions == most


def test_no_length_that_was_seen_turns_a_score_into_evidence_for_the_other_side() -> None:
    """Short trials tell the contrary: low scores are the person's."""
    scored, is_target, sources = make_trials(gap=6.0, per_source=10)
    is_short = np.arange(len(sources)) % 2 == 0
    scores = np.where(is_short[:, None], -scored.scores, scored.scores)
    found = fit(ScoredTrials(scores, np.where(is_short, -3.0, 4.0), scored.sessions), is_target, sources)
    gains = [1 + found.length_slope * q for q in (found.shortest, found.longest)]
    assert min(gains) >= -1e-9


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
    fit(scored, is_target, sources)
    for seed in range(3):
        theta = np.random.default_rng(seed).normal(0.3, 0.3, 6)
        cost, slope = caught["cost"](theta)
        error = check_grad(lambda t: caught["cost"](t)[0], lambda t: caught["cost"](t)[1], theta)
        assert error < 1e-4 * max(1.0, float(np.linalg.norm(slope)))
        assert np.isfinite(cost)


def test_ratios_of_normal_scores_are_nearly_true() -> None:
    """Two scores of means 0 and 2 with deviation 1: the log ratio is 2 (s1 + s2) - 4."""
    scored, is_target, sources = make_trials(per_source=20)
    calibration = fit(scored, is_target, sources)
    # Penalties for few people make it a little weaker.
    assert 1.2 < calibration.weights[0] < 2.2
    assert calibration.weights[1] == pytest.approx(calibration.weights[0], rel=0.25)
    middle = ScoredTrials(np.array([[1.0, 1.0]]), np.zeros(1), np.ones(1))
    assert calibration.align(middle) == pytest.approx(0, abs=0.5)


def test_scores_that_say_nothing_give_ratios_of_about_1() -> None:
    scored, is_target, sources = make_trials(gap=0.0, per_source=10)
    llrs = fit(scored, is_target, sources).to_llr(scored)
    assert np.abs(llrs).max() < 0.5


def test_weights_are_never_negative() -> None:
    scored, is_target, sources = make_trials()
    upside_down = ScoredTrials(scored.scores * [1, -1], scored.length, scored.sessions)
    calibration = fit(upside_down, is_target, sources)
    assert calibration.weights[1] >= 0
    wrong = ScoredTrials(-scored.scores, scored.length, scored.sessions)
    assert fit(wrong, is_target, sources).weights == (0.0, 0.0)


def test_scale_and_shift_of_scores_do_not_change_the_ratios() -> None:
    scored, is_target, sources = make_trials()
    moved = ScoredTrials(scored.scores * [3.0, 0.1] + [5.0, -2.0], scored.length, scored.sessions)
    expected = fit(scored, is_target, sources).align(scored)
    found = fit(moved, is_target, sources).align(moved)
    np.testing.assert_allclose(found, expected, atol=0.02)


def test_longer_recordings_give_ratios_further_from_1_where_they_tell_more() -> None:
    """Short trials of one person score 1 on average and long ones 2, those of others 0: the log ratio of a
    score s is s - 1/2, and 2 s - 2."""
    scored, is_target, sources = make_trials(gap=0.0, descriptors=1, per_source=10)
    is_long = np.random.default_rng(1).choice([False, True], len(sources))
    scores = scored.scores + (is_target * np.where(is_long, 2.0, 1.0))[:, None]
    scored = ScoredTrials(scores, np.where(is_long, 1.5, 0.0), scored.sessions)
    calibration = fit(scored, is_target, sources)

    def ratio(score: float, length: float) -> float:
        return float(calibration.align(one(score, length))[0])

    assert ratio(3, 1.5) - ratio(0, 1.5) > 1.1 * (ratio(3, 0) - ratio(0, 0))
    assert ratio(0, 1.5) < ratio(0, 0) < 0


def test_where_length_tells_nothing_it_changes_little() -> None:
    scored, is_target, sources = make_trials(per_source=10)
    lengths = np.random.default_rng(1).choice([0.0, 1.5], len(sources))
    scored = ScoredTrials(scored.scores, lengths, scored.sessions)
    calibration = fit(scored, is_target, sources)
    assert abs(calibration.length_slope) < 0.1
    assert abs(calibration.length_offset) < 0.3


def test_people_weigh_the_same_however_many_trials_they_have() -> None:
    scored, is_target, sources = make_trials()
    once = fit(scored, is_target, sources)
    often = np.repeat(np.arange(len(sources)), np.where(sources == "3\0003", 50, 1))
    again = fit(scored.select(often), is_target[often], sources[often])
    np.testing.assert_allclose(again.weights, once.weights, rtol=0.2)
    assert (again.people_again, again.people) == (PEOPLE, PEOPLE)


def test_no_ratio_is_stronger_than_so_many_people_support() -> None:
    scored, is_target, sources = make_trials(gap=50.0)
    calibration = fit(scored, is_target, sources)
    assert -np.log(21) - 1e-9 <= calibration.lowest < 0 < calibration.highest <= np.log(21) + 1e-9
    assert np.exp(calibration.highest) > 10


def test_bounds_narrow_where_others_score_as_high_and_never_widen() -> None:
    scored, is_target, sources = make_trials(gap=6.0)
    fitted = fit(scored, is_target, sources)
    llrs, weights = fitted.align(scored), weigh_kinds(is_target, sources, of_one_kind(sources))
    misleading = np.where(sources == "0\0001", llrs.max() + 1, llrs)
    bounded = fitted.bounded_by(misleading, is_target, weights)
    assert 0 <= bounded.highest < fitted.highest
    assert bounded.lowest >= fitted.lowest
    tight = fitted.model_copy(update={"lowest": -0.1, "highest": 0.1})
    again = tight.bounded_by(llrs, is_target, weights)
    assert (again.lowest, again.highest) == (-0.1, 0.1)


def test_bounds_count_people_and_not_trials() -> None:
    scored, is_target, sources = make_trials(gap=6.0)
    fitted = fit(scored, is_target, sources)
    rows = np.tile(np.arange(len(sources)), 10)
    wide = fitted.model_copy(update={"lowest": -9.0, "highest": 9.0})
    once, ten_times = (
        wide.bounded_by(
            fitted.align(scored)[chosen],
            is_target[chosen],
            weigh_kinds(is_target[chosen], sources[chosen], of_one_kind(chosen)),
        )
        for chosen in (np.arange(len(sources)), rows)
    )
    assert ten_times.highest == pytest.approx(once.highest)
    assert ten_times.lowest == pytest.approx(once.lowest)
