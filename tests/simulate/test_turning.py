"""Turning a rendered head: where its nose goes, and that nothing happens at no angle."""

import numpy as np
import pytest

from simulate.controls import CONTROL_NAMES
from simulate.portrait import ANCHORS
from simulate.render import Renderer
from simulate.turning import _turn, turn_frame


@pytest.fixture(scope="module")
def rest():
    return Renderer().render(np.zeros(len(CONTROL_NAMES)))


def test_no_angle_changes_nothing(rest):
    np.testing.assert_array_equal(turn_frame(rest, 0.0, 0.0), rest)


@pytest.mark.parametrize(
    ("angles", "axis", "sign"), [((0.3, 0), 1, 1), ((-0.3, 0), 1, -1), ((0, 0.3), 0, -1), ((0, -0.3), 0, 1)]
)
def test_the_nose_points_where_the_head_is_turned(angles, axis, sign):
    moved = _turn(np.array([[ANCHORS["nose_tip"]]], np.float64), *angles)[0, 0]
    assert sign * moved[axis] > 15
    assert abs(moved[1 - axis]) < abs(moved[axis]) / 3


def test_the_shoulders_stay(rest):
    turned = turn_frame(rest, 0.4, 0.4)
    np.testing.assert_array_equal(turned[500:], rest[500:])
    assert (turned[150:330, 380:520] != rest[150:330, 380:520]).any()
