"""Frames that show the picture before them again: recorders and converters fill a frame rate with them.

Encoding changes a picture that is shown again a little, so no measurement is quite the same. But the face
moves less than the reader's own noise, or the reader, which smooths, still comes to rest at it. How the
limits were chosen stands in docs/measurements/evidence.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# From one frame to the next, in multiples of the reader's noise.
_LEAST_MOVE: Final = 1.3
# Of the largest such movement within so long before, which readers smooth over several frames.
_LEAST_SHARE: Final = 0.2
_SETTLING_S: Final = 0.3
# People hold still for moments, too; only longer ones are pictures that are held.
_SHORTEST_S: Final = 0.2


def find_held(
    time_s: NDArray[np.float64], moves: NDArray[np.float64], tolerance_s: float
) -> NDArray[np.bool_]:
    """Return which frames show a picture that is held for more than 0.2 s, shape (frames,).

    Parameters
    ----------
    time_s : ndarray of float64, shape (frames,)
        Presentation times, rising.
    moves : ndarray of float64, shape (frames - 1,)
        How far the face moves from each frame to the next: the median over its features, in multiples of the
        reader's noise. Where it is unknown, NaN, the later frame is not held.
    tolerance_s
        By how much times may be rounded.
    """
    if len(time_s) < 2:
        return np.zeros(len(time_s), dtype=np.bool_)
    usual_s = float(np.median(np.diff(time_s)))
    span = max(round(_SETTLING_S / usual_s), 1)
    padded = np.concatenate([np.zeros(span), np.nan_to_num(moves)])
    largest = np.lib.stride_tricks.sliding_window_view(padded, span + 1).max(axis=-1)
    rests = (moves < _LEAST_MOVE) | (moves < _LEAST_SHARE * largest)  # not where they are unknown
    new = np.append(True, ~rests)
    places = np.arange(len(time_s))
    before = time_s[np.maximum.accumulate(np.where(new, places, 0))]
    following = np.minimum.accumulate(np.where(new, places, len(time_s))[::-1])[::-1]
    after = np.append(time_s, time_s[-1] + usual_s)[following]
    return np.asarray(~new & (after - before > _SHORTEST_S + tolerance_s))
