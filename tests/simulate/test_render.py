"""Frames show what the controls say."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from ground.errors import InputError
from simulate.controls import CONTROL_NAMES
from simulate.portrait import ANCHORS, ASTRONAUT, HEIGHT, WIDTH, load_portrait
from simulate.render import Renderer, render_frames
from simulate.signature import Signature, draw_session, tabulate_controls


@pytest.fixture(scope="module")
def renderer():
    return Renderer()


def values_of(**controls):
    return np.array([float(controls.get(name, 0.0)) for name in CONTROL_NAMES])


def find_patch(rest, frame, anchor, half=6, search=40):
    """Return how far the picture around an anchor has moved between two frames, px."""
    x, y = (round(c) for c in ANCHORS[anchor])
    patch = rest[y - half : y + half + 1, x - half : x + half + 1]
    top, left = max(y - search, 0), max(x - search, 0)
    match = cv2.matchTemplate(frame[top : y + search, left : x + search], patch, cv2.TM_CCOEFF_NORMED)
    _, _, _, (found_x, found_y) = cv2.minMaxLoc(match)
    return np.array([left + found_x + half - x, top + found_y + half - y])


def test_frames_are_rgb_pictures_of_the_stated_size(renderer):
    frame = renderer.render(values_of())
    assert frame.shape == (HEIGHT, WIDTH, 3)
    assert frame.dtype == np.uint8
    assert HEIGHT % 2 == 0
    assert WIDTH % 2 == 0
    hair, sleeve = frame[100, 450], frame[600, 150]
    assert hair[0] > hair[2]  # brown
    assert sleeve[0] > 2 * sleeve[2]  # orange


def test_zero_controls_show_the_portrait_and_the_arms_at_rest(renderer):
    frame, portrait = renderer.render(values_of()), load_portrait()
    changed = (frame != portrait).any(axis=-1)
    joints = [
        (ANCHORS[f"{s}_shoulder"], ANCHORS[f"{s}_elbow"], ANCHORS[f"{s}_wrist"]) for s in ("left", "right")
    ]
    near_arms = np.zeros(changed.shape, np.uint8)
    for joint_line in joints:
        cv2.polylines(near_arms, [np.array(joint_line, np.int32)], isClosed=False, color=(1,), thickness=280)
    assert changed.any()
    assert not (changed & (near_arms == 0)).any()
    assert not changed[:400].any()


# Values at which the move is some 10 px or more; the place must have texture to be found by.
@pytest.mark.parametrize(
    ("controls", "anchor", "expected"),
    [
        ({"lip_corner_pull": 1}, "left_lip_corner", (5, -11)),
        ({"lip_corner_pull": 1}, "right_lip_corner", (-5, -11)),
        ({"lip_corner_depress": 1}, "left_lip_corner", (0, 8)),
        ({"jaw_drop": 1}, "chin", (0, 18)),
        ({"jaw_drop": -1}, "chin", (0, -18)),
        ({"inner_brow_raise": 1}, "right_inner_brow", (0, -13)),
        ({"outer_brow_raise": 1}, "left_outer_brow", (0, -10)),
        ({"head_shift_x": 1}, "nose_tip", (10, 0)),
        ({"head_shift_x": -1}, "left_upper_lid", (-10, 0)),
        ({"head_shift_x": 1, "lip_corner_pull": 1}, "left_lip_corner", (15, -11)),
        ({"head_shift_x": 1, "inner_brow_raise": 1}, "right_inner_brow", (10, -13)),
    ],
    ids=str,
)
def test_the_picture_at_an_anchor_goes_where_the_controls_send_it(renderer, controls, anchor, expected):
    rest, frame = renderer.render(values_of()), renderer.render(values_of(**controls))
    assert find_patch(rest, frame, anchor) == pytest.approx(expected, abs=3)


@pytest.mark.parametrize(
    ("controls", "side", "expected"),
    [
        ({"left_wrist_out": 0.5}, "left", (30, 0)),
        ({"right_wrist_out": 0.5}, "right", (-30, 0)),
        ({"left_wrist_raise": 0.5, "right_wrist_raise": -0.5}, "left", (0, -30)),
        ({"left_wrist_raise": 0.5, "right_wrist_raise": -0.5}, "right", (0, 30)),
    ],
    ids=str,
)
def test_a_cuff_goes_where_its_wrist_goes(renderer, controls, side, expected):
    rest, frame = renderer.render(values_of()), renderer.render(values_of(**controls))
    assert find_cuff(frame, side) - find_cuff(rest, side) == pytest.approx(expected, abs=4)


def find_cuff(frame, side):
    """Return the middle of the dark band at a wrist, (x, y); her left is on the right of the picture."""
    half = np.s_[600:, WIDTH // 2 :] if side == "left" else np.s_[600:, : WIDTH // 2]
    y, x = np.nonzero(np.abs(frame[half] - np.array([60, 34, 30])).max(axis=-1) < 12)
    return np.array([x.mean(), y.mean()])


def test_a_shoulder_takes_its_arm_along(renderer):
    rest, frame = renderer.render(values_of()), renderer.render(values_of(right_shoulder_raise=1))
    # The uppermost pixel of a sleeve, in the left part of the picture: her right side.
    top_at_rest, top = ((is_sleeve(f[:, :220]).any(axis=1)).argmax() for f in (rest, frame))
    # The round end of the sleeve reaches beyond the joint, and further the longer the arm is drawn.
    assert 40 <= top_at_rest - top < 50


def is_sleeve(part):
    return (part[..., 0] > 120) & (part[..., 2] < 80)


@pytest.mark.parametrize("control", ["lips_part", "jaw_drop"])
def test_an_opened_mouth_is_dark_inside(renderer, control):
    x, y = (round(c) for c in ANCHORS["lower_lip"])
    mouth = (slice(y - 10, y + 14), slice(x - 10, x + 10))
    rest, opened = renderer.render(values_of()), renderer.render(values_of(**{control: 1.5}))
    assert opened[mouth].max(axis=-1).min() < 0.6 * rest[mouth].max(axis=-1).min()


def test_the_same_controls_give_the_same_frames():
    controls = draw_session(Signature(3), seconds=1, fps=10, seed=1)
    first, second = list(render_frames(controls)), list(render_frames(controls))
    assert len(first) == len(controls) == 10
    np.testing.assert_array_equal(first, second)
    assert (first[0] != first[5]).any()


def test_extreme_controls_still_give_a_frame(renderer):
    for sign in (-1, 1):
        frame = renderer.render(np.full(len(CONTROL_NAMES), 20.0 * sign))
        assert frame.shape == (HEIGHT, WIDTH, 3)


def test_a_missing_control_is_named():
    controls = tabulate_controls(np.zeros((2, len(CONTROL_NAMES))), fps=24)
    with pytest.raises(InputError, match="lacks jaw_drop"):
        render_frames(controls.drop(columns="jaw_drop"))


def test_values_that_are_not_numbers_are_refused_before_the_first_frame():
    controls = tabulate_controls(np.zeros((2, len(CONTROL_NAMES))), fps=24)
    controls.loc[1, "head_yaw"] = np.nan
    with pytest.raises(InputError, match="not finite"):
        render_frames(controls)


@pytest.mark.parametrize("scale", [1, 6, -6])
def test_nothing_of_the_person_is_cut_off_however_far_it_moves(renderer, scale):
    """Where the backdrop is not even, nothing is left out, and what else is seen stays the same."""
    spotted = load_portrait()
    spotted[-1, 0] = spotted[-1, -1] = 0
    whole = Renderer(portrait=replace(ASTRONAUT, load=lambda: spotted))
    values = scale * values_of(lean=1, head_shift_x=1, head_roll=1)
    np.testing.assert_array_equal(renderer.render(values)[:-60], whole.render(values)[:-60])
