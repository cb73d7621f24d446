"""Figures: worked out by hand, and intervals that widen with fewer sources, not with fewer clips."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from classify.metrics import Figures, bound_share, compute_equal_error_rate, measure


def make(sources: int, clips: int, *, shift: float = 1.0, seed: int = 1) -> tuple[np.ndarray, ...]:
    """Scores, labels and sources, where the clips of a source are one and the same score."""
    rng = np.random.default_rng(seed)
    is_target = np.repeat([True, False], sources)
    scores = rng.normal(size=2 * sources) + shift * is_target
    names = np.arange(2 * sources).astype(str)
    return tuple(np.repeat(part, clips) for part in (scores, is_target, names))


def measure_scores(scores: np.ndarray, is_target: np.ndarray, sources: np.ndarray) -> Figures:
    return measure(scores, scores - 0.5, is_target, sources)


def width(figures: Figures) -> float:
    assert figures.auc.low is not None
    assert figures.auc.high is not None
    return figures.auc.high - figures.auc.low


def test_figures_of_six_clips_worked_out_by_hand() -> None:
    is_target = np.array([True, True, True, False, False, False])
    scores = np.array([3.0, 2.0, -1.0, 1.0, -2.0, -3.0])  # one pair of nine is the wrong way round
    figures = measure(scores, scores, is_target, np.array(list("aabccd")))
    assert figures.auc.value == pytest.approx(8 / 9)
    assert figures.equal_error_rate.value == pytest.approx(1 / 3)
    assert figures.recall_target.value == pytest.approx(2 / 3)
    assert figures.recall_non_target.value == pytest.approx(2 / 3)
    assert figures.balanced_accuracy.value == figures.accuracy.value == pytest.approx(2 / 3)
    assert figures.majority_accuracy == 0.5
    assert [count["value"] for count in figures.confusion.model_dump().values()] == [2, 1, 1, 2]
    assert (figures.targets, figures.non_targets, figures.target_sources, figures.non_target_sources) == (
        3,
        3,
        2,
        2,
    )


def test_figures_are_those_of_scikit_learn() -> None:
    scores, is_target, sources = make(20, 3)
    figures = measure_scores(scores, is_target, sources)
    assert figures.auc.value == pytest.approx(roc_auc_score(is_target, scores))
    expected = balanced_accuracy_score(is_target, scores > 0.5)
    assert figures.balanced_accuracy.value == pytest.approx(expected)


@pytest.mark.parametrize(
    ("false_alarms", "hits", "rate"),
    [
        ([0, 0, 1], [0, 1, 1], 0.0),
        ([0, 1], [0, 1], 0.5),
        ([0, 1, 1], [0, 0, 1], 1.0),
        ([0, 0.2, 1], [0, 0.8, 1], 0.2),
    ],
)
def test_the_equal_error_rate_lies_on_the_diagonal(
    false_alarms: list[float], hits: list[float], rate: float
) -> None:
    assert compute_equal_error_rate(np.array(false_alarms), np.array(hits)) == pytest.approx(rate)


def test_intervals_depend_on_sources_and_not_on_clips() -> None:
    few, many_clips, many_sources = (
        measure_scores(*make(sources, clips)) for sources, clips in ((8, 1), (8, 40), (80, 1))
    )
    assert width(many_clips) == pytest.approx(width(few))
    assert width(many_sources) < width(few) / 2


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    """For N(1, 1) against N(0, 1) the AUC is Phi(1 / sqrt 2) = .760."""
    held = 0
    for seed in range(20):
        figure = measure_scores(*make(30, 1, seed=seed)).auc
        held += bool(figure.low <= 0.760 <= figure.high)
    assert held >= 16


def test_draws_that_all_agree_are_no_interval() -> None:
    """No error in five sources does not show that there are none: the AUC is not 1 for certain."""
    scores, is_target, sources = make(5, 4, shift=100.0)
    figures = measure(scores - 50, scores - 50, is_target, sources)
    for figure in (figures.auc, figures.recall_target, figures.confusion.target_called_target):
        assert (figure.low, figure.high) == (None, None)
    assert figures.auc.value == 1.0


def test_rounding_is_no_interval() -> None:
    """Sources of three clips each, one of which errs: every draw has a recall of 2/3, but for rounding."""
    is_target = np.repeat([True, False], 21)
    scores = np.where(np.arange(42) % 3 == 0, -1.0, 1.0) * np.where(is_target, 1, -1)
    sources = (np.arange(42) // 3).astype(str)
    figures = measure(scores, scores, is_target, sources)
    for figure in (figures.recall_target, figures.auc, figures.cllr, figures.min_cllr):
        assert (figure.low, figure.high) == (None, None)


def test_what_the_best_calibration_leaves_is_never_more_than_there_was() -> None:
    """Ratios that are steps say less than the scores behind them, and ranks may run against them."""
    scores, is_target, sources = make(12, 2)
    for llrs in (np.where(scores > 0.5, 1.0, -1.0), scores - 0.5, -scores, 0 * scores):
        for ranks in (scores, -scores):
            figures = measure(ranks, llrs, is_target, sources)
            assert figures.min_cllr.value <= figures.cllr.value + 1e-12


def test_counts_and_recalls_have_intervals_over_sources() -> None:
    figures = measure_scores(*make(12, 3))
    for figure in (figures.recall_target, figures.recall_non_target, *dict(figures.confusion).values()):
        assert figure.low < figure.value < figure.high
    assert figures.confusion.target_called_target.value == pytest.approx(36 * figures.recall_target.value)


@pytest.mark.parametrize(
    ("hits", "sources", "low", "high"),
    [
        (0, 10, 0.0, 1 - 0.025**0.1),  # no error in ten: the rule of three
        (10, 10, 0.025**0.1, 1.0),
        (1, 20, 0.0013, 0.2487),  # Clopper and Pearson's chart
    ],
)
def test_a_share_is_bounded_by_its_sources(hits: int, sources: int, low: float, high: float) -> None:
    figure = bound_share(hits / sources, sources)
    assert (figure.low, figure.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("of_target", [True, False])
def test_fewer_than_five_sources_of_a_class_have_no_interval(of_target: bool) -> None:
    scores, is_target, sources = make(8, 2)
    for count in (1, 4, 5):
        few = np.isin(sources, np.unique(sources[is_target == of_target])[:count])
        rows = few | (is_target != of_target)
        figures = measure_scores(scores[rows], is_target[rows], sources[rows])
        assert (figures.auc.low is None, figures.auc.high is None) == (count < 5, count < 5)
    assert Figures.model_validate_json(figures.model_dump_json()) == figures
