"""What is behind people, and what is shown instead of them: rooms and landscapes without a face."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np

from simulate.painting import Image

_PAN_PX: Final = 3
_HILLS: Final = 4


@lru_cache(maxsize=64)
def paint_room(width: int, height: int, seed: int) -> Image:
    """Return a wall with shelves out of focus: RGB, shape (height, width, 3), not to be written to."""
    import cv2

    rng = np.random.default_rng(seed)
    wall = rng.uniform(90, 180) + rng.normal(0, 12, 3)
    light = np.linspace(1.1, 0.8, width)[None, :, None] * np.linspace(1.05, 0.85, height)[:, None, None]
    room = np.ascontiguousarray((wall * light).clip(0, 255).astype(np.uint8))
    for _ in range(rng.integers(8, 16)):
        left, top = rng.uniform(0, width), rng.uniform(0, height)
        wide, high = rng.uniform(0.02, 0.12) * width, rng.uniform(0.1, 0.4) * height
        corners = (round(left), round(top)), (round(left + wide), round(top + high))
        cv2.rectangle(
            room,
            *corners,
            (wall * rng.uniform(0.6, 1.3) + rng.normal(0, 12, 3)).clip(0, 255).tolist(),
            cv2.FILLED,
        )
    room = np.asarray(cv2.GaussianBlur(room, (0, 0), 0.01 * width), np.uint8)
    room.setflags(write=False)
    return room


def paint_landscape(width: int, height: int, seed: int, frame: int) -> Image:
    """Return hills that the camera pans over: RGB, shape (height, width, 3)."""
    whole = _paint_hills(width, height, seed)
    columns = (np.arange(width) + _PAN_PX * frame) % whole.shape[1]
    return np.ascontiguousarray(whole[:, columns])


@lru_cache(maxsize=8)
def _paint_hills(width: int, height: int, seed: int) -> Image:
    """Return hills twice as wide as the picture, whose right edge continues at the left."""
    import cv2

    rng = np.random.default_rng(seed)
    around = np.linspace(0, 2 * np.pi, 2 * width, endpoint=False)
    hills = np.full((height, 2 * width, 3), rng.uniform((120, 160, 200), (170, 200, 240)), np.uint8)
    for hill in range(_HILLS):
        waves = sum(rng.normal() * np.sin(k * around + rng.uniform(0, 2 * np.pi)) / k for k in range(1, 9))
        top = height * (0.35 + 0.16 * hill + 0.05 * waves)
        colour = rng.uniform((40, 80, 30), (110, 150, 80)) * (1 - 0.12 * hill)
        hills[np.arange(height)[:, None] >= top] = colour.astype(np.uint8)
    return np.asarray(cv2.GaussianBlur(hills, (0, 0), 2), np.uint8)
