"""The steps around the networks, by hand: anchors, padding, turned crops and back, angles, filters, parts."""

from __future__ import annotations

import ctypes
import platform
import sys

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.networks.detector import decode, make_anchors, sigmoid
from extract.networks.elementary import find_angle, find_direction, find_exponential
from extract.networks.face_parts import PartPlace, sample
from extract.networks.pose import PoseFollower, refine_by_heatmap
from extract.networks.regions import WHOLE, Cropper, Region, span_circle, turn_upright, uncrop_whole
from extract.networks.smoothing import OneEuroFilter


def single(*numbers: float) -> tuple[np.float32, ...]:
    return tuple(np.float32(number) for number in numbers)


def picture(height: int, width: int) -> np.ndarray:
    """Red grows to the right, green downwards."""
    across, down = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return np.stack((across, down, np.zeros_like(across)), axis=2).astype(np.uint8)


# Elementary functions


@pytest.mark.parametrize(
    ("y", "x", "angle"),
    [
        (0, 1, 0.0),
        (1, 1, np.pi / 4),
        (1, 0, np.pi / 2),
        (0, -1, np.pi),
        (-1, -1, -3 * np.pi / 4),
        (-2, 0, -np.pi / 2),
        (0, 0, 0.0),
        (1, 1e30, 0.0),
        (1e30, 1, np.pi / 2),
    ],
)
def test_angles(y: float, x: float, angle: float) -> None:
    assert find_angle(*single(y, x)) == pytest.approx(angle, rel=1e-6, abs=1e-20)


def test_a_point_on_the_axis_left_of_the_origin_lies_on_the_side_that_the_sign_of_its_0_says() -> None:
    assert find_angle(*single(0.0, -2)) == np.float32(np.pi)
    assert find_angle(*single(-0.0, -2)) == np.float32(-np.pi)
    assert np.signbit(find_angle(*single(-0.0, 2)))


@given(st.floats(-3.1415, 3.1415))
def test_a_direction_leads_back_to_its_angle(angle: float) -> None:
    cosine, sine = find_direction(np.float32(angle))
    assert float(cosine) == pytest.approx(np.cos(angle), abs=3e-7)
    assert float(sine) == pytest.approx(np.sin(angle), abs=3e-7)
    assert float(find_angle(sine, cosine)) == pytest.approx(angle, abs=8e-7)


def test_exponentials() -> None:
    values = np.array([0, 1, -1, 10, -87, 88.5, 89, -110], np.float32)
    found = find_exponential(values)
    with np.errstate(over="ignore"):
        expected = np.exp(values.astype(np.float64)).astype(np.float32)
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-44)
    assert found.dtype == np.float32


def test_exponentials_without_end_are_0_or_infinite() -> None:
    with np.errstate(all="raise"):
        found = find_exponential(np.array([1e4, -1e4, 3e38, np.inf, -np.inf], np.float32))
    assert found.tolist() == [np.inf, 0, np.inf, np.inf, 0]


def _older_glibc() -> bool:
    name, version = platform.libc_ver()
    return sys.platform == "linux" and name == "glibc" and tuple(map(int, version.split("."))) < (2, 41)


@pytest.mark.skipif(not _older_glibc(), reason="the C library here rounds otherwise than MediaPipe's did")
def test_roundings_are_those_of_the_c_library_that_mediapipe_was_used_with() -> None:
    library = ctypes.CDLL("libm.so.6")
    rng = np.random.default_rng(0)
    angles = rng.uniform(-np.pi, np.pi, 2000).astype(np.float32)
    points = rng.normal(size=(2000, 2)).astype(np.float32)
    powers = rng.uniform(-90, 89, 2000).astype(np.float32)
    for name in ("sinf", "cosf", "expf", "atan2f"):
        function = getattr(library, name)
        function.restype, function.argtypes = ctypes.c_float, [ctypes.c_float] * (1 + (name == "atan2f"))
    assert [find_direction(one) for one in angles] == [
        single(library.cosf(float(one)), library.sinf(float(one))) for one in angles
    ]
    assert [find_angle(y, x) for y, x in points] == [
        np.float32(library.atan2f(float(y), float(x))) for y, x in points
    ]
    assert find_exponential(powers).tolist() == [library.expf(float(one)) for one in powers]


# Regions


def test_a_circle_is_spanned_by_a_square_whose_top_is_where_its_rim_point_lies() -> None:
    """On a picture of 200 x 100: centre at (100, 50), rim 20 px to the right of it."""
    circle = np.array([[0.5, 0.5], [0.6, 0.5]], np.float32)
    region = span_circle(circle, picture(100, 200))
    assert (region.x, region.y) == (0.5, 0.5)
    assert (region.width * 200, region.height * 100) == pytest.approx((40, 40))
    assert region.turn == pytest.approx(np.pi / 2), "clockwise"
    larger = region.enlarge(1.25, picture(100, 200))
    assert (larger.width * 200, larger.height * 100) == pytest.approx((50, 50))


def test_eyes_at_the_same_height_make_an_upright_region() -> None:
    eyes = np.array([[0.2, 0.5], [0.4, 0.5]], np.float32)
    assert turn_upright(eyes, picture(100, 100)) == 0
    eyes[1, 1] = 0.7
    assert turn_upright(eyes, picture(100, 100)) == pytest.approx(np.pi / 4)


def test_the_longer_side_makes_the_square() -> None:
    region = Region(*single(0.5, 0.5, 0.5, 0.2, 0)).enlarge(1.5, picture(100, 200))
    assert (region.width * 200, region.height * 100) == pytest.approx((150, 150))


@pytest.mark.parametrize(("height", "width"), [(100, 200), (200, 100), (128, 128)])
def test_a_whole_picture_is_padded_and_its_points_come_back(height: int, width: int) -> None:
    """On 200 x 100 px a quarter of the square lies above, and one below."""
    image = picture(height, width)
    crop = Cropper(128, -1, 1, keep_aspect=True, replicate=False).cut(image, WHOLE)
    across, down = (max(0.0, 1 - shorter) / 2 for shorter in (width / height, height / width))
    assert crop.padding == pytest.approx((across, down))
    assert crop.values.shape == (128, 128, 3)
    assert crop.values.dtype == np.float32
    corners = np.array([[across, down], [1 - across, 1 - down], [0.5, 0.5]], np.float32)
    expected = [[0, 0], [1, 1], [0.5, 0.5]]
    np.testing.assert_allclose(crop.remove_padding(corners), expected, atol=1e-6)
    np.testing.assert_allclose(uncrop_whole(corners, image), expected, atol=1e-6)
    if down:
        assert (crop.values[: round(128 * down) - 1] == -1).all(), "black"


@given(
    turn=st.floats(-3, 3),
    x=st.floats(0.3, 0.7),
    y=st.floats(0.3, 0.7),
    side=st.floats(40, 90),
)
def test_what_a_crop_shows_lies_where_its_points_are_placed(
    turn: float, x: float, y: float, side: float
) -> None:
    image = picture(300, 400)
    region = Region(*single(x, y, side / 400, side / 300, turn))
    crop = Cropper(64, 0, 1, keep_aspect=False, replicate=True).cut(image, region)
    cells = np.array([(8, 8), (32, 20), (50, 55)])
    placed = region.place((cells / 64).astype(np.float32))
    for (column, row), (across, down) in zip(cells, placed, strict=True):
        red, green, _ = crop.values[row, column]
        assert (red, green) == pytest.approx((across, down), abs=0.012)


def test_black_and_white_are_the_ends_of_what_a_network_takes() -> None:
    image = np.zeros((10, 10, 3), np.uint8)
    image[:, 5:] = 255
    for low, high in ((-1, 1), (0, 1)):
        values = Cropper(10, low, high, keep_aspect=False, replicate=True).cut(image, WHOLE).values
        assert (values.min(), values.max()) == pytest.approx((low, high), abs=2e-7)


def test_the_largest_depth_is_in_the_units_of_the_width() -> None:
    region = Region(*single(0.5, 0.5, 0.25, 0.5, 0))
    placed = region.place(np.array([[0.5, 0.5, 2.0]], np.float32))
    assert placed.tolist() == [[0.5, 0.5, 0.5]]


# Detections


def test_anchors_are_the_middles_of_cells_each_as_often_as_it_has_boxes() -> None:
    anchors = make_anchors(32, ((8, 2), (16, 1)))
    assert anchors.shape == (4 * 4 * 2 + 2 * 2, 2)
    assert anchors[:4].tolist() == [[0.125, 0.125]] * 2 + [[0.375, 0.125]] * 2
    assert anchors[32:].tolist() == [[0.25, 0.25], [0.75, 0.25], [0.25, 0.75], [0.75, 0.75]]


def test_boxes_that_overlap_are_averaged_by_how_sure_they_are_and_others_stay_apart() -> None:
    """Anchors at the middle of a picture of 100 px; the second box is half as sure as the first."""
    anchors = np.full((4, 2), 0.5, np.float32)
    boxes = np.array(
        [
            [0, 0, 20, 20, 1, 2],
            [2, 0, 20, 20, 3, 2],
            [40, 40, 10, 10, 0, 0],
            [0, 0, 20, 20, 9, 9],
        ],
        np.float32,
    )
    scores = np.array([0.9, 0.6, 0.7, 0.4])
    found = decode(boxes, np.log(scores / (1 - scores)).astype(np.float32), anchors, 100)
    assert len(found) == 2, "the last is not sure"
    mean = (0.9 * 0 + 0.6 * 0.02) / 1.5
    np.testing.assert_allclose(found[0].box, [[0.4 + mean, 0.4], [0.6 + mean, 0.6]], atol=1e-6)
    np.testing.assert_allclose(found[0].points, [[0.51 + mean, 0.52]], atol=1e-6)
    np.testing.assert_allclose(found[1].box, [[0.85, 0.85], [0.95, 0.95]], atol=1e-6)


def test_no_box_is_sure_and_boxes_without_an_area() -> None:
    anchors, boxes = np.full((2, 2), 0.5, np.float32), np.zeros((2, 6), np.float32)
    assert decode(boxes, np.full(2, -1, np.float32), anchors, 100) == []
    assert len(decode(boxes, np.full(2, 1, np.float32), anchors, 100)) == 1
    boxes[:, 2:4] = -5
    assert decode(boxes, np.full(2, 1, np.float32), anchors, 100) == [], "upside down"


def test_the_logistic_function() -> None:
    values = np.array([0, 100, -100, np.log(3)], np.float32)
    np.testing.assert_allclose(sigmoid(values), [0.5, 1, 0, 0.75], atol=1e-7)


# Following


def test_a_heatmap_moves_a_point_to_its_centre_of_gravity_where_it_is_sure() -> None:
    heatmap = np.full((16, 16, 4), -100, np.float32)
    points = np.array([[0.5, 0.5, 7], [0.5, 0.5, 7], [1.5, 0.5, 7], [0.01, 0.5, 7]], np.float32)
    heatmap[8, 10, 0] = 100  # two cells to the right of the first point
    heatmap[8, 10, 1] = -1  # not sure
    heatmap[8, 15, 2] = 100  # the point lies beyond the heatmap
    heatmap[8, 0, 3] = heatmap[8, 1, 3] = 100  # half a window at the edge
    refine_by_heatmap(points, heatmap)
    expected = [[10 / 16, 8 / 16, 7], [0.5, 0.5, 7], [1.5, 0.5, 7], [0.5 / 16, 8 / 16, 7]]
    np.testing.assert_allclose(points, expected, atol=1e-6)


@pytest.mark.parametrize("count", [1, 5])
def test_a_centre_of_gravity_is_added_up_cell_by_cell_in_single_precision(count: int) -> None:
    """NumPy by itself adds numbers that lie side by side in memory in pairs, which rounds otherwise."""
    heatmap = np.random.default_rng(3).normal(0, 2, (64, 64, 39)).astype(np.float32)
    points = np.full((count, 3), 0.5, np.float32)
    refine_by_heatmap(points, heatmap)
    weights = sigmoid(heatmap[28:37, 28:37, :count])
    total, x, y = np.zeros((3, count), np.float32)
    for row, column in np.ndindex(9, 9):
        total += weights[row, column]
        x += weights[row, column] * np.float32(28 + column)
        y += weights[row, column] * np.float32(28 + row)
    centres = np.stack((x / np.float32(64) / total, y / np.float32(64) / total), axis=1)
    np.testing.assert_array_equal(points[:, :2], centres)


def test_the_filter_begins_with_the_first_points_and_keeps_what_rests() -> None:
    steady, points = OneEuroFilter(), np.array([[10, 20], [30, 40]], np.float32)
    for _ in range(3):
        np.testing.assert_array_equal(steady.smooth(points, np.float32(100)), points)


def test_the_filter_by_hand() -> None:
    """A step of 1 px, size 100: the weight of the newest is 1 / (1 + rate / (2 pi cutoff))."""
    steady, size = OneEuroFilter(), np.float32(100)
    steady.smooth(np.zeros(1, np.float32), size)
    rate = 1 / 33.333e-3
    speed = (1 / 100 * rate) / (1 + rate / (2 * np.pi))
    expected = 1 / (1 + rate / (2 * np.pi * (0.01 + 10 * speed)))
    assert steady.smooth(np.ones(1, np.float32), size)[0] == pytest.approx(expected, rel=1e-5)


def test_a_body_that_shrinks_to_a_point_is_lost() -> None:
    circle = np.full((2, 2), 0.5, np.float32)
    region = span_circle(circle, picture(100, 200))
    assert (region.width, region.height) == (0, 0)
    assert PoseFollower().find(picture(100, 200), region) is None
    steady = OneEuroFilter()
    for points in (circle, circle + np.float32(0.1)):
        np.testing.assert_array_equal(steady.smooth(points, np.float32(0)), points)


# Parts of the face


def test_a_part_is_found_half_as_large_again_and_upright() -> None:
    """Corners at (20, 20) and (40, 20), so 20 px wide; lids 2 px above and below."""
    points = np.array([[20, 20], [40, 20], [30, 18], [30, 22]], np.float32)
    place = PartPlace(left=0, right=1, inside=np.arange(4), scale=np.float32(1.5), side=16).locate(points)
    np.testing.assert_allclose(place @ (0, 0, 1), (30 - 15, 20 - 3), atol=1e-5)
    np.testing.assert_allclose(place @ (16, 16, 1), (30 + 15, 20 + 3), atol=1e-5)
    turned = points[:, ::-1] * (-1, 1)
    turned = PartPlace(0, 1, np.arange(4), np.float32(1.5), 16).locate(turned.astype(np.float32))
    np.testing.assert_allclose(turned @ (8, 8, 1), (-20, 30), atol=1e-5)
    np.testing.assert_allclose(turned @ (16, 8, 1), (-20, 45), atol=1e-5, err_msg="its right is below")


def test_features_are_interpolated_between_their_middles_and_missing_beyond() -> None:
    features = np.arange(5 * 6, dtype=np.float32).reshape(5, 6, 1)
    same = np.array([[[1, 0, 0], [0, 1, 0]]], np.float32)
    shifted = np.array([[[1, 0, 0.5], [0, 1, 1.25]]], np.float32)
    beyond = np.array([[[1, 0, 3.5], [0, 1, 0]]], np.float32)
    np.testing.assert_array_equal(sample(features, same, 4)[0, :, :, 0], features[:4, :4, 0])
    expected = features[:3, :3, 0] + 0.5 + 6 * 1.25
    np.testing.assert_allclose(sample(features, shifted, 3)[0, :, :, 0], expected, atol=1e-5)
    np.testing.assert_array_equal(sample(features, beyond, 3)[0, 0, :, 0], [3.5, 4.5, 0])
    last = np.array([[[1, 0, 5], [0, 1, 4]]], np.float32)
    assert sample(features, last, 1).item() == 29, "the last cell has no next one"


def test_opencv_cuts_as_the_tables_were_made() -> None:
    """From 4.14 on it rounds otherwise; pyproject.toml keeps such versions out."""
    assert tuple(map(int, cv2.__version__.split(".")[:2])) < (4, 14)
