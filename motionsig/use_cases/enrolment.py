"""A person's frame tables and a background to an enrolled person."""

from __future__ import annotations

from pathlib import Path

from classify.background.enrolled import Enrolment
from classify.background.enrolled import enrol as enrol_person
from classify.background.files import load_background, save_enrolment
from features.manifest import read_manifest
from ground.errors import InputError
from ground.files import hash_file, to_path
from ground.names import key_of_name
from motionsig.use_cases.inputs import Names, check_person, find_files, refuse_overwriting
from motionsig.use_cases.monitor import Monitor
from motionsig.use_cases.recordings import describe_table
from motionsig.use_cases.training import name_model_file


def enrol(
    person: str,
    tables: Names,
    background: str | Path,
    out: str | Path | None = None,
    *,
    manifest: str | Path | None = None,
    monitor: Monitor | None = None,
) -> Enrolment:
    """Enrol a person, from one recording on, and write a file that `classify` takes as a model.

    Parameters
    ----------
    person
        Name of the person.
    tables
        Frame tables of recordings that show the person, or folders of them.
    background
        File of `background`, learnt from other people whose videos were read in the same way.
    out
        The file to write; ``<person>.skops`` by default.
    manifest
        CSV (``path,subject,group,session``) that says which recordings belong to one session; of the tables
        those that it says show the person are used. Without it each table is a session of its own.
    monitor
        Progress, notices, and whether to stop.

    Returns
    -------
    Enrolment
        What was written; its `card` says from what the person is known, and names recordings that do not go
        with the others.

    Raises
    ------
    InputError
        When a path or a value cannot be worked with, or a recording is shorter than one clip.
    TableError
        When a table or the manifest breaks its contract.
    ModelError
        When the background is damaged, or a recording was read in another way than the background's.
    TrainingError
        When the background was learnt from the person, or a recording shows too little of a face.
    StoppedError
        When the monitor says so; nothing is written then.
    """
    monitor = monitor or Monitor()
    check_person(person)
    path, learnt_from = name_model_file(person, out), to_path(background)
    found = find_files(tables, {".parquet"}, "frame table", on_notice=monitor.notice)
    refuse_overwriting([path], [*found, learnt_from])
    learnt = load_background(learnt_from)
    labels = read_manifest(to_path(manifest), monitor.notice) if manifest is not None else None
    names = [descriptor.name for descriptor in learnt.card.descriptors]
    recordings = []
    with monitor.stage("Describing", len(found), "tables") as advance:
        for table in found:
            recording = describe_table(table, names, labels)
            if labels is None or key_of_name(recording.subject or "") == key_of_name(person):
                recordings.append(recording)
            advance(1)
    if not recordings:
        raise InputError(
            f"The manifest says of no table that it shows {person}. Check the name and the tables."
        )
    if len(recordings) < len(found):
        monitor.notice(
            f"{len(found) - len(recordings)} of {len(found)} tables show other people and are not used."
        )
    enrolment = enrol_person(learnt, hash_file(learnt_from), person, recordings)
    save_enrolment(enrolment, path)
    return enrolment
