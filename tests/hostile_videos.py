"""Videos that lie, and whole ones damaged at many places."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from media import marked_frames, write_video

CODECS = {"mp4": "libx264", "mkv": "libx264", "webm": "libvpx", "avi": "mpeg4", "mov": "libx264"}
FRAMES, FPS = 25, 25


def write_whole(folder: Path, suffix: str) -> Path:
    """A small video of `FRAMES` frames in the container and the codec that usually go together."""
    options = {"movflags": "faststart"} if suffix == "mov" else {}
    noise = np.random.default_rng(0).integers(-20, 20, (64, 96, 3))
    frames = [np.clip(frame + noise, 0, 255).astype(np.uint8) for frame in marked_frames(FRAMES)]
    return write_video(
        folder / f"whole.{suffix}", frames, fps=FPS, codec=CODECS[suffix], container_options=options
    )


def damage(data: bytes, rng: np.random.Generator, flips: int, cuts: int) -> Iterator[bytes]:
    """Flip a bit, or several close to each other, and cut off, at places over the whole file.

    Half of the flips hit the first and last 600 bytes, where containers keep what they say of the rest.
    """
    for k in range(flips):
        damaged = bytearray(data)
        ends = np.r_[0 : min(600, len(data)), max(len(data) - 600, 0) : len(data)]
        at = int(rng.choice(ends)) if k % 2 else int(rng.integers(len(data)))
        for _ in range(int(rng.integers(1, 6))):
            damaged[min(at, len(data) - 1)] ^= 1 << int(rng.integers(8))
            at += int(rng.integers(1, 4))
        yield bytes(damaged)
    for k in range(cuts):
        yield data[: len(data) * (k + 1) // (cuts + 1)]


def _patch(box: bytes, offset: int, content: bytes) -> Callable[[bytes], bytes]:
    def patch(data: bytes) -> bytes:
        changed = bytearray(data)
        start = data.index(box) + 4 + offset
        changed[start : start + len(content)] = content
        return bytes(changed)

    return patch


def _u32(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}I", *numbers)


def _le32(*numbers: int) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers)


def _claim_a_long_index(data: bytes) -> bytes:
    one_chunk = _patch(b"stsc", 12, _u32(50_000_000))
    return one_chunk(_patch(b"stsz", 4, _u32(1, 50_000_000))(data))


LONG_INDEX = "50 million frames of 1 byte in one chunk, mp4"

# What headers may claim: name -> container, and how its bytes are changed. Offsets in boxes of MP4 are those
# of ISO 14496-12, version 0, counted behind the box's name; those of AVI are in its main and stream headers.
LIES: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "a billion frames, mp4": ("mp4", _patch(b"stsz", 8, _u32(10**9))),
    "a billion frames of one length, mp4": ("mp4", _patch(b"stts", 8, _u32(10**9))),
    "frames that last no time, mp4": ("mp4", _patch(b"stts", 12, _u32(0))),
    "frames that last a day, mp4": ("mp4", _patch(b"stts", 12, _u32(86400 * 12800))),
    "frames that go back in time, mp4": ("mp4", _patch(b"stts", 12, _u32(2**32 - 512))),
    "a clock of 0 Hz, mp4": ("mp4", _patch(b"mdhd", 12, _u32(0))),
    "a clock of 1 Hz, mp4": ("mp4", _patch(b"mdhd", 12, _u32(1))),
    "the longest duration, mp4": ("mp4", _patch(b"mdhd", 16, _u32(2**32 - 1))),
    "an edit from before the start, mp4": ("mp4", _patch(b"elst", 12, _u32(2**31 + 5))),
    "100,000 x 100,000 px on the track, mp4": ("mp4", _patch(b"tkhd", 76, _u32(0xFFFF0000, 0xFFFF0000))),
    "65,535 x 65,535 px, mp4": ("mp4", _patch(b"avc1", 24, b"\xff\xff\xff\xff")),
    "chunks beyond the end, mp4": ("mp4", _patch(b"stco", 8, _u32(2**32 - 16))),
    "a box larger than the file, mp4": ("mp4", _patch(b"moov", -8, _u32(2**31))),
    "a billion frames, avi": ("avi", _patch(b"avih", 20, _le32(10**9))),
    "a billion frames in the stream, avi": ("avi", _patch(b"strh", 36, _le32(10**9))),
    "0 frames/s, avi": ("avi", _patch(b"strh", 28, _le32(0))),
    "a scale of 0, avi": ("avi", _patch(b"strh", 24, _le32(0))),
    "4 billion frames/s, avi": ("avi", _patch(b"strh", 24, _le32(1, 2**32 - 1))),
    "100,000 x 100,000 px, avi": ("avi", _patch(b"strf", 8, _le32(100_000, 100_000))),
    "16,000 x 16,000 px, avi": ("avi", _patch(b"strf", 8, _le32(16_000, 16_000))),
    LONG_INDEX: ("mp4", _claim_a_long_index),
    "a negative height, avi": ("avi", _patch(b"strf", 12, _le32(2**32 - 64))),
}


def write_huge_picture(path: Path, side: int) -> Path:
    """A small PNG that claims to be `side` x `side` pixels, all of which FFmpeg would make room for."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(bytes(1000)))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + header + data + chunk(b"IEND", b""))
    return path


def write_endless(path: Path) -> Path:
    """A Matroska video whose track is said to end after more hours than a float can count."""
    live = {"live": "1"}  # or the true duration is written as well
    tags = {"DURATIOX": "9" * 400 + ":00:00"}  # FFmpeg keeps the true name for itself
    write_video(path, marked_frames(FRAMES), container_options=live, metadata=tags)
    path.write_bytes(path.read_bytes().replace(b"DURATIOX", b"DURATION"))
    return path


def write_in_latin_1(path: Path) -> Path:
    """A whole AVI file that names its program in Latin-1."""
    write_whole(path.parent, "avi").rename(path)
    path.write_bytes(_patch(b"ISFT", 4, "é".encode("latin-1"))(path.read_bytes()))
    return path


def write_stretched(path: Path, across: int, down: int) -> Path:
    """A video whose pixels are said to be `across` wide and `down` high."""
    write_video(path, marked_frames(3), aspect=Fraction(3, 2))
    path.write_bytes(_patch(b"pasp", 0, _u32(across, down))(path.read_bytes()))
    return path
