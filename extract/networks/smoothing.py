"""The One-Euro filter, with which MediaPipe steadies where it looks for the body in the next frame.

References
----------
G. Casiez, N. Roussel and D. Vogel, "1 Euro Filter", CHI 2012.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from extract.networks.regions import Points

# MediaPipe's constants for the points that span the body. It counts 33.333 ms a frame whatever the video's
# rate, and 30 frames a second until it has seen two.
_SLOWEST_HZ: Final = float(np.float32(0.01))
_HZ_PER_SPEED: Final = 10.0
_SPEED_HZ: Final = 1.0
_SMALLEST_PX: Final = 1e-6
_FRAMES_A_SECOND: Final = 1 / (33_333_000 * 1e-9)
_FRAME_S: Final = 1 / _FRAMES_A_SECOND


class OneEuroFilter:
    """Smooths points through successive frames: the more, the slower they move."""

    def __init__(self) -> None:
        self._raw: Points | None = None
        self._smooth: Points = np.zeros(0, np.float32)
        self._speed: Points = np.zeros(0, np.float32)

    def smooth(self, points: Points, size: np.float32) -> Points:
        """Return the points of the next frame, smoothed.

        Parameters
        ----------
        points
            float32, any shape, always the same, px.
        size
            Of the body, px; speeds are sizes a second.
        """
        if self._raw is None or size < _SMALLEST_PX:
            self._smooth, self._speed = points, np.zeros_like(points)
        else:
            moved = (points.astype(np.float64) - self._raw) * np.float64(np.float32(1) / size)
            self._speed = _mix(moved * _FRAMES_A_SECOND, self._speed, np.float64(_SPEED_HZ))
            cutoff = _SLOWEST_HZ + _HZ_PER_SPEED * np.abs(self._speed.astype(np.float64))
            self._smooth = _mix(points, self._smooth, cutoff)
        self._raw = points
        return self._smooth


def _mix(
    newest: npt.NDArray[np.floating[Any]], before: Points, cutoff_hz: npt.NDArray[np.float64] | np.float64
) -> Points:
    """Return the next value of a low-pass filter, which MediaPipe computes in single precision."""
    time_constant = 1 / (2 * np.pi * cutoff_hz)
    weight = np.asarray(1 / (1 + time_constant / _FRAME_S), np.float32)
    product = weight * newest.astype(np.float32)
    kept = (1 - weight.astype(np.float64)) * before.astype(np.float64)
    return np.asarray((product + kept).astype(np.float32))
