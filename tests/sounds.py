"""Sound for the tests: what is heard in a file, and what disturbs it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import av
import numpy as np

from simulate.sound import Sound


@dataclass(frozen=True, eq=False)
class Heard:
    """An audio track as decoded: mono, full scale 1, its first sample at `start_s`."""

    samples: np.ndarray
    rate_hz: int
    start_s: float
    language: str | None

    def cut(self, begin_s: float, end_s: float) -> np.ndarray:
        begin, end = (round((at - self.start_s) * self.rate_hz) for at in (begin_s, end_s))
        return self.samples[begin:end]


def hear(path: Path, track: int = 0) -> Heard:
    """Decode an audio track of a file."""
    with av.open(path) as container:
        stream = container.streams.audio[track]
        frames = list(container.decode(stream))
        return Heard(
            np.concatenate([frame.to_ndarray()[0] for frame in frames]),
            stream.rate,
            float(frames[0].pts * frames[0].time_base),
            stream.language,
        )


def play_music(seconds: float, rate_hz: int) -> Sound:
    """A chord of three strings that is struck every half second: music that no mouth belongs to."""
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    chord = sum(np.sin(2 * np.pi * hz * time_s) for hz in (220.0, 277.2, 329.6))
    return Sound((0.1 * chord * np.exp(-4 * (time_s % 0.5))).astype(np.float32), rate_hz)


def be_silent(seconds: float, rate_hz: int) -> Sound:
    """Digital silence."""
    return Sound(np.zeros(round(seconds * rate_hz), np.float32), rate_hz)


def mix(sound: Sound, other: Sound) -> Sound:
    """Both at once, for as long as the shorter one."""
    length = min(len(sound.samples), len(other.samples))
    return replace(sound, samples=sound.samples[:length] + other.samples[:length])


def overdrive(sound: Sound, gain_db: float) -> Sound:
    """A microphone that is too loud: whatever goes beyond full scale is cut off."""
    return replace(sound, samples=np.clip(sound.samples * np.float32(10 ** (gain_db / 20)), -1, 1))
