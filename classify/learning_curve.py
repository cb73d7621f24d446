"""How well the person is told from others as footage grows: more sources, or more of each source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from classify.estimators import ModelKind
from classify.evaluation import run_fold, split_for_evaluation, summarise
from classify.metrics import Figure
from classify.records import Record
from classify.training_set import TrainingSet

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
    kind: ModelKind = "svc",
    *,
    workers: int = -1,
    seed: int = 0,
    on_point: Callable[[], None] | None = None,
) -> tuple[CurvePoint, ...]:
    """Evaluate training on growing parts of the person's footage, on the same held-out sources each time.

    Parameters
    ----------
    clips
        At least three sources of the person and three of others.
    kind
        The model.
    workers
        Processes; -1 for one a processor.
    seed
        Of which sources come first; each part contains the smaller ones.
    on_point
        Called after each of at most `count_points()` points.
    """
    folds = split_for_evaluation(clips)
    points = []
    for growing in ("sources", "minutes"):
        done: set[tuple[int, ...]] = set()
        for step in _STEPS:
            choose = _choose_sources if growing == "sources" else _choose_beginnings
            parts = [(choose(clips, fit, step, seed), held_out) for fit, held_out in folds]
            size = tuple(len(fit) for fit, _ in parts)
            if size not in done:
                done.add(size)
                points.append(_measure(clips, kind, parts, growing, workers))
            if on_point:
                on_point()
    return tuple(points)


def count_points() -> int:
    """Return how many points a learning curve has at most."""
    return 2 * len(_STEPS)


def _measure(
    clips: TrainingSet,
    kind: ModelKind,
    parts: list[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]],
    growing: Literal["sources", "minutes"],
    workers: int,
) -> CurvePoint:
    evaluation = summarise([run_fold(clips, kind, part, workers=workers) for part in parts])
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
    is_person = clips.is_person[fit]
    sources = np.unique(clips.sources[fit][is_person])
    drawn = np.random.default_rng(seed).permutation(sources)
    kept = drawn[: max(_FEWEST_SOURCES, round(share * len(sources)))]
    return fit[~is_person | np.isin(clips.sources[fit], kept)]


def _choose_beginnings(
    clips: TrainingSet, fit: npt.NDArray[np.intp], share: float, _seed: int
) -> npt.NDArray[np.intp]:
    """Return the rows of others, and the first clips of each of the person's videos, one at least."""
    is_person, videos = clips.is_person[fit], clips.videos[fit]
    kept = ~is_person
    for video in np.unique(videos[is_person]):
        rows = np.flatnonzero(is_person & (videos == video))
        kept[rows[: max(1, round(share * len(rows)))]] = True
    return fit[kept]
