"""Which configuration of measuring and classifying holds across recordings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from classify.comparison import ConfigurationComparison, compare_configurations, count_steps
from classify.estimators import CLASSIFIERS, check_classifier
from features.signals import SIGNALS
from features.windows import parse_clip_rules
from ground.text import count
from motionsig.use_cases.configurations import lay_out_configurations
from motionsig.use_cases.inputs import Names, check_kind, check_person, find_files, read_labels
from motionsig.use_cases.monitor import Monitor


def compare(
    tables: Names,
    person: str,
    *,
    signals: Sequence[str] = SIGNALS,
    sets: Sequence[str] = ("full", "face", "body"),
    windows: str = "10/5,5/2.5",
    classifiers: Sequence[str] = CLASSIFIERS,
    manifest: str | Path | None = None,
    monitor: Monitor | None = None,
) -> ConfigurationComparison:
    """Run the grouped evaluation over signals, sets of pairs, clip lengths and classifiers.

    Parameters
    ----------
    tables
        Frame tables of `extract`, or folders of them.
    person
        Whom to learn.
    signals, sets, classifiers
        What to combine; what is named twice is run once.
    windows
        Clips, as length/overlap in seconds, parted by commas.
    manifest
        CSV with ``path,subject,group,session``, for videos whose names do not say who is in them.
    monitor
        Progress, and whether to stop.

    Raises
    ------
    InputError
        When there is no signal, set or classifier of a name.
    TableError
        When a table breaks its contract, or the tables were read in different ways.
    TrainingError
        When labels or sources suffice in none of the configurations.
    StoppedError
        When the monitor says so.
    """
    monitor = monitor or Monitor()
    check_person(person)
    check_kind(windows, str, "The clips")
    for names, what in ((signals, "The signals"), (sets, "The sets"), (classifiers, "The classifiers")):
        check_kind(names, Sequence, what)
    found = find_files(tables, {".parquet"}, "frame table")
    rules = parse_clip_rules(windows)
    chosen: dict[str, Any] = {
        "signals": list(dict.fromkeys(signals)),
        "sets": list(dict.fromkeys(sets)),
        "rules": rules,
        "classifiers": [check_classifier(name) for name in dict.fromkeys(classifiers)],
        "labels": read_labels(manifest, monitor.notice),
    }
    total = len(found) * len(chosen["signals"]) * len(rules)
    with monitor.stage("Correlating", total, "tables") as advance:
        configurations, dropped = lay_out_configurations(found, person, **chosen, on_table=lambda: advance(1))
    stage = f"Comparing {count(len(configurations), 'configuration')}"
    with monitor.stage(stage, count_steps(len(configurations)), "steps") as advance:
        return compare_configurations(configurations, dropped=dropped, on_progress=lambda: advance(1))
