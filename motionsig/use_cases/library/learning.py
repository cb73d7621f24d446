"""Recordings of a person to a model, by the way that the library allows: enrolling, or training."""

from __future__ import annotations

from pathlib import Path

from features.formats import list_some
from ground.errors import InputError, MotionsigError, TrainingError
from motionsig.use_cases.backgrounds import background
from motionsig.use_cases.correlation import correlate
from motionsig.use_cases.enrolment import enrol
from motionsig.use_cases.extraction import extract
from motionsig.use_cases.library.layout import Library
from motionsig.use_cases.library.lock import changing_people
from motionsig.use_cases.library.others import add_others
from motionsig.use_cases.library.people import (
    OTHERS,
    find_person,
    folder_of,
    list_tables,
    read_others,
    read_recordings_of,
    write_manifest,
)
from motionsig.use_cases.library.records import PersonRecord, write_record
from motionsig.use_cases.monitor import Monitor
from motionsig.use_cases.training import train


def learn_person(library: Library, person_id: str, workers: int, monitor: Monitor) -> None:
    """Read the recordings of a person that are not read yet, and learn the person anew.

    With a background the person is enrolled, otherwise trained against the other people. Why that fails is
    kept in the record of the person, where the page shows it.

    Raises
    ------
    MotionsigError
        When nothing can be learnt: too little footage of the person, nobody to compare with.
    StoppedError
        When the monitor says so; tables that are finished are kept.
    """
    _remember(library, person_id, None)
    try:
        _measure(library, person_id, workers, monitor)
        _learn(library, person_id, monitor)
    except MotionsigError as error:
        _remember(library, person_id, str(error))
        raise


def learn_others(library: Library, workers: int, monitor: Monitor) -> None:
    """Read the videos of the other people that are not read yet, and learn a background if they are enough.

    Raises
    ------
    InputError
        When there are none.
    StoppedError
        When the monitor says so; tables that are finished are kept.
    """
    _remember(library, OTHERS, None)
    folder = read_others(library).folder
    if folder is not None:
        unknown, away = add_others(library, Path(folder))
        if unknown:
            monitor.notice(f"Left out, because nobody says who is in them: {list_some(unknown)}.")
        if away:
            monitor.notice(f"Left out, because they are links to files elsewhere: {list_some(away)}.")
    _measure(library, OTHERS, workers, monitor)
    manifest = write_manifest(library)
    tables = list_tables(library.others)
    if not tables:
        raise InputError("No video of other people could be read.")
    try:
        background(tables, library.background, manifest=manifest, workers=workers, monitor=monitor)
    except TrainingError as error:
        # Too few to learn from them what changes from day to day; a person can still be trained against them.
        _remember(library, OTHERS, str(error))


def _measure(library: Library, person_id: str, workers: int, monitor: Monitor) -> None:
    """Make the frame tables that are missing; a video that cannot be used costs itself only."""
    folder = folder_of(library, person_id)
    videos = [path for path in _list_videos(folder) if path.exists()]
    for path in set(_list_videos(folder)).difference(videos):
        monitor.notice(f"{path.name} is no longer where it was. Its frame table is used if there is one.")
    if not videos:
        return
    for outcome in extract(videos, folder / "tables", workers=workers, monitor=monitor):
        if outcome.error is not None:
            monitor.notice(f"Not read: {outcome.error}".replace(f"{library.root}/", ""))
        elif outcome.extraction is not None:
            for sentence in outcome.extraction.list_warnings():
                monitor.notice(f"{outcome.video.name}: {sentence}")


def _list_videos(folder: Path) -> list[Path]:
    found = sorted((folder / "videos").glob("*")) if (folder / "videos").is_dir() else []
    return [path for path in found if not path.name.startswith(".")]


def _learn(library: Library, person_id: str, monitor: Monitor) -> None:
    person, folder = find_person(library, person_id), folder_of(library, person_id)
    tables, model = list_tables(folder), library.models / f"{person_id}.skops"
    if not tables:
        raise InputError(f"There is no recording of {person.name} that could be read. Add some.")
    manifest = write_manifest(library)
    if library.background.exists():
        # Where nobody said which recordings are of one occasion, the enrolment says that nobody did.
        said = any(one.session for one in (person.record.recordings if person.record else ()))
        enrol(
            person.name,
            tables,
            library.background,
            model,
            manifest=manifest if said else None,
            monitor=monitor,
        )
        return
    others = _list_labelled(library)
    if not others:
        raise InputError(
            f"There is nobody to compare {person.name} with. Add recordings of other people first, or a "
            "background."
        )
    correlations = folder / "correlations.csv"
    correlate([*tables, *others], correlations, manifest=manifest, monitor=monitor)
    train(correlations, person.name, model, manifest=manifest, tables=[*tables, *others], monitor=monitor)


def _list_labelled(library: Library) -> list[Path]:
    said = {Path(one.file).stem for one in read_others(library).recordings if one.subject and one.group}
    return [table for table in list_tables(library.others) if table.stem in said]


def _remember(library: Library, person_id: str, problem: str | None) -> None:
    """Keep why nothing could be learnt, or that this is not so any more."""
    with changing_people(library):
        record: PersonRecord = read_recordings_of(library, person_id)
        if record.problem != problem:
            path = folder_of(library, person_id) / "person.json"
            write_record(record.model_copy(update={"problem": problem}), path)
