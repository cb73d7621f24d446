"""Faces beside frame tables: whether a suspect is the person, and whose faces labelled videos show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from classify.face_check import FaceCheck
from classify.label_check import LabelledFace
from extract.frame_table import FrameTableMetadata, read_metadata
from extract.people.measured_faces import MeasuredFace, VideoFace, read_measured_face
from extract.people.person import PersonReference
from extract.people.presence import measures_nobody
from features.labels import Label
from ground.errors import MotionsigError
from motionsig.use_cases.recordings import find_label_of


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
    if measures_nobody(metadata.person):
        return FaceCheck(found=False)
    if face is None or metadata.person.reference == face.fingerprint:
        return FaceCheck(found=True)
    measured = read_measured_face(table, metadata)
    known = MeasuredFace(face.network, face.vector)
    return FaceCheck(found=True, similarity=None if measured is None else measured.compare(known))


def read_faces(tables: Iterable[Path], on_notice: Callable[[str], None]) -> list[VideoFace]:
    """Return the faces that frame tables measure, as far as there are tables of tracks beside them.

    `on_notice` is called with a sentence on each table that cannot be read.
    """
    faces = []
    for table in tables:
        try:
            metadata = read_metadata(table)
            face = read_measured_face(table, metadata)
        except MotionsigError as error:
            on_notice(str(error))
        else:
            if face is not None:
                faces.append(VideoFace(metadata.source.name, metadata.source.sha256, face))
    return faces


def read_labelled_faces(
    tables: Iterable[Path], labels: Mapping[str, Label] | None, on_notice: Callable[[str], None]
) -> list[LabelledFace]:
    """Return the faces of authentic videos whose subject a manifest, or the video's name, says.

    Frame tables that cannot be read, or that no manifest lists, are passed over: whoever describes them says
    so. `on_notice` is called with a sentence on each table of tracks that is damaged.
    """
    faces = []
    for table in tables:
        try:
            metadata = read_metadata(table)
            label = find_label_of(table, metadata, labels)
        except MotionsigError:
            continue
        if label is not None and label.subject and label.group != "fake":
            faces += [
                LabelledFace(one.video, label.subject, one.face) for one in read_faces([table], on_notice)
            ]
    return faces
