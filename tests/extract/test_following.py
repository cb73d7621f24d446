"""One person is followed: heads that jump, and faces off the body's own head, are somebody else's."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
import pytest
from rendered_scenes import find_noses, paste_head, read, render_person

from extract.body import BodyReading
from extract.following import PersonFollower, SeenHead
from extract.frame_table import JOINT_COLUMNS
from extract.head import locate_head
from extract.shots import ShotDetector
from simulate.painting import Image
from simulate.portrait import ANCHORS

# Rooms have something in them; a picture of one colour is like or unlike nothing.
ROOM, OTHER_ROOM = (
    np.random.default_rng(k).integers(60, 120, (24, 32, 3), dtype=np.uint8).repeat(20, 0).repeat(20, 1)
    for k in range(2)
)


def body_at(x: float, y: float = 240.0, head_width: float = 60.0) -> BodyReading:
    landmarks = np.zeros((33, 3))
    landmarks[:11] = (x, y, 0)
    landmarks[[2, 5], 1] -= 0.2 * head_width
    landmarks[[9, 10], 1] += 0.2 * head_width
    landmarks[7, 0], landmarks[8, 0] = x + head_width / 2, x - head_width / 2
    return BodyReading(landmarks, np.ones(33))


def hide_column(body: BodyReading | None) -> int:
    return 0 if body is None else int(body.landmarks[0, 0])


def kept(
    bodies: Iterable[BodyReading | None],
    rooms: Iterable[Image] | None = None,
    fps: float = 30,
    person: SeenHead | None = None,
) -> list[bool]:
    follower, shots, bodies = PersonFollower(person), ShotDetector(in_shot=person is not None), list(bodies)
    pictures = list(rooms) if rooms is not None else [ROOM] * len(bodies)
    found = []
    for k, (body, picture) in enumerate(zip(bodies, pictures, strict=True)):
        if shots.notice(picture, k / fps):
            follower.forget()
        hidden = (follower.show(picture, k / fps) != picture)[240, hide_column(body)].any()
        found.append(follower.keep(None if hidden else locate_head(body)))
    return found


def test_a_head_that_moves_as_heads_do_is_followed() -> None:
    assert all(kept(body_at(100 + 20 * k) for k in range(20)))


def test_a_head_elsewhere_from_one_frame_to_the_next_is_somebody_else() -> None:
    bodies = [body_at(100)] * 3 + [body_at(400), body_at(430)] * 2 + [body_at(120)] * 3
    assert kept(bodies) == [True] * 3 + [False] * 4 + [True] * 3


def test_one_wrong_body_costs_one_frame() -> None:
    """What was taken for somebody else at the person's own place must not hide the person."""
    for wrong in (body_at(100, head_width=130), body_at(220), body_at(330)):
        found = kept([body_at(100)] * 5 + [wrong] + [body_at(100)] * 30)
        assert found == [True] * 5 + [False] + [True] * 30


def test_somebody_is_not_hidden_for_long() -> None:
    """The person may come out where somebody else is hidden; then they must be found."""
    found = kept([body_at(100), body_at(500), *[body_at(500)] * 12, *[body_at(180)] * 5])
    assert found[-5:] == [True] * 5


def test_a_head_of_another_size_is_somebody_else() -> None:
    assert kept([body_at(100), body_at(100, head_width=150), body_at(100)]) == [True, False, True]


def test_after_a_cut_everything_may_be_elsewhere() -> None:
    bodies = [body_at(100)] * 2 + [body_at(400)] * 2
    assert kept(bodies, [ROOM] * 2 + [OTHER_ROOM] * 2) == [True] * 4
    dark = np.random.default_rng(0).integers(0, 12, (2, 60, 80, 3), dtype=np.uint8).repeat(8, 1).repeat(8, 2)
    assert kept(bodies, [dark[0]] * 2 + [dark[1]] * 2) == [True] * 4, "a stage hardly lit"


def test_a_shot_of_three_frames_ends_with_a_cut_too() -> None:
    bodies = [body_at(100)] * 10 + [body_at(400)] * 3 + [body_at(100)] * 5
    assert all(kept(bodies, [ROOM] * 10 + [OTHER_ROOM] * 3 + [ROOM] * 5))


def test_a_flash_a_lamp_and_a_black_frame_cut_nothing() -> None:
    flash = (ROOM * 1.35 + 25).clip(0, 255).astype(np.uint8)
    lamp = ROOM + 15
    for odd in ([flash], [lamp] * 10, [np.zeros_like(ROOM)], [np.full_like(ROOM, 255)] * 3):
        bodies = [body_at(100)] * 10 + [body_at(400)] * 20
        rooms = [ROOM] * 10 + odd + [ROOM] * (20 - len(odd))
        assert kept(bodies, rooms) == [True] * 10 + [False] * 20


def test_a_cut_through_black_is_one() -> None:
    bodies = [body_at(100)] * 10 + [body_at(400)] * 20
    rooms = [ROOM] * 10 + [np.zeros_like(ROOM)] * 5 + [OTHER_ROOM] * 15
    assert kept(bodies, rooms) == [True] * 10 + [False] * 5 + [True] * 15


@pytest.mark.parametrize("shown", [1, 2], ids=["every frame", "each frame twice"])
def test_a_camera_that_pans_cuts_nothing(shown: int) -> None:
    """Its pictures change all the time; who is elsewhere in them at once is somebody else all the same."""
    view = np.random.default_rng(0).integers(0, 255, (24, 64, 3), dtype=np.uint8).repeat(20, 0).repeat(20, 1)
    rooms = [view[:, 8 * (k // shown) : 8 * (k // shown) + 640] for k in range(40)]
    bodies = [body_at(100)] * 30 + [body_at(400)] * 10
    assert kept(bodies, rooms)[10:] == [True] * 20 + [False] * 10
    given = SeenHead(0.0, np.array([400.0, 240.0]), 60.0)
    assert kept(bodies, rooms, person=given) == [False] * 30 + [True] * 10


def test_a_picture_of_another_size_is_neither_a_cut_nor_a_jump() -> None:
    half = cv2.resize(ROOM, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    ninth = cv2.resize(ROOM, (568, 426), interpolation=cv2.INTER_AREA)
    follower, shots = PersonFollower(), ShotDetector()
    for k, (picture, times) in enumerate(((ROOM, 1.0), (half, 2.0), (ROOM, 1.0), (ninth, 640 / 568))):
        assert not shots.notice(picture, k / 30)
        follower.show(picture, k / 30, (times, times))
        assert follower.keep(locate_head(body_at(100 / times, 240 / times, 60 / times)))


def test_somebody_else_is_hidden_where_they_are_in_a_picture_of_another_size() -> None:
    half = ROOM[:240, :320]
    follower = PersonFollower()
    follower.show(ROOM, 0.0)
    assert follower.keep(locate_head(body_at(100)))
    follower.show(half, 1 / 30, (2.0, 2.0))
    assert not follower.keep(locate_head(body_at(250, 120, 30))), "at 500 in pixels of the first picture"
    hidden = (follower.show(half, 2 / 30, (2.0, 2.0)) != half).any(axis=(0, 2))
    assert np.flatnonzero(hidden)[[0, -1]].tolist() == [184, 315]


def test_another_scene_of_another_size_is_a_cut() -> None:
    for other in (OTHER_ROOM[:240, :320], np.ascontiguousarray(ROOM[:, 80:560])):
        shots = ShotDetector()
        assert not shots.notice(ROOM, 0.0)
        assert shots.notice(other, 1 / 30)


def test_who_is_away_for_long_may_come_back_elsewhere() -> None:
    assert kept([body_at(100), None, body_at(500)]) == [True, False, False]
    assert not kept([body_at(100), *[None] * 250, body_at(500)])[-1]
    assert kept([body_at(100), *[None] * 310, body_at(500)])[-1]


def test_after_ten_seconds_whoever_is_there_is_followed() -> None:
    found = kept([body_at(100)] + [body_at(400)] * 320)
    assert not any(found[1:300])
    assert found[-1]


def test_a_head_may_be_elsewhere_when_few_frames_a_second_are_read() -> None:
    assert all(kept([body_at(100), body_at(250), body_at(100)], fps=2))


def test_somebody_else_is_hidden_from_the_body_reader_until_the_person_is_back() -> None:
    follower = PersonFollower()
    for k, body in enumerate((body_at(100), body_at(400))):
        assert follower.show(ROOM, k / 30) is ROOM
        follower.keep(locate_head(body))
    shown = follower.show(ROOM, 2 / 30)
    assert (shown[:, 270:530] != ROOM[:, 270:530]).all()
    np.testing.assert_array_equal(shown[:, :260], ROOM[:, :260])
    assert follower.keep(locate_head(body_at(120)))
    assert follower.show(ROOM, 3 / 30) is ROOM


@pytest.fixture(scope="module")
def person() -> Image:
    return render_person()


@pytest.mark.slow
@pytest.mark.parametrize(("left", "top", "width"), [(530, 100, 130), (520, 90, 300), (250, 90, 140)])
def test_of_two_faces_in_the_head_box_the_bodys_own_is_read(
    person: Image, left: int, top: int, width: int
) -> None:
    noses = find_noses(read([paste_head(person, person, left, top, width)] * 4))
    np.testing.assert_allclose(noses, ANCHORS["nose_tip"][0], atol=12)


@pytest.mark.slow
def test_who_walks_off_past_somebody_else_is_lost_and_found_again(person: Image) -> None:
    """Somebody else comes from the right and stays; the person goes off to the left and comes back."""
    figure = cv2.resize(person, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    height, width = figure.shape[:2]

    def scene(x: int, other_x: int = 850) -> Image:
        picture = np.full((height, 1400, 3), 190, np.uint8)
        picture[:, other_x : other_x + width] = figure[:, ::-1][:, : 1400 - other_x]
        seen = max(0, x + width)
        picture[:, max(x, 0) : seen] = figure[:, max(-x, 0) :]
        return picture

    enters = [scene(100, x) for x in range(1400, 850, -40)]
    way = [scene(x) for x in range(100, -width, -40)]
    readings = read([*enters, *way, *[scene(-width)] * 10, *way[::-1], *[scene(100)] * 3])
    noses = find_noses(readings)
    stranger = 850 + width - 1 - 0.6 * ANCHORS["nose_tip"][0]
    here = noses[~np.isnan(noses)]
    assert (np.abs(here - stranger) > 100).all(), "the other one's face is never read"
    gone = slice(len(enters + way), len(enters + way) + 10)
    assert np.isnan(noses[gone]).all()
    assert np.isnan(readings.joints[gone][:, JOINT_COLUMNS.index("nose_x")]).all()
    np.testing.assert_allclose(noses[-3:], 100 + 0.6 * ANCHORS["nose_tip"][0], atol=12)


@pytest.mark.slow
@pytest.mark.parametrize("width", [40, 60])
def test_a_face_of_40_pixels_is_read(person: Image, width: int) -> None:
    small = cv2.resize(person, None, fx=width / 183, fy=width / 183, interpolation=cv2.INTER_AREA)
    picture = np.full((720, 1280, 3), 190, np.uint8)
    picture[300 : 300 + small.shape[0], 500 : 500 + small.shape[1]] = small
    np.testing.assert_allclose(
        find_noses(read([picture] * 3)), 500 + ANCHORS["nose_tip"][0] * width / 183, atol=3
    )


@pytest.mark.slow
def test_a_cut_costs_no_more_than_a_frame_or_two(person: Image) -> None:
    """After a cut the same face is measured as by trackers that have seen nothing before."""
    wide = cv2.copyMakeBorder(person, 0, 0, 300, 300, cv2.BORDER_REPLICATE)
    small = np.full_like(wide, 90)
    half = cv2.resize(wide, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    small[-half.shape[0] :, : half.shape[1]] = half
    after_cut, fresh = read([wide] * 4 + [small] * 6), read([small] * 6)
    assert after_cut.count_faces() >= 4 + 4
    points = slice(0, 3 * 80)
    np.testing.assert_allclose(after_cut.face[-1, points], fresh.face[-1, points], atol=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("light", [1.0, 0.35])
def test_a_cut_to_a_closer_picture_on_a_stage_loses_nobody(person: Image, light: float) -> None:
    def scene(width: int, x: int) -> Image:
        figure = cv2.resize(person, None, fx=width / 183, fy=width / 183, interpolation=cv2.INTER_AREA)
        picture = np.full((720, 1280, 3), 12, np.uint8)
        height = min(figure.shape[0], 500)
        picture[220 : 220 + height, x : x + figure.shape[1]] = (figure[:height] * light).astype(np.uint8)
        return picture

    noses = find_noses(read([scene(60, 500)] * 4 + [scene(120, 400)] * 8))
    np.testing.assert_allclose(noses[-6:], 400 + ANCHORS["nose_tip"][0] * 120 / 183, atol=8)


@pytest.mark.slow
def test_a_covered_face_is_not_read(person: Image) -> None:
    covered = person.copy()
    cv2.rectangle(covered, (360, 120), (540, 380), (193, 186, 184), cv2.FILLED)
    readings = read([person] * 3 + [covered] * 4 + [person] * 3)
    assert np.isnan(find_noses(readings)[3:7]).all()
    assert readings.count_faces() == 6
