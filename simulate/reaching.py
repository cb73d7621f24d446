"""Control values that bring the hands to places in the picture, before the face for instance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import numpy as np

from simulate.controls import CONTROL_NAMES
from simulate.fields import Array
from simulate.portrait import ANCHORS

# From a wrist to its elbow, px: outwards and down; the hand then points inwards and up.
_ELBOW_OUT, _ELBOW_DOWN = 130, 230
# What the controls of wrist and elbow move their joint by, px, at value 1 (`simulate.controls`).
_WRIST_PX, _ELBOW_PX = 60, 40
_OUTWARDS: Final = {"left": 1, "right": -1}  # on the picture's x axis


def reach(wrists: Mapping[Literal["left", "right"], tuple[float, float]], share: float = 1.0) -> Array:
    """Return the values of `CONTROL_NAMES` that bring wrists to places, and nothing else.

    Parameters
    ----------
    wrists
        Where the wrist of an arm is to be, (x, y) in px of the portrait; the other arm rests. The hand ends
        some 120 px further on.
    share
        How much of the way there the wrists have gone, 0 to 1.
    """
    values = dict.fromkeys(CONTROL_NAMES, 0.0)
    for side, (x, y) in wrists.items():
        outwards = _OUTWARDS[side]
        elbow = (x + _ELBOW_OUT * outwards, y + _ELBOW_DOWN)
        for joint, place, unit_px in (("wrist", (x, y), _WRIST_PX), ("elbow", elbow, _ELBOW_PX)):
            way = share * (np.array(place) - ANCHORS[f"{side}_{joint}"]) / unit_px
            values[f"{side}_{joint}_out"] = outwards * way[0]
            values[f"{side}_{joint}_raise"] = -way[1]
    return np.array([values[name] for name in CONTROL_NAMES])
