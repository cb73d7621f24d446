"""Shared kernels: the same scores as scikit-learn gives when every hyperparameters is fitted by itself."""

from __future__ import annotations

import numpy as np
import pytest
from population import make_correlations
from sklearn.model_selection import StratifiedKFold

from classify.estimators import (
    CLASSIFIERS,
    GRIDS,
    PUBLISHED_GRID,
    ClassifierName,
    Hyperparameters,
    build_machine,
    build_pipeline,
    choose_rows,
)
from classify.search import score_held_out


@pytest.fixture
def table() -> tuple[np.ndarray, np.ndarray]:
    """Clips of people who overlap a little, with a few missing cells."""
    correlations = make_correlations({"id0": 4, "id1": 2, "id2": 2}, spread=0.05, noise=0.4)
    values = correlations.to_numpy(copy=True)
    values[np.random.default_rng(0).random(values.shape) < 0.03] = np.nan
    return values, correlations.index.str.contains("pristine")


@pytest.mark.parametrize(
    ("classifier", "grid"),
    [*((classifier, GRIDS[classifier]) for classifier in CLASSIFIERS), ("svc", PUBLISHED_GRID)],
)
def test_scores_are_those_of_the_whole_pipeline(
    table: tuple[np.ndarray, np.ndarray], classifier: ClassifierName, grid: tuple[Hyperparameters, ...]
) -> None:
    values, is_target = table
    folds = list(StratifiedKFold(3).split(values, is_target))
    ours = score_held_out(classifier, grid, values, is_target, folds, workers=1)
    for hyperparameters, scores in zip(grid, ours, strict=True):
        for fit, held_out in folds:
            known = fit[choose_rows(classifier, is_target[fit])]
            plain = build_pipeline(classifier, hyperparameters).fit(
                values[known], is_target[known].astype(int)
            )
            expected = plain.decision_function(values[held_out])
            # libsvm stops within 1e-3 of the optimum.
            np.testing.assert_allclose(scores[held_out], expected, atol=2e-3, err_msg=str(hyperparameters))


def test_values_are_taken_as_they_are_when_they_are_prepared(table: tuple[np.ndarray, np.ndarray]) -> None:
    values, is_target = np.nan_to_num(table[0]), table[1]
    folds = list(StratifiedKFold(2).split(values, is_target))
    (ours,) = score_held_out(
        "svc", [{"C": 1, "kernel": "linear"}], values, is_target, folds, prepare=False, workers=1
    )
    fit, held_out = folds[0]
    machine = build_machine("svc", {"C": 1, "kernel": "linear"}).fit(values[fit], is_target[fit])
    np.testing.assert_allclose(ours[held_out], machine.decision_function(values[held_out]), atol=2e-3)


def test_several_workers_give_the_same_scores_as_one(table: tuple[np.ndarray, np.ndarray]) -> None:
    values, is_target = table
    folds = list(StratifiedKFold(3).split(values, is_target))
    one, two = (
        score_held_out("linear", GRIDS["linear"], values, is_target, folds, workers=n) for n in (1, 2)
    )
    np.testing.assert_array_equal(one, two)
