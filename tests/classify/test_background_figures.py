"""Figures of trials, against values worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from recordings import make_recordings
from sklearn.metrics import roc_auc_score

from classify.background import figures as figures_module
from classify.background.figures import VerificationFigures, measure_trials, rank_trials
from classify.background.footage import Footage, gather_footage
from classify.background.summary import summarise
from classify.background.verification import Verified, verify_footage
from classify.metrics import take_interval

NAMES = ("face-pairs", "spreads")
ONE, OTHER, BOTH = ("face-pairs",), ("spreads",), NAMES

# a's trials score 3 and 1, b's 2; a and b together 2 and 0, a and c 1.5.
RANKS = np.array([3.0, 1.0, 2.0, 2.0, 0.0, 1.5])
TARGET = np.array([True, True, True, False, False, False])
FIRST, SECOND = np.array(list("aabaaa")), np.array(list("aabbbc"))


def measure(
    ranks: np.ndarray = RANKS,
    first: str = "zzzzzz",
    second: str = "zzzzzz",
    llrs: np.ndarray | None = None,
) -> VerificationFigures:
    collections = (
        np.array([letter.strip() for letter in first]),
        np.array([letter.strip() for letter in second]),
    )
    return measure_trials(ranks, ranks if llrs is None else llrs, TARGET, FIRST, SECOND, collections)


def test_the_auc_of_all_trials_counts_pairs_of_trials() -> None:
    """3 is above all three; 1 above 0 alone; 2 above 0 and 1.5, and level with 2: (3 + 1 + 2.5) / 9."""
    assert measure().auc.value == pytest.approx(6.5 / 9)
    assert measure().auc.value == pytest.approx(roc_auc_score(TARGET, RANKS))


def test_the_auc_per_person_is_the_mean_of_each_ones_own_trials() -> None:
    """a: 3 and 1 against 2, 0 and 1.5, so 4 of 6. b: 2 against 2 and 0, so 1.5 of 2. c has no own trial."""
    assert measure().auc_per_person.value == pytest.approx((4 / 6 + 1.5 / 2) / 2)


def test_ways_are_ranked_by_the_mean_of_both() -> None:
    expected = (6.5 / 9 + (4 / 6 + 1.5 / 2) / 2) / 2
    assert rank_trials(RANKS, TARGET, FIRST, SECOND) == pytest.approx(expected)


def test_cllr_weighs_people_and_pairs_of_people_the_same() -> None:
    """a's two trials count half each, and so do the two of a with b."""
    cost = np.log2(1 + np.exp(np.where(TARGET, -RANKS, RANKS)))
    targets = (cost[0] / 2 + cost[1] / 2 + cost[2]) / 2
    others = (cost[3] / 2 + cost[4] / 2 + cost[5]) / 2
    assert measure().cllr.value == pytest.approx((targets + others) / 2)
    assert measure(llrs=np.zeros(6)).cllr.value == pytest.approx(1)
    assert measure().min_cllr.value <= measure().cllr.value


def test_the_equal_error_rate_weighs_alike() -> None:
    """Above 2: a's 3 hits (.25 of the weight), and none errs. From 2: + b (.75) and half a pair (.25)."""
    # Misses fall from .75 to .25 where false alarms rise from 0 to .25: equal at .25.
    assert measure().equal_error_rate.value == pytest.approx(0.25)


def test_numbers_of_people_and_trials() -> None:
    figures = measure()
    assert (figures.people, figures.people_again) == (3, 2)
    assert (figures.target_trials, figures.non_target_trials) == (3, 3)


def test_within_and_across_collections() -> None:
    """Within x: 3 (a) against 2; across: 1 and 2 against 0 and 1.5."""
    figures = measure(first="xxxxxx", second="xyyxyy")
    assert figures.auc_within is not None
    assert figures.auc_across is not None
    assert figures.auc_within.value == 1
    assert figures.auc_across.value == pytest.approx((1 + 2) / 4)


def test_where_nobody_says_the_collection_a_trial_is_neither_within_nor_across() -> None:
    figures = measure(first="xxx xx", second="xyyxyy")
    assert figures.auc_within is None, "no trial of two people is within a collection"
    assert (measure(first="      ").auc_within, measure(first="      ").auc_across) == (None, None)


def test_below_five_people_with_several_sessions_there_is_no_interval() -> None:
    assert (measure().auc.low, measure().auc.high) == (None, None)


def make_many(people: int, per_person: int = 1) -> tuple[np.ndarray, ...]:
    rng = np.random.default_rng(0)
    own = np.repeat(np.arange(people), per_person)
    first, second = np.triu_indices(people, 1)
    is_target = np.arange(len(own) + len(first)) < len(own)
    ranks = rng.normal(size=len(is_target)) + is_target
    names = np.char.add("p", np.concatenate([own, first]).astype(str))
    others = np.char.add("p", np.concatenate([own, second]).astype(str))
    return ranks, is_target, names, others


def test_from_five_people_on_intervals_hold_the_figure_and_narrow_with_people() -> None:
    widths = []
    for people in (5, 25):
        ranks, is_target, first, second = make_many(people)
        nobody = np.full(len(ranks), "")
        figure = measure_trials(ranks, ranks, is_target, first, second, (nobody, nobody)).auc
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low <= figure.value <= figure.high
        widths.append(figure.high - figure.low)
    assert widths[1] < 0.7 * widths[0]


def test_more_trials_of_the_same_people_are_no_narrower_interval() -> None:
    ranks, is_target, first, second = make_many(6)
    nobody = np.full(len(ranks), "")
    once = measure_trials(ranks, ranks, is_target, first, second, (nobody, nobody))
    rows = np.tile(np.arange(len(ranks)), 3)
    thrice = measure_trials(
        ranks[rows], ranks[rows], is_target[rows], first[rows], second[rows], (nobody[rows], nobody[rows])
    )
    for name in ("auc", "auc_per_person", "cllr", "min_cllr", "equal_error_rate"):
        one, other = getattr(once, name), getattr(thrice, name)
        assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))


def test_draws_that_all_agree_are_no_interval() -> None:
    ranks, is_target, first, second = make_many(8)
    perfect, nobody = 5.0 * is_target, np.full(len(ranks), "")
    figure = measure_trials(perfect, perfect, is_target, first, second, (nobody, nobody)).auc
    assert (figure.value, figure.low, figure.high) == (1.0, None, None)
    assert take_interval([]) == (None, None)


# --- verification


@pytest.fixture(autouse=True)
def fewer_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules hold for any number of draws."""
    monkeypatch.setattr(figures_module, "_RESAMPLES", 100)


def make_footage(person: float) -> Footage:
    """Twelve people, six of them in two sessions, which makes six folds and 21 pairs of folds."""
    recordings = make_recordings(12, 2, numbers=8, clips=3, person=person, descriptors=NAMES, collections=2)
    return gather_footage([one for k, one in enumerate(recordings) if k < 12 or k % 2], NAMES)


@pytest.fixture(scope="module")
def separable() -> tuple[Footage, Verified]:
    footage = make_footage(3.0)
    return footage, verify_footage(footage, [ONE, OTHER, BOTH])


def test_people_who_clearly_differ_are_told_apart(separable: tuple[Footage, Verified]) -> None:
    _, verified = separable
    figures = verified.measure(verified.picked_ratios)
    assert figures.auc.value > 0.99
    assert figures.auc_per_person.value > 0.99
    assert figures.cllr.value < 0.4


def test_where_nobody_differs_nobody_is_told_apart() -> None:
    verified = verify_footage(make_footage(0.0), [ONE, BOTH])
    figures = verified.measure(verified.picked_ratios)
    assert figures.auc.low is not None
    assert figures.auc.high is not None
    assert figures.auc.low < 0.5 < figures.auc.high
    assert figures.cllr.value == pytest.approx(1, abs=0.05)


def test_each_trial_of_each_way_has_a_bounded_ratio(separable: tuple[Footage, Verified]) -> None:
    footage, verified = separable
    people = len(footage.count_sessions())
    for ratios in (*verified.ratios.values(), verified.picked_ratios):
        assert np.isfinite(ratios.ranks).all()
        assert np.abs(ratios.llrs).max() <= np.log(people + 1)
        inside = np.abs(ratios.ranks) < 0.1
        np.testing.assert_allclose(ratios.llrs[inside], ratios.ranks[inside])
    assert sum(verified.picked.values()) == 21


def test_the_picked_way_is_the_one_that_does_better_elsewhere() -> None:
    """One descriptor says who it is, the other nothing."""
    footage = make_footage(3.0)
    noise = [np.random.default_rng(k).normal(size=(3, 8)).astype(np.float32) for k in range(len(footage))]
    verified = verify_footage(replace(footage, clips={**footage.clips, "spreads": noise}), [OTHER, ONE])
    assert verified.picked == {OTHER: 0, ONE: 21}
    np.testing.assert_array_equal(verified.picked_ratios.ranks, verified.ratios[ONE].ranks)


def test_what_is_picked_and_learnt_for_a_trial_does_not_depend_on_its_people() -> None:
    """However good a person's own recordings make a way look, that way is not picked for them because of it."""
    footage = make_footage(1.0)
    ways = [ONE, OTHER]
    own = footage.people == "person 3"
    clips = dict(footage.clips)
    clips["spreads"] = [
        np.full_like(values, 100 * k) if mine else values
        for k, (values, mine) in enumerate(zip(clips["spreads"], own, strict=True))
    ]
    before, after = verify_footage(footage, ways), verify_footage(replace(footage, clips=clips), ways)
    trials, people = before.trials, before.sides.people
    theirs = (people[trials.enrolled] == "person 3") & (people[trials.suspects] == "person 3")
    assert theirs.any()
    # By the descriptor that did not change, the ratios of the person's own trials are what they were.
    np.testing.assert_array_equal(before.ratios[ONE].ranks[theirs], after.ratios[ONE].ranks[theirs])
    np.testing.assert_array_equal(before.ratios[ONE].llrs[theirs], after.ratios[ONE].llrs[theirs])

    def is_picked(verified: Verified) -> np.ndarray:
        return verified.picked_ratios.ranks[theirs] == verified.ratios[ONE].ranks[theirs]

    np.testing.assert_array_equal(is_picked(before), is_picked(after))


def test_the_summary_orders_ways_and_quotes_the_picked_one(separable: tuple[Footage, Verified]) -> None:
    footage, verified = separable
    summary = summarise(verified, footage, ["a is left out."])
    ranks = [way.figures.auc.value + way.figures.auc_per_person.value for way in summary.ways]
    assert ranks == sorted(ranks, reverse=True)
    assert {way.descriptors for way in summary.ways} == {ONE, OTHER, BOTH}
    assert sum(way.times_picked for way in summary.ways) == 21
    assert summary.one_recording == verified.measure(verified.picked_ratios)
    assert summary.one_clip.target_trials == 2 * summary.one_recording.target_trials
    assert summary.several_sessions is None, "nobody has three sessions"
    assert (summary.recordings, summary.sessions, summary.left_out) == (18, 18, ("a is left out.",))
    assert summary.one_recording.auc_across is not None
    assert summary.one_recording.auc_within is None, "each person's two sessions are of two collections"
