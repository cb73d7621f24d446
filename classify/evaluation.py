"""How well a way of training works on people, sessions and methods of faking that it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, Self, get_args

import numpy as np
import numpy.typing as npt
import pydantic

from classify.calibration import weigh_sources
from classify.decision import Judgement, judge_scores, judge_video
from classify.estimators import ClassifierName, Hyperparameters
from classify.metrics import Figure, Figures, bound_share, measure
from classify.search import Fold
from classify.side_by_side import OnProgress, work_side_by_side
from classify.sufficiency import count_footage, find_shortfalls
from classify.thresholds import ERROR_RATE
from classify.training import MOST_FOLDS, Scale, split_sources, train
from classify.training_set import FAKES, UNKNOWN_METHOD, TrainingSet, average_by_video
from ground.records import Record

Level = Literal["clip", "video"]
Against = Literal["everybody else", "other people", "fakes of the person", "fakes of others"]

# Training splits what it is given once more, so two sources of each class must be left to it.
_FEWEST_LEFT: Final = 2


class DecisionRates(Record):
    """How often verdicts on held-out clips, or videos, err: by `classify.decision`, as for suspects.

    Each source counts the same, and the bounds are over sources (`classify.metrics.bound_share`).

    Attributes
    ----------
    false_match, undecided_non_target
        Shares of others that count as a match, and as neither.
    false_no_match, undecided_target
        Shares of the person's own that count as none, and as neither.
    error_rate
        What the two thresholds were meant to let err.
    attainable_false_match, attainable_false_no_match
        The same, or the least rate that the sources of every fold can attain
        (`classify.thresholds.Thresholds`).
    calibrated
        Whether likelihood ratios had a say: whether there is enough footage for a calibrated model.
    """

    false_match: Figure
    false_no_match: Figure
    undecided_target: Figure
    undecided_non_target: Figure
    error_rate: float
    attainable_false_match: float
    attainable_false_no_match: float
    calibrated: bool


class Comparison(Record):
    """The person against one kind of others, at one level."""

    level: Level
    against: Against
    figures: Figures
    decisions: DecisionRates


class Evaluation(Record):
    """Nested, grouped cross-validation of training itself.

    Every session of the person, every other person and every known method of faking is held out in turn;
    training chooses its hyperparameters, thresholds and calibration on the rest alone, and scores what was
    held out. Videos without a usable clip are no part of it.

    Attributes
    ----------
    classifier
        What was trained.
    folds
        How often.
    hyperparameters
        What each fold chose.
    fake_methods, fakes_of_unknown_method
        How many known methods of faking were held out whole, and whether there were fakes by unknown ones,
        which are held out together.
    learnt_sources, learnt_clips, learnt_minutes
        How much of the person a fold learnt from, in the mean; minutes are None where the table does not say.
    comparisons
        The person against everybody else, other people, fakes of the person and fakes of others, as far as
        the table has them: clips first, then videos.
    """

    protocol: Literal["grouped"] = "grouped"
    classifier: ClassifierName
    folds: int
    hyperparameters: tuple[dict[str, Any], ...]
    fake_methods: int
    fakes_of_unknown_method: bool
    learnt_sources: float
    learnt_clips: float
    learnt_minutes: float | None
    comparisons: tuple[Comparison, ...]

    @pydantic.model_validator(mode="after")
    def _check_comparisons(self) -> Self:
        found = {(part.level, part.against) for part in self.comparisons}
        if not found.issuperset((level, "everybody else") for level in get_args(Level)):
            raise ValueError("an evaluation compares the person with everybody else, by clips and by videos")
        return self

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
        1 for a match, -1 for none, 0 for neither, as in a verdict.
    kinds, sources
        As of `classify.training_set.TrainingSet`.
    """

    ranks: npt.NDArray[np.float64]
    llrs: npt.NDArray[np.float64]
    decisions: npt.NDArray[np.int64]
    kinds: npt.NDArray[np.str_]
    sources: npt.NDArray[np.str_]

    @property
    def is_target(self) -> npt.NDArray[np.bool_]:
        """Whether each is an authentic one of the person, shape (n,)."""
        is_target: npt.NDArray[np.bool_] = self.kinds == "the person"
        return is_target


@dataclass(frozen=True)
class FoldOutcome:
    """What a fold learnt, from how much of the person, and what it says of the clips and videos held out.

    `classifier` to `video_scale` are as of `classify.training.TrainingResult`; its pipeline is not kept,
    because a comparison of many configurations makes hundreds. `calibrated` says whether the footage, all
    folds together, suffices for ratios in verdicts.
    """

    classifier: ClassifierName
    hyperparameters: Hyperparameters
    search_auc: float
    clip_scale: Scale
    video_scale: Scale
    calibrated: bool
    learnt_sources: int
    learnt_clips: int
    learnt_minutes: float | None
    clips: HeldOut
    videos: HeldOut


def evaluate(
    clips: TrainingSet,
    classifier: ClassifierName = "svc",
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
    classifier
        Which one.
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
        run_folds(clips, classifier, parts, error_rate=error_rate, workers=workers, on_progress=on_progress)
    )


def count_steps(folds: int = MOST_FOLDS) -> int:
    """Return in how many steps an evaluation tells its progress, at most."""
    return folds * MOST_FOLDS


def run_folds(
    clips: TrainingSet,
    classifier: ClassifierName,
    folds: Sequence[Fold],
    *,
    error_rate: float = ERROR_RATE,
    workers: int = -1,
    on_progress: Callable[[], None] | None = None,
) -> list[FoldOutcome]:
    """Train on one part of each fold and score the other; parameters as for `evaluate`."""

    def run(fold: Fold, on_progress: OnProgress) -> FoldOutcome:
        return run_fold(clips, classifier, fold, error_rate=error_rate, on_progress=on_progress)

    return work_side_by_side(run, folds, workers=workers, on_progress=on_progress, steps=MOST_FOLDS)


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
    classifier: ClassifierName,
    fold: Fold,
    *,
    error_rate: float = ERROR_RATE,
    on_progress: Callable[[], None] | None = None,
) -> FoldOutcome:
    """Train on one part of the clips, in this thread alone, and score the other, which may be empty."""
    learnt, unseen = clips.select(fold[0]), clips.select(fold[1])
    result = train(learnt, classifier, error_rate=error_rate, workers=1, on_progress=on_progress)
    calibrated = not find_shortfalls(count_footage(clips))
    clip_rule, video_rule = (
        scale.make_rule(calibrated=calibrated) for scale in (result.clip_scale, result.video_scale)
    )
    scores = result.pipeline.decision_function(unseen.values) if len(unseen.values) else np.empty(0)
    judged = judge_scores(scores, clip_rule)
    videos = average_by_video(scores, unseen.videos)
    judged_videos = []
    for index, first in enumerate(videos.first):
        rows = np.flatnonzero(videos.video == index)
        own = [judged[row] for row in rows]
        judged_videos.append(
            judge_video(
                float(scores[rows].mean()),
                own,
                int(unseen.clips_of_video[first]),
                clip_rule,
                video_rule,
            )
        )
    return FoldOutcome(
        classifier=classifier,
        hyperparameters=result.hyperparameters,
        search_auc=result.search_auc,
        clip_scale=result.clip_scale,
        video_scale=result.video_scale,
        calibrated=calibrated,
        learnt_sources=learnt.count_sources(of_target=True),
        learnt_clips=int(learnt.is_target.sum()),
        learnt_minutes=learnt.measure_minutes(of_target=True),
        clips=_gather(scores, judged, unseen, result.clip_scale),
        videos=_gather(videos.scores, judged_videos, unseen.select(videos.first), result.video_scale),
    )


def summarise(outcomes: Sequence[FoldOutcome]) -> Evaluation:
    """Measure what all folds say together."""
    minutes = [outcome.learnt_minutes for outcome in outcomes if outcome.learnt_minutes is not None]
    clips = pool([outcome.clips for outcome in outcomes])
    videos = pool([outcome.videos for outcome in outcomes])
    methods = set(clips.sources[np.isin(clips.kinds, FAKES)].tolist())
    return Evaluation(
        classifier=outcomes[0].classifier,
        folds=len(outcomes),
        hyperparameters=tuple(outcome.hyperparameters for outcome in outcomes),
        fake_methods=len(methods - {UNKNOWN_METHOD}),
        fakes_of_unknown_method=UNKNOWN_METHOD in methods,
        learnt_sources=float(np.mean([outcome.learnt_sources for outcome in outcomes])),
        learnt_clips=float(np.mean([outcome.learnt_clips for outcome in outcomes])),
        learnt_minutes=float(np.mean(minutes)) if len(minutes) == len(outcomes) else None,
        comparisons=(
            *_compare("clip", clips, [outcome.clip_scale for outcome in outcomes], outcomes[0].calibrated),
            *_compare("video", videos, [outcome.video_scale for outcome in outcomes], outcomes[0].calibrated),
        ),
    )


def pool(parts: Sequence[HeldOut]) -> HeldOut:
    """Join what several folds held out."""
    names = HeldOut.__dataclass_fields__
    return HeldOut(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _gather(
    scores: npt.NDArray[np.float64], judged: Sequence[Judgement], unseen: TrainingSet, scale: Scale
) -> HeldOut:
    return HeldOut(
        ranks=scale.calibration.align(scores),
        llrs=scale.calibration.to_llr(scores),
        decisions=np.array([one.decision for one in judged], dtype=np.int64),
        kinds=unseen.kinds,
        sources=unseen.sources,
    )


def _compare(level: Level, found: HeldOut, scales: Sequence[Scale], calibrated: bool) -> list[Comparison]:
    comparisons: list[Comparison] = []
    for against in get_args(Against):
        rows = found.is_target | (found.kinds == against) | (against == "everybody else")
        if found.is_target[rows].all():
            continue
        if comparisons and rows.all():  # there is one kind of others
            comparisons.append(comparisons[0].model_copy(update={"against": against}))
            continue
        is_target, sources = found.is_target[rows], found.sources[rows]
        comparisons.append(
            Comparison(
                level=level,
                against=against,
                figures=measure(found.ranks[rows], found.llrs[rows], is_target, sources),
                decisions=_rate(found.decisions[rows], is_target, sources, scales, calibrated),
            )
        )
    return comparisons


def _rate(
    decisions: npt.NDArray[np.int64],
    is_target: npt.NDArray[np.bool_],
    sources: npt.NDArray[np.str_],
    scales: Sequence[Scale],
    calibrated: bool,
) -> DecisionRates:
    weights, target_sources, non_target_sources = weigh_sources(is_target, sources)
    thresholds = [scale.thresholds for scale in scales]

    def share(of_target: bool, decision: int) -> Figure:
        rows = is_target == of_target
        value = float(np.average(decisions[rows] == decision, weights=weights[rows]))
        return bound_share(value, target_sources if of_target else non_target_sources)

    return DecisionRates(
        false_match=share(False, 1),
        false_no_match=share(True, -1),
        undecided_target=share(True, 0),
        undecided_non_target=share(False, 0),
        error_rate=thresholds[0].error_rate,
        attainable_false_match=max(one.false_match_rate for one in thresholds),
        attainable_false_no_match=max(one.false_no_match_rate for one in thresholds),
        calibrated=calibrated,
    )
