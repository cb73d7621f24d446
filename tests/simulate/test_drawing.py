"""People in larger pictures: where they are, how large, and what is left of the rest."""

from __future__ import annotations

import numpy as np
import pytest

from simulate.controls import CONTROL_NAMES
from simulate.fields import Array
from simulate.placing import Place
from simulate.portrait import ANCHORS, HEIGHT, WIDTH
from simulate.render import Renderer
from simulate.signature import Signature, draw_session

GREEN = (20, 200, 60)
REST = np.zeros(len(CONTROL_NAMES))


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer()


@pytest.fixture(scope="module")
def moving() -> Array:
    return draw_session(Signature(3), 1, 10, 0)[list(CONTROL_NAMES)].to_numpy()[4]


def canvas(height: int = HEIGHT, width: int = WIDTH) -> np.ndarray:
    return np.full((height, width, 3), GREEN, np.uint8)


def test_drawn_as_it_is_the_person_is_that_of_the_rendered_frame(renderer: Renderer, moving: Array) -> None:
    drawn = canvas()
    renderer.draw(drawn, moving, Place(1.0, 0.0, 0.0))
    face = np.s_[150:340, 400:500]
    np.testing.assert_array_equal(drawn[face], renderer.render(moving)[face])
    assert (drawn[:400, :100] == GREEN).all()


@pytest.mark.parametrize("scale", [0.5, 0.8, 1.25])
def test_a_place_of_the_portrait_is_shown_where_the_scale_puts_it(
    renderer: Renderer, moving: Array, scale: float
) -> None:
    """A face drawn at a scale is the face of the rendered frame, resized about the same place."""
    import cv2

    drawn, place = canvas(500, 600), Place.of_head(ANCHORS, scale, 300, 200)
    renderer.draw(drawn, moving, place)
    box = np.array([(380, 150), (510, 340)])
    (left, top), (right, bottom) = place.show(box).round().astype(int)
    expected = cv2.resize(
        renderer.render(moving)[150:340, 380:510], (right - left, bottom - top), interpolation=cv2.INTER_AREA
    )
    difference = np.abs(drawn[top:bottom, left:right].astype(float) - expected)
    assert difference.mean() < 5  # a shift by two pixels gives 7 and more


def test_what_lies_outside_the_picture_is_left_out(renderer: Renderer) -> None:
    whole, part = canvas(900, 1000), canvas(300, 200)
    renderer.draw(whole, REST, Place(1.0, 100.0, 0.0))
    renderer.draw(part, REST, Place(1.0, 100.0 - 500.0, -100.0))
    np.testing.assert_array_equal(part, whole[100:400, 500:700])
    untouched = canvas(300, 200)
    for far in (Place(1.0, 300.0, 0.0), Place(1.0, -WIDTH - 300.0, 0.0), Place(0.5, 0.0, 400.0)):
        renderer.draw(untouched, REST, far)
    assert (untouched == GREEN).all()


def test_the_box_of_the_head_moves_with_the_head_and_not_with_the_face(renderer: Renderer) -> None:
    controls = np.zeros((4, len(CONTROL_NAMES)))
    controls[1, CONTROL_NAMES.index("jaw_drop")] = 2
    controls[2, CONTROL_NAMES.index("head_shift_x")] = 1
    controls[3, CONTROL_NAMES.index("head_shift_y")] = -1
    rest, jaw, right, up = renderer.find_heads(controls)
    np.testing.assert_allclose(rest, (306, 30, 604, 358))
    np.testing.assert_array_equal(jaw, rest)
    # The hair at the edge goes a little less far than the middle of the head.
    np.testing.assert_allclose(right - rest, (10, 0, 10, 0), atol=1.5)
    np.testing.assert_allclose(up - rest, (0, -10, 0, -10), atol=1.5)
