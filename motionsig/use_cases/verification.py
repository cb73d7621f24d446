"""How well people are verified across recordings, and which way of describing them does it best."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from classify.background import crossing
from classify.background.learning import FUSED, WAYS
from classify.background.selection import count_still_clips, select_footage, tell_left_out
from classify.background.summary import VerificationSummary, summarise
from classify.background.verification import Way, verify_footage
from classify.copies import describe_copies
from features.descriptors.registry import DESCRIPTORS, find_descriptor
from ground.errors import InputError, TrainingError
from ground.files import to_path
from motionsig.use_cases.inputs import Names, check_workers, find_files, read_labels
from motionsig.use_cases.monitor import Monitor
from motionsig.use_cases.recordings import describe_tables
from report.verification_figures import write_trial_plots

# What `compare` ranks: each descriptor alone, what a background adds up, and that without each part.
COMPARED: Final[tuple[Way, ...]] = (
    *((name,) for name in DESCRIPTORS),
    FUSED,
    *(tuple(name for name in FUSED if name != left_out) for left_out in FUSED),
)


def verify(
    tables: Names,
    *,
    ways: Sequence[Sequence[str]] = WAYS,
    manifest: str | Path | None = None,
    plots: str | Path | None = None,
    workers: int | None = None,
    monitor: Monitor | None = None,
) -> VerificationSummary:
    """Try on recordings of many people how well two recordings of one person are told from those of two.

    Everything that a background learns is learnt anew for each trial, without the two people in it: open-set,
    nested, person-disjoint cross-validation.

    Parameters
    ----------
    tables
        Frame tables of `extract`, or folders of them, as for `background`.
    ways
        Names of the descriptors whose scores are added up, for each way to compare; by default the ways
        that `background` chooses among.
    manifest
        As for `background`.
    plots
        Folder for plots of the likelihood ratios.
    workers
        Number of processes for describing recordings; None for one a processor.
    monitor
        Progress, notices, and whether to stop.

    Raises
    ------
    InputError
        When a path or a value cannot be worked with, or there is no descriptor of a name.
    TableError
        When the manifest breaks its contract.
    ModelError
        When recordings were read in different ways.
    TrainingError
        When there are too few people, or too few of them in several sessions.
    StoppedError
        When the monitor says so.
    """
    monitor = monitor or Monitor()
    check_workers(workers)
    chosen = check_ways(ways)
    found = find_files(tables, {".parquet"}, "frame table", on_notice=monitor.notice)
    labels = read_labels(manifest, monitor.notice)
    descriptors = tuple(dict.fromkeys(name for way in chosen for name in way))
    described = describe_tables(found, descriptors, labels, workers, monitor)
    if not described.recordings:
        raise TrainingError("No table can be used:", tell_left_out(described.left_out))
    selected = select_footage(described.recordings, descriptors)
    for sentence in describe_copies(selected.copies):
        monitor.notice(sentence)
    steps = crossing.count_steps(selected.footage)
    with monitor.stage("Verifying", steps, "steps") as advance:
        verified = verify_footage(selected.footage, chosen, lambda: advance(1))
    if plots is not None:
        write_trial_plots(verified, to_path(plots))
    left_out = tell_left_out([*described.left_out, *selected.left_out])
    return summarise(verified, selected.footage, [*left_out, *count_still_clips(selected.recordings)])


def check_ways(ways: Sequence[Sequence[str]]) -> list[Way]:
    """Return ways of describing, each once.

    Raises
    ------
    InputError
        When there is none, one has no descriptor, or there is no descriptor of a name.
    """
    if isinstance(ways, str) or any(isinstance(way, str) for way in ways):
        raise InputError("Give ways of describing as lists of names of descriptors, not as text.")
    chosen = list(dict.fromkeys(tuple(dict.fromkeys(way)) for way in ways))
    if not chosen or not all(chosen):
        raise InputError("Give at least one way of describing, each with at least one descriptor.")
    for name in {name for way in chosen for name in way}:
        find_descriptor(name)
    return chosen
