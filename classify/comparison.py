"""Ways of measuring and classifying compared, and what choosing the best of them is worth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from joblib import Parallel, delayed

from classify.estimators import ModelKind
from classify.evaluation import Comparison, Evaluation, FoldOutcome, run_fold, split_for_evaluation, summarise
from classify.search import Fold
from classify.training import MOST_FOLDS
from classify.training_set import TrainingSet
from ground.errors import TrainingError
from ground.records import Record

# Training holds out sources of its own.
_FEWEST_LEFT: Final = 2


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


class DroppedWay(Record):
    """A way that cannot be evaluated, and the sentence that says why."""

    signal: str
    pairs: str
    clip: str
    model: ModelKind
    reason: str


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
        For each fold, the place in `ways` of the way that did best on the fold's training part. Ways that
        have usable clips of the person and of others among what the fold holds out come before those that
        lack one of them.
    picked_comparisons
        The figures of the ways so picked, on what the folds held out: they had no part in picking, so this
        is what to expect of the best way.
    dropped
        The ways that could not be evaluated.
    """

    ways: tuple[WayResult, ...]
    picked: tuple[int, ...]
    picked_comparisons: tuple[Comparison, ...]
    dropped: tuple[DroppedWay, ...]


def compare_ways(
    ways: Sequence[Way],
    *,
    dropped: Sequence[DroppedWay] = (),
    workers: int = -1,
    on_progress: Callable[[], None] | None = None,
) -> WayComparison:
    """Evaluate ways on the same held-out sources, and the choice among them by what each fold knows.

    The folds part the sources of all ways together. A source that a way has no usable clip of is missing
    there; a way that is left with too little to learn from in one of the folds is dropped.

    Parameters
    ----------
    ways
        At least one; together they have three sources of the person and three of others.
    dropped
        Ways that were found impossible before, for the record.
    workers
        Threads; -1 for one a processor.
    on_progress
        Called after each of at most `count_steps(len(ways))` steps, from the thread that did it.

    Raises
    ------
    TrainingError
        When there are fewer sources, or no way can be evaluated.
    """
    held_out = _split_together(ways)
    shortages = [_find_shortage(way.clips, held_out) for way in ways]
    possible = [way for way, shortage in zip(ways, shortages, strict=True) if shortage is None]
    dropped = (
        *dropped,
        *(drop_way(way, why) for way, why in zip(ways, shortages, strict=True) if why is not None),
    )
    check_any_left(possible, dropped)

    def run(way: Way, sources: set[str]) -> FoldOutcome:
        outcome = run_fold(way.clips, way.kind, _apply(way.clips, sources))
        if on_progress:
            on_progress()
        return outcome

    def describe(way: Way, outcomes: Sequence[FoldOutcome]) -> WayResult:
        evaluation = summarise(outcomes)
        if on_progress:
            on_progress()
        return WayResult(
            signal=way.signal, pairs=way.pairs, clip=way.clip, model=way.kind, evaluation=evaluation
        )

    flat = Parallel(n_jobs=workers, prefer="threads")(
        delayed(run)(way, sources) for way in possible for sources in held_out
    )
    outcomes = [flat[k : k + len(held_out)] for k in range(0, len(flat), len(held_out))]
    order = np.argsort([-np.mean([one.search_auc for one in row]) for row in outcomes], kind="stable")
    ranked = [outcomes[i] for i in order]
    picked = [_pick([row[fold] for row in ranked]) for fold in range(len(held_out))]
    return WayComparison(
        ways=tuple(describe(possible[i], outcomes[i]) for i in order),
        picked=tuple(picked),
        picked_comparisons=summarise([ranked[place][k] for k, place in enumerate(picked)]).comparisons,
        dropped=tuple(dropped),
    )


def count_steps(ways: int) -> int:
    """Return in how many steps a comparison tells its progress, at most."""
    return ways * (MOST_FOLDS + 1)


def check_any_left(possible: Sequence[Way], dropped: Sequence[DroppedWay]) -> None:
    """Raise TrainingError with the reasons when no way is left to evaluate."""
    if not possible:
        raise TrainingError(
            "None of the ways can be evaluated.", list(dict.fromkeys(way.reason for way in dropped))
        )


def drop_way(way: Way, reason: str) -> DroppedWay:
    """Return the record of a way that cannot be evaluated."""
    return DroppedWay(signal=way.signal, pairs=way.pairs, clip=way.clip, model=way.kind, reason=reason)


def _split_together(ways: Sequence[Way]) -> list[set[str]]:
    """Return the sources that each fold holds out, drawn from those of all ways."""
    parts = [way.clips for way in ways]
    together = replace(
        parts[0],
        values=np.empty((sum(len(part.sources) for part in parts), 0)),
        **{
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in ("kinds", "sources", "videos", "clips_of_video", "span_s")
        },
    )
    return [set(together.sources[unseen]) for _, unseen in split_for_evaluation(together)]


def _find_shortage(clips: TrainingSet, held_out: Sequence[set[str]]) -> str | None:
    """Return why a way cannot be evaluated, or None when it can."""
    for of_person, whose in ((True, "the person"), (False, "others")):
        left = min(
            clips.select(_apply(clips, sources)[0]).count_sources(of_person=of_person) for sources in held_out
        )
        if left < _FEWEST_LEFT:
            found = clips.count_sources(of_person=of_person)
            return (
                f"It has usable clips of {found} source(s) of {whose}. While one of {len(held_out)} folds is "
                f"held out, {left} of them can be learnt from, and {_FEWEST_LEFT} are needed. Add longer or "
                "more videos, or compare shorter clips."
            )
    return None


def _pick(fold: Sequence[FoldOutcome]) -> int:
    """Return the place of the way that did best inside, of those that can judge most of what is held out."""

    def rate(outcome: FoldOutcome) -> tuple[int, float]:
        return len(np.unique(outcome.clips.is_person)), outcome.search_auc

    return max(range(len(fold)), key=lambda place: rate(fold[place]))


def _apply(clips: TrainingSet, sources: set[str]) -> Fold:
    unseen = np.isin(clips.sources, list(sources))
    return np.flatnonzero(~unseen), np.flatnonzero(unseen)
