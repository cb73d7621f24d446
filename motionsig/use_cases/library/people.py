"""The people of a library, and the other people with whom they are compared."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from extract.tables_beside import find_tables_beside, is_beside
from ground.errors import InputError
from ground.names import key_of_name, tidy
from ground.provenance import tell_time
from ground.rows import write_rows
from motionsig.use_cases.library.files import Arrival, link_file, remove_folder
from motionsig.use_cases.library.layout import Library, MissingError, pick
from motionsig.use_cases.library.lock import changing_people, holding_queue
from motionsig.use_cases.library.names import check_name, name_file, name_folder
from motionsig.use_cases.library.queue import LEARNING, forget_jobs, is_busy
from motionsig.use_cases.library.records import PersonRecord, Recording, read_record, write_record

# Whose work it is that is done for the other people: no person can be called so.
OTHERS: Final = ".others"
_MANIFEST_COLUMNS: Final = ("path", "subject", "group", "session", "collection")


@dataclass(frozen=True)
class Person:
    """A person of the library: `model` may be there without a record, if a command wrote it."""

    id: str
    name: str
    record: PersonRecord | None
    model: Path | None


def list_people(library: Library) -> list[Person]:
    """Return everybody who has a folder or a model, by name."""
    ids = {path.name for path in library.people.iterdir() if path.is_dir()}
    ids |= {path.stem for path in library.models.glob("*.skops")}
    people = [find_person(library, one) for one in ids if not one.startswith(".")]
    return sorted(people, key=lambda person: key_of_name(person.name))


def find_person(library: Library, person_id: str) -> Person:
    """Return a person; MissingError where there is neither a folder nor a model."""
    record = model = None
    try:
        record = read_record(PersonRecord, pick(library.people, person_id) / "person.json")
    except MissingError:
        pass
    except InputError as error:
        record = PersonRecord(name=person_id, created_utc="", problem=error.message)
    try:
        model = pick(library.models, f"{person_id}.skops")
    except MissingError:
        if record is None:
            raise MissingError(f"There is no person {person_id!r}.") from None
    return Person(person_id, record.name if record else person_id, record, model)


def add_person(library: Library, name: str) -> Person:
    """Return a new person, of whom nothing is known yet.

    Raises
    ------
    InputError
        When it is no name, or somebody is called so.
    """
    shown = check_name(name)
    with changing_people(library):
        people = list_people(library)
        if key_of_name(shown) in {key_of_name(person.name) for person in people}:
            raise InputError(
                f"{shown} is there already. Add recordings to that person, or give another name."
            )
        folder = name_folder(shown, [person.id for person in people])
        record = PersonRecord(name=shown, created_utc=tell_time())
        write_record(record, library.people / folder / "person.json")
    return Person(folder, shown, record, None)


def delete_person(library: Library, person_id: str) -> None:
    """Remove a person for good: record, videos, tables and model. Verdicts on suspects stay.

    Raises
    ------
    InputError
        When somebody works on it, or there is nobody.
    """
    person = find_person(library, person_id)
    with holding_queue(library), changing_people(library):
        _refuse_busy(library, person_id)
        forget_jobs(library, person_id, LEARNING)
        if person.model is not None:
            person.model.unlink(missing_ok=True)
        shutil.rmtree(library.cache_of(person_id), ignore_errors=True)
        remove_folder(library.people / person_id)
        _renew_manifest(library)


def folder_of(library: Library, person_id: str) -> Path:
    """Return the folder of a person, or of the other people."""
    return library.others if person_id == OTHERS else library.people / person_id


def read_others(library: Library) -> PersonRecord:
    """Return the record of the other people, which may be empty."""
    path = library.others / "person.json"
    if not path.exists():
        return PersonRecord(name="Other people", created_utc="")
    return read_record(PersonRecord, path)


def set_folder_of_others(library: Library, folder: Path) -> None:
    """Keep where the videos or frame tables of the other people lie; whoever learns of them looks there."""
    with changing_people(library):
        record = read_others(library)
        update = {"folder": str(folder), "created_utc": record.created_utc or tell_time()}
        write_record(record.model_copy(update=update), library.others / "person.json")


def read_recordings_of(library: Library, person_id: str) -> PersonRecord:
    """Return the record of a person, or of the other people; begun where a command made the model."""
    if person_id == OTHERS:
        return read_others(library)
    person = find_person(library, person_id)
    return person.record or PersonRecord(name=person.name, created_utc=tell_time())


def add_recording(
    library: Library, person_id: str, given: str, source: Arrival | Path, **said: str | None
) -> Recording:
    """Add a video, or a frame table, that has arrived, or one that stays where it is.

    Parameters
    ----------
    library
        Where to.
    person_id
        Whose, or `OTHERS`.
    given
        Its name where it comes from.
    source
        The file that arrived, or the path where it lies.
    said
        Further fields of the recording: `session`, and of other people `subject`, `group`, `collection`.
    """
    with changing_people(library):
        record = read_recordings_of(library, person_id)
        folder = folder_of(library, person_id)
        file = name_file(given, [*list_stems(library)])
        place = folder / ("tables" if file.endswith(".parquet") else "videos") / file
        recording = Recording(
            file=file,
            given=given,
            path=None if isinstance(source, Arrival) else str(source),
            added_utc=tell_time(),
            **said,
        )
        update = {"recordings": (*record.recordings, recording)}
        # First what is there, then the file: a kill in between leaves no file that nobody knows of.
        write_record(record.model_copy(update=update), folder / "person.json")
        try:
            if isinstance(source, Arrival):
                source.keep(place)
            else:
                link_file(source, place)
        except BaseException:
            write_record(record, folder / "person.json")
            raise
    return recording


def remove_recording(library: Library, person_id: str, file: str) -> None:
    """Remove a recording for good: its video, or the link to it, and its tables.

    Raises
    ------
    InputError
        When somebody works on it, or there is no such recording.
    """
    with holding_queue(library), changing_people(library):
        _refuse_busy(library, person_id)
        record, folder = read_recordings_of(library, person_id), folder_of(library, person_id)
        kept = tuple(one for one in record.recordings if one.file != file)
        if len(kept) == len(record.recordings) and file not in list_unrecorded(library, person_id):
            raise MissingError(f"There is no recording {file!r}.")
        (folder / "videos" / file).unlink(missing_ok=True)
        table = folder / "tables" / f"{Path(file).stem}.parquet"
        for path in (table, *find_tables_beside(table)):
            path.unlink(missing_ok=True)
        write_record(record.model_copy(update={"recordings": kept}), folder / "person.json")
        _renew_manifest(library)


def list_tables(folder: Path) -> list[Path]:
    """Return the frame tables of a person, or of the other people."""
    found = sorted((folder / "tables").glob("*.parquet"))
    return [path for path in found if not (is_beside(path) or path.name.startswith("."))]


def set_session(library: Library, person_id: str, file: str, session: str | None) -> None:
    """Say to which occasion a recording belongs, or that nobody knows; learning the person again uses it.

    Raises
    ------
    MissingError
        When there is no such recording.
    """
    with changing_people(library):
        record = read_recordings_of(library, person_id)
        said = tidy(session or "") or None
        known = {one.file: one for one in record.recordings}
        if file not in known and file not in list_unrecorded(library, person_id):
            raise MissingError(f"There is no recording {file!r}.")
        found = known.get(file) or Recording(file=file, given=file, added_utc=tell_time())
        known[file] = found.model_copy(update={"session": said})
        update = {"recordings": tuple(known.values())}
        write_record(record.model_copy(update=update), folder_of(library, person_id) / "person.json")


def list_unrecorded(library: Library, person_id: str) -> list[str]:
    """Return the names of frame tables that a command put into the folder of a person."""
    known = {Path(one.file).stem for one in read_recordings_of(library, person_id).recordings}
    return [path.name for path in list_tables(folder_of(library, person_id)) if path.stem not in known]


def write_manifest(library: Library) -> Path:
    """Write who is in which frame table of the library, and return the path.

    Every command takes it as ``--manifest``. Tables of other people of whom nobody says who they are have
    no row.
    """
    write_rows(library.manifest, _MANIFEST_COLUMNS, _list_rows(library))
    return library.manifest


def _renew_manifest(library: Library) -> None:
    """Take out of the manifest, if there is one, who and what was deleted."""
    if library.manifest.exists():
        write_manifest(library)


def _list_rows(library: Library) -> Iterator[tuple[str, ...]]:
    for person in list_people(library):
        folder = library.people / person.id
        said = {Path(one.file).stem: one for one in (person.record.recordings if person.record else ())}
        for table in list_tables(folder):
            one = said.get(table.stem)
            session = (one.session if one else None) or table.stem
            path = str(table.relative_to(library.root))
            yield (path, person.name, "pristine", f"{person.id}: {session}", "")
    said = {Path(one.file).stem: one for one in read_others(library).recordings}
    for table in list_tables(library.others):
        one = said.get(table.stem)
        if one is not None and one.subject and one.group:
            path = str(table.relative_to(library.root))
            yield (path, one.subject, one.group, one.session or table.stem, one.collection or "")


def list_stems(library: Library) -> Iterable[str]:
    """Return the names without endings of all videos and tables of people, which must differ."""
    for folder in (*(path for path in library.people.iterdir() if path.is_dir()), library.others):
        for part in ("videos", "tables"):
            if (folder / part).is_dir():
                yield from (path.stem for path in (folder / part).iterdir())


def _refuse_busy(library: Library, person_id: str) -> None:
    if is_busy(library, person_id, LEARNING):
        raise InputError("Somebody waits for this, or it is being read. Cancel that first.")
