"""Pictures of likelihood ratios: they are written, and reliability is what ratios should have said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from classify.evaluation import HeldOut, run_folds, split_for_evaluation
from classify.plots import compute_reliability, plot_outcomes
from classify.training_set import select_training_set
from features.tables import read_labelled_table
from motionsig.use_cases.population_tables import write_population
from simulate.population import PopulationPlan


def held_out(llrs: np.ndarray, is_target: np.ndarray) -> HeldOut:
    names = np.arange(len(llrs)).astype(str)
    kinds = np.where(is_target, "the person", "other people")
    return HeldOut(llrs, llrs, np.zeros(len(llrs), dtype=np.int64), kinds, names)


@pytest.mark.parametrize("ratio_of_classes", [1, 5])
def test_true_ratios_lie_on_the_diagonal_whatever_the_mixture(ratio_of_classes: int) -> None:
    rng = np.random.default_rng(0)
    is_target = np.repeat([True, False], [20_000, 20_000 * ratio_of_classes])
    scores = rng.normal(size=len(is_target)) + is_target
    stated, observed = compute_reliability(held_out(scores - 0.5, is_target))  # the true LLR
    np.testing.assert_allclose(stated, observed, atol=0.04)
    stated, observed = compute_reliability(held_out(3 * (scores - 0.5), is_target))  # far too sure
    assert stated[0] < observed[0] - 0.05
    assert stated[-1] > observed[-1] + 0.05


def test_both_pictures_are_written(tmp_path: Path) -> None:
    write_population(tmp_path / "correlations.csv", PopulationPlan(4, 4, methods=0, clips=4))
    clips = select_training_set(*read_labelled_table(tmp_path / "correlations.csv"), "id0")
    paths = plot_outcomes(
        run_folds(clips, "linear", split_for_evaluation(clips), workers=1), tmp_path / "plots"
    )
    assert [path.name for path in paths] == ["tippett.png", "reliability.png"]
    for path in paths:
        assert path.read_bytes().startswith(b"\x89PNG")
