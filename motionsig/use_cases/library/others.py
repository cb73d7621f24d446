"""The folder of the other people, with whom a person is compared: who is in which of its files."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from extract.people.tracks_table import find_tracks_table
from extract.sound.voice_table import find_voice_table
from extract.video import VIDEO_SUFFIXES
from features.labels import Label, label_from_name
from features.manifest import find_label, read_manifest
from ground.errors import InputError
from ground.provenance import tell_time
from motionsig.use_cases.inputs import find_files
from motionsig.use_cases.library.files import is_within, link_file
from motionsig.use_cases.library.layout import Library
from motionsig.use_cases.library.lock import changing_people
from motionsig.use_cases.library.names import name_file
from motionsig.use_cases.library.people import list_stems, read_others
from motionsig.use_cases.library.records import Recording, write_record

# Under which names a folder of other people says who is in which video.
_MANIFESTS: Final = ("people.csv", "manifest.csv")


def add_others(library: Library, folder: Path) -> tuple[list[str], list[str]]:
    """Add the videos, or else the frame tables, of a folder of other people that are new.

    Who they are says a manifest in the folder, ``people.csv`` or ``manifest.csv``, or their names. Videos
    stay where they are; tables are copied.

    Returns
    -------
    tuple of list of str
        What is left out: names of files of which nobody says who is in them, and of links that lead out of
        the folder.

    Raises
    ------
    InputError
        When there is nothing in the folder, or nobody says who is in any of them.
    """
    found = find_files(folder, VIDEO_SUFFIXES, "video", otherwise={".parquet"}, namesakes=True)
    manifest = next((folder / name for name in _MANIFESTS if (folder / name).is_file()), None)
    labels = None if manifest is None else read_manifest(manifest)
    labelled = {
        path: label_from_name(path.stem) if labels is None else find_label(labels, path.stem)
        for path in found
    }
    away = [path for path in found if not is_within(path, [folder])]
    for path in away:
        del labelled[path]
    unknown = [path.name for path, label in labelled.items() if label is None]
    if len(unknown) == len(labelled):
        raise InputError(
            f"Nobody says who is in the videos of {folder.name}. Put a manifest people.csv into the folder "
            "(path,subject,group,session), or name them <number>_<person>_<group>, such as 4_id1_celeb.mp4."
        )
    with changing_people(library):
        record = read_others(library)
        known = {recording.path for recording in record.recordings}
        taken = set(list_stems(library))
        added: list[Recording] = []
        for path, label in labelled.items():
            if label is not None and str(path) not in known:
                file = name_file(path.name, taken)
                taken.add(Path(file).stem)
                _place(path, library.others, file)
                added.append(_record(path, file, label))
        update = {
            "recordings": (*record.recordings, *added),
            "created_utc": record.created_utc or tell_time(),
        }
        write_record(record.model_copy(update=update), library.others / "person.json")
    return unknown, [path.name for path in away]


def _record(path: Path, file: str, label: Label) -> Recording:
    return Recording(
        file=file,
        given=path.name,
        path=str(path),
        subject=label.subject,
        group=label.group,
        session=label.session,
        collection=label.collection,
        added_utc=tell_time(),
    )


def _place(path: Path, folder: Path, file: str) -> None:
    if path.suffix.lower() != ".parquet":
        link_file(path, folder / "videos" / file)
        return
    tables = folder / "tables"
    tables.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, tables / file)
    for beside in (find_tracks_table, find_voice_table):
        if beside(path).exists():
            shutil.copy(beside(path), beside(tables / file))
