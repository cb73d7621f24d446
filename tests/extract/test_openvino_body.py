"""The OpenVINO engine: MediaPipe's own landmarks, and the geometry around its networks."""

from __future__ import annotations

import os
import sys
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from media import portrait

from extract.body import MediaPipeBodyReader
from extract.errors import DependencyError
from extract.openvino_body import (
    OpenVinoBodyReader,
    Region,
    RegionSmoother,
    pick_body,
    refine_by_heatmap,
    region_around,
)
from extract.video import VideoReader

pytest.importorskip("openvino", reason="OpenVINO is not installed: pip install 'motion-signature[openvino]'")

_FOLDER = os.environ.get("MOTIONSIG_TEST_VIDEOS")
VIDEOS = sorted(Path(_FOLDER).glob("*.mp4")) if _FOLDER else []


def moving_portrait(frames: int) -> list[np.ndarray]:
    """A person who sways in a 720p picture."""
    pictures = []
    for k in range(frames):
        picture = np.full((720, 1280, 3), 90, np.uint8)
        left = 280 + round(25 * np.sin(k / 4))
        picture[:, left : left + 720] = portrait(720, turn_deg=3 * np.sin(k / 5))
        pictures.append(picture)
    return pictures


def test_the_landmarks_are_mediapipes_own_within_its_own_unrest() -> None:
    """Tracking feeds back: one grey level in 5 % of the pixels moves MediaPipe more than the engine does."""
    theirs, ours, disturbed = MediaPipeBodyReader(), OpenVinoBodyReader(), MediaPipeBodyReader()
    chance = np.random.default_rng(0)
    apart, unrest, surer = [], [], []
    for picture in moving_portrait(30):
        specks = (chance.random(picture.shape[:2]) < 0.05)[:, :, np.newaxis].astype(np.uint8)
        a, b, c = theirs.read(picture), ours.read(picture), disturbed.read(picture ^ specks)
        assert a is not None
        assert b is not None
        assert c is not None
        visible = a.visibility > 0.5
        apart.append(np.hypot(*(a.landmarks - b.landmarks)[visible, :2].T))
        unrest.append(np.hypot(*(a.landmarks - c.landmarks)[visible, :2].T))
        surer.append(np.abs(a.visibility - b.visibility)[visible])
    assert np.median(apart[0]) < 0.1  # before tracking feeds back
    assert np.median(np.concatenate(apart)) < 0.7 * np.median(np.concatenate(unrest))
    assert np.median(np.concatenate(surer)) < 0.03


@pytest.mark.skipif(not VIDEOS, reason="MOTIONSIG_TEST_VIDEOS names no folder of videos")
@pytest.mark.slow
@pytest.mark.parametrize("path", VIDEOS, ids=lambda path: path.stem)
def test_on_real_people_the_visible_landmarks_agree_to_a_pixel(path: Path) -> None:
    theirs, ours = MediaPipeBodyReader(), OpenVinoBodyReader()
    apart = []
    with VideoReader(path) as video:
        for frame in islice(video, 60):
            a, b = theirs.read(frame.image), ours.read(frame.image)
            assert a is not None
            assert b is not None
            apart.append(np.hypot(*(a.landmarks - b.landmarks)[a.visibility > 0.5, :2].T))
    assert np.median(np.concatenate(apart)) < 1.0


def test_nobody_is_found_in_a_street_and_the_next_person_all_the_same() -> None:
    reader = OpenVinoBodyReader()
    empty = np.full((480, 480, 3), 127, np.uint8)
    assert reader.read(empty) is None
    assert reader.read(portrait()) is not None
    for _ in range(3):
        lost = reader.read(empty)
    assert lost is None
    assert reader.read(portrait()) is not None


def test_a_region_cut_out_shows_its_points_where_they_are_placed() -> None:
    """A white dot of the picture, found in the cut, is placed back onto the dot."""
    picture = np.zeros((400, 600, 3), np.uint8)
    dots = np.array([(260, 180), (330, 250), (300, 140)])
    region = Region(x=300, y=200, side=240, turn=0.4)
    for x, y in dots:
        picture[:] = 0
        cv2.circle(picture, (int(x), int(y)), 4, (255, 255, 255), -1)
        cut = region.cut_from(picture, 240, replicate=False)[:, :, 0].astype(float)
        rows, columns = np.indices(cut.shape)
        found = np.array([[(columns * cut).sum(), (rows * cut).sum()]]) / cut.sum() / 240
        np.testing.assert_allclose(region.place(found.astype(np.float32)), [(x, y)], atol=1.0)


@given(st.floats(-500, 2000), st.floats(-500, 2000), st.floats(5, 800), st.floats(-3.1, 3.1))
def test_the_region_of_an_upright_body_stands_and_turns_with_it(
    x: float, y: float, reach: float, turn: float
) -> None:
    """Its top is where the rim point lies; 1.25 times as far reaches its edge."""
    rim = np.array([x + reach * np.sin(turn), y - reach * np.cos(turn)])
    region = region_around(np.array([x, y]), rim)
    np.testing.assert_allclose((region.x, region.y, region.side), (x, y, 2.5 * reach), rtol=1e-6)
    top = region.place(np.array([[0.5, 0.1]], np.float32))  # 0.4 sides above the middle: reach
    np.testing.assert_allclose(top[0], rim, atol=1e-3 * reach + 1e-2)


def test_points_move_to_the_centre_of_their_heat_and_only_where_it_is_sure() -> None:
    heat = np.full((64, 64, 3), -20.0, np.float32)
    heat[10, 20, 0] = heat[10, 22, 0] = 20.0  # two sure cells: between them
    heat[30, 30, 1] = -1.0  # at most 27 %: not sure
    points = np.array([(21.4 / 64, 11.3 / 64), (30.5 / 64, 30.5 / 64), (1.5, 0.5)], np.float32)
    before = points.copy()
    refine_by_heatmap(points, heat)
    np.testing.assert_allclose(points[0] * 64, (21, 10), atol=1e-3)
    np.testing.assert_array_equal(points[1:], before[1:])


def test_overlapping_boxes_are_averaged_by_score_and_distant_ones_are_not() -> None:
    anchors = np.array([(0.5, 0.5), (0.5, 0.5), (0.1, 0.1)], np.float32)
    boxes = np.zeros((3, 12), np.float32)
    boxes[:, 2:4] = 100
    boxes[0, 4], boxes[1, 4] = 0.0, 22.4  # first point's x: at the anchor, and a tenth of the picture on
    logits = np.log(np.array([0.9 / 0.1, 0.6 / 0.4, 0.8 / 0.2], np.float32))
    points = pick_body(boxes, logits, anchors)
    assert points is not None
    np.testing.assert_allclose(points[0], (0.5 + 0.1 * 0.6 / 1.5, 0.5), atol=1e-6)
    assert pick_body(boxes, np.full(3, -5, np.float32), anchors) is None


def test_a_still_body_keeps_its_region_and_a_moving_one_drags_it_behind() -> None:
    smoother = RegionSmoother()
    still = np.array([(100.0, 300.0), (100.0, 100.0)])
    for _ in range(5):
        np.testing.assert_allclose(smoother.smooth(still), still)
    moved = smoother.smooth(still + 20)
    assert (moved > still).all()
    assert (moved < still + 20).all()


def test_without_openvino_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(DependencyError, match=r"pip install 'motion-signature\[openvino\]'"):
        OpenVinoBodyReader()
