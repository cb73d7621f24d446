"""Signals whose descriptions can be worked out by hand, and moving ones for everything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from frame_tables import make_moving_frames, make_table
from numpy.typing import NDArray

from extract.frame_table import SIDES, FrameTable
from features.descriptors.descriptor import Descriptor

Course = NDArray[np.float64]

_VARIABLE = np.random.default_rng(5).uniform(1 / 60, 1 / 20, size=400).cumsum()
# Presentation times of a clip of 8 s, by what a container says of its rate.
CLIP_TIMES: Final[dict[str, Course]] = {
    **{f"{fps} fps": np.arange(8 * fps) / fps for fps in (24, 25, 30, 60)},
    "30000/1001 fps in ms": np.round(np.arange(240) * 1.001 / 30, 3),
    "variable": np.append(0.0, _VARIABLE[_VARIABLE < 7.99]),
}


def describe_courses(descriptor: Descriptor, time_s: Course, courses: dict[str, Course]) -> dict[str, float]:
    """Describe a clip of which some signals are given, and the others are still, by name of the number."""
    values = np.zeros((len(time_s), len(descriptor.signals)))
    for name, course in courses.items():
        values[:, descriptor.signals.index(name)] = course
    return dict(zip(descriptor.numbers, descriptor.describe(time_s, values), strict=True))


def make_noise(n_frames: int, n_signals: int, seed: int = 0) -> NDArray[np.float64]:
    """Smooth independent noise with a standard deviation of about 1."""
    noise = np.random.default_rng(seed).normal(size=(n_frames + 8, n_signals))
    return np.lib.stride_tricks.sliding_window_view(noise, 9, axis=0).mean(axis=2) * 3


def add_sides(table: FrameTable, course: Callable[[str], Course | float]) -> FrameTable:
    """Give a frame table the one-sided measures."""
    frames = table.frames.assign(**{name: course(name) for name in SIDES})
    return FrameTable(frames, table.metadata)


def make_motion_table(seconds: float = 20.0, name: str = "16_id0_fake.mp4", fps: int = 25) -> FrameTable:
    """The frame table of a person who moves all the time, with one-sided measures."""
    frames = make_moving_frames(np.arange(round(fps * seconds)) / fps)
    moving = dict(zip(SIDES, make_noise(len(frames), len(SIDES)).T, strict=True))
    return add_sides(make_table(frames, name), lambda side: moving[side])
