"""Training: hyperparameters chosen across sources, and what scores mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import Pipeline

from classify.calibration import Calibration, fit_calibration
from classify.decision import Rule
from classify.estimators import GRIDS, ClassifierName, Hyperparameters, build_pipeline, choose_rows
from classify.search import Fold, score_held_out
from classify.thresholds import ERROR_RATE, Thresholds, choose_thresholds
from classify.training_set import TrainingSet, average_by_video
from ground.errors import TrainingError
from ground.text import count

MOST_FOLDS: Final = 5


@dataclass(frozen=True)
class Scale:
    """What scores mean: those of clips, or the mean scores of videos.

    Attributes
    ----------
    thresholds
        The scores from which a clip or video counts as a match, or as none.
    calibration
        Scores to likelihood ratios.
    """

    thresholds: Thresholds
    calibration: Calibration

    def make_rule(self, *, calibrated: bool) -> Rule:
        """Return what decides by this scale, without ratios unless the footage suffices for them."""
        return Rule(self.thresholds, self.calibration if calibrated else None)


@dataclass(frozen=True)
class TrainingResult:
    """What training gives.

    Attributes
    ----------
    classifier, hyperparameters
        Which one, and what was chosen for it.
    pipeline
        Imputation, scaling and support vector machine, fitted on all clips with these hyperparameters.
    search_auc
        How well they ranked held-out clips and videos, the mean of both AUC. They were chosen by the former,
        so it flatters; it is for choosing among configurations.
    clip_scale, video_scale
        What the scores of clips and the mean scores of videos mean.
    """

    classifier: ClassifierName
    hyperparameters: Hyperparameters
    pipeline: Pipeline
    search_auc: float
    clip_scale: Scale
    video_scale: Scale


def train(
    clips: TrainingSet,
    classifier: ClassifierName = "svc",
    *,
    error_rate: float = ERROR_RATE,
    workers: int = -1,
    on_progress: Callable[[], None] | None = None,
) -> TrainingResult:
    """Train a model on the clips of a person and of others.

    Folds keep every source whole, and give each clip a score from a model that never saw its source. The
    hyperparameters are those whose scores rank best, all folds together: a threshold must hold across
    recordings, and the area under the ROC curve (AUC) of the pooled scores asks just that. Thresholds and
    calibration come from the same scores.

    Parameters
    ----------
    clips
        At least two sources of the person and two of others.
    classifier
        Which one.
    error_rate
        The share of held-out clips that each threshold lets err.
    workers
        Threads for the search; -1 for one a processor.
    on_progress
        Called after each of at most `MOST_FOLDS` folds, from its thread.

    Raises
    ------
    TrainingError
        When there are fewer sources.
    """
    folds = split_sources(clips)
    grid = GRIDS[classifier]
    scores = score_held_out(
        classifier, grid, clips.values, clips.is_target, folds, workers=workers, on_progress=on_progress
    )
    ranked = [roc_auc_score(clips.is_target, row) for row in scores]
    best = int(np.argmax(ranked))
    rows = average_by_video(scores[best], clips.videos)
    return TrainingResult(
        classifier=classifier,
        hyperparameters=grid[best],
        pipeline=fit_model(classifier, grid[best], clips),
        search_auc=float((ranked[best] + roc_auc_score(clips.is_target[rows.first], rows.scores)) / 2),
        clip_scale=_learn_scale(scores[best], clips, error_rate),
        video_scale=_learn_scale(rows.scores, clips.select(rows.first), error_rate, rows.clips),
    )


def fit_model(classifier: ClassifierName, hyperparameters: Hyperparameters, clips: TrainingSet) -> Pipeline:
    """Return the pipeline, fitted on all clips that such a classifier knows."""
    rows = choose_rows(classifier, clips.is_target)
    return build_pipeline(classifier, hyperparameters).fit(
        clips.values[rows], clips.is_target[rows].astype(np.int64)
    )


def split_sources(clips: TrainingSet, most: int = MOST_FOLDS, fewest_left: int = 1) -> Sequence[Fold]:
    """Part the clips into folds that keep every source whole.

    Parameters
    ----------
    clips
        The clips.
    most
        Number of folds where there are as many sources of the person and as many of others; there are never
        more folds than these.
    fewest_left
        Number of sources of the person, and of others, that must stay in each fold's training part.

    Raises
    ------
    TrainingError
        When there are too few sources, or sources of different lengths leave too few beside the largest fold.
    """
    counts = {of_target: clips.count_sources(of_target=of_target) for of_target in (True, False)}
    folds = min(most, *counts.values())
    splits: list[Fold] = []
    if folds >= 2:
        splitter = StratifiedGroupKFold(n_splits=folds)
        splits = list(splitter.split(clips.values, clips.is_target, clips.sources))
    left = [
        clips.select(fit).count_sources(of_target=of_target)
        for fit, _ in splits
        for of_target in (True, False)
    ]
    if splits and min(left) < fewest_left < min(counts.values()):
        raise TrainingError(
            f"With {folds} folds, one fold would hold out too much, because the sources differ in length. "
            f"It would leave {count(min(left), 'source')} of the person or of others to learn from, but "
            f"{fewest_left} are needed. Ask for at least {fewest_left + 1} folds."
        )
    if not splits or min(left) < fewest_left:
        raise TrainingError(
            f"The table has {count(counts[True], 'source')} of the person and {counts[False]} of others, "
            f"but at least {fewest_left + 1} of each are needed: {fewest_left} to learn from, and one that "
            "is held out. Add videos of more sessions, of more people, or fakes by more methods."
        )
    return splits


def _learn_scale(
    scores: npt.NDArray[np.float64],
    clips: TrainingSet,
    error_rate: float,
    counts: npt.NDArray[np.intp] | None = None,
) -> Scale:
    return Scale(
        choose_thresholds(scores, clips.is_target, clips.sources, error_rate, counts),
        fit_calibration(scores, clips.is_target, clips.sources),
    )
