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

# Pictures of the last seconds are remembered, one in so many seconds; so many of them are fitted, once in so
# many. Which pictures they are depends on their times alone, not on where reading began.
_REACHES_S: Final = (0.6, 1.0, 1.5, 2.1, 2.9)
_REMEMBERED_S: Final = 0.03
_FITTED_S: Final = 0.08
_CLOCK: Final = 1e-6  # times are multiples of the container's clock, and 0.24 s / 0.08 s is not quite 3
_FEWEST: Final = 4
_MOST: Final = 20
# The pictures before and after are unlike by so much (1 - r), and have some contrast (standard deviation).
_UNLIKE: Final = 0.55
_FLAT: Final = 1.5
# What of the pictures in between is no mix of the two, as a share of their contrast: at most so much in half
# of them, and so much in each. People go on moving.
_UNEXPLAINED: Final = 0.42
_MOST_UNEXPLAINED: Final = 0.75
# They are unlike in so many of a few parts of the picture: a screen behind a speaker may dissolve by itself.
_PARTS: Final = (4, 4)
_UNLIKE_PART: Final = 0.5
_EVERYWHERE: Final = 0.7
# Contrast falls by this share of what it must fall by in the middle of a dissolve.
_LOSS: Final = 0.75
_LEAST_LOSS: Final = 1 - _LOSS * _UNLIKE / 2
# A transition is over when so many seconds, and such a share of its length, have passed since.
_OVER_S: Final = 0.07
_OVER: Final = 0.1
# From where a quarter of a transition is done to where three quarters are is half the way, if it is even.
# Many begin slowly, so that their beginning is sought a little earlier than that says, but not before a
# picture of which hardly anything is gone.
_QUARTER: Final = 0.25
_BEFORE_QUARTER: Final = 0.75
_NOTHING: Final = 0.08


class _Transition(NamedTuple):
    start_s: float
    unexplained: float


class DissolveRule:
    """Finds dissolves and fades in the small pictures of a video, given in order."""

    def __init__(self) -> None:
        self._times_s: deque[float] = deque()
        self._pictures: deque[_Pictures] = deque()
        self._powers: deque[float] = deque()
        self._remembered = self._fitted = -1

    def restart(self) -> None:
        """Forget the pictures before: the next frame belongs to another shot."""
        for remembered in (self._times_s, self._pictures, self._powers):
            remembered.clear()

    def notice(self, picture: _Pictures, time_s: float) -> float | None:
        """Return when the transition began that was seen to have ended at this frame, s, or None.

        Parameters
        ----------
        picture
            Grey values without slow differences of brightness, float32, the longer side 160 px.
        time_s
            Presentation time of the frame, seconds.
        """
        before, self._remembered = self._remembered, int(time_s / _REMEMBERED_S + _CLOCK)
        if self._remembered == before:
            return None
        height, width = picture.shape
        half = max(1, width // 2), max(1, height // 2)
        values = np.asarray(cv2.resize(picture, half, interpolation=cv2.INTER_AREA), np.float32)
        if self._pictures and values.shape != self._pictures[-1].shape:
            self.restart()
        self._times_s.append(time_s)
        self._pictures.append(values)
        self._powers.append(float((values**2).sum()))
        while time_s - self._times_s[0] > _REACHES_S[-1]:
            for remembered in (self._times_s, self._pictures, self._powers):
                remembered.popleft()
        before, self._fitted = self._fitted, int(time_s / _FITTED_S + _CLOCK)
        if self._fitted == before:
            return None
        found = self._find_transition()
        if found is None:
            return None
        self.restart()
        return found.start_s

    def find_fade(self) -> float | None:
        """Return when the pictures so far began to fade, s, if the last ones have hardly any contrast."""
        if len(self._powers) < _FEWEST:
            return None
        contrasts = np.sqrt(self._powers)
        if contrasts[-1] >= _QUARTER * contrasts.max():
            return None
        falls = _find_slope(1 - contrasts / contrasts.max(), np.array(self._times_s))
        return None if falls is None else falls[0]

    def _find_transition(self) -> _Transition | None:
        """Return what explains the last seconds best."""
        times, powers = np.array(self._times_s), np.array(self._powers)
        found: list[_Transition] = []
        last = self._pictures[-1]
        for reach_s in _REACHES_S:
            # An older picture than necessary is one in which people were elsewhere.
            first = int(np.searchsorted(times, times[-1] - reach_s))
            if len(times) - first >= _FEWEST and self._may_mix(powers[first:], first):
                some = np.linspace(first, len(times) - 1, min(_MOST, len(times) - first)).round().astype(int)
                transition = _fit_transition(np.stack([self._pictures[k].ravel() for k in some]), times[some])
                if transition is not None and _is_everywhere(self._pictures[first], last):
                    found.append(transition)
        return min(found, key=lambda one: one.unexplained, default=None)

    def _may_mix(self, powers: _Values, first: int) -> bool:
        """Return whether picture `first` and the last are unlike, and contrast is lower in between."""
        ends = powers[0], powers[-1]
        if min(ends) < _FLAT**2 * self._pictures[first].size or powers.min() >= max(ends) * _LEAST_LOSS:
            return False
        shared = float((self._pictures[first] * self._pictures[-1]).sum())
        unlike = 1 - shared / float(np.sqrt(powers[0] * powers[-1]))
        return unlike >= _UNLIKE and bool(powers.min() < max(ends) * (1 - _LOSS * unlike / 2))


def _is_everywhere(first: _Pictures, last: _Pictures) -> bool:
    products = (first * last, (first**2 + last**2) / 2)
    shared, power = (cv2.resize(one, _PARTS, interpolation=cv2.INTER_AREA) for one in products)
    with_contrast = power > _FLAT**2
    unlike = shared[with_contrast] < (1 - _UNLIKE_PART) * power[with_contrast]
    return bool(unlike.mean() >= _EVERYWHERE)


def _fit_transition(pictures: _Pictures, times_s: _Values) -> _Transition | None:
    """Return the transition from the first to the last of some pictures, shape (pictures, values), if any."""
    ends = pictures[[0, -1]]
    shared = (ends @ pictures.T).astype(np.float64)
    inner = shared[:, [0, -1]]
    weights = np.linalg.lstsq(inner, shared, rcond=None)[0]
    falls, rises = _find_slope(1 - weights[0], times_s), _find_slope(weights[1], times_s)
    if falls is None or rises is None:
        return None
    start_s, end_s = falls[0], rises[1]
    if not start_s < end_s < times_s[-1] - _OVER_S - _OVER * (end_s - start_s):
        return None
    within = slice(max(0, np.searchsorted(times_s, start_s) - 1), np.searchsorted(times_s, end_s) + 1)
    power = np.einsum("ij,ij->i", pictures[within], pictures[within])
    share = np.clip((times_s[within] - start_s) / (end_s - start_s), 0, 1)
    unlike = 1 - inner[0, 1] / np.sqrt(inner[0, 0] * inner[1, 1])
    loss = 1 - (power / ((1 - share) * inner[0, 0] + share * inner[1, 1])).min()
    # Of what is fitted by least squares, the rest is at right angles to the fit.
    left = power - (weights[:, within] * shared[:, within]).sum(axis=0)
    unexplained = np.sqrt(np.maximum(left, 0) / (np.trace(inner) / 2))
    typical = float(np.median(unexplained))
    is_mix = typical < _UNEXPLAINED and unexplained.max() < _MOST_UNEXPLAINED and loss > _LOSS * unlike / 2
    return _Transition(start_s, typical) if is_mix else None


def _find_slope(shares: _Values, times_s: _Values) -> tuple[float, float] | None:
    """Return when shares leave 0 and when they reach 1, s, by when they pass 1/4 and 3/4, if they do."""
    low, high = shares < _QUARTER, shares > 1 - _QUARTER
    if not low.any() or not high.any():
        return None
    last_low, first_high = int(np.flatnonzero(low)[-1]), int(np.flatnonzero(high)[0])
    if last_low >= first_high:
        return None
    left = _cross(shares, times_s, last_low, _QUARTER)
    reached = _cross(shares, times_s, first_high - 1, 1 - _QUARTER)
    way = reached - left
    whole = np.flatnonzero(shares[: last_low + 1] < _NOTHING)
    earliest_s = float(times_s[whole[-1]]) if len(whole) else -np.inf
    return max(left - _BEFORE_QUARTER * way, earliest_s), reached + way / 2


def _cross(shares: _Values, times_s: _Values, before: int, level: float) -> float:
    step = float(shares[before + 1] - shares[before])
    return float(times_s[before] + (times_s[before + 1] - times_s[before]) * (level - shares[before]) / step)
