"""Voice tables whose answers can be worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from frame_tables import make_moving_frames, make_table, write_table
from numpy.typing import ArrayLike, NDArray

from extract.description import Backend
from extract.frame_table import FrameTable
from extract.sound.source import SoundSource
from extract.sound.voice import VOICE_COLUMNS
from extract.sound.voice_table import VoiceMetadata, VoiceTable, find_voice_table, write_voice_table

# Of a voice that goes on without change.
STEADY = {
    "pitch_hz": 100.0, "voicing": 0.9, "loudness_db": -20.0, "centroid_hz": 900.0, "tilt_db": -6.0,
    "low_db": -23.0, "middle_db": -30.0, "high_db": -40.0,
}  # fmt: skip
NO_SOUND = SoundSource(lack="no sound track")


def make_voice(
    table: FrameTable | None = None,
    moments: int = 0,
    reader: str = "1",
    sound: SoundSource | None = None,
    **columns: ArrayLike,
) -> VoiceTable:
    """The voice of a video: a steady one but for the columns given, a value or a row of them a moment."""
    values = np.empty((moments, len(VOICE_COLUMNS)))
    for place, name in enumerate(VOICE_COLUMNS):
        values[:, place] = columns.get(name, STEADY[name])
    source = table.metadata.source if table else None
    return VoiceTable(
        values,
        VoiceMetadata(
            video_sha256=source.sha256 if source else "",
            start_s=source.start_s if source else 0.0,
            reader=Backend(name="ear", version=reader),
            sound=sound or SoundSource(track="aac", rate_hz=48_000, end_s=moments / 100),
        ),
    )


def make_speech(table: FrameTable, seed: int = 0, voiced: float = 1.0, **more: Any) -> VoiceTable:
    """The voice of a video of 10 frames/s: random, voiced in a share of the frames, each second's first."""
    moments = round(100 * float(table.frames["time_s"].iloc[-1])) + 10
    change = np.random.default_rng(seed).normal(size=(len(VOICE_COLUMNS), moments))
    columns: dict[str, NDArray[np.float64]] = {
        name: STEADY[name] * (1 + 0.03 * noise) for name, noise in zip(VOICE_COLUMNS, change, strict=True)
    }
    silent = (np.arange(moments) + 5) % 100 >= 100 * voiced  # a frame has 10 moments around it
    columns["pitch_hz"][silent] = np.nan
    columns["voicing"] = np.where(silent, 0.1, np.minimum(columns["voicing"], 1.0))
    return make_voice(table, moments, **columns, **more)


def write_voice(voice: VoiceTable, table: Path) -> None:
    """Write a voice table beside a frame table."""
    write_voice_table(voice, find_voice_table(table))


def write_speaking(
    folder: Path, name: str = "16_id0_fake.mp4", seconds: float = 23.0, seed: int = 0, **more: Any
) -> Path:
    """Write frame table and voice table of somebody who moves and speaks, at 10 frames/s."""
    table = make_table(make_moving_frames(np.arange(round(10 * seconds)) / 10, seed), name)
    path = write_table(table, folder)
    write_voice(make_speech(table, seed, **more), path)
    return path
