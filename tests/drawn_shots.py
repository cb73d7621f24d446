"""Shots of somebody who moves in a room, and transitions between them."""

from __future__ import annotations

import cv2
import numpy as np

from simulate.painting import Image

SIZE = (180, 320)


def make_texture(seed: int, height: int, width: int) -> Image:
    coarse = np.random.default_rng(seed).integers(30, 220, (height // 10, width // 10), dtype=np.uint8)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def show(room: Image, person: Image, x: float, y: float = 60) -> Image:
    """A person in a room, RGB; places may lie between pixels."""
    moved = np.array([[1.0, 0.0, x], [0.0, 1.0, y]])
    size = room.shape[::-1]
    there = cv2.warpAffine(np.ones(person.shape, np.float32), moved, size)
    grey = room * (1 - there) + cv2.warpAffine(person.astype(np.float32), moved, size) * there
    return np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)


def speak(seed: int, seconds: float, fps: int = 30, x: float = 120, sway: float = 6) -> list[Image]:
    """A shot of somebody who moves to and fro, by up to some pixels, once a second."""
    room, person = make_texture(seed, *SIZE), make_texture(seed + 100, 120, 80)
    times_s = np.arange(round(seconds * fps)) / fps
    return [show(room, person, x + sway * np.sin(2 * np.pi * t)) for t in times_s]


def mix(first: Image, second: Image, share: float) -> Image:
    return cv2.addWeighted(first, 1 - share, second, share, 0)


def dissolve(first: list[Image], second: list[Image], frames: int) -> list[Image]:
    """The last and the first frames of two shots become one another."""
    shares = np.arange(1, frames + 1) / (frames + 1)
    mixed = [mix(*pair) for pair in zip(first[-frames:], second, shares, strict=False)]
    return first[:-frames] + mixed + second[frames:]
