"""The head box: around the head, still while the head stays in its middle, and gone with the body."""

from __future__ import annotations

import numpy as np

from extract.body import BodyReading
from extract.head import HeadBox, HeadPlace, HeadTracker, locate_head

IMAGE = np.zeros((480, 640, 3), np.uint8)


def head_at(x: float, y: float, head_width: float = 60.0, *, profile: bool = False) -> HeadPlace | None:
    """Where a body has its head that is `head_width` wide: eyes above, mouth 0.55 head widths below them."""
    landmarks = np.zeros((33, 3))
    landmarks[:11] = (x, y, 0)
    landmarks[[2, 5], 1] -= 0.275 * head_width
    landmarks[[9, 10], 1] += 0.275 * head_width
    half = 0.0 if profile else head_width / 2
    landmarks[7, 0], landmarks[8, 0] = x + half, x - half
    return locate_head(BodyReading(landmarks, np.ones(33)))


def test_the_box_is_three_head_widths_wide_and_centred() -> None:
    box = HeadTracker().locate(head_at(320, 240), IMAGE)
    assert box == HeadBox(left=230, top=150, side=180)


def test_in_profile_the_height_of_the_face_stands_in_for_the_ears() -> None:
    box = HeadTracker().locate(head_at(320, 240, profile=True), IMAGE)
    assert box is not None
    assert abs(box.side - 180) <= 1


def test_the_box_holds_still_until_the_head_leaves_its_middle() -> None:
    tracker = HeadTracker()
    first = tracker.locate(head_at(320, 240), IMAGE)
    assert tracker.locate(head_at(340, 250), IMAGE) is first
    moved = tracker.locate(head_at(360, 240), IMAGE)
    assert moved == HeadBox(left=270, top=150, side=180)


def test_the_box_follows_a_head_that_comes_nearer() -> None:
    tracker = HeadTracker()
    first = tracker.locate(head_at(320, 240, 60), IMAGE)
    assert tracker.locate(head_at(320, 240, 70), IMAGE) is first
    nearer = tracker.locate(head_at(320, 240, 90), IMAGE)
    assert nearer is not None
    assert nearer.side == 270


def test_no_body_no_head_and_a_head_out_of_the_picture_is_none() -> None:
    tracker = HeadTracker()
    assert tracker.locate(None, IMAGE) is None
    assert tracker.locate(head_at(-30, 240), IMAGE) is None
    assert tracker.locate(head_at(320, 500), IMAGE) is None


def test_a_box_over_the_border_crops_what_is_in_the_picture() -> None:
    image = np.arange(480 * 640 * 3, dtype=np.uint32).astype(np.uint8).reshape(480, 640, 3)
    view = HeadBox(left=-20, top=400, side=100).cut_from(image)
    assert (view.left, view.top) == (0, 400)
    np.testing.assert_array_equal(view.image, image[400:480, 0:80])
    assert view.image.flags.c_contiguous
