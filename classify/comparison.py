"""Ways of measuring and classifying compared, and what choosing the best of them is worth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from classify.estimators import ModelKind
from classify.evaluation import Comparison, Evaluation, FoldOutcome, run_fold, split_for_evaluation, summarise
from classify.records import Record
from classify.search import Fold
from classify.training_set import TrainingSet


@dataclass(frozen=True)
class Way:
    """One way to go from footage to scores.

    Attributes
    ----------
    signal, pairs, clip
        What was correlated, which pairs, and clips of what length and overlap, as text.
    kind
        The model.
    clips
        The clips measured that way.
    """

    signal: str
    pairs: str
    clip: str
    kind: ModelKind
    clips: TrainingSet


class WayResult(Record):
    """How one way did; `evaluation` is nested for the way's own settings, not for the choice of the way."""

    signal: str
    pairs: str
    clip: str
    model: ModelKind
    evaluation: Evaluation


class WayComparison(Record):
    """All ways, and what picking among them gives.

    Attributes
    ----------
    ways
        The way in which the search ranked held-out clips best first, on the training part of the folds
        alone. Of these figures the best one flatters: it was the best of many.
    picked
        For each fold, the place in `ways` of the way that did best on the fold's training part.
    picked_comparisons
        The figures of the ways so picked, on what the folds held out: they had no part in picking, so this
        is what to expect of the best way.
    """

    ways: tuple[WayResult, ...]
    picked: tuple[int, ...]
    picked_comparisons: tuple[Comparison, ...]


def compare_ways(
    ways: Sequence[Way], *, workers: int = -1, on_way: Callable[[], None] | None = None
) -> WayComparison:
    """Evaluate ways on the same held-out sources, and the choice among them by what each fold knows.

    Parameters
    ----------
    ways
        At least one; each with three sources of the person and three of others. A source that a way has no
        usable clip of is missing there.
    workers
        Processes; -1 for one a processor.
    on_way
        Called after each way.

    Raises
    ------
    TrainingError
        When there are fewer sources.
    """
    widest = max(ways, key=lambda way: len(np.unique(way.clips.sources)))
    folds = split_for_evaluation(widest.clips)
    held_out = [set(widest.clips.sources[rows]) for _, rows in folds]
    outcomes: list[list[FoldOutcome]] = []
    for way in ways:
        parts = [_apply(way.clips, sources) for sources in held_out]
        outcomes.append([run_fold(way.clips, way.kind, part, workers=workers) for part in parts])
        if on_way:
            on_way()
    known = np.array([[outcome.result.search_auc for outcome in row] for row in outcomes])
    order = np.argsort(-known.mean(axis=1), kind="stable")
    best = np.argmax(known[order], axis=0)
    picked = [outcomes[order[place]][fold] for fold, place in enumerate(best)]
    return WayComparison(
        ways=tuple(
            WayResult(
                signal=ways[i].signal,
                pairs=ways[i].pairs,
                clip=ways[i].clip,
                model=ways[i].kind,
                evaluation=summarise(outcomes[i]),
            )
            for i in order
        ),
        picked=tuple(int(place) for place in best),
        picked_comparisons=summarise(picked).comparisons,
    )


def _apply(clips: TrainingSet, sources: set[str]) -> Fold:
    unseen = np.isin(clips.sources, list(sources))
    return np.flatnonzero(~unseen), np.flatnonzero(unseen)
