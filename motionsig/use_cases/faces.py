"""Faces beside frame tables: whether a suspect is the person, and whose faces labelled videos show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from classify.face_check import FaceCheck
from classify.label_check import LabelledFace
from extract.frame_table import FrameTableMetadata, read_metadata
from extract.people.measured_faces import MeasuredFace, VideoFace, read_measured_face
from extract.people.person import PersonReference
from extract.people.presence import measures_nobody
from extract.people.tracks_table import find_tracks_table
from features.labels import Label
from ground.errors import MotionsigError
from motionsig.use_cases.recordings import find_label_of, is_read_from_video


def check_face(table: Path, metadata: FrameTableMetadata, face: PersonReference | None) -> FaceCheck | None:
    """Return whether a frame table measures the person of a face; None where nobody can tell.

    Parameters
    ----------
    table, metadata
        The frame table, beside which its table of tracks may lie, and its metadata.
    face
        Of the person; None where it is not known. Then only that somebody was measured is checked.

    Raises
    ------
    TableError
        When the table of tracks is damaged.
    """
    if metadata.person is None:
        return None
    of_person = face is not None and metadata.person.reference == face.fingerprint
    if measures_nobody(metadata.person):
        if metadata.person.choice == "number":
            return FaceCheck(missed="number")
        return FaceCheck(missed="person" if of_person else "other face")
    if face is None or of_person:
        return FaceCheck()
    measured = read_measured_face(table, metadata)
    known = MeasuredFace(face.network, face.vector)
    return FaceCheck(similarity=None if measured is None else measured.compare(known))


def read_faces(tables: Sequence[Path], on_notice: Callable[[str], None]) -> list[VideoFace]:
    """Return the faces that frame tables measure, as far as there are tables of tracks beside them.

    `on_notice` is called with a sentence on each table that cannot be read, and once for all that have no
    faces.
    """
    note_faceless(tables, "whom they show", on_notice)
    return [face for table in tables if (face := _read_face(table, on_notice)) is not None]


def read_labelled_faces(
    tables: Iterable[Path], labels: Mapping[str, Label] | None, on_notice: Callable[[str], None]
) -> list[LabelledFace]:
    """Return the faces of authentic videos whose subject a manifest, or the video's name, says.

    Frame tables that cannot be read, or that no manifest lists, are passed over: whoever describes them says
    so. `on_notice` is called with a sentence on each table of tracks that is damaged, and once for all frame
    tables that have no faces.
    """
    subjects: dict[Path, str] = {}
    for table in tables:
        try:
            label = find_label_of(table, read_metadata(table), labels)
        except MotionsigError:
            continue
        if label is not None and label.subject and label.group != "fake":
            subjects[table] = label.subject
    note_faceless(list(subjects), "whom they show", on_notice)
    return [
        LabelledFace(face.video, subject, face.face)
        for table, subject in subjects.items()
        if (face := _read_face(table, on_notice)) is not None
    ]


def note_faceless(tables: Sequence[Path], what: str, on_notice: Callable[[str], None]) -> None:
    """Say once of how many frame tables nobody can see whom they measure, and what to do.

    Parameters
    ----------
    tables
        Frame tables; those that cannot be read are passed over.
    what
        What is therefore not checked.
    on_notice
        Called with the sentences, if there are such tables.
    """
    lacking = sum(map(_is_faceless, tables))
    if lacking:
        on_notice(
            f"Frame tables without faces: {lacking} of {len(tables)}. So it was not checked {what}. They "
            "come from an earlier version, or were made without the networks that tell people apart, or "
            "their tables of tracks were removed. To have them checked, delete them and extract the videos "
            "again."
        )


def _is_faceless(table: Path) -> bool:
    """Return whether a frame table was read from a video, and nobody can see whom it measures."""
    try:
        metadata = read_metadata(table)
    except MotionsigError:
        return False
    lacks_face = metadata.person is None or not find_tracks_table(table).exists()
    return is_read_from_video(metadata) and lacks_face


def _read_face(table: Path, on_notice: Callable[[str], None]) -> VideoFace | None:
    try:
        metadata = read_metadata(table)
        face = read_measured_face(table, metadata)
    except MotionsigError as error:
        on_notice(str(error))
        return None
    return None if face is None else VideoFace(metadata.source.name, metadata.source.sha256, face)
