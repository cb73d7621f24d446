"""Training: the pipeline, its settings chosen across sources, and how it does on sources held out."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sklearn.impute import SimpleImputer
from sklearn.metrics import roc_auc_score, roc_curve
from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from classify.model import HeldOutFigures, Thresholds
from classify.training_set import TrainingSet

# The grid of the published experiment. Of settings that do equally well the first wins, so moderate ones
# stand first: with little footage many do, and C = 0.01 would squeeze all scores together.
GRID: Final = {
    "svc__C": [1, 10, 0.1, 100, 0.01],
    "svc__gamma": ["scale", "auto"],
    "svc__kernel": ["rbf", "poly"],
}
_MOST_FOLDS: Final = 5
# The share of held-out clips that each threshold lets err: 5 % of other people's clips may score as a match,
# and 5 % of the person's own as no match.
ERROR_RATE: Final = 0.05


@dataclass(frozen=True)
class TrainingResult:
    """What training gives.

    Attributes
    ----------
    pipeline
        Imputation, scaling and SVC, fitted on all clips with the chosen setting.
    settings
        The chosen point of `GRID`.
    thresholds
        The scores from which a clip counts as a match, or as none.
    figures
        How the chosen setting did on sources held out.
    """

    pipeline: Pipeline
    settings: dict[str, Any]
    thresholds: Thresholds
    figures: HeldOutFigures


def build_pipeline() -> Pipeline:
    """Return the unfitted pipeline: column means for missing pairs, standard scores, SVC.

    Imputation and scaling stand inside, so that cross-validation fits them on training folds alone.
    """
    return Pipeline(
        [
            ("impute", SimpleImputer(strategy="mean", keep_empty_features=True)),
            ("scale", StandardScaler()),
            ("svc", SVC()),
        ]
    )


def train(clips: TrainingSet, *, workers: int = -1) -> TrainingResult:
    """Train a model on the clips of a person and of others.

    The setting is the point of `GRID` with the best balanced accuracy in a cross-validation whose folds keep
    every source whole; the same folds then give each clip a score from a model that never saw its source.

    Parameters
    ----------
    clips
        At least two sources of the person and two of others.
    workers
        Processes for the search; -1 for one a processor.
    """
    folds = min(_MOST_FOLDS, clips.count_sources(of_person=True), clips.count_sources(of_person=False))
    splitter = StratifiedGroupKFold(n_splits=folds)
    labels = clips.is_person.astype(np.int64)
    search = GridSearchCV(build_pipeline(), GRID, scoring="balanced_accuracy", cv=splitter, n_jobs=workers)
    with warnings.catch_warnings():
        # A pair that is missing in a whole training fold is filled with 0 and says nothing there.
        warnings.filterwarnings("ignore", message="Skipping features without any observed values")
        search.fit(clips.values, labels, groups=clips.sources)
        scores = cross_val_predict(
            search.best_estimator_,
            clips.values,
            labels,
            groups=clips.sources,
            cv=splitter,
            method="decision_function",
        )
    thresholds = choose_thresholds(scores, clips.is_person)
    return TrainingResult(
        pipeline=search.best_estimator_,
        settings={name.removeprefix("svc__"): value for name, value in search.best_params_.items()},
        thresholds=thresholds,
        figures=_measure(scores, clips, thresholds, folds),
    )


def choose_thresholds(scores: npt.NDArray[np.float64], is_person: npt.NDArray[np.bool_]) -> Thresholds:
    """Return the two scores between which nothing is claimed.

    One is the score that at most 5 % of other people's held-out clips exceed, the other the score that at
    most 5 % of the person's own stay below. A match must pass both, a no match must fail both: where the
    classes overlap as where they lie far apart, the space between them is no evidence.

    Parameters
    ----------
    scores
        float64, shape (clips,): scores of clips whose source was held out.
    is_person
        bool, shape (clips,).
    """
    others_reach = np.quantile(scores[~is_person], 1 - ERROR_RATE, method="higher")
    person_falls_to = np.quantile(scores[is_person], ERROR_RATE, method="lower")
    low, high = sorted((float(others_reach), float(person_falls_to)))
    return Thresholds(no_match_below=low, match_above=high, error_rate=ERROR_RATE)


def _measure(
    scores: npt.NDArray[np.float64], clips: TrainingSet, thresholds: Thresholds, folds: int
) -> HeldOutFigures:
    false_alarms, hits, _ = roc_curve(clips.is_person, scores)
    crossing = np.nanargmin(np.abs(1 - hits - false_alarms))
    own, others = scores[clips.is_person], scores[~clips.is_person]
    return HeldOutFigures(
        folds=folds,
        auc=float(roc_auc_score(clips.is_person, scores)),
        equal_error_rate=float((1 - hits[crossing] + false_alarms[crossing]) / 2),
        false_match_rate=float((others > thresholds.match_above).mean()),
        false_no_match_rate=float((own < thresholds.no_match_below).mean()),
        undecided_rate=float(
            ((scores >= thresholds.no_match_below) & (scores <= thresholds.match_above)).mean()
        ),
    )
