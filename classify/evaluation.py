"""How well a way of training works on people, sessions and methods of faking that it has not seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from classify.estimators import ModelKind
from classify.metrics import Figures, measure
from classify.records import Record
from classify.thresholds import ERROR_RATE
from classify.training import MOST_FOLDS, Scale, split_sources, train
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
    comparisons
        The person against everybody else, against other people, and against fakes of the person, as far as
        the table has them: clips first, then videos.
    """

    protocol: Literal["grouped"] = "grouped"
    model: ModelKind
    folds: int
    settings: tuple[dict[str, Any], ...]
    comparisons: tuple[Comparison, ...]

    def get(self, level: Level, against: Against = "everybody else") -> Comparison:
        """Return one of the comparisons; raise KeyError where the table has no such others."""
        for comparison in self.comparisons:
            if (comparison.level, comparison.against) == (level, against):
                return comparison
        raise KeyError(level, against)


class _Outcome(NamedTuple):
    """What held-out clips or videos got; each array has shape (n,)."""

    ranks: npt.NDArray[np.float64]
    llrs: npt.NDArray[np.float64]
    decisions: npt.NDArray[np.int64]


def evaluate(
    clips: TrainingSet,
    kind: ModelKind = "svc",
    *,
    folds: int = MOST_FOLDS,
    error_rate: float = ERROR_RATE,
    workers: int = -1,
    on_fold: Callable[[], None] | None = None,
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
        Processes; -1 for one a processor.
    on_fold
        Called after each fold.

    Raises
    ------
    TrainingError
        When there are fewer sources.
    """
    parts = split_sources(clips, folds, _FEWEST_LEFT)
    first = average_by_video(np.zeros(len(clips.videos)), clips.videos).first
    video_rows = {clips.videos[row]: place for place, row in enumerate(first)}
    clip_outcome, video_outcome = _blank(len(clips.videos)), _blank(len(first))
    settings = []
    for fit, held_out in parts:
        result = train(clips.select(fit), kind, error_rate=error_rate, workers=workers)
        scores = result.pipeline.decision_function(clips.values[held_out])
        videos = average_by_video(scores, clips.videos[held_out])
        places = np.array([video_rows[video] for video in clips.videos[held_out][videos.first]])
        _record(clip_outcome, held_out, scores, result.clip_scale)
        _record(video_outcome, places, videos.scores, result.video_scale)
        settings.append(result.setting)
        if on_fold:
            on_fold()
    return Evaluation(
        model=kind,
        folds=len(parts),
        settings=tuple(settings),
        comparisons=(
            *_compare("clip", clip_outcome, clips, error_rate),
            *_compare("video", video_outcome, clips.select(first), error_rate),
        ),
    )


def _blank(count: int) -> _Outcome:
    return _Outcome(np.full(count, np.nan), np.full(count, np.nan), np.zeros(count, dtype=np.int64))


def _record(
    outcome: _Outcome, rows: npt.NDArray[np.intp], scores: npt.NDArray[np.float64], scale: Scale
) -> None:
    outcome.ranks[rows] = scale.calibration.align(scores)
    outcome.llrs[rows] = scale.calibration.to_llr(scores)
    outcome.decisions[rows] = scale.thresholds.decide(scores)


def _compare(level: Level, outcome: _Outcome, clips: TrainingSet, error_rate: float) -> list[Comparison]:
    others = ~clips.is_person
    kinds: dict[Against, npt.NDArray[np.bool_]] = {
        "everybody else": others,
        "other people": others & ~clips.is_fake,
        "fakes of the person": clips.is_fake,
    }
    comparisons = []
    for against, chosen in kinds.items():
        if not chosen.any():
            continue
        rows = clips.is_person | chosen
        is_person, decisions = clips.is_person[rows], outcome.decisions[rows]
        comparisons.append(
            Comparison(
                level=level,
                against=against,
                figures=measure(outcome.ranks[rows], outcome.llrs[rows], is_person, clips.sources[rows]),
                decisions=DecisionRates(
                    false_match=float((decisions[~is_person] == 1).mean()),
                    false_no_match=float((decisions[is_person] == -1).mean()),
                    undecided_person=float((decisions[is_person] == 0).mean()),
                    undecided_others=float((decisions[~is_person] == 0).mean()),
                    error_rate=error_rate,
                ),
            )
        )
    return comparisons
