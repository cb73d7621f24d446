"""Videos for the tests, written at run time: ordinary ones, and the kinds that break readers."""

from __future__ import annotations

import struct
import wave
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import skimage.data

MILLISECONDS = Fraction(1, 1000)


def portrait(width: int = 480, turn_deg: float = 0.0) -> np.ndarray:
    """A real person's picture (NASA, public domain), RGB, square, turned clockwise by `turn_deg`."""
    image = cv2.resize(skimage.data.astronaut(), (width, width), interpolation=cv2.INTER_CUBIC)
    if turn_deg:
        # cv2 counts counter-clockwise.
        matrix = cv2.getRotationMatrix2D((width * 0.44, width * 0.3), -turn_deg, 1.0)
        image = cv2.warpAffine(image, matrix, (width, width), borderMode=cv2.BORDER_REPLICATE)
    return image


def marked_frames(count: int, width: int = 96, height: int = 64) -> list[np.ndarray]:
    """Grey frames with a bright top-left quarter; frame k is told by the grey level of the rest."""
    frames = []
    for k in range(count):
        frame = np.full((height, width, 3), 20 + 2 * (k % 80), np.uint8)
        frame[: height // 2, : width // 2] = 250
        frames.append(frame)
    return frames


def write_video(
    path: Path,
    frames: Iterable[np.ndarray],
    *,
    fps: int = 25,
    times_ms: Sequence[int] | None = None,
    codec: str = "libx264",
    container_options: dict[str, str] | None = None,
    aspect: Fraction | None = None,
    b_frames: bool = False,
    key_frames: int | None = None,
    metadata: dict[str, str] | None = None,
) -> Path:
    """Write RGB frames at a constant rate, or at `times_ms`, with H.264 a key frame every `key_frames`."""
    with av.open(path, "w", options=container_options or {}) as container:
        stream = container.add_stream(codec, rate=fps)
        stream.pix_fmt = "yuv420p"
        stream.metadata.update(metadata or {})
        if codec == "libx264":
            stream.options = {"preset": "ultrafast", "bf": "2" if b_frames else "0", "crf": "12"}
            if key_frames is not None:
                stream.options |= {"g": str(key_frames)}
        else:
            stream.bit_rate = 4_000_000
            stream.options = {"bf": "1"} if b_frames else {}
        if times_ms is not None:
            stream.codec_context.time_base = MILLISECONDS
        for k, image in enumerate(frames):
            if k == 0:
                stream.height, stream.width = image.shape[:2]
                if aspect:
                    stream.codec_context.sample_aspect_ratio = aspect
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            picture.pts = k if times_ms is None else times_ms[k]
            picture.time_base = Fraction(1, fps) if times_ms is None else MILLISECONDS
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


def write_sound(path: Path) -> Path:
    """Write one second of silence as WAV."""
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(16000))
    return path


def rotate_mp4(path: Path, clockwise_deg: int) -> Path:
    """Set the display matrix of an mp4 as phones do: the player turns the picture clockwise."""
    matrix = {90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}[clockwise_deg]
    return set_display_matrix(path, matrix)


def set_display_matrix(path: Path, matrix: tuple[int, int, int, int]) -> Path:
    """Set the linear part a, b, c, d of an mp4's display matrix (ISO 14496-12, 8.3.2)."""
    data = bytearray(path.read_bytes())
    start = data.index(b"tkhd") + 4 + 40  # version 0: the matrix stands 40 bytes into the box's content
    a, b, c, d = (value * 0x10000 for value in matrix)
    data[start : start + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 0x40000000)
    path.write_bytes(data)
    return path


def restamp_ts(path: Path, change: Callable[[int, int], int], stream: int = 0xE0) -> Path:
    """Change the presentation times of a transport stream without B-frames: `change` gets number and ticks.

    They stand in the headers of the pictures, or of sound (stream 0xC0), as 33 bits in 5 bytes (ISO 13818-1,
    2.4.3.7).
    """
    data = bytearray(path.read_bytes())
    pictures = 0
    for start in range(0, len(data), 188):
        payload = start + 4 + (1 + data[start + 4] if data[start + 3] & 0x20 else 0)
        if not data[start + 1] & 0x40 or data[payload : payload + 4] != bytes([0, 0, 1, stream]):
            continue
        stamp = data[payload + 9 : payload + 14]
        ticks = (
            (stamp[0] >> 1 & 7) << 30
            | (int.from_bytes(stamp[1:3]) >> 1) << 15
            | int.from_bytes(stamp[3:]) >> 1
        )
        ticks = change(pictures, ticks) % 2**33
        high, middle, low = ticks >> 30, ticks >> 15 & 0x7FFF, ticks & 0x7FFF
        data[payload + 9 : payload + 14] = bytes([0x21 | high << 1]) + (
            middle << 17 | 1 << 16 | low << 1 | 1
        ).to_bytes(4)
        pictures += 1
    path.write_bytes(data)
    return path


def spoil_middle(path: Path, share: float) -> Path:
    """Overwrite `share` of a file's bytes, around its middle, with zeros, as a bad sector does."""
    data = bytearray(path.read_bytes())
    half = int(len(data) * share / 2)
    middle = len(data) // 2
    data[middle - half : middle + half] = bytes(2 * half)
    path.write_bytes(data)
    return path


def cut_off(path: Path, share: float) -> Path:
    """Keep only the first `share` of a file's bytes, as a broken download does."""
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path
