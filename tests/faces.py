"""Made-up faces of known likeness, and frame tables that measure them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from frame_tables import make_moving_frames, make_table, write_table

from extract.description import Backend
from extract.frame_table import FACE_COLUMNS, JOINT_COLUMNS, FrameTable
from extract.people.measured_faces import MeasuredFace
from extract.people.person import EMBEDDING_WIDTH, ChosenPerson, Embedding, PersonReference
from extract.people.tracks_table import Track, find_tracks_table, write_tracks_table

NETWORK = Backend(name="sface", version="1", weights={"sface.onnx": "ab"})


def make_embedding(person: int, likeness: float = 1.0, picture: int = 0) -> Embedding:
    """A face at this cosine from the person's own; what is left is of the picture alone."""
    embedding = np.zeros(EMBEDDING_WIDTH, np.float32)
    embedding[person] = likeness
    embedding[64 + picture] = np.sqrt(1 - likeness**2)
    return embedding


def make_face(person: int, likeness: float = 1.0, picture: int = 0) -> MeasuredFace:
    return MeasuredFace(NETWORK, make_embedding(person, likeness, picture))


def make_reference(person: int = 0, name: str = "id0") -> PersonReference:
    embedding = tuple(make_embedding(person).astype(float).tolist())
    return PersonReference(network=NETWORK, embedding=embedding, origin="model", name=name)


def make_track(embedding: Embedding, *, chosen: bool = True, looks: int = 10) -> Track:
    person = 1 if chosen else 2
    return Track(0, 0.0, 9.0, person, chosen, 0.9, looks, 10.0, 10.0, 80.0, 80.0, embedding, b"")


def choose(table: FrameTable, **chosen: object) -> FrameTable:
    """The same table, saying that a person was chosen in it; nobody measured where none was found."""
    content = {"choice": "most seen", "network": NETWORK, "number": 1, "people": 1, "shots": 1, **chosen}
    person = ChosenPerson.model_validate(content)
    frames = table.frames
    if person.number is None:
        frames = frames.assign(**dict.fromkeys((*JOINT_COLUMNS, *FACE_COLUMNS), np.nan))
    return replace(table, frames=frames, metadata=table.metadata.model_copy(update={"person": person}))


def write_measured(folder: Path, name: str, *tracks: Track, seconds: float = 12.0, **more: object) -> Path:
    """Write the frame table of a moving person whose face was followed, and its table of tracks."""
    moving = make_table(make_moving_frames(np.arange(round(10 * seconds)) / 10), name, **more)  # type: ignore[arg-type]
    table = choose(moving)
    path = write_table(table, folder)
    write_tracks_table(find_tracks_table(path), tracks, table.metadata)
    return path
