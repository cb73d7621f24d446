"""How well a way of training works on people, sessions and methods of faking that it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed

from classify.estimators import ModelKind
from classify.metrics import Figures, measure
from classify.records import Record
from classify.search import Fold
from classify.thresholds import ERROR_RATE
from classify.training import MOST_FOLDS, Scale, TrainingResult, split_sources, train
from classify.training_set import TrainingSet, average_by_video

Level = Literal["clip", "video"]
Against = Literal["everybody else", "other people", "fakes of the person"]

# Training splits what it is given once more, so two sources of each class must be left to it.
_FEWEST_LEFT: Final = 2


class DecisionRates(Record):
    """Shares of held-out clips, or videos, by the thresholds that training chose without seeing them.

    `false_match` of others that count as a match, `false_no_match` of the person's own that count as none,
    `undecided_person` and `undecided_others` of those that count as neither; `error_rate` is what the two
    thresholds were chosen for.
    """

    false_match: float
    false_no_match: float
    undecided_person: float
    undecided_others: float
    error_rate: float


class Comparison(Record):
    """The person against one kind of others, at one level."""

    level: Level
    against: Against
    figures: Figures
    decisions: DecisionRates


class Evaluation(Record):
    """Nested, grouped cross-validation of training itself.

    Every session of the person, every other person and every method of faking is held out in turn; training
    chooses its setting, thresholds and calibration on the rest alone, and scores what was held out.

    Attributes
    ----------
    model
        What was trained.
    folds
        How often.
    settings
        What each fold chose.
    learnt_sources, learnt_clips, learnt_minutes
        How much of the person a fold learnt from, in the mean; minutes are None where the table does not say.
    comparisons
        The person against everybody else, against other people, and against fakes of the person, as far as
        the table has them: clips first, then videos.
    """

    protocol: Literal["grouped"] = "grouped"
    model: ModelKind
    folds: int
    settings: tuple[dict[str, Any], ...]
    learnt_sources: float
    learnt_clips: float
    learnt_minutes: float | None
    comparisons: tuple[Comparison, ...]

    def get(self, level: Level, against: Against = "everybody else") -> Comparison:
        """Return one of the comparisons; raise KeyError where the table has no such others."""
        for comparison in self.comparisons:
            if (comparison.level, comparison.against) == (level, against):
                return comparison
        raise KeyError(level, against)


@dataclass(frozen=True)
class HeldOut:
    """What clips, or videos, got that a fold held out; each array has shape (n,).

    Attributes
    ----------
    ranks, llrs
        Scores on the scale of log-likelihood ratios, unbounded to rank by, and as ratios.
    decisions
        1 for a match, -1 for none, 0 for neither.
    is_person, is_fake, sources
        As of `classify.training_set.TrainingSet`.
    """

    ranks: npt.NDArray[np.float64]
    llrs: npt.NDArray[np.float64]
    decisions: npt.NDArray[np.int64]
    is_person: npt.NDArray[np.bool_]
    is_fake: npt.NDArray[np.bool_]
    sources: npt.NDArray[np.str_]


@dataclass(frozen=True)
class FoldOutcome:
    """What a fold learnt, from how much of the person, and what it says of the clips and videos held out."""

    result: TrainingResult
    learnt_sources: int
    learnt_clips: int
    learnt_minutes: float | None
    clips: HeldOut
    videos: HeldOut


def evaluate(
    clips: TrainingSet,
    kind: ModelKind = "svc",
    *,
    folds: int = MOST_FOLDS,
    error_rate: float = ERROR_RATE,
    workers: int = -1,
    on_progress: Callable[[], None] | None = None,
) -> Evaluation:
    """Measure how training does on sources that it has not seen.

    Parameters
    ----------
    clips
        At least three sources of the person and three of others.
    kind
        The model.
    folds
        How often to train; fewer where there are fewer sources.
    error_rate
        The share of held-out clips that each threshold lets err.
    workers
        Threads; -1 for one a processor.
    on_progress
        Called after each of at most `count_steps(folds)` steps, from the thread that did it.

    Raises
    ------
    TrainingError
        When there are fewer sources.
    """
    parts = split_for_evaluation(clips, folds)
    return summarise(
        run_folds(clips, kind, parts, error_rate=error_rate, workers=workers, on_progress=on_progress)
    )


def count_steps(folds: int = MOST_FOLDS) -> int:
    """Return in how many steps an evaluation tells its progress, at most."""
    return folds * MOST_FOLDS


def run_folds(
    clips: TrainingSet,
    kind: ModelKind,
    folds: Sequence[Fold],
    *,
    error_rate: float = ERROR_RATE,
    workers: int = -1,
    on_progress: Callable[[], None] | None = None,
) -> list[FoldOutcome]:
    """Train on one part of each fold and score the other; parameters as for `evaluate`."""
    work = delayed(run_fold)
    outcomes: list[FoldOutcome] = Parallel(n_jobs=workers, prefer="threads")(
        work(clips, kind, fold, error_rate=error_rate, on_progress=on_progress) for fold in folds
    )
    return outcomes


def split_for_evaluation(clips: TrainingSet, folds: int = MOST_FOLDS) -> Sequence[Fold]:
    """Part the clips into folds that keep sources whole and leave training enough to split once more.

    Raises
    ------
    TrainingError
        When there are fewer than three sources of the person or of others.
    """
    return split_sources(clips, folds, _FEWEST_LEFT)


def run_fold(
    clips: TrainingSet,
    kind: ModelKind,
    fold: Fold,
    *,
    error_rate: float = ERROR_RATE,
    on_progress: Callable[[], None] | None = None,
) -> FoldOutcome:
    """Train on one part of the clips, in this thread alone, and score the other, which may be empty."""
    learnt, unseen = clips.select(fold[0]), clips.select(fold[1])
    result = train(learnt, kind, error_rate=error_rate, workers=1, on_progress=on_progress)
    scores = result.pipeline.decision_function(unseen.values) if len(unseen.values) else np.empty(0)
    videos = average_by_video(scores, unseen.videos)
    return FoldOutcome(
        result=result,
        learnt_sources=learnt.count_sources(of_person=True),
        learnt_clips=int(learnt.is_person.sum()),
        learnt_minutes=learnt.measure_minutes(of_person=True),
        clips=_judge(scores, unseen, result.clip_scale),
        videos=_judge(videos.scores, unseen.select(videos.first), result.video_scale),
    )


def summarise(outcomes: Sequence[FoldOutcome]) -> Evaluation:
    """Measure what all folds say together."""
    minutes = [outcome.learnt_minutes for outcome in outcomes if outcome.learnt_minutes is not None]
    return Evaluation(
        model=outcomes[0].result.kind,
        folds=len(outcomes),
        settings=tuple(outcome.result.setting for outcome in outcomes),
        learnt_sources=float(np.mean([outcome.learnt_sources for outcome in outcomes])),
        learnt_clips=float(np.mean([outcome.learnt_clips for outcome in outcomes])),
        learnt_minutes=float(np.mean(minutes)) if len(minutes) == len(outcomes) else None,
        comparisons=(
            *_compare("clip", pool([outcome.clips for outcome in outcomes]), outcomes[0].result.clip_scale),
            *_compare(
                "video", pool([outcome.videos for outcome in outcomes]), outcomes[0].result.video_scale
            ),
        ),
    )


def pool(parts: Sequence[HeldOut]) -> HeldOut:
    """Join what several folds held out."""
    names = HeldOut.__dataclass_fields__
    return HeldOut(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _judge(scores: npt.NDArray[np.float64], unseen: TrainingSet, scale: Scale) -> HeldOut:
    return HeldOut(
        ranks=scale.calibration.align(scores),
        llrs=scale.calibration.to_llr(scores),
        decisions=scale.thresholds.decide(scores),
        is_person=unseen.is_person,
        is_fake=unseen.is_fake,
        sources=unseen.sources,
    )


def _compare(level: Level, found: HeldOut, scale: Scale) -> list[Comparison]:
    others = ~found.is_person
    kinds: dict[Against, npt.NDArray[np.bool_]] = {
        "everybody else": others,
        "other people": others & ~found.is_fake,
        "fakes of the person": found.is_fake,
    }
    comparisons = []
    for against, chosen in kinds.items():
        if not chosen.any():
            continue
        rows = found.is_person | chosen
        is_person, decisions = found.is_person[rows], found.decisions[rows]
        comparisons.append(
            Comparison(
                level=level,
                against=against,
                figures=measure(found.ranks[rows], found.llrs[rows], is_person, found.sources[rows]),
                decisions=DecisionRates(
                    false_match=float((decisions[~is_person] == 1).mean()),
                    false_no_match=float((decisions[is_person] == -1).mean()),
                    undecided_person=float((decisions[is_person] == 0).mean()),
                    undecided_others=float((decisions[~is_person] == 0).mean()),
                    error_rate=scale.thresholds.error_rate,
                ),
            )
        )
    return comparisons
