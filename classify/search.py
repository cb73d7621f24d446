"""Held-out scores of many hyperparameters at once: what they have in common is computed once a fold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sklearn.svm import SVC

from classify.estimators import ClassifierName, Hyperparameters, build_machine, build_preparation, choose_rows
from classify.side_by_side import OnProgress, work_side_by_side

Fold = tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]
Values = npt.NDArray[np.float64]

# libsvm keeps columns of the kernel matrix in single precision; this holds those of 11,000 clips.
_CACHE_MB: Final = 500


def score_held_out(
    classifier: ClassifierName,
    grid: Sequence[Hyperparameters],
    values: Values,
    is_target: npt.NDArray[np.bool_],
    folds: Sequence[Fold],
    *,
    prepare: bool = True,
    workers: int = -1,
    on_progress: Callable[[], None] | None = None,
) -> Values:
    """Score every clip by models that were not fitted on its fold, for all hyperparameters.

    The scores are those of `classify.estimators.build_pipeline`. But preparation, the products of all clips
    and, from them, the kernel matrices are computed once a fold and not for each hyperparameters anew; and
    where no support vector is at its bound C, a greater C has the same solution.

    Parameters
    ----------
    classifier, grid
        Which one, and the hyperparameters to try.
    values
        float64, shape (clips, pairs), NaN where missing.
    is_target
        bool, shape (clips,).
    folds
        Rows to fit on and rows to score; every row is scored in one fold.
    prepare
        Whether missing values are filled and values scaled, by what each fold is fitted on. Otherwise values
        are taken as they are.
    workers
        Threads, which is what libsvm and NumPy let run side by side; -1 for one a processor.
    on_progress
        Called after each fold, from its thread.

    Returns
    -------
    ndarray of float64, shape (grid, clips)
    """
    scores = np.full((len(grid), len(values)), np.nan)

    def score(fold: Fold, on_progress: OnProgress) -> Values:
        part = _score_fold(classifier, grid, values, is_target, fold, prepare)
        if on_progress:
            on_progress()
        return part

    parts = work_side_by_side(score, folds, workers=workers, on_progress=on_progress, steps=1)
    for (_, held_out), part in zip(folds, parts, strict=True):
        scores[:, held_out] = part
    return scores


def _score_fold(
    classifier: ClassifierName,
    grid: Sequence[Hyperparameters],
    values: Values,
    is_target: npt.NDArray[np.bool_],
    fold: Fold,
    prepare: bool,
) -> Values:
    fit, held_out = fold
    fit = fit[choose_rows(classifier, is_target[fit])]
    known, unknown = values[fit], values[held_out]
    if prepare:
        preparation = build_preparation()
        known = preparation.fit_transform(known)
        unknown = preparation.transform(unknown)
    labels = is_target[fit].astype(np.int64)
    products = _Products(known, unknown)
    scores = np.empty((len(grid), len(held_out)))
    indices = sorted(range(len(grid)), key=lambda index: _order(grid[index]))
    for (kernel, gamma, _), same in groupby(indices, key=lambda index: _order(grid[index])[:3]):
        matrix, cross = products.compute_kernel(kernel, gamma)
        settled: Values | None = None
        for index in same:
            if settled is None:
                chosen = {**grid[index], "kernel": "precomputed", "cache_size": _CACHE_MB}
                machine = build_machine(classifier, chosen).fit(matrix, labels)
                weights = machine.dual_coef_[0]
                part = cross[:, machine.support_] @ weights + machine.intercept_[0]
                if isinstance(machine, SVC) and np.abs(weights).max() < machine.C:
                    settled = part
            scores[index] = part if settled is None else settled
    return scores


def _order(chosen: Hyperparameters) -> tuple[str, str, float, float]:
    """Sort hyperparameters so that those with one kernel matrix follow each other, C rising."""
    gamma = str(chosen.get("gamma", ""))
    return chosen["kernel"], gamma, float(chosen.get("nu", 0.0)), float(chosen.get("C", 0.0))


class _Products:
    """Scalar products of the clips that are known with each other and with those to score."""

    def __init__(self, known: Values, unknown: Values) -> None:
        self._within, self._across = known @ known.T, unknown @ known.T
        self._known_squares = np.einsum("ij,ij->i", known, known)
        self._unknown_squares = np.einsum("ij,ij->i", unknown, unknown)
        spread = float(known.var())
        self._gamma: dict[Any, float] = {
            "scale": 1.0 / (known.shape[1] * spread) if spread else 1.0,
            "auto": 1.0 / known.shape[1],
        }

    def compute_kernel(self, kernel: str, gamma: str) -> tuple[Values, Values]:
        """Return the kernel matrix of the known clips, and that of the others with them."""
        if kernel == "linear":
            return self._within, self._across
        factor = self._gamma[gamma] if gamma in self._gamma else float(gamma)
        if kernel == "poly":
            return _cube(factor * self._within), _cube(factor * self._across)
        return (
            self._exponentiate(factor, self._within, self._known_squares),
            self._exponentiate(factor, self._across, self._unknown_squares),
        )

    def _exponentiate(self, gamma: float, products: Values, squares: Values) -> Values:
        exponent = 2 * gamma * products
        exponent -= gamma * squares[:, None]
        exponent -= gamma * self._known_squares
        np.minimum(exponent, 0.0, out=exponent)
        matrix: Values = np.exp(exponent, out=exponent)
        return matrix


def _cube(matrix: Values) -> Values:
    """Return the third power, the degree that scikit-learn takes by default; `**` is ten times slower."""
    squares = matrix * matrix
    squares *= matrix
    return squares
