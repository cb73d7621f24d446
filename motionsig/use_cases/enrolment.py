"""A person's frame tables and a background to an enrolled person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from classify.background.enrolled import Enrolment
from classify.background.enrolled import enrol as enrol_person
from classify.background.files import load_background, save_enrolment
from classify.background.selection import LeftOut, Why, tell_left_out
from classify.known_face import learn_face
from classify.label_check import LabelledFace
from extract.frame_table import read_metadata
from features.labels import Label
from features.recordings import Recording
from ground.errors import InputError
from ground.files import hash_file, to_path
from ground.names import key_of_name
from motionsig.use_cases.faces import read_faces
from motionsig.use_cases.inputs import Names, check_person, find_files, read_labels, refuse_overwriting
from motionsig.use_cases.lip_sync import learn_of_enrolled
from motionsig.use_cases.monitor import Monitor
from motionsig.use_cases.recordings import UnlistedError, describe_table, find_label_of
from motionsig.use_cases.training import name_model_file


def enrol(
    person: str,
    tables: Names,
    background: str | Path,
    out: str | Path | None = None,
    *,
    manifest: str | Path | None = None,
    keep_face: bool = True,
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
    keep_face
        Whether the file keeps the face of the person, to find them in videos of several people. It is
        biometric data: whoever has the file can search for it. It comes from the tables of tracks beside the
        frame tables; recordings whose face does not go with the others' are named in a notice.
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
        When a path or a value cannot be worked with, or a recording is shorter than one clip, or a fake.
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
    labels = read_labels(manifest, monitor.notice)
    names = [descriptor.name for descriptor in learnt.card.descriptors]
    recordings: list[Recording] = []
    used: list[Path] = []
    left_out: list[LeftOut] = []
    with monitor.stage("Describing", len(found), "tables") as advance:
        for table in found:
            if labels is not None and (why := _find_reason(table, labels, person)):
                left_out.append(LeftOut(table.stem, why))
            else:
                recordings.append(describe_table(table, names, labels))
                used.append(table)
            advance(1)
    for sentence in tell_left_out(left_out):
        monitor.notice(sentence)
    if not recordings:
        raise InputError(
            f"The manifest says of no table that it shows {person}. Check the name and the tables."
        )
    faces = [LabelledFace(one.video, person, one.face) for one in read_faces(used, monitor.notice)]
    face = learn_face(faces, person, monitor.notice)
    said = labels is not None
    enrolment = enrol_person(learnt, hash_file(learnt_from), person, recordings, sessions_said=said)
    known = learn_of_enrolled(used, enrolment.card.recordings, monitor.notice)
    enrolment = replace(enrolment, card=enrolment.card.model_copy(update={"lip_sync": known}))
    if keep_face:
        enrolment = replace(enrolment, face=face)
    save_enrolment(enrolment, path)
    return enrolment


def _find_reason(table: Path, labels: Mapping[str, Label], person: str) -> Why | None:
    """Return why a manifest's word on a table is against enrolling a person by it; None where it is not."""
    try:
        label = find_label_of(table, read_metadata(table), labels)
    except UnlistedError:
        return Why.NOT_LISTED
    if label is None or key_of_name(label.subject) != key_of_name(person):
        return Why.OTHER_PERSON
    return Why.FAKE if label.group == "fake" else None
