"""Files that hold more than one plain video: several tracks, and pictures that change in mid-stream."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np
from av.stream import Disposition

FPS = 25
_OPTIONS = {
    "libx264": {"preset": "ultrafast", "crf": "12", "bf": "0"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8", "auto-alt-ref": "0"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none:interlace=tff:bframes=0"},
    "mpeg2video": {"bf": "2", "g": "12"},
}
_FORMATS = {"mjpeg": "yuvj420p", "gif": "rgb8"}


class Track(NamedTuple):
    """RGB frames of one track, how they are coded, and how the container marks it (None leaves it open)."""

    frames: Sequence[np.ndarray]
    codec: str = "libx264"
    disposition: Disposition | int | None = None
    aspect: Fraction | None = None
    start: int = 0
    fps: int = FPS


def write_tracks(path: Path, *tracks: Track, container: str | None = None, **options: str) -> Path:
    """Write video tracks into one file, in that order."""
    with av.open(path, "w", format=container, options=options) as output:
        streams = [_add(output, track) for track in tracks]
        for stream, track in zip(streams, tracks, strict=True):
            for k, image in enumerate(track.frames):
                picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
                picture = picture.reformat(format=stream.pix_fmt)
                picture.pts, picture.time_base = track.start + k, Fraction(1, track.fps)
                output.mux(stream.encode(picture))
            output.mux(stream.encode(None))
    return path


def write_broadcast(path: Path, *parts: tuple[Sequence[np.ndarray], Fraction]) -> Path:
    """Write a transport stream of MPEG-2 with B-frames whose parts have pixels of other widths."""
    data = b""
    for k, (frames, aspect) in enumerate(parts):
        track = Track(frames, "mpeg2video", aspect=aspect, start=2 * k * FPS)
        data += write_tracks(path, track, container="mpegts").read_bytes()
    path.write_bytes(data)
    return path


def write_call(path: Path, *parts: Sequence[np.ndarray]) -> Path:
    """Write a WebM file of VP8 whose pictures change their size, as browsers record calls."""
    piece = path.with_name(f"piece-{path.name}")
    with av.open(path, "w") as output:
        stream: Any = None
        start = 0
        for frames in parts:
            with av.open(write_tracks(piece, Track(frames, "libvpx", start=start))) as source:
                stream = stream or output.add_stream_from_template(source.streams.video[0])
                for packet in source.demux(video=0):
                    if packet.size:
                        packet.stream = stream
                        output.mux(packet)
            start += len(frames)
    piece.unlink()
    return path


def split_into_fields(frame: np.ndarray) -> list[np.ndarray]:
    """Return the even and the odd lines of a frame."""
    return [frame[0::2], frame[1::2]]


def _add(output: Any, track: Track) -> Any:
    stream = output.add_stream(track.codec, rate=track.fps, options=_OPTIONS.get(track.codec, {}))
    stream.height, stream.width = track.frames[0].shape[:2]
    stream.pix_fmt = _FORMATS.get(track.codec, "yuv420p")
    if track.codec in ("mpeg2video", "libvpx", "wmv2", "mpeg4"):
        stream.bit_rate = 4_000_000
    if track.disposition is not None:
        stream.disposition = track.disposition
    if track.aspect is not None:
        stream.codec_context.sample_aspect_ratio = track.aspect
    return stream
