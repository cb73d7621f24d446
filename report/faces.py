"""Pictures of faces from a table of tracks, which may come from anybody, made safe to show in a page."""

from __future__ import annotations

import struct
from typing import Final

import numpy as np

# Of the pictures in a table of tracks.
_SIDE_PX: Final = 96
_QUALITY: Final = 72
_BEGINNING: Final = b"\xff\xd8"
# Markers of frames (SOF) that decoders may meet; baseline is what is written.
_BASELINE: Final = 0xC0
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def redraw_face(jpeg: bytes, side_px: int) -> bytes | None:
    """Return a picture of a face as a JPEG of `side_px` squared, made anew from its pixels alone.

    Parameters
    ----------
    jpeg
        As in a table of tracks: 96 x 96 px.
    side_px
        Of the picture that is returned.

    Returns
    -------
    bytes or None
        None for what is no such picture. It is not decoded unless its header promises 96 x 96 px.
    """
    import cv2

    if _read_size(jpeg) != (_SIDE_PX, _SIDE_PX):
        return None
    try:
        image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        return None
    if image is None or image.shape != (_SIDE_PX, _SIDE_PX, 3):
        return None
    small = cv2.resize(image, (side_px, side_px), interpolation=cv2.INTER_AREA)
    done, drawn = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return drawn.tobytes() if done else None


def _read_size(jpeg: bytes) -> tuple[int, int] | None:
    """Return width and height of a baseline JPEG by its header, px; None for anything else."""
    if not jpeg.startswith(_BEGINNING):
        return None
    at = len(_BEGINNING)
    while at + 9 <= len(jpeg):
        mark, kind, length = struct.unpack_from(">BBH", jpeg, at)
        if mark != 0xFF or length < 2:
            return None
        if kind in _FRAMES:
            height, width = struct.unpack_from(">HH", jpeg, at + 5)
            return (width, height) if kind == _BASELINE else None
        at += 2 + length
    return None
