"""Video files with any kind of sound, whose pictures are tiny and plain."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np
from av.stream import Disposition

FPS = 10
_SIDE = 32


class SoundTrack(NamedTuple):
    """An audio track: samples of shape (channels, samples) or (samples,), full scale 1, and how it is coded.

    `move` gets the second at which a frame of sound belongs, and returns the one that its time stamp says.
    """

    samples: np.ndarray
    rate_hz: int
    codec: str = "pcm_s16le"
    layout: str = "mono"
    start_s: float = 0.0
    language: str | None = None
    is_default: bool | None = None
    move: Callable[[float], float] = lambda time_s: time_s


def write_heard(
    path: Path, *tracks: SoundTrack, picture_s: float = 2.0, picture_start_s: float = 0.0
) -> Path:
    """Write a video with audio tracks; its first picture is presented at `picture_start_s`."""
    with av.open(path, "w") as output:
        picture = output.add_stream("libx264", rate=FPS)
        picture.width = picture.height = _SIDE
        picture.pix_fmt, picture.options = "yuv420p", {"preset": "ultrafast", "bf": "0"}
        picture.codec_context.time_base = Fraction(1, 1000)
        streams = [_add(output, track) for track in tracks]
        for k in range(round(picture_s * FPS)):
            frame = av.VideoFrame.from_ndarray(np.full((_SIDE, _SIDE, 3), k % 200, np.uint8), format="rgb24")
            frame.pts, frame.time_base = round((picture_start_s + k / FPS) * 1000), Fraction(1, 1000)
            output.mux(picture.encode(frame))
        output.mux(picture.encode(None))
        for stream, track in zip(streams, tracks, strict=True):
            _encode(output, stream, track)
    return path


def _add(output: Any, track: SoundTrack) -> Any:
    stream = output.add_stream(track.codec, rate=track.rate_hz)
    stream.layout = track.layout
    if track.language:
        stream.metadata["language"] = track.language
    if track.is_default is not None:
        stream.disposition = Disposition.default if track.is_default else Disposition(0)
    return stream


def _encode(output: Any, stream: Any, track: SoundTrack) -> None:
    samples = np.atleast_2d(track.samples).astype(np.float32)
    convert = av.AudioResampler(stream.codec_context.format.name, track.layout, track.rate_hz)
    size = stream.codec_context.frame_size or 1024
    for k in range(0, samples.shape[1], size):
        # PyAV reads beyond the planes of eight channels, so they are interleaved.
        row = np.ascontiguousarray(samples[:, k : k + size].T).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(row, format="flt", layout=track.layout)
        frame.sample_rate = track.rate_hz
        (coded,) = convert.resample(frame)
        coded.pts = round(track.move(track.start_s + k / track.rate_hz) * track.rate_hz)
        coded.time_base = Fraction(1, track.rate_hz)
        output.mux(stream.encode(coded))
    output.mux(stream.encode(None))


def play_sine(seconds: float, rate_hz: int, hz: float = 1000.0, amplitude: float = 0.5) -> np.ndarray:
    """A pure tone, shape (samples,)."""
    return amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz)


def play_voice(seconds: float, rate_hz: int, hz: float = 200.0, level: float = 0.15) -> np.ndarray:
    """A tone with twelve overtones that get weaker, as a voice has them, shape (samples,)."""
    phase = 2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz
    return level * sum(np.sin(k * phase) / k for k in range(1, 14) if k * hz < rate_hz / 2)


def play_beep(seconds: float, rate_hz: int, at_s: float) -> np.ndarray:
    """Silence with a tone of 0.1 s that begins at `at_s`, shape (samples,)."""
    samples = np.zeros(round(seconds * rate_hz))
    first = round(at_s * rate_hz)
    beep = play_sine(0.1, rate_hz)
    samples[first : first + len(beep)] = beep
    return samples
