"""The head as a solid: itself from the front, a nose in profile from the side."""

from __future__ import annotations

import numpy as np
import pytest
from rendered_scenes import render_person

from extract.head import HeadBox
from extract.mesh_reader import FaceMesh
from simulate.controls import CONTROL_NAMES, CONTROLS
from simulate.portrait import ANCHORS
from simulate.reaching import reach
from simulate.turned_head import TurnedHead

BACKDROP = (193, 186, 184)


@pytest.mark.slow
def test_a_head_turned_by_nothing_is_the_portrait_and_by_a_quarter_its_nose_sticks_out() -> None:
    person = render_person()
    mesh = FaceMesh().find(HeadBox(200, -20, 500).cut_from(person))
    assert mesh is not None
    head = TurnedHead(person, mesh)
    face = (slice(170, 340), slice(390, 510))
    assert np.abs(head.render(0)[face].astype(int) - person[face]).mean() < 2

    def find_front(yaw: float, height: int) -> int:
        row = head.render(yaw)[height].astype(int)
        return int((np.abs(row - BACKDROP).sum(axis=1) > 60).argmax())

    nose_y = round(ANCHORS["nose_tip"][1])
    assert find_front(90, nose_y) < find_front(90, nose_y - 50) - 15
    assert abs(find_front(0, nose_y) - find_front(0, nose_y - 50)) < 60


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_reaching_brings_the_wrist_to_its_place_and_leaves_the_other_arm(share: float) -> None:
    values = dict(zip(CONTROL_NAMES, reach({"right": (400, 300)}, share), strict=True))
    start = np.array(ANCHORS["right_wrist"])
    moved = sum(values[control.name] * control.field(*start) for control in CONTROLS if values[control.name])
    # The elbow takes the wrist along by next to nothing.
    np.testing.assert_allclose(moved, share * ((400, 300) - start), atol=0.1)
    assert not any(value for name, value in values.items() if "right" not in name)
