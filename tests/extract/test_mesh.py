"""The mesh reader's geometry: rotation signs, invariances, and what each action unit's measure answers to."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.frame_table import ACTION_UNITS
from extract.mesh_actions import ACTION_MEASURES, measure_actions, measure_mouth
from extract.mesh_geometry import fit_rigid
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


def neutral_mesh() -> np.ndarray:
    """A made-up mesh: stable points in their places, all others somewhere on the face."""
    mesh = np.random.default_rng(1).normal((0, 0.4, -0.1), 0.3, size=(478, 3))
    mesh[list(STABLE_POINTS)] = REFERENCE_FACE
    return mesh


@given(ANGLES, ANGLES, ANGLES, st.floats(20, 400))
def test_measures_do_not_depend_on_where_the_head_is_or_turns(
    pitch: float, yaw: float, roll: float, scale: float
) -> None:
    mesh = neutral_mesh()
    seen = scale * mesh @ rotation(pitch, yaw, roll).T + (640, 360, 0)
    aligned = fit_rigid(REFERENCE_FACE, seen[list(STABLE_POINTS)]).align(seen)
    np.testing.assert_allclose(measure_actions(aligned), measure_actions(mesh), atol=1e-9)
    np.testing.assert_allclose(measure_mouth(aligned), measure_mouth(mesh), atol=1e-9)


UP, DOWN, BACK = np.array([0, -1.0, 0]), np.array([0, 1.0, 0]), np.array([0, 0, 1.0])
RIGHT_IN_PICTURE = np.array([1.0, 0, 0])
# What the face does -> the points that move and their direction, and the measure that must rise.
MOVES = {
    "inner brows rise": ("AU01_r", {(55, 107, 285, 336): UP}),
    "outer brows rise": ("AU02_r", {(46, 53, 63, 70, 276, 283, 293, 300): UP}),
    "brows draw together": ("AU04_r", {(55, 107): RIGHT_IN_PICTURE, (285, 336): -RIGHT_IN_PICTURE}),
    "upper lids rise": ("AU05_r", {(158, 159, 160, 385, 386, 387): UP}),
    "cheeks rise": ("AU06_r", {(50, 101, 118, 280, 330, 347): UP}),
    "lower lids rise": ("AU07_r", {(144, 145, 153, 373, 374, 380): UP}),
    "nose wings rise": ("AU09_r", {(64, 98, 129, 294, 327, 358): UP}),
    "upper lip rises": ("AU10_r", {(37, 39, 267, 269): UP}),
    "lip corners rise and part": (
        "AU12_r",
        {(61,): UP - RIGHT_IN_PICTURE, (291,): UP + RIGHT_IN_PICTURE},
    ),
    "lip corners go back": ("AU14_r", {(61, 291): BACK}),
    "lip corners sink": ("AU15_r", {(61, 291): DOWN}),
    "chin boss rises": ("AU17_r", {(199, 200): UP}),
    "lip corners part": ("AU20_r", {(61,): -RIGHT_IN_PICTURE, (291,): RIGHT_IN_PICTURE}),
    "lips thin": ("AU23_r", {(0, 37, 39, 267, 269): DOWN, (17, 84, 181, 314, 405): UP}),
    "lower lip sinks": ("AU25_r", {(14, 87, 178, 317, 402): DOWN}),
    "chin sinks": ("AU26_r", {(148, 152, 377): DOWN}),
}


@pytest.mark.parametrize("what", MOVES)
def test_each_measure_rises_with_its_action(what: str) -> None:
    unit, moves = MOVES[what]
    mesh = neutral_mesh()
    moved = mesh.copy()
    for points, direction in moves.items():
        moved[list(points)] += 0.1 * direction
    change = dict(zip(ACTION_UNITS, measure_actions(moved) - measure_actions(mesh), strict=True))
    assert change[unit] > 0.05


def test_every_action_unit_is_moved_by_one_of_the_cases_and_has_a_described_measure() -> None:
    assert {unit for unit, _ in MOVES.values()} == set(ACTION_UNITS) == set(ACTION_MEASURES)
    assert all(m.facs and m.formula and m.blind_to for m in ACTION_MEASURES.values())


def test_the_jaw_moving_as_a_whole_is_no_chin_raise() -> None:
    mesh = neutral_mesh()
    moved = mesh.copy()
    moved[[17, 84, 314, 199, 200, 148, 152, 377]] += 0.2 * DOWN
    change = dict(zip(ACTION_UNITS, measure_actions(moved) - measure_actions(mesh), strict=True))
    assert change["AU17_r"] == pytest.approx(0)
    assert change["AU26_r"] == pytest.approx(0.2)


def test_mouth_distances() -> None:
    mesh = np.zeros((478, 3))
    mesh[61], mesh[291] = (-0.3, 0.8, 0), (0.3, 0.8, 0)
    mesh[[13, 81, 82, 311, 312]] = (0, 0.75, 0)
    mesh[[14, 87, 178, 317, 402]] = (0, 0.9, 0)
    np.testing.assert_allclose(measure_mouth(mesh), (0.6, 0.15))
