"""How well the motion that was rendered is found again in a frame table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from extract.frame_table import ACTION_UNITS
from simulate.controls import CONTROL_NAMES

if TYPE_CHECKING:
    import pandas as pd

_JOINTS: Final = ("elbow", "wrist")
_OUTWARDS: Final = {"left": 1, "right": -1}  # the person's left is on the right of the picture

# The column of a frame table that should follow each control, and in which direction. The first 16 controls
# are the action units, in their order. Shifts of the head and leaning have no column of their own.
FOLLOWED_BY: Final[dict[str, tuple[str, int]]] = {
    **{control: (unit, 1) for control, unit in zip(CONTROL_NAMES, ACTION_UNITS, strict=False)},
    "head_pitch": ("pose_Rx", 1),
    "head_yaw": ("pose_Ry", 1),
    "head_roll": ("pose_Rz", 1),
    **{f"{side}_shoulder_raise": (f"{side}Shoulder_y", -1) for side in _OUTWARDS},
    **{f"{side}_{joint}_raise": (f"{side}{joint.title()}_y", -1) for side in _OUTWARDS for joint in _JOINTS},
    **{
        f"{side}_{joint}_out": (f"{side}{joint.title()}_x", outwards)
        for side, outwards in _OUTWARDS.items()
        for joint in _JOINTS
    },
}


def correlate_with_truth(frames: pd.DataFrame, controls: pd.DataFrame) -> dict[str, float]:
    """Return the correlation over time of each control in `FOLLOWED_BY` with the column for it.

    Parameters
    ----------
    frames
        Rows of the frame table of a rendered video.
    controls
        What was rendered, frame by frame (`render_session`).

    Returns
    -------
    dict
        1 where the measurement follows perfectly, below 0 where it runs against its control.
    """
    return {
        control: direction * float(frames[column].corr(controls[control]))
        for control, (column, direction) in FOLLOWED_BY.items()
    }
