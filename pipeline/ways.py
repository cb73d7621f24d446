"""Frame tables to every way of measuring that is to be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from classify.comparison import Way
from classify.estimators import ModelKind
from classify.training_set import select_training_set
from extract.frame_table import FrameTable, read_frame_table
from features.clips import CorrelationOptions, correlate_frame_table
from features.labels import Label
from features.signals import Signal
from features.signature import PairSet, SetName
from features.windows import ClipRule


def lay_out_ways(
    tables: Sequence[Path],
    person: str,
    *,
    signals: Sequence[Signal],
    sets: Sequence[SetName],
    rules: Sequence[ClipRule],
    kinds: Sequence[ModelKind],
    labels: Mapping[str, Label] | None = None,
    on_table: Callable[[], None] | None = None,
) -> list[Way]:
    """Correlate frame tables in every way.

    Parameters
    ----------
    tables
        Frame tables, one a video.
    person
        The subject to learn.
    signals, sets, rules, kinds
        What to combine.
    labels
        By video name without suffix, see `features.labels.read_manifest`; else videos' names say them.
    on_table
        Called after each table and each signal and length.

    Raises
    ------
    TableError
        When a table breaks its contract.
    TrainingError
        When labels or sources do not suffice in one of the ways.
    """
    frames = [read_frame_table(path) for path in tables]
    ways = []
    for signal in signals:
        for rule in rules:
            options = CorrelationOptions(clips=rule, signal=signal)
            correlations, clips = _correlate(frames, options, labels, on_table)
            for name in sets:
                columns = list(PairSet(name).columns)
                chosen = select_training_set(correlations[columns], clips, person)
                step_s = rule.length_s if rule.step_s is None else rule.step_s
                length = f"{rule.length_s:g}/{rule.length_s - step_s:g}"
                ways += [Way(signal, name, length, kind, chosen) for kind in kinds]
    return ways


def _correlate(
    frames: Sequence[FrameTable],
    options: CorrelationOptions,
    labels: Mapping[str, Label] | None,
    on_table: Callable[[], None] | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    blocks = []
    for table in frames:
        stem = Path(table.metadata.source.name).stem
        label = labels.get(stem) if labels else None
        blocks.append(correlate_frame_table(table, options, label).block)
        if on_table:
            on_table()
    return pd.concat([block.correlations for block in blocks]), pd.concat([block.clips for block in blocks])
