"""The face in the head box: forehead to chin, in the picture's pixels, missing where none is to be seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from media import portrait

from extract.face_finder import FaceFinder
from extract.head import HeadBox, locate_head
from extract.mesh_reader import FaceMesh
from extract.pose_reader import PoseTracker

HEAD = HeadBox(left=130, top=30, side=180)  # around the head of `portrait()`


@pytest.fixture
def finder() -> FaceFinder:
    return FaceFinder()


def test_the_box_holds_the_face_from_forehead_to_chin_and_little_more(finder: FaceFinder) -> None:
    view = HEAD.cut_from(portrait())
    box, mesh = finder.find(view), FaceMesh().find(view)
    assert box is not None
    assert mesh is not None
    left, top = mesh[:, :2].min(axis=0) - (view.left, view.top)
    right, bottom = mesh[:, :2].max(axis=0) - (view.left, view.top)
    height = bottom - top
    assert box.right - box.left == pytest.approx(box.bottom - box.top)
    assert 1.0 <= (box.bottom - box.top) / height <= 1.25
    assert box.left < left < right < box.right
    assert top - 0.2 * height < box.top < top
    assert box.bottom == pytest.approx(bottom, abs=0.1 * height)


def test_the_box_moves_and_grows_with_the_picture(finder: FaceFinder) -> None:
    once = finder.find(HEAD.cut_from(portrait()))
    moved = finder.find(HeadBox(HEAD.left - 20, HEAD.top + 10, HEAD.side).cut_from(portrait()))
    twice = finder.find(HeadBox(2 * HEAD.left, 2 * HEAD.top, 2 * HEAD.side).cut_from(portrait(960)))
    assert None not in (once, moved, twice)
    np.testing.assert_allclose(np.subtract(moved, once), (20, -10, 20, -10), atol=4)
    np.testing.assert_allclose(twice, 2 * np.array(once), atol=8)


def test_what_was_seen_before_makes_no_difference(finder: FaceFinder) -> None:
    first = finder.find(HEAD.cut_from(portrait()))
    finder.find(HEAD.cut_from(portrait(turn_deg=15)))
    finder.find(HEAD.cut_from(np.zeros((480, 480, 3), np.uint8)))
    assert finder.find(HEAD.cut_from(portrait())) == first


def test_of_two_faces_it_is_that_in_the_middle(finder: FaceFinder) -> None:
    head = HEAD.cut_from(portrait()).image[:, 30:150]  # 120 wide
    scene = np.full((360, 360, 3), 128, np.uint8)
    scene[90:270, 10:130] = head
    scene[90:270, 150:270] = head
    for side_of_interest, left in (("right", 75), ("left", -105)):
        box = finder.find(HeadBox(left, 45, 270).cut_from(scene))
        assert box is not None
        centre = (box.left + box.right) / 2 + max(left, 0)
        assert (centre > 140) == (side_of_interest == "right")


def test_a_strangers_face_is_not_read_where_the_own_one_is_covered(finder: FaceFinder) -> None:
    own = HEAD.cut_from(portrait()).image[:, 30:150]  # 120 wide
    scene = np.full((360, 360, 3), 128, np.uint8)
    scene[90:270, 10:130] = scene[90:270, 150:270] = own
    box = HeadBox(0, 45, 270)
    in_portrait = locate_head(PoseTracker().read(portrait()))
    assert in_portrait is not None
    shift = np.array((150 - HEAD.left - 30, 90 - HEAD.top))  # to the face on the right
    place = replace(
        in_portrait,
        eyes=in_portrait.eyes + shift,
        nose=in_portrait.nose + shift,
        mouth=in_portrait.mouth + shift,
    )
    seen = finder.find(replace(box.cut_from(scene), place=place))
    assert seen is not None
    assert (seen.left + seen.right) / 2 > 140
    scene[90:270, 150:270] = 128
    covered = box.cut_from(scene)
    assert finder.find(covered) is not None, "the stranger's face is there to be found"
    assert finder.find(replace(covered, place=place)) is None


def test_a_face_of_another_size_is_somebody_elses(finder: FaceFinder) -> None:
    view = HEAD.cut_from(portrait(), locate_head(PoseTracker().read(portrait())))
    assert view.place is not None
    assert finder.find(view) is not None
    middle = (view.place.eyes + view.place.nose) / 2
    for factor in (0.5, 2.0):
        points = {
            name: middle + factor * (getattr(view.place, name) - middle) for name in ("eyes", "nose", "mouth")
        }
        other = replace(view.place, **points, width=factor * view.place.width)
        assert finder.find(replace(view, place=other)) is None


def test_a_head_without_a_face_has_no_box(finder: FaceFinder) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    assert finder.find(HeadBox(0, 0, 200).cut_from(noise)) is None
