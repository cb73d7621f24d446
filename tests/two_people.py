"""Pictures of two real people, for tests of who is who; both photographs are in the public domain."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from simulate.officer import OFFICER

# So much smaller, the second person's head is as large as the first one's in a square of 480 px.
_SCALE = 0.39


def officer(width: int = 480) -> np.ndarray:
    """The second person, RGB, square, as large as `media.portrait` shows the first."""
    person = cv2.resize(OFFICER.load(), None, fx=_SCALE, fy=_SCALE, interpolation=cv2.INTER_AREA)
    height, across = person.shape[:2]
    image = np.tile(person[:1, :1], (480, 480, 1))
    left, rows = (480 - across) // 2, min(height, 480)
    image[480 - rows :, left : left + across] = person[:rows]
    return np.ascontiguousarray(cv2.resize(image, (width, width), interpolation=cv2.INTER_AREA))


def sway(image: np.ndarray, frame: int) -> np.ndarray:
    """The picture moved a little, another way in every frame, so that it is no still picture."""
    width = image.shape[1]
    matrix = np.array([[1, 0, 0.02 * width * np.sin(frame / 12)], [0, 1, 0.005 * width * np.cos(frame / 9)]])
    moved = cv2.warpAffine(image, matrix, (width, image.shape[0]), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)


def beside(*images: np.ndarray) -> np.ndarray:
    """Pictures side by side."""
    return np.ascontiguousarray(np.hstack(images))


def write_picture(path: Path, image: np.ndarray) -> Path:
    """Write an RGB picture in the format that its name says."""
    cv2.imwrite(str(path), np.ascontiguousarray(image[:, :, ::-1]))
    return path
