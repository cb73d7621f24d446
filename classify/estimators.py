"""The classifiers to choose from: one pipeline each, and the hyperparameters that are searched."""

from __future__ import annotations

from typing import Any, Final, Literal, Self, get_args

import numpy as np
import numpy.typing as npt
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, OneClassSVM

from ground.errors import InputError

ClassifierName = Literal["svc", "linear", "oneclass"]
CLASSIFIERS: Final[tuple[ClassifierName, ...]] = get_args(ClassifierName)
CLASSIFIER_NAMES: Final[dict[ClassifierName, str]] = {
    "svc": "SVC",
    "linear": "linear SVC",
    "oneclass": "one-class SVM",
}

Hyperparameters = dict[str, Any]

# The grid of the published experiment.
PUBLISHED_GRID: Final[tuple[Hyperparameters, ...]] = tuple(
    {"C": c, "gamma": gamma, "kernel": kernel}
    for c in (0.01, 0.1, 1, 10, 100)
    for gamma in ("scale", "auto")
    for kernel in ("rbf", "poly")
)
# The published hyperparameters, with the usual ones first, because the first of equals is taken: with little
# footage many do equally well, and C = 0.01 would squeeze all scores together. Of gamma only "scale":
# standard scores have variance 1, so "auto" is the same but for pairs that never vary.
GRIDS: Final[dict[ClassifierName, tuple[Hyperparameters, ...]]] = {
    "svc": tuple(
        {"C": c, "gamma": "scale", "kernel": kernel}
        for kernel in ("rbf", "poly")
        for c in (1, 10, 100, 0.1, 0.01)
    ),
    "linear": tuple({"C": c, "kernel": "linear"} for c in (0.01, 0.001, 0.0001, 0.1, 1)),
    # Agarwal et al. (2019) use gamma .01, nu .01.
    "oneclass": tuple(
        {"gamma": gamma, "kernel": "rbf", "nu": nu}
        for gamma in (0.01, 0.001, 0.0001, 0.1)
        for nu in (0.01, 0.1, 0.5)
    ),
}


class UnitOneClassSVM(OneClassSVM):  # type: ignore[misc]  # scikit-learn has no types
    """A one-class SVM whose weights sum to 1, so that scores mean the same whatever the number of clips.

    Those of `sklearn.svm.OneClassSVM` sum to nu times the number of samples, and so its scores grow with
    them: a threshold learnt on four fifths of the clips would not hold for a model of all.
    """

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: N803 - scikit-learn's name
        """Fit, and divide everything that a score is a sum of by the sum of the weights."""
        super().fit(X, y)
        total = self.dual_coef_.sum()
        for name in ("dual_coef_", "_dual_coef_", "intercept_", "_intercept_", "offset_"):
            setattr(self, name, getattr(self, name) / total)
        return self


def check_classifier(classifier: str) -> ClassifierName:
    """Return `classifier`; raise InputError when there is no such one."""
    if classifier not in CLASSIFIERS:
        raise InputError(f"There is no classifier '{classifier}'. Choose one of {', '.join(CLASSIFIERS)}.")
    return classifier


def build_machine(classifier: ClassifierName, hyperparameters: Hyperparameters) -> SVC | UnitOneClassSVM:
    """Return the unfitted support vector machine."""
    return UnitOneClassSVM(**hyperparameters) if classifier == "oneclass" else SVC(**hyperparameters)


def build_preparation() -> Pipeline:
    """Return the unfitted steps before the machine: column means for missing pairs, standard scores."""
    return Pipeline(
        [
            ("impute", SimpleImputer(strategy="mean", keep_empty_features=True)),
            ("scale", StandardScaler()),
        ]
    )


def build_pipeline(classifier: ClassifierName, hyperparameters: Hyperparameters) -> Pipeline:
    """Return the whole unfitted pipeline, preparation inside, so that it is fitted on training clips alone.

    Its `decision_function` is higher for clips that are more like the person, when it was fitted on the rows
    of `choose_rows` with 1 for the person and 0 for others.
    """
    return Pipeline([*build_preparation().steps, ("svc", build_machine(classifier, hyperparameters))])


def choose_rows(classifier: ClassifierName, is_target: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return which clips a model is fitted on: a one-class model knows the person alone."""
    return is_target if classifier == "oneclass" else np.ones_like(is_target)
