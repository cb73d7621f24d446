"""Mouths that move and voices that go with them, as frames and voice tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
from frame_tables import make_frames

from extract.description import Backend
from extract.sound.source import SoundSource
from extract.sound.voice import VOICE_COLUMNS, VOICE_RATE_HZ
from extract.sound.voice_table import VoiceMetadata, VoiceTable
from features.lip_sync import MouthAndSound

FPS = 30
# After the mouth comes the voice.
LAG_S = 0.06
_RANGE_DB = 12.0


def draw_opening(seconds: float, seed: int) -> np.ndarray:
    """How far a mouth is open, 100 values a second, between about -3 and 3, without anything above 5 Hz."""
    n = round(seconds * VOICE_RATE_HZ)
    noise = np.random.default_rng(seed).normal(size=n)
    spectrum = np.fft.rfft(noise)
    frequency = np.fft.rfftfreq(n, 1 / VOICE_RATE_HZ)
    spectrum[(frequency < 1) | (frequency > 5)] = 0
    opening = np.fft.irfft(spectrum, n)
    return opening / opening.std()


def show(opening: np.ndarray, size: float = 0.02) -> pd.DataFrame:
    """Frames of a mouth that is open so far; `size` is the spread in units of the eye corners' distance."""
    times = np.arange(int(len(opening) / VOICE_RATE_HZ * FPS)) / FPS
    drawn = np.interp(times, np.arange(len(opening)) / VOICE_RATE_HZ, opening)
    return make_frames(times).assign(mouth_v=0.1 + size * drawn, mouth_h=0.55 - size * drawn / 3)


def voice(opening: np.ndarray, *, lag_s: float = LAG_S, voiced: bool = True) -> VoiceTable:
    """A voice that is the louder the further the mouth was open `lag_s` before."""
    heard = np.roll(opening, round(lag_s * VOICE_RATE_HZ))
    values = dict.fromkeys(VOICE_COLUMNS, np.full(len(opening), 500.0))
    values["loudness_db"] = -30 + _RANGE_DB * heard / 3
    values["voicing"] = np.full(len(opening), 0.9 if voiced else 0.0)
    values["pitch_hz"] = np.full(len(opening), 120.0)
    for band, level in (("low_db", -33), ("middle_db", -40), ("high_db", -50)):
        values[band] = level + _RANGE_DB * heard / 2
    metadata = VoiceMetadata(
        video_sha256="0" * 64,
        start_s=0.0,
        reader=Backend(name="drawn", version="1"),
        sound=SoundSource(track="drawn", rate_hz=48_000, end_s=len(opening) / VOICE_RATE_HZ),
    )
    return VoiceTable(np.column_stack([values[name] for name in VOICE_COLUMNS]), metadata)


def speak(seconds: float, seed: int, *, lag_s: float = LAG_S, size: float = 0.02) -> MouthAndSound:
    """Mouth and sound of somebody who speaks."""
    opening = draw_opening(seconds, seed)
    return MouthAndSound.of_video(show(opening, size), voice(opening, lag_s=lag_s))
