"""Tables of tracks with drawn faces, for tests of what is made of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from frame_tables import write_table

from extract.description import Backend
from extract.frame_table import FrameTable
from extract.people.person import EMBEDDING_WIDTH, ChosenPerson
from extract.people.tracks_table import Track, find_tracks_table, write_tracks_table
from extract.sound.source import SoundSource

# What is known of the sound of a video that has none.
SILENT = SoundSource(lack="no sound track")
NETWORK = Backend(name="sface", version="1")
_EMBEDDING = np.full(EMBEDDING_WIDTH, EMBEDDING_WIDTH**-0.5, np.float32)


def draw_face(seed: int = 0, side: int = 96) -> bytes:
    """A JPEG of a disc with two eyes, of another colour for each seed."""
    image = np.full((side, side, 3), 40 * (seed % 5), np.uint8)
    cv2.circle(image, (side // 2, side // 2), side // 3, (90, 160, 220), -1)
    for x in (2 * side // 5, 3 * side // 5):
        cv2.circle(image, (x, 2 * side // 5), max(side // 20, 1), (0, 0, 0), -1)
    return bytes(cv2.imencode(".jpg", image)[1].tobytes())


def make_track(start_s: float, end_s: float, person: int = 1, **more: Any) -> Track:
    """Somebody who is seen: the person measured, if 1, unless said otherwise."""
    chosen = more.pop("chosen", person == 1)
    similarity = more.pop("similarity", 0.9 if chosen else 0.1)
    shot, picture = more.pop("shot", 0), more.pop("picture", draw_face(person))
    return Track(
        shot, start_s, end_s, person, chosen, similarity, 3, 10.0, 10.0, 50.0, 60.0, _EMBEDDING, picture
    )


def choose(number: int | None = 1, people: int = 2, choice: str = "most seen") -> ChosenPerson:
    """Whom a frame table measures."""
    return ChosenPerson(choice=choice, network=NETWORK, number=number, people=people, shots=1)


def write_tracked(table: FrameTable, folder: Path, tracks: Sequence[Track], chosen: ChosenPerson) -> Path:
    """Write a frame table that says whom it measures, with a table of tracks beside it."""
    metadata = table.metadata.model_copy(update={"person": chosen})
    path = write_table(dataclasses.replace(table, metadata=metadata), folder)
    write_tracks_table(find_tracks_table(path), tracks, metadata)
    return path
