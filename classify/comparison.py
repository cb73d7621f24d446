"""Configurations of measuring and classifying compared, and what choosing the best of them is worth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from joblib import Parallel, delayed

from classify.estimators import ClassifierName
from classify.evaluation import Comparison, Evaluation, FoldOutcome, run_fold, split_for_evaluation, summarise
from classify.search import Fold
from classify.training import MOST_FOLDS
from classify.training_set import PER_CLIP, TrainingSet
from ground.errors import TrainingError
from ground.records import Record
from ground.text import count

# Training holds out sources of its own.
_FEWEST_LEFT: Final = 2


@dataclass(frozen=True)
class Configuration:
    """One choice of how to go from footage to scores.

    Attributes
    ----------
    signal, pairs, clip
        What was correlated, which pairs, and clips of what length and overlap, as text.
    classifier
        What is trained.
    clips
        The clips measured so.
    """

    signal: str
    pairs: str
    clip: str
    classifier: ClassifierName
    clips: TrainingSet


class DroppedConfiguration(Record):
    """A configuration that cannot be evaluated, and the sentence that says why."""

    signal: str
    pairs: str
    clip: str
    classifier: ClassifierName
    reason: str


class ConfigurationResult(Record):
    """How one configuration did; `evaluation` is nested for its hyperparameters, not for choosing it."""

    signal: str
    pairs: str
    clip: str
    classifier: ClassifierName
    evaluation: Evaluation


class ConfigurationComparison(Record):
    """All configurations, and what picking among them gives.

    Attributes
    ----------
    configurations
        The one in which the search ranked held-out clips best first, on the training part of the folds
        alone. Of these figures the best one flatters: it was the best of many.
    picked
        For each fold, the index in `configurations` of the one that did best on the fold's training part.
        Those that have usable clips of the person and of others among what the fold holds out come before
        those that lack one of them.
    picked_comparisons
        The figures of those so picked, on what the folds held out: they had no part in picking, so this
        is what to expect of the best one.
    dropped
        Those that could not be evaluated.
    """

    configurations: tuple[ConfigurationResult, ...]
    picked: tuple[int, ...]
    picked_comparisons: tuple[Comparison, ...]
    dropped: tuple[DroppedConfiguration, ...]


def compare_configurations(
    configurations: Sequence[Configuration],
    *,
    dropped: Sequence[DroppedConfiguration] = (),
    workers: int = -1,
    on_progress: Callable[[], None] | None = None,
) -> ConfigurationComparison:
    """Evaluate configurations on the same held-out sources, and choosing among them by what each fold knows.

    The folds part the sources of all configurations together. A source that one of them has no usable clip
    of is missing there; one that is left with too little to learn from in one of the folds is dropped.

    Parameters
    ----------
    configurations
        At least one; together they have three sources of the person and three of others.
    dropped
        Those that were found impossible before, for the record.
    workers
        Threads; -1 for one a processor.
    on_progress
        Called after each of at most `count_steps(len(configurations))` steps, from the thread that did it.

    Raises
    ------
    TrainingError
        When there are fewer sources, or no configuration can be evaluated.
    """
    held_out = _split_together(configurations)
    shortages = [_find_shortage(one.clips, held_out) for one in configurations]
    possible = [one for one, shortage in zip(configurations, shortages, strict=True) if shortage is None]
    dropped = (
        *dropped,
        *(
            drop_configuration(one, why)
            for one, why in zip(configurations, shortages, strict=True)
            if why is not None
        ),
    )
    check_any_left(possible, dropped)

    def run(configuration: Configuration, sources: set[str]) -> FoldOutcome:
        outcome = run_fold(
            configuration.clips, configuration.classifier, _apply(configuration.clips, sources)
        )
        if on_progress:
            on_progress()
        return outcome

    def describe(configuration: Configuration, outcomes: Sequence[FoldOutcome]) -> ConfigurationResult:
        evaluation = summarise(outcomes)
        if on_progress:
            on_progress()
        return ConfigurationResult(
            signal=configuration.signal,
            pairs=configuration.pairs,
            clip=configuration.clip,
            classifier=configuration.classifier,
            evaluation=evaluation,
        )

    flat = Parallel(n_jobs=workers, prefer="threads")(
        delayed(run)(one, sources) for one in possible for sources in held_out
    )
    outcomes = [flat[k : k + len(held_out)] for k in range(0, len(flat), len(held_out))]
    order = np.argsort([-np.mean([one.search_auc for one in row]) for row in outcomes], kind="stable")
    ranked = [outcomes[i] for i in order]
    picked = [_pick([row[fold] for row in ranked]) for fold in range(len(held_out))]
    return ConfigurationComparison(
        configurations=tuple(describe(possible[i], outcomes[i]) for i in order),
        picked=tuple(picked),
        picked_comparisons=summarise([ranked[index][k] for k, index in enumerate(picked)]).comparisons,
        dropped=tuple(dropped),
    )


def count_steps(configurations: int) -> int:
    """Return in how many steps a comparison tells its progress, at most."""
    return configurations * (MOST_FOLDS + 1)


def check_any_left(possible: Sequence[Configuration], dropped: Sequence[DroppedConfiguration]) -> None:
    """Raise TrainingError with the reasons when nothing is left to evaluate."""
    if not possible:
        raise TrainingError(
            "No configuration can be evaluated:", list(dict.fromkeys(one.reason for one in dropped))
        )


def drop_configuration(configuration: Configuration, reason: str) -> DroppedConfiguration:
    """Return the record of a configuration that cannot be evaluated."""
    return DroppedConfiguration(
        signal=configuration.signal,
        pairs=configuration.pairs,
        clip=configuration.clip,
        classifier=configuration.classifier,
        reason=reason,
    )


def _split_together(configurations: Sequence[Configuration]) -> list[set[str]]:
    """Return the sources that each fold holds out, drawn from those of all configurations."""
    parts = [one.clips for one in configurations]
    joined: dict[str, Any] = {
        name: np.concatenate([getattr(part, name) for part in parts]) for name in PER_CLIP
    }
    together = replace(parts[0], values=np.empty((sum(len(part.sources) for part in parts), 0)), **joined)
    return [set(together.sources[unseen]) for _, unseen in split_for_evaluation(together)]


def _find_shortage(clips: TrainingSet, held_out: Sequence[set[str]]) -> str | None:
    """Return why a configuration cannot be evaluated, or None when it can."""
    for of_target, whose in ((True, "the person"), (False, "others")):
        left = min(
            clips.select(_apply(clips, sources)[0]).count_sources(of_target=of_target) for sources in held_out
        )
        if left < _FEWEST_LEFT:
            found = clips.count_sources(of_target=of_target)
            return (
                f"It has usable clips from {count(found, 'source')} of {whose}. With one of {len(held_out)} "
                f"folds held out, {left} are left to learn from, but {_FEWEST_LEFT} are needed. Add more or "
                "longer videos, or compare shorter clips."
            )
    return None


def _pick(fold: Sequence[FoldOutcome]) -> int:
    """Return the index of the one that did best inside, of those that can judge most of what is held out."""

    def rate(outcome: FoldOutcome) -> tuple[int, float]:
        return len(np.unique(outcome.clips.is_target)), outcome.search_auc

    return max(range(len(fold)), key=lambda index: rate(fold[index]))


def _apply(clips: TrainingSet, sources: set[str]) -> Fold:
    unseen = np.isin(clips.sources, list(sources))
    return np.flatnonzero(~unseen), np.flatnonzero(unseen)
