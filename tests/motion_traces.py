"""Traces of made-up people who move at random, and copies of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from frame_tables import make_frames

from extract.frame_table import HEAD_ROTATION, MOUTH
from features.motion_trace import MISSING, Trace, trace_motion

Courses = npt.NDArray[np.float64]
_HZ = 100
# How far pitch, yaw, roll, and width and height of the mouth, of a person who speaks go from where they rest.
_SIZES = np.array([0.08, 0.1, 0.05, 0.07, 0.07])
_REST = np.array([0.1, 0.0, 0.0, 0.7, 0.2])


def move(seconds: float, seed: int, size: float = 1.0) -> Courses:
    """How a person moves: independent courses, 100 a second, without much that is faster than 1.5 Hz."""
    rng = np.random.default_rng(seed)
    n = round(seconds * _HZ)
    noise = rng.normal(size=(n + 200, 5))
    smooth = np.stack([np.convolve(signal, np.hanning(60), mode="same") for signal in noise.T], axis=1)
    return _REST + size * _SIZES * (smooth / smooth.std(axis=0))[100 : n + 100]


def film(
    courses: Courses, *, fps: float = 25.0, start_s: float = 0.0, stop_s: float = np.inf,
    mirrored: bool = False, noise: float = 0.0, seed: int = 0,
) -> pd.DataFrame:  # fmt: skip
    """A frame table of some seconds of it; `noise` is what a reader adds, as a part of each signal's size."""
    length_s = min(stop_s, len(courses) / _HZ) - start_s
    time_s = np.arange(round(length_s * fps)) / fps
    values = courses[np.minimum(((time_s + start_s) * _HZ).astype(int), len(courses) - 1)]
    if mirrored:
        values = values * [1, -1, -1, 1, 1]
    values = values + np.random.default_rng(seed).normal(size=values.shape) * noise * _SIZES
    return make_frames(time_s).assign(**dict(zip((*HEAD_ROTATION, *MOUTH), values.T, strict=True)))


def make_trace(seconds: float = 20.0, seed: int = 0, **film_as: float) -> Trace:
    """The trace of such a video."""
    return trace_motion(film(move(seconds, seed), **film_as))  # type: ignore[arg-type]


# Of a video in which nothing was measured.
NOTHING: Trace = np.full((100, 5), MISSING, dtype=np.int8)
