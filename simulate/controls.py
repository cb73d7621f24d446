"""The controls: everything that can move, by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from ground.errors import InputError
from simulate.fields import Array, Field, add, lean, push, push_both, roll_head, shift_head, turn_head

if TYPE_CHECKING:
    import pandas as pd

Part = Literal["face", "head", "trunk", "arms"]

# Joints have no surroundings that could follow them; the next joint is further away than this reach.
_JOINT_REACH: Final = (40.0, 40.0)


@dataclass(frozen=True)
class Control:
    """One thing that can move.

    Its value has no unit: 0 is the portrait as it was photographed, 1 and -1 are natural extremes, and
    displacements are linear between and beyond.

    Attributes
    ----------
    name
        Column of the ground-truth table.
    part
        What moves. Face, head and trunk are the picture itself; the joints of the arms go with the trunk, and
        the controls of the arms move nothing but joints.
    field
        Displacements at value 1.
    """

    name: str
    part: Part
    field: Field


# One control for each of the 16 action units of the frame table, in its order.
_FACE: Final[dict[str, Field]] = {
    "inner_brow_raise": push_both("inner_brow", (0, -13), (14, 12)),
    "outer_brow_raise": add(
        push_both("outer_brow", (0, -10), (16, 12)), push_both("inner_brow", (-3, 3), (15, 13))
    ),
    # Down and together, as the corrugators pull; the lids below stay.
    "brow_lower": add(push_both("inner_brow", (-7, 5), (18, 10)), push_both("outer_brow", (0, 3), (16, 10))),
    "upper_lid_raise": push_both("upper_lid", (0, -7), (11, 7)),
    # The skin of the cheek has hardly a feature to be followed by; the lower lid, which it pushes up, has.
    "cheek_raise": add(
        push_both("cheek", (0, -8), (20, 14)),
        push_both("lower_lid", (0, -3), (16, 8)),
        push_both("lip_corner", (0, -3), (14, 12)),
    ),
    "lid_tighten": add(push_both("lower_lid", (0, -4), (10, 6)), push_both("eye_inner", (0, 1), (8, 8))),
    "nose_wrinkle": add(
        push("nose_tip", (0, -5), (35, 16)),
        push_both("nostril", (0, -8), (14, 12)),
        push("nose_root", (0, 6), (22, 12)),
        push_both("inner_brow", (0, 3), (13, 11)),
    ),
    "upper_lip_raise": push("upper_lip_edge", (0, -8), (24, 11)),
    "lip_corner_pull": push_both("lip_corner", (5, -11), (18, 18)),
    "dimple": push_both("lip_corner", (6, 0), (10, 8)),
    "lip_corner_depress": add(
        push_both("lip_corner", (0, 8), (18, 18)),
        push("upper_lip", (0, -4), (24, 10)),
        push("lower_lip", (0, -2), (26, 9)),
    ),
    # The boss and the lower lip rise on a jaw that does not move.
    "chin_raise": add(
        push("chin_boss", (0, -8), (30, 12)),
        push("lower_lip_edge", (0, -4), (26, 10)),
        push("chin", (0, 2), (44, 12)),
    ),
    "lip_stretch": push_both("lip_corner", (12, 2), (18, 18)),
    # Edges move and insides hardly, so that the red gets thin.
    "lip_tighten": add(
        push("upper_lip_edge", (0, 3), (24, 7)),
        push("lower_lip_edge", (0, -5), (28, 8)),
        push_both("lip_corner", (-4, 0), (10, 8)),
    ),
    "lips_part": add(
        push("upper_lip", (0, -4), (24, 12)),
        push("lower_lip", (0, 8), (26, 13)),
        push("chin_boss", (0, 4), (26, 12)),
    ),
    # Lower lip, boss and chin go down together, the lip corners a part of the way, the upper lip stays.
    "jaw_drop": add(
        push("chin", (0, 18), (70, 30)),
        push("lower_lip", (0, 6), (30, 16)),
        push("upper_lip", (0, -3), (28, 12)),
        push_both("lip_corner", (0, 3), (18, 18)),
    ),
}
_HEAD: Final[dict[str, Field]] = {
    "head_pitch": turn_head(down_rad=0.16),
    "head_yaw": turn_head(left_rad=0.16),
    "head_roll": roll_head(0.12),
    "head_shift_x": shift_head((10, 0)),
    "head_shift_y": shift_head((0, 10)),
}
_TRUNK: Final[dict[str, Field]] = {
    "left_shoulder_raise": push("left_shoulder", (0, -40), (140, 200)),
    "right_shoulder_raise": push("right_shoulder", (0, -40), (140, 200)),
    "lean": lean(34),
}
_ARMS: Final[dict[str, Field]] = {
    "left_elbow_out": push("left_elbow", (40, 0), _JOINT_REACH),
    "right_elbow_out": push("right_elbow", (-40, 0), _JOINT_REACH),
    "left_elbow_raise": push("left_elbow", (0, -40), _JOINT_REACH),
    "right_elbow_raise": push("right_elbow", (0, -40), _JOINT_REACH),
    "left_wrist_out": push("left_wrist", (60, 0), _JOINT_REACH),
    "right_wrist_out": push("right_wrist", (-60, 0), _JOINT_REACH),
    "left_wrist_raise": push("left_wrist", (0, -60), _JOINT_REACH),
    "right_wrist_raise": push("right_wrist", (0, -60), _JOINT_REACH),
}

_PARTS: Final[dict[Part, dict[str, Field]]] = {"face": _FACE, "head": _HEAD, "trunk": _TRUNK, "arms": _ARMS}

CONTROLS: Final = tuple(
    Control(name, part, field) for part, fields in _PARTS.items() for name, field in fields.items()
)
CONTROL_NAMES: Final = tuple(control.name for control in CONTROLS)


def read_controls(controls: pd.DataFrame) -> Array:
    """Return the values of a session's table, shape (frames, controls), in the order of `CONTROL_NAMES`.

    Raises
    ------
    InputError
        When a control is missing or a value is not a finite number.
    """
    missing = [name for name in CONTROL_NAMES if name not in controls]
    if missing:
        raise InputError(
            f"The table of controls lacks {', '.join(missing)}. Give one column for each control."
        )
    values = controls[list(CONTROL_NAMES)].to_numpy(dtype=np.float64)
    if not np.isfinite(values).all():
        raise InputError("The table of controls holds values that are not finite numbers. Fill them in.")
    return values
