"""What every control moves, and where to."""

import numpy as np
import pytest

from extract.frame_table import ACTION_UNITS
from simulate.controls import CONTROL_NAMES, CONTROLS
from simulate.portrait import ANCHORS, HEIGHT, WIDTH
from simulate.signature import Signature, draw_session

UP, DOWN, LEFT, RIGHT = (0, -1), (0, 1), (-1, 0), (1, 0)
# Her left side is on the right of the picture.
MOVES = [
    ("inner_brow_raise", "left_inner_brow", UP),
    ("inner_brow_raise", "right_inner_brow", UP),
    ("outer_brow_raise", "left_outer_brow", UP),
    ("outer_brow_raise", "right_outer_brow", UP),
    ("brow_lower", "left_inner_brow", LEFT),
    ("brow_lower", "right_inner_brow", RIGHT),
    ("brow_lower", "left_outer_brow", DOWN),
    ("upper_lid_raise", "left_upper_lid", UP),
    ("upper_lid_raise", "right_upper_lid", UP),
    ("cheek_raise", "left_cheek", UP),
    ("cheek_raise", "right_cheek", UP),
    ("lid_tighten", "left_lower_lid", UP),
    ("lid_tighten", "right_lower_lid", UP),
    ("nose_wrinkle", "left_nostril", UP),
    ("nose_wrinkle", "right_nostril", UP),
    ("upper_lip_raise", "upper_lip_edge", UP),
    ("lip_corner_pull", "left_lip_corner", UP),
    ("lip_corner_pull", "left_lip_corner", RIGHT),
    ("lip_corner_pull", "right_lip_corner", UP),
    ("lip_corner_pull", "right_lip_corner", LEFT),
    ("dimple", "left_lip_corner", RIGHT),
    ("dimple", "right_lip_corner", LEFT),
    ("lip_corner_depress", "left_lip_corner", DOWN),
    ("lip_corner_depress", "right_lip_corner", DOWN),
    ("chin_raise", "chin_boss", UP),
    ("lip_stretch", "left_lip_corner", RIGHT),
    ("lip_stretch", "right_lip_corner", LEFT),
    ("lip_tighten", "upper_lip_edge", DOWN),
    ("lip_tighten", "lower_lip_edge", UP),
    ("lips_part", "upper_lip", UP),
    ("lips_part", "lower_lip", DOWN),
    ("jaw_drop", "chin", DOWN),
    ("jaw_drop", "lower_lip", DOWN),
    ("head_pitch", "nose_tip", DOWN),
    ("head_yaw", "nose_tip", LEFT),
    ("head_roll", "nose_tip", RIGHT),
    ("head_shift_x", "nose_tip", RIGHT),
    ("head_shift_y", "nose_tip", DOWN),
    ("left_shoulder_raise", "left_shoulder", UP),
    ("right_shoulder_raise", "right_shoulder", UP),
    ("lean", "nose_tip", RIGHT),
    ("lean", "left_shoulder", RIGHT),
    ("left_elbow_out", "left_elbow", RIGHT),
    ("right_elbow_out", "right_elbow", LEFT),
    ("left_elbow_raise", "left_elbow", UP),
    ("right_elbow_raise", "right_elbow", UP),
    ("left_wrist_out", "left_wrist", RIGHT),
    ("right_wrist_out", "right_wrist", LEFT),
    ("left_wrist_raise", "left_wrist", UP),
    ("right_wrist_raise", "right_wrist", UP),
]


def move_of(control, anchor):
    x, y = ANCHORS[anchor]
    return CONTROLS[CONTROL_NAMES.index(control)].field(np.array(x), np.array(y))


@pytest.mark.parametrize(("control", "anchor", "direction"), MOVES)
def test_a_control_moves_its_anchors_the_way_its_name_says(control, anchor, direction):
    assert move_of(control, anchor) @ direction > 2


def test_every_control_has_its_direction_stated_above():
    assert {control for control, _, _ in MOVES} == set(CONTROL_NAMES)


def test_there_is_one_face_control_for_each_action_unit():
    assert sum(control.part == "face" for control in CONTROLS) == len(ACTION_UNITS)
    assert [control.part for control in CONTROLS[: len(ACTION_UNITS)]] == ["face"] * len(ACTION_UNITS)
    assert len(set(CONTROL_NAMES)) == len(CONTROLS)


def test_a_roll_turns_the_line_of_the_eyes_clockwise():
    left, right = move_of("head_roll", "left_eye_inner"), move_of("head_roll", "right_eye_inner")
    assert left[1] > right[1]
    assert np.hypot(*left) == pytest.approx(
        0.12 * np.hypot(*np.subtract(ANCHORS["left_eye_inner"], ANCHORS["neck"]))
    )


def test_a_turn_of_the_head_moves_near_points_further_than_far_ones():
    nose, cheek = move_of("head_yaw", "nose_tip"), move_of("head_yaw", "left_cheek")
    assert nose[0] < cheek[0] < 0


@pytest.mark.parametrize("control", [c for c in CONTROLS if c.part == "face"], ids=lambda c: c.name)
def test_the_face_leaves_the_body_alone(control):
    body = np.array([ANCHORS[f"{side}_shoulder"] for side in ("left", "right")]).T
    assert np.abs(control.field(*body)).max() < 0.01


def test_joints_of_the_arms_move_one_by_one():
    arms = [control for control in CONTROLS if control.part == "arms"]
    for control in arms:
        own, _ = control.name.rsplit("_", 1)
        others = [name for name in ANCHORS if name.endswith(("_elbow", "_wrist")) and name != own]
        assert np.abs(control.field(*np.array([ANCHORS[name] for name in others]).T)).max() < 0.1


@pytest.mark.parametrize("parts", [("face",), ("head", "trunk")])
def test_sessions_do_not_tear_or_fold_the_picture(parts):
    # A map that keeps the orientation of every small triangle neither folds nor tears.
    step = 4
    x, y = np.meshgrid(np.arange(0.0, WIDTH, step), np.arange(0.0, HEIGHT, step))
    chosen = [index for index, control in enumerate(CONTROLS) if control.part in parts]
    fields = np.stack([CONTROLS[index].field(x, y) for index in chosen])
    for seed in range(3):
        session = draw_session(Signature(seed), seconds=20, fps=8, seed=0)
        for values in session[list(CONTROL_NAMES)].to_numpy()[:, chosen]:
            shift = np.tensordot(values, fields, axes=1)
            along_y, along_x = np.gradient(shift, step, axis=(0, 1))
            growth = (1 + along_x[..., 0]) * (1 + along_y[..., 1]) - along_x[..., 1] * along_y[..., 0]
            assert growth.min() > 0
