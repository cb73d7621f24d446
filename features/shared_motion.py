"""Which videos show the same movements at the same moments: copies of one recording, however encoded.

Constants and what they miss are measured in docs/measurements/copies.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from features.motion_trace import MISSING, RATE_HZ, STEP, Trace

Floats = npt.NDArray[np.float32]

# From so long a stretch on videos can be told to share one.
SHORTEST_S: Final = 8
# The least correlation of the movements in such a stretch.
LEAST_CORRELATION: Final = 0.75

# What pitch, yaw, roll, and width and height of the mouth typically move from one 0.4 s to the next.
_UNITS: Final = np.array([0.06, 0.07, 0.035, 0.05, 0.05])
# No single movement, such as a cut or a turn of the head, may carry a stretch by itself.
_LARGEST: Final = 2.0
# In a mirrored picture the head turns and tilts to the other side.
_MIRRORED: Final = np.array([1, -1, -1, 1, 1], dtype=np.float32)
# Samples that a movement is computed from, and movements in a stretch.
_SPAN: Final = 4
_WINDOW: Final = SHORTEST_S * RATE_HZ - _SPAN + 1
# Below, in squared units a movement, there is little but the reader's own noise.
_LEAST_MOVEMENT: Final = 0.3
_LEAST_KNOWN: Final = 0.75
# Windows that are compared at once, small enough for the processor's cache.
_ROWS, _COLUMNS = 64, 4096


class SharedMotion(NamedTuple):
    """A stretch of `SHORTEST_S` in which two videos move alike: the one in which they do so most.

    Attributes
    ----------
    start_s, other_start_s
        Where it begins in the one and in the other, seconds.
    mirrored
        Whether one is the other's mirror image.
    correlation
        Of the movements, at least `LEAST_CORRELATION`.
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
    own = _prepare(trace)
    prepared = {name: _prepare(other) for name, other in others.items()}
    prepared = {name: one for name, one in prepared.items() if one.weights.any()}
    if not own.weights.any() or not prepared:
        return {}
    names = list(prepared)
    firsts = np.cumsum([0, *(len(one.moves) for one in prepared.values())])
    library = _Moves(
        np.concatenate([one.moves for one in prepared.values()]),
        np.concatenate([one.weights for one in prepared.values()]),
    )
    found: dict[str, SharedMotion] = {}
    for mirrored in (False, True):
        compared = _Moves(own.moves * _MIRRORED if mirrored else own.moves, own.weights)
        for here, there, correlation in _list_alike(compared, library):
            place = int(np.searchsorted(firsts, there, side="right")) - 1
            known = found.get(names[place])
            if known is None or correlation > known.correlation:
                found[names[place]] = SharedMotion(
                    here / RATE_HZ, (there - int(firsts[place])) / RATE_HZ, mirrored, correlation
                )
    return found


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


class _Moves(NamedTuple):
    """Movements of videos, and of the window that begins at each the weight that makes its energy 1.

    Weights are 0 where no window of the video begins, and where too little moves or was measured in it.
    """

    moves: Floats
    weights: Floats


def _prepare(trace: Trace) -> _Moves:
    """Return how far each signal moves from one 0.4 s to the next, every 0.2 s."""
    n = max(len(trace) - _SPAN + 1, 0)
    weights = np.zeros(n, dtype=np.float32)
    if n < _WINDOW:
        return _Moves(np.zeros((n, trace.shape[1]), dtype=np.float32), weights)
    values = np.where(trace == MISSING, np.nan, trace * STEP)
    steps = (values[3:] + values[2:-1] - values[1:-2] - values[:-3]) / 2
    known = np.isfinite(steps[:, 0])  # the mouth is missing throughout where a reader does not measure it
    moves = np.clip(np.nan_to_num(steps) / _UNITS, -_LARGEST, _LARGEST).astype(np.float32)
    energy = _sum_windows((moves**2).sum(axis=1))
    usable = (_sum_windows(known) >= _LEAST_KNOWN * _WINDOW) & (energy >= _LEAST_MOVEMENT * _WINDOW)
    weights[: len(energy)][usable] = 1 / np.sqrt(energy[usable])
    return _Moves(moves, weights)


def _sum_windows(values: npt.NDArray[np.generic]) -> npt.NDArray[np.float64]:
    sums: npt.NDArray[np.float64] = np.convolve(values.astype(np.float64), np.ones(_WINDOW), mode="valid")
    return sums


def _list_alike(own: _Moves, library: _Moves) -> list[tuple[int, int, float]]:
    """Return the windows of both that correlate, and how much.

    Of every block of windows only the best is listed for each place of the library, because neighbours say
    the same.
    """
    signals = own.moves.shape[1]
    n, m = len(own.moves), len(library.moves)
    # A block of rows meets the library along its diagonals, so both are filled up at their ends.
    moves = np.zeros((n + _ROWS + _WINDOW, signals), dtype=np.float32)
    moves[:n] = own.moves
    weights = np.append(own.weights, np.zeros(_ROWS, dtype=np.float32))
    before, after = _ROWS, _COLUMNS + _ROWS + _WINDOW
    other_moves = np.pad(library.moves, ((before, after), (0, 0)))
    other_weights = np.pad(library.weights, (before, after))
    alike = []
    for row in range(0, n, _ROWS):
        rows = slice(row, row + _ROWS)
        if not weights[rows].any():
            continue
        block = moves[row : row + _ROWS + _WINDOW - 1]
        for column in range(0, m + before, _COLUMNS):
            part = other_moves[column : column + _COLUMNS + len(block) - 1]
            sums = _sum_diagonals(block @ part.T)
            sums *= weights[rows, None]
            there = other_weights[column : column + _COLUMNS + _ROWS - 1]
            sums *= np.lib.stride_tricks.sliding_window_view(there, _COLUMNS)
            if sums.max() < LEAST_CORRELATION:
                continue
            for i, d in np.argwhere(sums >= LEAST_CORRELATION).tolist():
                alike.append((row + i, column + i + d - before, min(float(sums[i, d]), 1.0)))
    return alike


def _sum_diagonals(products: Floats) -> Floats:
    """Return of products, shape (rows + window - 1, ...), their sums over windows along the diagonals.

    Row i, column d of what is returned is the sum of ``products[i + t, i + t + d]`` over the window.
    """
    down, right = products.strides
    diagonals = np.lib.stride_tricks.as_strided(
        products, (len(products), _COLUMNS), (down + right, right), writeable=False
    )
    sums = np.cumsum(diagonals, axis=0, dtype=np.float32)
    windows: Floats = sums[_WINDOW - 1 :].copy()
    windows[1:] -= sums[:-_WINDOW]
    return windows
