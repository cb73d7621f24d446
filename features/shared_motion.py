"""Which videos show the same movements at the same moments: copies of one recording, however encoded.

Constants and what they miss are measured in docs/measurements/copies.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from features.motion_trace import MISSING, RATE_HZ, STEP, Trace

# From so long a stretch on videos can be told to share one.
SHORTEST_S: Final = 8
# The movements in such a stretch correlate more than this.
LEAST_CORRELATION: Final = 0.75

# What pitch, yaw, roll, and width and height of the mouth typically move from one 0.4 s to the next.
_UNITS: Final = np.array([0.06, 0.07, 0.035, 0.05, 0.05])
# No single movement, such as a cut or a turn of the head, may carry a stretch by itself.
_LARGEST: Final = 2.0
# Samples that a movement is computed from, and movements in a stretch.
_SPAN: Final = 4
_WINDOW: Final = SHORTEST_S * RATE_HZ - _SPAN + 1
# In a mirrored picture the head turns and tilts to the other side; for all movements of a stretch.
_MIRRORED: Final = np.repeat(np.array([1, -1, -1, 1, 1], dtype=np.float32), _WINDOW)
# Below, in squared units a movement, there is little but the reader's own noise.
_LEAST_MOVEMENT: Final = 0.3
_LEAST_KNOWN: Final = 0.75
# Stretches of either side that are compared at once, so that memory does not grow with hours.
_AT_ONCE: Final = 4096


class SharedMotion(NamedTuple):
    """A stretch of `SHORTEST_S` in which two videos move alike: the one in which they do so most.

    Attributes
    ----------
    start_s, other_start_s
        Where it begins in the one and in the other, seconds.
    mirrored
        Whether one is the other's mirror image.
    correlation
        Of the movements, above `LEAST_CORRELATION`.
    """

    start_s: float
    other_start_s: float
    mirrored: bool
    correlation: float


def find_shared_motion(trace: Trace, others: Mapping[str, Trace]) -> dict[str, SharedMotion]:
    """Find the videos that share at least `SHORTEST_S` with one.

    Movements are compared over every pair of stretches, so it does not matter where the copies begin or end.
    Those in which little moves, or was measured, are like no other.

    Parameters
    ----------
    trace
        Of the one video.
    others
        Of other videos, by name.

    Returns
    -------
    dict
        By the names of those that do; found the same from either side, but for times that change places.
    """
    own = _list_stretches(trace)
    found = {name: _find_most_alike(own, _list_stretches(other)) for name, other in others.items()}
    return {name: shared for name, shared in found.items() if shared is not None}


def group_copies(traces: Mapping[str, Trace]) -> list[list[str]]:
    """Return the videos that share motion, directly or through others, in groups of at least two.

    Parameters
    ----------
    traces
        By video.
    """
    group_of = {name: [name] for name in traces}
    waiting = dict(traces)
    for name, trace in traces.items():
        del waiting[name]
        for other in find_shared_motion(trace, waiting):
            if group_of[other] is not group_of[name]:
                group_of[name] += group_of[other]
                group_of |= dict.fromkeys(group_of[other], group_of[name])
    order = list(traces)
    groups = {id(group): sorted(group, key=order.index) for group in group_of.values() if len(group) > 1}
    return list(groups.values())


class _Stretches(NamedTuple):
    """The stretches of a video in which enough was measured and moves.

    Attributes
    ----------
    moves
        float32, shape (movements, signals): how far each signal goes from one 0.4 s to the next, every 0.2 s.
    starts, sizes
        Shape (stretches,): the first movement of each stretch, and the length of all in it as one vector.
    """

    moves: npt.NDArray[np.float32]
    starts: npt.NDArray[np.intp]
    sizes: npt.NDArray[np.float32]

    def get_vectors(self, first: int) -> npt.NDArray[np.float32]:
        """Return up to `_AT_ONCE` stretches as unit vectors, signal by signal."""
        part = slice(first, first + _AT_ONCE)
        windows = _slide(self.moves)[self.starts[part]] / self.sizes[part, None, None]
        return windows.reshape(len(windows), -1).astype(np.float32, copy=False)


def _list_stretches(trace: Trace) -> _Stretches:
    if len(trace) < _WINDOW + _SPAN - 1:
        none = np.empty(0, dtype=np.float32)
        return _Stretches(none, none.astype(np.intp), none)
    values = np.where(trace == MISSING, np.nan, trace * STEP)
    moves = (values[3:] + values[2:-1] - values[1:-2] - values[:-3]) / 2
    known = np.isfinite(moves[:, 0])  # the mouth is missing throughout where a reader does not measure it
    moves = np.clip(np.nan_to_num(moves) / _UNITS, -_LARGEST, _LARGEST).astype(np.float32)
    energy = _slide((moves**2).sum(axis=1)).sum(axis=1)
    usable = (_slide(known).mean(axis=1) >= _LEAST_KNOWN) & (energy >= _LEAST_MOVEMENT * _WINDOW)
    starts = np.flatnonzero(usable)
    return _Stretches(moves, starts, np.sqrt(energy[starts]))


def _slide(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return all windows of values, the last axis along the window."""
    return np.lib.stride_tricks.sliding_window_view(values, _WINDOW, axis=0)


def _find_most_alike(own: _Stretches, other: _Stretches) -> SharedMotion | None:
    """Return the two stretches that are most alike; None where none are alike."""
    best = None
    for row in range(0, len(own.starts), _AT_ONCE):
        seen = own.get_vectors(row)
        for column in range(0, len(other.starts), _AT_ONCE):
            there = other.get_vectors(column)
            for mirrored in (False, True):
                alike = (seen * _MIRRORED if mirrored else seen) @ there.T
                i, j = np.unravel_index(alike.argmax(), alike.shape)
                correlation = min(float(alike[i, j]), 1.0)
                if correlation > (LEAST_CORRELATION if best is None else best.correlation):
                    start_s = float(own.starts[row + i] / RATE_HZ)
                    other_start_s = float(other.starts[column + j] / RATE_HZ)
                    best = SharedMotion(start_s, other_start_s, mirrored, correlation)
    return best
