"""One-sided measures: each side by itself, by known amounts, wherever the head is and whosever it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from frame_tables import make_frames, make_table
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.frame_table import SIDES
from extract.mesh_face import Face
from extract.mesh_geometry import fit_rigid, rotate_by_euler
from extract.mesh_sides import SIDE_MEASURES, SIDE_POINTS, measure_sides
from extract.mirroring import mirror
from extract.reference_face import REFERENCE_FACE, STABLE_POINTS

STEP = 2.0**-16
UP, LEFT, BACK = np.array([0, -1.0, 0]), np.array([1.0, 0, 0]), np.array([0, 0, 1.0])
# Points of the person's right side and their mirror images on the left, in MediaPipe's canonical mesh.
MIRRORED = {
    33: 263, 133: 362, 468: 473, 55: 285, 107: 336, 52: 282, 65: 295, 105: 334, 46: 276, 53: 283, 63: 293,
    70: 300, 158: 385, 159: 386, 160: 387, 144: 373, 145: 374, 153: 380, 50: 280, 101: 330, 118: 347, 64: 294,
    98: 327, 129: 358, 61: 291, 37: 267, 39: 269, 84: 314, 181: 405, 148: 377,
}  # fmt: skip
# Of the right side: part -> the points that move and where to, so that this measure rises by as much.
RIGHT = {
    "inner_brow": ((55, 107), UP),
    "mid_brow": ((52, 65, 105), UP),
    "outer_brow": ((46, 53, 63, 70), UP),
    "brow_x": ((55, 107), -LEFT),
    "upper_lid": ((158, 159, 160), UP),
    "lower_lid": ((144, 145, 153), UP),
    "cheek": ((50, 101, 118), UP),
    "nose_wing": ((64, 98, 129), UP),
    "corner_x": ((61,), -LEFT),
    "corner_y": ((61,), UP),
    "corner_z": ((61,), BACK),
    "upper_lip": ((37, 39), UP),
    "lower_lip": ((84, 181), UP),
    "gaze_x": ((468,), LEFT),
    "gaze_y": ((468,), UP),
}
MIDDLE = {
    "mid_upper_lip": ((0,), UP),
    "mid_lower_lip": ((17,), UP),
    "lip_gap": ((14,), -UP),
    "chin_x": ((148, 152, 377), LEFT),
    "chin_y": ((148, 152, 377), UP),
    "chin_z": ((152,), BACK),
    "nose_front_x": ((4,), LEFT),
    "chin_boss_z": ((199, 200), BACK),
    "lip_z": ((0,), BACK),
}
# Measures of the person's left, whichever the side: they change their sign in a mirror.
LEFTWARDS = {"right_gaze_x", "left_gaze_x", "chin_x", "nose_front_x"}


def measure(*meshes: np.ndarray) -> np.ndarray:
    return measure_sides(Face(np.stack(meshes), range(478)))


def make_face(seed: int) -> np.ndarray:
    """Somebody's neutral face: the points of the fit in their places, all others somewhere."""
    face = np.random.default_rng(seed).normal((0, 0.4, -0.1), 0.3, size=(478, 3))
    face[list(STABLE_POINTS)] = REFERENCE_FACE
    return face


def make_motion(seed: int) -> np.ndarray:
    """Seven frames in which all points move but those of the fit."""
    motion = np.random.default_rng(seed).normal(0, 0.02, size=(7, 478, 3))
    motion[:, list(STABLE_POINTS)] = 0
    return motion


def find_change(points: tuple[int, ...], by: np.ndarray) -> dict[str, float]:
    """What measures when some points move in one of three frames, without what does not change."""
    face = make_face(1)
    moved = face.copy()
    moved[list(points)] += by
    changes = dict(zip(SIDES, measure(face, face, moved)[2], strict=True))
    return {name: change for name, change in changes.items() if change}


def list_moves() -> Iterator[tuple[str, tuple[int, ...], np.ndarray]]:
    """The left side moves as the right one in a mirror, but a gaze to the left is one in both eyes."""
    for part, (points, to) in RIGHT.items():
        yield f"right_{part}", points, to
        seen_in_mirror = to if part == "gaze_x" else to * (-1, 1, 1)
        yield f"left_{part}", tuple(MIRRORED[point] for point in points), seen_in_mirror
    for name, (points, to) in MIDDLE.items():
        yield name, points, to


@pytest.mark.parametrize(("name", "points", "to"), [*list_moves()])
def test_what_moves_on_one_side_moves_its_measure_by_as_much_and_no_other(
    name: str, points: tuple[int, ...], to: np.ndarray
) -> None:
    assert find_change(points, 0.1 * to) == {name: pytest.approx(0.1, abs=STEP)}
    assert find_change(points, -0.03 * to) == {name: pytest.approx(-0.03, abs=STEP)}


def test_every_measure_is_tried_above_and_described() -> None:
    assert [name for name, _, _ in list_moves() if name not in MIDDLE] == [
        f"{side}_{part}" for part in RIGHT for side in ("right", "left")
    ]
    assert tuple(SIDE_MEASURES) == SIDES == tuple(dict.fromkeys(SIDES))
    assert {name for name, _, _ in list_moves()} == set(SIDES)
    assert all(one.formula for one in SIDE_MEASURES.values())


def test_the_page_on_the_face_explains_every_measure() -> None:
    page = (Path(__file__).parents[2] / "docs" / "face.md").read_text(encoding="utf-8")
    assert not [name for name in (*RIGHT, *MIDDLE) if f"`{name}`" not in page]


def test_a_look_to_the_persons_left_and_up_is_positive_in_both_eyes() -> None:
    """The person's left is on the right of the picture, where x grows."""
    looking = find_change((468, 473), np.array([0.05, -0.02, 0]))
    assert looking == {
        **{f"{side}_gaze_x": pytest.approx(0.05, abs=STEP) for side in ("right", "left")},
        **{f"{side}_gaze_y": pytest.approx(0.02, abs=STEP) for side in ("right", "left")},
    }


def test_heights_of_an_eyes_surroundings_are_seen_from_that_eye() -> None:
    lifted = find_change((33, 133), 0.1 * UP)
    seen_from_it = {name for name in SIDES if 33 in SIDE_MEASURES[name].points} - {"right_gaze_x"}
    assert lifted == dict.fromkeys(seen_from_it, pytest.approx(-0.1, abs=STEP))
    assert all(name.startswith("right_") for name in seen_from_it)


def test_a_mirrored_video_swaps_left_and_right() -> None:
    video = make_face(2) + make_motion(3)
    mirrored = video * (-1, 1, 1)
    there, back = list(MIRRORED), list(MIRRORED.values())
    mirrored[:, there + back] = mirrored[:, back + there]
    before, after = (dict(zip(SIDES, measure(*one).T, strict=True)) for one in (video, mirrored))
    for name, values in before.items():
        twin = re.sub("^(right|left)_", lambda side: {"right_": "left_", "left_": "right_"}[side[0]], name)
        expected = -values if name in LEFTWARDS else values
        np.testing.assert_allclose(after[twin], expected, rtol=0, atol=2 * STEP, err_msg=name)


@settings(max_examples=25)
@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1), st.floats(20, 400), st.integers(0, 99))
def test_where_the_head_is_and_whose_face_it_is_change_nothing(
    pitch: float, yaw: float, roll: float, scale: float, person: int
) -> None:
    """The same motion of another neutral face, seen from elsewhere, measures the same."""
    motion = make_motion(4)
    seen = scale * (make_face(person) + motion) @ rotate_by_euler(pitch, yaw, roll).T + (640, 360, -20)
    fits = [fit_rigid(REFERENCE_FACE, frame[list(STABLE_POINTS)]) for frame in seen]
    aligned = [fit.align(frame) for fit, frame in zip(fits, seen, strict=True)]
    np.testing.assert_allclose(measure(*aligned), measure(*(make_face(1) + motion)), rtol=0, atol=2 * STEP)


@pytest.mark.parametrize("name", SIDES)
def test_a_measure_is_made_of_the_points_that_it_names(name: str) -> None:
    changes = find_change(tuple(SIDE_POINTS - set(SIDE_MEASURES[name].points)), 0.3 * (UP + LEFT + BACK))
    assert name not in changes


def test_zero_is_the_median_over_the_video_and_frames_without_a_face_stay_missing() -> None:
    face, missing = make_face(1), np.full((478, 3), np.nan)
    raised = face.copy()
    raised[[55, 107]] += 0.1 * UP
    values = measure(face, missing, raised, face, raised, missing, raised)
    assert np.isnan(values[[1, 5]]).all()
    column = values[:, SIDES.index("right_inner_brow")]
    np.testing.assert_allclose(column[[0, 2, 3, 4, 6]], (-0.1, 0, -0.1, 0, 0), atol=STEP)
    assert np.isnan(measure(missing, missing)).all()


def test_values_are_kept_in_steps_that_compress() -> None:
    values = measure(*(make_face(1) + make_motion(5)))
    assert (values / STEP == np.round(values / STEP)).all()


def test_the_mirror_image_of_a_face_gives_the_mirrored_measures() -> None:
    right = np.array([*MIRRORED, *MIRRORED.values()])
    left = np.array([*MIRRORED.values(), *MIRRORED])
    face = make_face(1) + make_motion(2)
    seen = face * (-1, 1, 1)
    seen[:, right] = seen[:, left].copy()
    measures = dict(zip(SIDES, measure(*face).T, strict=True))
    frames = make_frames(np.arange(len(face)) / 25).assign(**measures)
    mirrored = mirror(make_table(frames)).frames[list(SIDES)]
    np.testing.assert_allclose(measure(*seen), mirrored, rtol=0, atol=2 * STEP)
