"""What lies beside a frame table: its table of tracks, its mesh table and its voice table."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from extract.frame_table import is_frame_table
from extract.mesh_table import MESH_SUFFIX
from extract.people.tracks_table import TRACKS_SUFFIX
from extract.sound.voice_table import VOICE_SUFFIX

SUFFIXES_BESIDE: Final = (TRACKS_SUFFIX, MESH_SUFFIX, VOICE_SUFFIX)


def is_beside(path: Path) -> bool:
    """Return whether a file lies beside a frame table, by its name; a video may be called ``x.mesh.mp4``."""
    return path.name.endswith(SUFFIXES_BESIDE) and not is_frame_table(path)


def find_tables_beside(table: Path) -> list[Path]:
    """Return where the tables beside a frame table lie, whether they are there or not."""
    return [table.with_name(table.stem + suffix) for suffix in SUFFIXES_BESIDE]
