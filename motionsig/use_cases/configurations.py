"""Frame tables to every configuration that is to be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from classify.comparison import Configuration, DroppedConfiguration, check_any_left
from classify.estimators import ClassifierName
from classify.training_set import TrainingSet, select_training_set
from extract.frame_table import FrameTable, read_frame_table
from features.clips import CorrelationOptions, correlate_frame_table
from features.description import describe_other_readings
from features.labels import Label
from features.manifest import find_label
from features.signals import Signal
from features.signature import PairSet, SetName
from features.windows import ClipRule
from ground.errors import TableError, TrainingError


def lay_out_configurations(
    tables: Sequence[Path],
    person: str,
    *,
    signals: Sequence[Signal],
    sets: Sequence[SetName],
    rules: Sequence[ClipRule],
    classifiers: Sequence[ClassifierName],
    labels: Mapping[str, Label] | None = None,
    on_table: Callable[[], None] | None = None,
) -> tuple[list[Configuration], list[DroppedConfiguration]]:
    """Correlate frame tables by every configuration.

    Parameters
    ----------
    tables
        Frame tables, one a video.
    person
        The subject to learn.
    signals, sets, rules, classifiers
        What to combine.
    labels
        By video name without suffix, see `features.manifest.read_manifest`; else videos' names say them.
    on_table
        Called after each table and each signal and length.

    Returns
    -------
    configurations : list of Configuration
        Those that clips could be selected for.
    dropped : list of DroppedConfiguration
        Those whose labels or sources do not suffice, such as lengths that most videos are shorter than.

    Raises
    ------
    TableError
        When a table breaks its contract, or the tables were read in different ways.
    TrainingError
        When labels or sources suffice in none of them.
    """
    frames = [read_frame_table(path) for path in tables]
    readings = [(path, table.metadata.reading) for path, table in zip(tables, frames, strict=True)]
    if problems := describe_other_readings(readings):
        raise TableError("The frame tables cannot be compared together:", problems)
    configurations: list[Configuration] = []
    dropped: list[DroppedConfiguration] = []
    for signal in signals:
        for rule in rules:
            options = CorrelationOptions(clips=rule, signal=signal)
            correlations, clips = _correlate(frames, options, labels, on_table)
            for name in sets:
                columns = list(PairSet(name).columns)
                try:
                    chosen = _select(correlations[columns], clips, person, rule)
                except TrainingError as error:
                    dropped += [
                        DroppedConfiguration(
                            signal=signal,
                            pairs=name,
                            clip=_name_rule(rule),
                            classifier=classifier,
                            reason=str(error),
                        )
                        for classifier in classifiers
                    ]
                else:
                    configurations += [
                        Configuration(signal, name, _name_rule(rule), classifier, chosen)
                        for classifier in classifiers
                    ]
    check_any_left(configurations, dropped)
    return configurations, dropped


def _select(correlations: pd.DataFrame, clips: pd.DataFrame, person: str, rule: ClipRule) -> TrainingSet:
    if correlations.empty:
        raise TrainingError(f"No video is as long as one clip of {rule.length_s:g} s. Compare shorter clips.")
    return select_training_set(correlations, clips, person)


def _name_rule(rule: ClipRule) -> str:
    step_s = rule.length_s if rule.step_s is None else rule.step_s
    return f"{rule.length_s:g}/{rule.length_s - step_s:g}"


def _correlate(
    frames: Sequence[FrameTable],
    options: CorrelationOptions,
    labels: Mapping[str, Label] | None,
    on_table: Callable[[], None] | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    blocks = []
    for table in frames:
        stem = Path(table.metadata.source.name).stem
        label = find_label(labels, stem) if labels else None
        blocks.append(correlate_frame_table(table, options, label).block)
        if on_table:
            on_table()
    return pd.concat([block.correlations for block in blocks]), pd.concat([block.clips for block in blocks])
