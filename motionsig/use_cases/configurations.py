"""Frame tables to every configuration that is to be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from classify.comparison import Configuration, DroppedConfiguration, check_any_left
from classify.estimators import ClassifierName
from classify.training_set import TrainingSet, select_training_set
from extract.frame_table import FrameTable, read_frame_table
from extract.sound.voice_table import VoiceTable
from features.clips import CorrelationOptions, correlate_frame_table
from features.description import describe_other_readings
from features.labels import Label
from features.manifest import find_label
from features.signals import Signal
from features.signature import PairSet, SetName
from features.voices import describe_other_voices, read_needed_voice
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
        When a table breaks its contract, or the tables were read in different ways, or a set needs the voice
        and a table has no voice table beside it.
    TrainingError
        When labels or sources suffice in none of them.
    """
    needs_voice = any(PairSet(name).has_voice for name in sets)
    videos = [_read_video(path, needs_voice=needs_voice) for path in tables]
    readings = [(path, table.metadata.reading) for path, (table, _) in zip(tables, videos, strict=True)]
    problems = describe_other_readings(readings)
    problems += describe_other_voices(
        [(path, voice.metadata.reader) for path, (_, voice) in zip(tables, videos, strict=True) if voice]
    )
    if problems:
        raise TableError("The frame tables cannot be compared together:", problems)
    widest = PairSet("full+voice" if needs_voice else "full")
    configurations: list[Configuration] = []
    dropped: list[DroppedConfiguration] = []
    for signal in signals:
        for rule in rules:
            options = CorrelationOptions(clips=rule, pairs=widest, signal=signal)
            correlations, clips = _correlate(videos, options, labels, on_table)
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


def _read_video(path: Path, *, needs_voice: bool) -> tuple[FrameTable, VoiceTable | None]:
    table = read_frame_table(path)
    return table, read_needed_voice(path, table.metadata) if needs_voice else None


def _select(correlations: pd.DataFrame, clips: pd.DataFrame, person: str, rule: ClipRule) -> TrainingSet:
    if correlations.empty:
        raise TrainingError(f"No video is as long as one clip of {rule.length_s:g} s. Compare shorter clips.")
    return select_training_set(correlations, clips, person)


def _name_rule(rule: ClipRule) -> str:
    step_s = rule.length_s if rule.step_s is None else rule.step_s
    return f"{rule.length_s:g}/{rule.length_s - step_s:g}"


def _correlate(
    videos: Sequence[tuple[FrameTable, VoiceTable | None]],
    options: CorrelationOptions,
    labels: Mapping[str, Label] | None,
    on_table: Callable[[], None] | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    blocks = []
    for table, voice in videos:
        stem = Path(table.metadata.source.name).stem
        label = find_label(labels, stem) if labels else None
        blocks.append(correlate_frame_table(table, options, label, voice).block)
        if on_table:
            on_table()
    return pd.concat([block.correlations for block in blocks]), pd.concat([block.clips for block in blocks])
