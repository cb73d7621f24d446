"""The mesh reader's geometry: rotation signs, invariances, and what each action unit's measure answers to."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.frame_table import ACTION_UNITS
from extract.mesh_actions import (
    ACTION_MEASURES,
    ACTION_POINTS,
    measure_actions,
    measure_mouth,
    shut_eyes,
)
from extract.mesh_face import Face
from extract.mesh_geometry import RigidFit, fit_rigid, rotate_by_euler
from extract.reference_face import REFERENCE_FACE, STABLE_POINTS

ANGLES = st.floats(-1.2, 1.2)


def rotation(pitch: float, yaw: float, roll: float) -> np.ndarray:
    """Right-handed rotations about x (right), y (down), z (away), written out by hand."""
    cx, sx, cy, sy, cz, sz = (f(a) for a in (pitch, yaw, roll) for f in (np.cos, np.sin))
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return about_x @ about_y @ about_z


@given(ANGLES, ANGLES, ANGLES, st.floats(5, 500), st.floats(-1000, 1000))
def test_the_fit_recovers_rotation_scale_and_place(
    pitch: float, yaw: float, roll: float, scale: float, shift: float
) -> None:
    turned = scale * REFERENCE_FACE @ rotation(pitch, yaw, roll).T + shift
    fit = fit_rigid(REFERENCE_FACE, turned)
    np.testing.assert_allclose(fit.euler_angles(), (pitch, yaw, roll), atol=1e-9)
    assert fit.scale == pytest.approx(scale)
    np.testing.assert_allclose(fit.align(turned), REFERENCE_FACE, atol=1e-8)


@pytest.mark.parametrize(
    ("angles", "axis", "towards"),
    [((0.3, 0, 0), 1, 1), ((-0.3, 0, 0), 1, -1), ((0, 0.3, 0), 0, -1), ((0, -0.3, 0), 0, 1)],
)
def test_signs_of_pitch_and_yaw_by_where_the_nose_points(
    angles: tuple[float, float, float], axis: int, towards: int
) -> None:
    """Pitch > 0 looks down (nose moves down the picture), yaw > 0 to the picture's left."""
    nose, between_eyes = np.array([0, 0.45, -0.46]), np.array([0, 0.45, 0.2])
    pointing = rotation(*angles) @ (nose - between_eyes)
    assert np.sign(pointing[axis]) == towards
    measured = fit_rigid(REFERENCE_FACE, REFERENCE_FACE @ rotation(*angles).T).euler_angles()
    np.testing.assert_allclose(measured, angles, atol=1e-9)


def test_sign_of_roll_by_the_eye_line() -> None:
    """Roll > 0 tilts clockwise in the picture: the eye on the picture's right goes down."""
    right_eye_in_picture = rotation(0, 0, 0.3) @ np.array([0.5, 0, 0])
    assert right_eye_in_picture[1] > 0
    turned = REFERENCE_FACE @ rotation(0, 0, 0.3).T
    assert fit_rigid(REFERENCE_FACE, turned).euler_angles()[2] == pytest.approx(0.3)


def test_a_mirrored_face_is_not_fitted_by_a_reflection() -> None:
    fit = fit_rigid(REFERENCE_FACE, REFERENCE_FACE * (1, 1, -1))
    assert np.linalg.det(fit.rotation) == pytest.approx(1)


def test_the_reference_face_is_symmetric_and_one_eye_distance_wide() -> None:
    place = dict(zip(STABLE_POINTS, REFERENCE_FACE, strict=True))
    assert np.linalg.norm(place[263] - place[33]) == 1
    mirrored = {tuple(point) for point in REFERENCE_FACE * (-1, 1, 1)}
    assert mirrored == {tuple(point) for point in REFERENCE_FACE}


@given(ANGLES, ANGLES, ANGLES, st.floats(5, 500))
def test_a_fit_puts_back_what_it_aligned(pitch: float, yaw: float, roll: float, scale: float) -> None:
    np.testing.assert_allclose(rotate_by_euler(pitch, yaw, roll), rotation(pitch, yaw, roll), atol=1e-12)
    fit = RigidFit(scale, rotation(pitch, yaw, roll), np.array([640.0, 360.0, -20.0]))
    mesh = neutral_mesh()
    np.testing.assert_allclose(fit.align(fit.place(mesh)), mesh, atol=1e-9)


def neutral_mesh() -> np.ndarray:
    """A made-up mesh: stable points in their places, open eyes, all others somewhere on the face."""
    mesh = np.random.default_rng(1).normal((0, 0.4, -0.1), 0.3, size=(478, 3))
    mesh[list(STABLE_POINTS)] = REFERENCE_FACE
    mesh[list(UPPER_LIDS), 1], mesh[list(LOWER_LIDS), 1] = -0.04, 0.04
    return mesh


def measure(*meshes: np.ndarray) -> np.ndarray:
    """Measure a video of the given meshes, one a frame."""
    return measure_actions(whole(np.stack(meshes)))


def whole(meshes: np.ndarray) -> Face:
    return Face(meshes, range(478))


def find_change(moved: np.ndarray) -> dict[str, float]:
    """What one moved frame among neutral ones measures."""
    mesh = neutral_mesh()
    return dict(zip(ACTION_UNITS, measure(mesh, mesh, moved)[2], strict=True))


UPPER_LIDS, LOWER_LIDS = (158, 159, 160, 385, 386, 387), (144, 145, 153, 373, 374, 380)


@given(ANGLES, ANGLES, ANGLES, st.floats(20, 400))
def test_measures_do_not_depend_on_where_the_head_is_or_turns(
    pitch: float, yaw: float, roll: float, scale: float
) -> None:
    mesh = neutral_mesh()
    smile = mesh.copy()
    smile[[61, 291], 1] -= 0.1
    seen = scale * smile @ rotation(pitch, yaw, roll).T + (640, 360, 0)
    aligned = fit_rigid(REFERENCE_FACE, seen[list(STABLE_POINTS)]).align(seen)
    np.testing.assert_allclose(measure(mesh, mesh, aligned), measure(mesh, mesh, smile), atol=1e-9)
    np.testing.assert_allclose(
        measure_mouth(whole(aligned[None])), measure_mouth(whole(smile[None])), atol=1e-9
    )


UP, DOWN, BACK = np.array([0, -1.0, 0]), np.array([0, 1.0, 0]), np.array([0, 0, 1.0])
LEFT = np.array([1.0, 0, 0])  # the person's left is on the right of the picture
JAW = (14, 87, 178, 317, 402, 17, 84, 181, 314, 405, 88, 318, 91, 321, 199, 200, 148, 152, 377)
# What the face does -> the points that move and their direction, and the measure that must rise.
MOVES = {
    "inner brows rise": ("AU01_r", {(55, 107, 285, 336): UP}),
    "outer brows rise": ("AU02_r", {(46, 53, 63, 70, 276, 283, 293, 300): UP}),
    "brows draw together": ("AU04_r", {(55, 107): LEFT, (285, 336): -LEFT}),
    "upper lids rise": ("AU05_r", {UPPER_LIDS: UP}),
    "cheeks and the skin below the eyes rise": (
        "AU06_r",
        {(50, 101, 118, 280, 330, 347, 23, 24, 110, 253, 254, 339): UP},
    ),
    "lower lids rise": ("AU07_r", {LOWER_LIDS: UP}),
    "nose wings rise": ("AU09_r", {(64, 98, 129, 294, 327, 358): UP}),
    "upper lip rises": ("AU10_r", {(0, 37, 267, 13, 82, 312): UP}),
    "lip corners rise and part": ("AU12_r", {(61,): UP - LEFT, (291,): UP + LEFT}),
    "lip corners go back": ("AU14_r", {(61, 291): BACK}),
    "lip corners sink": ("AU15_r", {(61, 291): DOWN}),
    "chin boss and lower lip rise": ("AU17_r", {(199, 200, 17, 84, 181, 314, 405): UP}),
    "lower lip comes forward": ("AU17_r", {(17, 84, 181, 314, 405): -BACK}),
    "lip corners part": ("AU20_r", {(61,): -LEFT, (291,): LEFT}),
    "lips thin": ("AU23_r", {(0, 37, 39, 267, 269): DOWN, (17, 84, 181, 314, 405): UP}),
    "lower lip sinks": ("AU25_r", {(14, 87, 178, 317, 402, 88, 318): DOWN}),
    "chin sinks": ("AU26_r", {(199, 200, 148, 152, 377): DOWN}),
}


def move(moves: dict[tuple[int, ...], np.ndarray], by: float = 0.1) -> np.ndarray:
    moved = neutral_mesh()
    for points, direction in moves.items():
        moved[list(points)] += by * direction
    return moved


@pytest.mark.parametrize("what", MOVES)
def test_each_measure_rises_with_its_action(what: str) -> None:
    unit, moves = MOVES[what]
    assert find_change(move(moves))[unit] > 0.02


@pytest.mark.parametrize("what", MOVES)
def test_measures_are_symmetric(what: str) -> None:
    """What only one side of the face does counts the same whichever side it is, and half of what both do."""
    _, moves = MOVES[what]
    mesh = neutral_mesh() * (1, 1, 1)
    halves = []
    for side in SIDES:
        moved = mesh.copy()
        for points, direction in moves.items():
            moved[[p for p in points if p in side]] += 0.01 * direction
        halves.append(measure(mesh, mesh, moved)[2])
    exact = [
        k for k, unit in enumerate(ACTION_UNITS) if unit != "AU26_r"
    ]  # a distance in space is not linear
    np.testing.assert_allclose(halves[0][exact], halves[1][exact], atol=1e-9)


# Measured points of the person's right and left side; those of the midline belong to neither.
_RIGHT = (
    55,
    107,
    46,
    53,
    63,
    70,
    133,
    33,
    468,
    158,
    159,
    160,
    144,
    145,
    153,
    50,
    101,
    118,
    23,
    24,
    110,
    64,
    98,
)
_RIGHT += (129, 61, 37, 39, 81, 82, 87, 178, 84, 181, 80, 88, 40, 91, 148)
_LEFT = (
    285,
    336,
    276,
    283,
    293,
    300,
    362,
    263,
    473,
    385,
    386,
    387,
    373,
    374,
    380,
    280,
    330,
    347,
    253,
    254,
    339,
)
_LEFT += (294, 327, 358, 291, 267, 269, 311, 312, 317, 402, 314, 405, 310, 318, 270, 321, 377)
SIDES = (_RIGHT, _LEFT)


def test_each_side_has_as_many_points_of_each_measure() -> None:
    for unit, one in ACTION_MEASURES.items():
        right, left = (set(one.points) & set(side) for side in SIDES)
        assert len(right) == len(left), unit


def test_every_action_unit_is_moved_by_one_of_the_cases_and_has_a_described_measure() -> None:
    assert {unit for unit, _ in MOVES.values()} == set(ACTION_UNITS) == set(ACTION_MEASURES)
    for one in ACTION_MEASURES.values():
        assert one.facs
        assert one.sign
        assert one.formula
        assert one.blind_to


@pytest.mark.parametrize("unit", ACTION_UNITS)
def test_a_measure_is_made_of_the_points_that_it_names(unit: str) -> None:
    mesh = neutral_mesh()
    others = [p for p in ACTION_POINTS if p not in ACTION_MEASURES[unit].points]
    moved = mesh.copy()
    moved[others] += 0.3
    assert find_change(moved)[unit] == pytest.approx(0, abs=1e-9)


def test_the_jaw_moving_as_a_whole_is_no_chin_raise() -> None:
    change = find_change(move({JAW: DOWN}, by=0.2))
    assert change["AU17_r"] == pytest.approx(0)
    assert change["AU26_r"] > 0.1
    assert change["AU25_r"] == pytest.approx(0.2)


def test_a_smile_and_a_stretch_are_told_apart() -> None:
    smile, stretch = (
        find_change(move(MOVES[what][1])) for what in ("lip corners rise and part", "lip corners part")
    )
    assert smile["AU12_r"] > stretch["AU12_r"]
    assert stretch["AU20_r"] > smile["AU20_r"]


@pytest.mark.parametrize("closing", [0.3, 0.6, 1.0])
def test_a_blink_is_no_more_than_a_slight_lowering_of_the_lid(closing: float) -> None:
    """Lids 0.08 apart; the lower one rises by 0.47 of what the upper one falls by beyond a fifth of that."""
    moved = move({UPPER_LIDS: DOWN}, by=0.08 * closing)
    moved[list(LOWER_LIDS), 1] -= 0.47 * 0.08 * (closing - 0.2)
    change = find_change(moved)
    assert change["AU05_r"] == pytest.approx(-0.08 * 0.2)
    assert change["AU07_r"] == pytest.approx(0)


def test_zero_is_the_median_over_the_video_and_frames_without_a_face_stay_missing() -> None:
    mesh, missing = neutral_mesh(), np.full((478, 3), np.nan)
    values = measure(mesh, missing, move({(61, 291): DOWN}), mesh, missing, mesh)
    assert np.isnan(values[[1, 4]]).all()
    np.testing.assert_allclose(values[[0, 3, 5]], 0, atol=1e-12)
    assert np.isfinite(values[2]).all()


def test_a_video_without_any_face_is_missing_throughout() -> None:
    missing = whole(np.full((3, 478, 3), np.nan))
    assert np.isnan(measure_actions(missing)).all()
    assert np.isnan(shut_eyes(missing)).all()


def test_mouth_distances() -> None:
    mesh = np.zeros((478, 3))
    mesh[61], mesh[291] = (-0.3, 0.8, 0), (0.3, 0.8, 0)
    mesh[[13, 81, 82, 311, 312]] = (0, 0.75, 0)
    mesh[[14, 87, 178, 317, 402]] = (0, 0.9, 0)
    np.testing.assert_allclose(measure_mouth(whole(mesh[None])), [(0.6, 0.15)])
