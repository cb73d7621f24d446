"""Videos to frame tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from extract.body import find_body_reader
from extract.extraction_options import ExtractionOptions
from extract.face import find_face_reader
from extract.people.weights import INSTALL, RECOGNISER, are_installed, read_weights
from extract.table_sides import lacks_sides
from features.formats import list_some
from ground.errors import InputError
from ground.files import to_path
from ground.rows import write_rows
from ground.text import count
from motionsig.execution.dispatch import Outcome, dispatch
from motionsig.execution.survey import survey_videos
from motionsig.use_cases.inputs import (
    Names,
    check_kind,
    check_mesh_names,
    check_workers,
    find_videos,
)
from motionsig.use_cases.monitor import Monitor

if TYPE_CHECKING:
    import pandas as pd

    from motionsig.execution.cluster import Cluster

_DEFAULT_OPTIONS: Final = ExtractionOptions()
_COLUMNS: Final = (
    "video", "table", "error", "reused", "warning", "seconds", "frames", "frames_decoded", "frames_promised",
    "decode_errors", "body_frames", "face_frames", "person", "people", "shots",
)  # fmt: skip


def extract(
    videos: Names,
    out: str | Path,
    options: ExtractionOptions = _DEFAULT_OPTIONS,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    everyone: bool = False,
    shows_person: Callable[[str], bool] | None = None,
    on_outcome: Callable[[Outcome], None] | None = None,
    monitor: Monitor | None = None,
) -> list[Outcome]:
    """Measure body, face and head in every frame of videos: one frame table a video.

    Tables that were made from the same files in the same way are kept. A video that cannot be used costs
    itself only. Videos that failed are listed in `failures_path` as soon as they have, so also when the run
    is stopped or killed.

    Parameters
    ----------
    videos
        Video files, folders of them, or addresses such as ``s3://bucket/folder``.
    out
        Folder for the frame tables, ``<stem>.parquet`` each.
    options
        How they are read.
    workers
        Number of processes, at least 1; None for one a processor.
    cluster
        Address of a Dask scheduler, where the work is done instead.
    everyone
        Whether each person of a video is measured, in a frame table of their own,
        ``<stem>.person<number>.parquet``. The video is read once for each person.
    shows_person
        Says of a video, by its name without ending, whether the person of the options is looked for in it; of
        others the person most seen is measured. None for all videos.
    on_outcome
        Called with each outcome as soon as it is there.
    monitor
        Progress, notices, and whether to stop.

    Returns
    -------
    list of Outcome
        One for each video, or with `everyone` for each person of a video, in the order in which they ended.

    Raises
    ------
    InputError
        When a path, an option or the folder cannot be worked with; no video was read then.
    DependencyError
        When something that the reader or the cluster needs is missing.
    StoppedError
        When the monitor says so; finished tables and chunks are kept.
    """
    monitor = monitor or Monitor()
    check_workers(workers)
    check_kind(options, ExtractionOptions, "The options")
    if everyone and options.person is not None:
        raise InputError(
            "--everyone measures all people, and --person-photo names one of them. Leave out one of the two."
        )
    if cluster is not None:
        check_kind(cluster, str, "The address of the cluster")
    monitor.check()
    out = to_path(out)
    found = find_videos(videos, monitor.notice)
    if options.keep_mesh:
        check_mesh_names(found)
    options = _see_to_networks(options, monitor, everyone=everyone)
    prepare_readers(options, monitor)
    outcomes: list[Outcome] = []
    failed: list[Outcome] = []
    with ExitStack() as stack:
        connected: Cluster | None = None
        if cluster is not None:
            from motionsig.execution.cluster import connect

            connected = stack.enter_context(connect(cluster))
            monitor.notice(f"Dashboard of the cluster: {connected.dashboard}")
        survey = survey_videos(found, options.limits, monitor.check)
        advance = stack.enter_context(
            monitor.stage(f"Reading {count(len(found), 'video')}", survey.frames, "frames")
        )
        work = dispatch(
            survey,
            out,
            options,
            workers=workers or count_processors(),
            cluster=connected,
            everyone=everyone,
            of_others=[video for video in found if shows_person and not shows_person(video.stem)],
            advance=advance,
        )
        with suppress(OSError):  # a folder that cannot be written into is refused below
            failures_path(out).unlink()  # of a run before
        stack.enter_context(closing(work))
        for outcome in work:
            outcomes.append(outcome)
            if outcome.error:
                failed.append(outcome)
                with suppress(InputError, OSError):  # said at the end, for the others are done
                    _write_failures(failed, failures_path(out))
            if on_outcome:
                on_outcome(outcome)
    if failed:
        _write_failures(failed, failures_path(out))
    if choice := _describe_unnamed(outcomes):
        monitor.notice(choice)
    return outcomes


def prepare_readers(options: ExtractionOptions, monitor: Monitor) -> None:
    """See that everything is there that the readers of bodies and faces need.

    Raises
    ------
    DependencyError
        When something is missing.
    """
    find_body_reader(options.body).prepare(monitor.notice)
    find_face_reader(options.face, options.device, keep_mesh=options.keep_mesh).prepare(monitor.notice)


def _see_to_networks(options: ExtractionOptions, monitor: Monitor, *, everyone: bool) -> ExtractionOptions:
    """Say that people are not told apart where the networks for it are missing, or refuse to go on.

    The face that a model keeps is not looked for then; pictures that the user gave cannot do without.
    """
    if are_installed():
        return options
    if everyone or (options.person is not None and options.person.origin == "pictures"):
        read_weights(RECOGNISER)  # says what is missing
    monitor.notice(
        "People are not told apart: the first one found is measured, and after a cut whoever is there. "
        f"To measure one person, install the networks for it: {INSTALL}"
    )
    return options.model_copy(update={"person": None})


def _describe_unnamed(outcomes: Iterable[Outcome]) -> str | None:
    """Return in which videos somebody was chosen although nobody was named, and what to do; None for none."""
    chosen = {
        outcome.video.name: outcome.extraction.metadata.person for outcome in outcomes if outcome.extraction
    }
    unsure = sorted(
        name
        for name, person in chosen.items()
        if person and person.choice == "most seen" and person.people > 1
    )
    if not unsure:
        return None
    return (
        f"Several people are seen in {count(len(unsure), 'video')}: {list_some(unsure)}. Nobody was named, "
        "so the person most seen was measured. To name the person, give --person-photo."
    )


def count_processors() -> int:
    """Return how many processes can work at once on this computer, within the limits of a container."""
    import joblib

    processors: int = joblib.cpu_count()
    return processors


def failures_path(out: Path) -> Path:
    """Return where the videos that failed in the last run are listed."""
    return out / "failures.csv"


def count_outcomes(outcomes: Iterable[Outcome]) -> Counter[str]:
    """Return how many videos were ``done``, ``reused`` and ``failed``."""
    return Counter(_name_kind(outcome) for outcome in outcomes)


def count_without_sides(outcomes: Iterable[Outcome]) -> int:
    """Return how many tables were kept that have no one-sided measures although their reader gives them.

    An earlier version made them. `extract.table_sides.read_with_sides` refuses them.
    """
    kept = [one.extraction for one in outcomes if one.extraction is not None and one.extraction.reused]
    return sum(lacks_sides(extraction.table, extraction.metadata) for extraction in kept)


def tabulate_outcomes(outcomes: Iterable[Outcome]) -> pd.DataFrame:
    """Return outcomes as a table, a row a video.

    Returns
    -------
    DataFrame
        `video`, `table`, `error`, `reused`, `warning` (what of the file was not or could not be read, or was
        repaired), `seconds` and `frames` (that were read), `frames_decoded`, `frames_promised` (by the file),
        `decode_errors`, `body_frames` and `face_frames`; `person` (which is measured, 1 for the one most
        seen), `people` and `shots` (how many there are); None where there is no table, or nothing to say.
    """
    import pandas as pd

    return pd.DataFrame([summarise_outcome(outcome) for outcome in outcomes], columns=list(_COLUMNS))


def summarise_outcome(outcome: Outcome) -> dict[str, str | int | float | bool | None]:
    """Return what became of a video as JSON values; the keys are the columns of `tabulate_outcomes`."""
    extraction = outcome.extraction
    source = extraction.metadata.source if extraction else None
    person = extraction.metadata.person if extraction else None
    return {
        "video": str(outcome.video),
        "table": str(extraction.table) if extraction else None,
        "error": str(outcome.error) if outcome.error else None,
        "reused": extraction.reused if extraction else None,
        "warning": " ".join(extraction.list_warnings()) or None if extraction else None,
        "seconds": extraction.read_s if extraction else None,
        "frames": extraction.frames if extraction else None,
        "frames_decoded": source.frames_decoded if source else None,
        "frames_promised": source.frames_promised if source else None,
        "decode_errors": source.decode_errors if source else None,
        "body_frames": extraction.body_frames if extraction else None,
        "face_frames": extraction.face_frames if extraction else None,
        "person": person.number if person else None,
        "people": person.people if person else None,
        "shots": person.shots if person else None,
    }


def _name_kind(outcome: Outcome) -> str:
    if outcome.extraction is None:
        return "failed"
    return "reused" if outcome.extraction.reused else "done"


def _write_failures(failed: Iterable[Outcome], path: Path) -> None:
    write_rows(path, ("video", "error"), ((str(one.video), str(one.error)) for one in failed))
