"""Dissolves and fades: for a while every picture is a mix of the one before the transition and the one after.

Nothing else in a video looks so. What moves, the camera or a person, is at a place in between, and not at two
places at once. Each picture of the last seconds is fitted as a * first + b * last. Through a transition a
falls from 1 to 0 and b rises from 0 to 1: together in a dissolve, one after the other in a fade through black
or white. And a mix of two unlike pictures has less contrast than either, which a picture in between has not.
"""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

_Pictures = npt.NDArray[np.float32]
_Values = npt.NDArray[np.float64]

# Pictures of the last seconds are remembered, so many seconds apart at least.
_REACHES_S: Final = (0.6, 1.0, 1.5, 2.1, 2.9)
_SPACING_S: Final = 0.03
_FEWEST: Final = 4
# The pictures before and after are unlike by so much (1 - r), and have some contrast (standard deviation).
_UNLIKE: Final = 0.55
_FLAT: Final = 1.5
# What of the pictures in between is no mix of the two, as a share of their contrast: at most so much in half
# of them, and so much in each. People go on moving.
_UNEXPLAINED: Final = 0.42
_MOST_UNEXPLAINED: Final = 0.75
# Contrast falls by this share of what it must fall by in the middle of a dissolve.
_LOSS: Final = 0.6
# A transition is over when so many seconds, and such a share of its length, have passed since.
_OVER_S: Final = 0.07
_OVER: Final = 0.1
_QUARTER: Final = 0.25


class _Transition(NamedTuple):
    start_s: float
    unexplained: float


class DissolveRule:
    """Finds dissolves and fades in the small pictures of a video, given in order."""

    def __init__(self) -> None:
        self._times_s: deque[float] = deque()
        self._pictures: deque[_Pictures] = deque()

    def restart(self) -> None:
        """Forget the pictures before: the next frame belongs to another shot."""
        self._times_s.clear()
        self._pictures.clear()

    def notice(self, picture: _Pictures, time_s: float) -> float | None:
        """Return when the transition began that was seen to have ended at this frame, s, or None.

        Parameters
        ----------
        picture
            Grey values without slow differences of brightness, float32, the longer side 160 px.
        time_s
            Presentation time of the frame, seconds.
        """
        if self._times_s and time_s - self._times_s[-1] < _SPACING_S:
            return None
        height, width = picture.shape
        half = max(1, width // 2), max(1, height // 2)
        values = np.asarray(cv2.resize(picture, half, interpolation=cv2.INTER_AREA), np.float32).ravel()
        if self._pictures and len(values) != len(self._pictures[-1]):
            self.restart()
        self._times_s.append(time_s)
        self._pictures.append(values)
        while time_s - self._times_s[0] > _REACHES_S[-1]:
            self._times_s.popleft()
            self._pictures.popleft()
        found = self._find_transition()
        if found is None:
            return None
        self.restart()
        return found.start_s

    def _find_transition(self) -> _Transition | None:
        """Return what explains the last seconds best."""
        times = np.array(self._times_s)
        found: list[_Transition] = []
        for reach_s in _REACHES_S:
            # An older picture than necessary is one in which people were elsewhere.
            first = int(np.searchsorted(times, times[-1] - reach_s))
            if len(times) - first >= _FEWEST and _are_unlike(self._pictures[first], self._pictures[-1]):
                transition = _fit_transition(np.stack(list(self._pictures)[first:]), times[first:])
                found += [transition] if transition is not None else []
        return min(found, key=lambda one: one.unexplained, default=None)


def _are_unlike(first: _Pictures, last: _Pictures) -> bool:
    contrast = np.sqrt((first @ first) * (last @ last))
    return bool(contrast > _FLAT**2 * len(first) and 1 - first @ last / contrast >= _UNLIKE)


def _fit_transition(pictures: _Pictures, times_s: _Values) -> _Transition | None:
    """Return the transition from the first to the last of some pictures, shape (pictures, values), if any."""
    ends = pictures[[0, -1]]
    inner = ends @ ends.T
    weights: _Values = np.linalg.lstsq(inner, ends @ pictures.T, rcond=None)[0].astype(np.float64)
    falls, rises = _find_slope(1 - weights[0], times_s), _find_slope(weights[1], times_s)
    if falls is None or rises is None:
        return None
    start_s, end_s = falls[0], rises[1]
    if not start_s < end_s < times_s[-1] - _OVER_S - _OVER * (end_s - start_s):
        return None
    within = slice(max(0, np.searchsorted(times_s, start_s) - 1), np.searchsorted(times_s, end_s) + 1)
    power = (pictures[within] ** 2).sum(axis=1)
    left = ((pictures[within] - weights[:, within].T @ ends) ** 2).sum(axis=1)
    unexplained = np.sqrt(left / (np.trace(inner) / 2))
    share = np.clip((times_s[within] - start_s) / (end_s - start_s), 0, 1)
    unlike = 1 - inner[0, 1] / np.sqrt(inner[0, 0] * inner[1, 1])
    loss = 1 - (power / ((1 - share) * inner[0, 0] + share * inner[1, 1])).min()
    typical = float(np.median(unexplained))
    is_mix = typical < _UNEXPLAINED and unexplained.max() < _MOST_UNEXPLAINED and loss > _LOSS * unlike / 2
    return _Transition(start_s, typical) if is_mix else None


def _find_slope(shares: _Values, times_s: _Values) -> tuple[float, float] | None:
    """Return when shares leave 0 and when they reach 1, s, by when they pass 1/4 and 3/4; None: they do not."""
    low, high = shares < _QUARTER, shares > 1 - _QUARTER
    if not low.any() or not high.any():
        return None
    last_low, first_high = int(np.flatnonzero(low)[-1]), int(np.flatnonzero(high)[0])
    if last_low >= first_high:
        return None
    left = _cross(shares, times_s, last_low, _QUARTER)
    reached = _cross(shares, times_s, first_high - 1, 1 - _QUARTER)
    margin = (reached - left) / 2
    return left - margin, reached + margin


def _cross(shares: _Values, times_s: _Values, before: int, level: float) -> float:
    step = float(shares[before + 1] - shares[before])
    return float(times_s[before] + (times_s[before + 1] - times_s[before]) * (level - shares[before]) / step)
