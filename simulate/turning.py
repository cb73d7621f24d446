"""Turning the head of a rendered frame in depth by large angles, as a solid body."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from simulate.fields import Array, head_depth, head_weight
from simulate.painting import Image, look_up
from simulate.portrait import ANCHORS, HEIGHT, WIDTH

if TYPE_CHECKING:
    import numpy.typing as npt

# Where a pixel of the turned head comes from has no formula; each step takes half of what is left, because
# whole steps jump to and fro on the steep sides of the nose.
_UNDO_STEPS: Final = 40
_UNDO_SHARE: Final = 0.5


def turn_frame(frame: Image, pitch_rad: float, yaw_rad: float) -> Image:
    """Return a rendered frame with the head turned about the middle between the ears.

    The control ``head_pitch`` moves points by depth times angle, which is right for the small angles of a
    session only. Here the same depth is turned exactly and projected in parallel. Hidden sides of the nose
    are smeared, and beyond about 30 degrees the face no longer looks like one.

    Parameters
    ----------
    frame
        RGB, shape (`HEIGHT`, `WIDTH`, 3), of `simulate.render`, with the controls of the head at rest.
    pitch_rad
        Positive where the face turns down.
    yaw_rad
        Positive where the face turns to the left of the picture.
    """
    return look_up(frame, _find_sources(pitch_rad, yaw_rad))


@lru_cache(maxsize=8)
def _find_sources(pitch_rad: float, yaw_rad: float) -> npt.NDArray[np.float32]:
    x, y = np.meshgrid(np.arange(WIDTH, dtype=np.float64), np.arange(HEIGHT, dtype=np.float64))
    sources = np.stack([x, y], axis=-1)
    moving = head_weight(x, y) > 0  # nothing else does, and nothing comes from elsewhere
    shown = sources[moving]
    source = shown
    for _ in range(_UNDO_STEPS):
        missed = source + _turn(source, pitch_rad, yaw_rad) - shown
        source = source - _UNDO_SHARE * missed
    sources[moving] = source
    return np.asarray(sources, np.float32)


def _turn(places: Array, pitch_rad: float, yaw_rad: float) -> Array:
    """Return how far a turn moves points at rest, (..., 2), px."""
    x, y = places[..., 0], places[..., 1]
    across, down = x - ANCHORS["head_centre"][0], y - ANCHORS["head_centre"][1]
    depth = head_depth(x, y)
    # Yaw first, about the head's own vertical axis, then pitch about the picture's horizontal one.
    turned_across = across * np.cos(yaw_rad) - depth * np.sin(yaw_rad)
    nearer = depth * np.cos(yaw_rad) + across * np.sin(yaw_rad)
    turned_down = down * np.cos(pitch_rad) + nearer * np.sin(pitch_rad)
    moved = np.stack([turned_across - across, turned_down - down], axis=-1)
    return np.asarray(moved * head_weight(x, y)[..., None])
