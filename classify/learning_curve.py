"""How well the person is told from others as footage grows: more sources, or more of each source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from classify.estimators import ClassifierName
from classify.evaluation import Evaluation, run_folds, split_for_evaluation, summarise
from classify.evaluation import count_steps as count_evaluation_steps
from classify.metrics import Figure
from classify.training import MOST_FOLDS
from classify.training_set import TrainingSet
from ground.records import Record

# Fractions of the most that a fold can learn from.
_STEPS: Final = (1 / 8, 1 / 4, 1 / 2, 1.0)
# Training holds out sources of its own.
_FEWEST_SOURCES: Final = 2


class CurvePoint(Record):
    """What a part of the person's footage gives; all others stay.

    Attributes
    ----------
    growing
        ``sources``: so many of them, whole. ``minutes``: all of them, so much of the beginning of each video.
    sources, clips, minutes
        How much of the person a fold learnt from, in the mean.
    clip_auc, video_auc, video_cllr
        On held-out sources, against everybody else.
    """

    growing: Literal["sources", "minutes"]
    sources: float
    clips: float
    minutes: float | None
    clip_auc: Figure
    video_auc: Figure
    video_cllr: Figure


def measure_learning_curve(
    clips: TrainingSet,
    classifier: ClassifierName = "svc",
    *,
    folds: int = MOST_FOLDS,
    workers: int = -1,
    seed: int = 0,
    on_progress: Callable[[], None] | None = None,
) -> tuple[CurvePoint, ...]:
    """Evaluate training on growing parts of the person's footage, on the same held-out sources each time.

    Parameters
    ----------
    clips
        At least three sources of the person and three of others.
    classifier
        Which one.
    folds
        How often to train for each point; fewer where there are fewer sources.
    workers
        Threads; -1 for one a processor.
    seed
        Of which sources come first; each part contains the smaller ones.
    on_progress
        Called after each of at most `count_steps(folds)` steps, from the thread that did it.
    """
    splits = split_for_evaluation(clips, folds)
    points = []
    for growing in ("sources", "minutes"):
        done: set[tuple[int, ...]] = set()
        for step in _STEPS:
            choose = _choose_sources if growing == "sources" else _choose_beginnings
            parts = [(choose(clips, fit, step, seed), held_out) for fit, held_out in splits]
            size = tuple(len(fit) for fit, _ in parts)
            if size not in done:
                done.add(size)
                outcomes = run_folds(clips, classifier, parts, workers=workers, on_progress=on_progress)
                points.append(_describe(summarise(outcomes), growing))
    return tuple(points)


def count_steps(folds: int = MOST_FOLDS) -> int:
    """Return in how many steps a learning curve tells its progress, at most."""
    return 2 * len(_STEPS) * count_evaluation_steps(folds)


def _describe(evaluation: Evaluation, growing: Literal["sources", "minutes"]) -> CurvePoint:
    video = evaluation.get("video").figures
    return CurvePoint(
        growing=growing,
        sources=evaluation.learnt_sources,
        clips=evaluation.learnt_clips,
        minutes=evaluation.learnt_minutes,
        clip_auc=evaluation.get("clip").figures.auc,
        video_auc=video.auc,
        video_cllr=video.cllr,
    )


def _choose_sources(
    clips: TrainingSet, fit: npt.NDArray[np.intp], share: float, seed: int
) -> npt.NDArray[np.intp]:
    """Return the rows of others, and of so many of the person's sources, drawn in an order of their own."""
    is_target = clips.is_target[fit]
    sources = np.unique(clips.sources[fit][is_target])
    drawn = np.random.default_rng(seed).permutation(sources)
    kept = drawn[: max(_FEWEST_SOURCES, round(share * len(sources)))]
    return fit[~is_target | np.isin(clips.sources[fit], kept)]


def _choose_beginnings(
    clips: TrainingSet, fit: npt.NDArray[np.intp], share: float, _seed: int
) -> npt.NDArray[np.intp]:
    """Return the rows of others, and the first clips of each of the person's videos, one at least."""
    is_target, videos = clips.is_target[fit], clips.videos[fit]
    kept = ~is_target
    for video in np.unique(videos[is_target]):
        rows = np.flatnonzero(is_target & (videos == video))
        kept[rows[: max(1, round(share * len(rows)))]] = True
    return fit[kept]
