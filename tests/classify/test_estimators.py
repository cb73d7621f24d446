"""The estimator that is ours: it keeps scikit-learn's contract, and its scores do not grow with the clips."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.model_selection import StratifiedKFold
from sklearn.utils.estimator_checks import check_estimator

from classify.estimators import GRIDS, Hyperparameters, UnitOneClassSVM, build_pipeline
from classify.search import score_held_out


def test_it_keeps_the_contract_of_scikit_learn() -> None:
    for hyperparameters in (GRIDS["oneclass"][0], {}):
        check_estimator(UnitOneClassSVM(**hyperparameters), on_skip=None)


@pytest.mark.parametrize("hyperparameters", GRIDS["oneclass"])
def test_scores_mean_the_same_whatever_the_number_of_clips(hyperparameters: Hyperparameters) -> None:
    """Of everything ten times, the same model; libsvm stops within 1e-3 of the optimum."""
    rng = np.random.default_rng(0)
    values, probe = rng.normal(size=(80, 60)), rng.normal(size=(20, 60))
    once, often = (
        build_pipeline("oneclass", hyperparameters)
        .fit(np.tile(values, (times, 1)), np.ones(80 * times))
        .decision_function(probe)
        for times in (1, 10)
    )
    np.testing.assert_allclose(often, once, atol=2e-3)
    assert UnitOneClassSVM(**hyperparameters).fit(values).dual_coef_.sum() == pytest.approx(1.0)


def test_the_search_scores_on_the_same_scale() -> None:
    rng = np.random.default_rng(0)
    values, is_target = rng.normal(size=(60, 40)), np.repeat([True, False], [40, 20])
    scores = []
    for times in (1, 5):
        many, labels = np.repeat(values, times, axis=0), np.repeat(is_target, times)
        folds = [
            tuple(np.flatnonzero(np.isin(np.repeat(np.arange(60), times), rows)) for rows in fold)
            for fold in StratifiedKFold(2).split(values, is_target)
        ]
        found = score_held_out("oneclass", GRIDS["oneclass"], many, labels, folds, workers=1)
        scores.append(found[:, ::times])
    np.testing.assert_allclose(*scores, atol=3e-3)
