"""Frame tables of many people to a background."""

from __future__ import annotations

from pathlib import Path

from classify.background.background import Background
from classify.background.files import save_background
from classify.background.learning import learn_from, name_descriptors, plan_learning
from classify.background.selection import count_still_clips, tell_left_out
from classify.copies import describe_copies
from classify.label_check import check_labels
from ground.errors import TrainingError
from ground.files import to_path
from motionsig.use_cases.faces import read_labelled_faces
from motionsig.use_cases.inputs import Names, check_workers, find_files, read_labels, refuse_overwriting
from motionsig.use_cases.monitor import Monitor
from motionsig.use_cases.recordings import describe_tables


def background(
    tables: Names,
    out: str | Path = "background.skops",
    *,
    manifest: str | Path | None = None,
    workers: int | None = None,
    monitor: Monitor | None = None,
) -> Background:
    """Learn from other people what changes from recording to recording of anybody, and write it down.

    Parameters
    ----------
    tables
        Frame tables of `extract`, or folders of them: of at least ten people, five of them in several
        sessions, each recording at least 8 s long. Notices name tables that cannot be used; the card's notes
        say how many they are, and why. Notices name, too, videos whose face does not go with the others of
        their subject.
    out
        The file to write.
    manifest
        CSV (``path,subject,group,session``, and ``collection`` where it is known) that says who is in each
        video, in which session and from which collection; without it names of videos say who.
    workers
        Number of processes for describing recordings; None for one a processor.
    monitor
        Progress, notices, and whether to stop.

    Returns
    -------
    Background
        What was written; its `card` says from whom it was learnt and how well it does.

    Raises
    ------
    InputError
        When a path or a value cannot be worked with.
    TableError
        When the manifest breaks its contract.
    ModelError
        When recordings were read in different ways.
    TrainingError
        When there are too few people, or too few of them in several sessions.
    StoppedError
        When the monitor says so; nothing is written then.
    """
    monitor = monitor or Monitor()
    check_workers(workers)
    path = to_path(out)
    found = find_files(tables, {".parquet"}, "frame table", on_notice=monitor.notice)
    refuse_overwriting([path], found)
    labels = read_labels(manifest, monitor.notice)
    described = describe_tables(found, name_descriptors(), labels, workers, monitor)
    if not described.recordings:
        raise TrainingError("No table can be learnt from:", tell_left_out(described.left_out))
    steps, selected = plan_learning(described.recordings)
    for sentence in (
        *tell_left_out([*described.left_out, *selected.left_out]),
        *count_still_clips(selected.recordings),
        *describe_copies(selected.copies),
        *check_labels(read_labelled_faces(found, labels, monitor.notice)).describe(),
    ):
        monitor.notice(sentence)
    with monitor.stage("Learning", steps, "steps") as advance:
        learnt = learn_from(selected, described.left_out, lambda: advance(1))
    save_background(learnt, path)
    return learnt
