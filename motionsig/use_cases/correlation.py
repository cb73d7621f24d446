"""Frame tables to correlations tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from features.clips import CorrelationOptions
from features.dataset import DataSetOptions, TableOutcome, table_paths, write_correlations
from features.manifest import read_manifest
from features.tables import clip_table_path
from features.windows import ClipRule
from ground.errors import InputError
from ground.files import to_path
from ground.text import count
from motionsig.use_cases.inputs import Names, check_kind, find_files, refuse_overwriting
from motionsig.use_cases.monitor import Monitor

_DEFAULT_OPTIONS: Final = CorrelationOptions()


@dataclass(frozen=True)
class Correlated:
    """What came of frame tables.

    Attributes
    ----------
    tables
        One for each clip length.
    pairs
        How many pairs of features each of them has.
    warnings
        A sentence about each thing that a person should know.
    """

    tables: tuple[TableOutcome, ...]
    pairs: int
    warnings: tuple[str, ...]


def correlate(
    tables: Names,
    out: str | Path = "correlations.csv",
    options: CorrelationOptions = _DEFAULT_OPTIONS,
    *,
    rules: Sequence[ClipRule] | None = None,
    manifest: str | Path | None = None,
    monitor: Monitor | None = None,
) -> Correlated:
    """Write the table that describes how people move: 435 correlations for every clip of every video.

    Parameters
    ----------
    tables
        Frame tables of `extract`, or folders of them.
    out
        The table to write; ``.csv`` or ``.parquet`` chooses the format. Its clip table lies beside it.
    options
        What is correlated; the published way by default.
    rules
        Several clip lengths at once, each for a table of its own (`features.dataset.table_paths`); by default
        the clips of `options`.
    manifest
        CSV with ``path,subject,group,session``, for videos whose names do not say who is in them.
    monitor
        Progress, and whether to stop.

    Raises
    ------
    InputError
        When no video is as long as one clip, or a file cannot be written; nothing is written then.
    TableError
        When a frame table or the manifest breaks its contract, or the tables were not measured alike.
    StoppedError
        When the monitor says so; nothing is written then.
    """
    monitor = monitor or Monitor()
    check_kind(options, CorrelationOptions, "The options")
    rules = (options.clips,) if rules is None else rules
    check_kind(rules, Sequence, "The clips")
    for rule in rules:
        check_kind(rule, ClipRule, "A clip rule")
    if not rules:
        raise InputError("No clip rule is given. Give at least one, or leave them out.")
    out = to_path(out)
    found = find_files(tables, {".parquet"}, "frame table")
    labels = to_path(manifest) if manifest is not None else None
    outputs = table_paths(out, rules)
    refuse_overwriting([*outputs, *map(clip_table_path, outputs)], [*found, *([labels] if labels else [])])
    warnings: list[str] = []
    data = DataSetOptions(options, rules, read_manifest(labels, warnings.append) if labels else None)
    with monitor.stage(f"Correlating {count(len(found), 'video')}", len(found), "videos") as advance:
        made = write_correlations(found, out, data, on_video=lambda: advance(1), on_warning=warnings.append)
    return Correlated(tuple(made), len(options.pairs.columns), tuple(warnings))
