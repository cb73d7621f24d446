"""Dissolves and fades: for a while every picture is a mix of the one before the transition and the one after.

Nothing else in a video looks so. What moves, the camera or a person, is at a place in between, and not at two
places at once. Each picture of the last seconds is fitted as a * first + b * last + a constant; through a
transition a falls from 1 to 0 and b rises from 0 to 1: together in a dissolve, one after the other in a fade
through black or white.
"""

from __future__ import annotations

from collections import deque
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

_Array = npt.NDArray[np.float32]

# How long the pictures are remembered, and how densely, s.
_MEMORY_S: Final = 2.9
_SPACING_S: Final = 0.03
# The first picture is sought so far back: a short transition needs no older one, which has moved further.
_REACHES_S: Final = (0.6, 1.4, _MEMORY_S)
# Pictures before and after are unlike by so much (1 - r).
_UNLIKE: Final = 0.7
# What of the pictures in between is no mix of the two, as a share of their standard deviation.
_UNEXPLAINED: Final = 0.32
_MOST_UNEXPLAINED: Final = 0.45
_FLAT: Final = 1.5
# A transition is over when so many seconds, and such a share of its length, have passed since.
_OVER_S: Final = 0.07
_OVER: Final = 0.1


DEBUG = []


class DissolveRule:
    """Finds dissolves and fades in the small pictures of a video, given in order."""

    def __init__(self) -> None:
        self._times_s: deque[float] = deque()
        self._pictures: deque[_Array] = deque()

    def restart(self) -> None:
        """Forget the pictures before: the next frame is the first one of another shot."""
        self._times_s.clear()
        self._pictures.clear()

    def notice(self, picture: _Array, time_s: float) -> float | None:
        """Return when the transition began that has ended before this frame, s, or None."""
        height, width = picture.shape
        picture = cv2.resize(picture, (max(1, width // 2), max(1, height // 2)), interpolation=cv2.INTER_AREA).ravel()
        if self._pictures and len(picture) != len(self._pictures[-1]):
            self.restart()
        if self._times_s and time_s - self._times_s[-1] < _SPACING_S:
            return None
        self._times_s.append(time_s)
        self._pictures.append(picture)
        while time_s - self._times_s[0] > _MEMORY_S:
            self._times_s.popleft()
            self._pictures.popleft()
        times = np.array(self._times_s)
        for reach_s in _REACHES_S:
            first = int(np.searchsorted(times, time_s - reach_s))
            if len(times) - first >= 4 and _are_unlike(self._pictures[first], self._pictures[-1]):
                since = _find_transition(np.stack(list(self._pictures)[first:]), times[first:])
                if since is not None:
                    self.restart()
                    return since
        return None


def _are_unlike(first: _Array, last: _Array) -> bool:
    size = float(np.sqrt((first @ first) * (last @ last)))
    return size > _FLAT**2 * len(first) and 1 - float(first @ last) / size >= _UNLIKE


def _find_transition(pictures: _Array, times: npt.NDArray[np.float64]) -> float | None:
    ends = pictures[[0, -1]]
    inner = ends @ ends.T
    weights = np.linalg.solve(inner, ends @ pictures.T)
    falls = _find_slope(1 - weights[0], times)
    rises = _find_slope(weights[1], times)
    if falls is None or rises is None:
        return None
    start, end = falls[0], rises[1]
    now = times[-1]
    if now - end < _OVER_S + _OVER * (end - start):
        return None
    unexplained = pictures - weights.T @ ends
    within = (times >= start - 0.05) & (times <= end + 0.05)
    scale = float(np.sqrt(np.trace(inner) / 2))
    rest = np.sqrt((unexplained[within] ** 2).sum(axis=1)) / scale
    DEBUG.append((round(start,2), round(end,2), round(float(now),2), rest.max().round(3), np.median(rest).round(3), (1-float(inner[0,1])/np.sqrt(inner[0,0]*inner[1,1])).round(2)))
    return float(start) if rest.max() < _MOST_UNEXPLAINED and np.median(rest) < _UNEXPLAINED else None


def _find_slope(
    shares: npt.NDArray[np.floating], times: npt.NDArray[np.float64]
) -> tuple[float, float] | None:
    """Return where shares begin to rise from 0 and where they reach 1, from where they pass 1/4 and 3/4."""
    low, high = np.flatnonzero(shares < 0.25), np.flatnonzero(shares > 0.75)
    if not len(low) or not len(high):
        return None
    first, last = low[-1], high[high > low[-1]]
    if not len(last):
        return None
    if (shares[: first + 1] > 0.75).any():
        return None
    quarter = _cross(shares, times, first, 0.25)
    three = _cross(shares, times, last[0] - 1, 0.75)
    margin = (three - quarter) / 2
    return quarter - margin, three + margin


def _cross(shares: npt.NDArray[np.floating], times: npt.NDArray[np.float64], k: int, level: float) -> float:
    step = float(shares[k + 1] - shares[k])
    return float(times[k] + (times[k + 1] - times[k]) * (level - shares[k]) / step)
