"""Fakes of each kind: other faces show the same motion, and a lip-sync changes the mouth and nothing else."""

from __future__ import annotations

import cv2
import numpy as np
import pandas as pd
import pytest
from support.driven_faces import read_faces

from extract.frame_table import ACTION_UNITS, HEAD_ROTATION
from ground.errors import InputError
from simulate.controls import CONTROL_NAMES
from simulate.fakes import MOUTH_CONTROLS, sync_lips
from simulate.fields import Array
from simulate.looks import OTHER_LOOK, Look
from simulate.painting import Image
from simulate.portrait import ANCHORS
from simulate.render import Renderer, render_frames
from simulate.signature import Signature, draw_session

REST = np.zeros(len(CONTROL_NAMES))
HALF, SEARCH = 8, 30


@pytest.fixture(scope="module")
def session() -> pd.DataFrame:
    return draw_session(Signature(0), seconds=3, fps=10, seed=0)


@pytest.fixture(scope="module")
def worn() -> Renderer:
    return Renderer(OTHER_LOOK)


def follow(before: Image, after: Image, place: tuple[float, float]) -> Array:
    """How far the picture around a place has moved, px, whatever its colours."""
    x, y = (round(one) for one in place)
    patch = before[y - HALF : y + HALF + 1, x - HALF : x + HALF + 1]
    around = after[y - SEARCH : y + SEARCH + 1, x - SEARCH : x + SEARCH + 1]
    found = cv2.minMaxLoc(cv2.matchTemplate(around, patch, cv2.TM_CCOEFF_NORMED))[3]
    return np.array(found) + HALF - SEARCH


def test_a_look_that_changes_nothing_is_the_portrait(session: pd.DataFrame) -> None:
    same = Look(lambda x, y, anchors: np.zeros((*np.shape(x), 2)), (1.0, 1.0, 1.0))
    for plain, worn in zip(render_frames(session[:3]), render_frames(session[:3], same), strict=True):
        np.testing.assert_array_equal(plain, worn)


@pytest.mark.parametrize("place", ["nose_tip", "left_lip_corner", "right_inner_brow", "left_upper_lid"])
def test_another_face_has_its_places_where_its_shape_puts_them(worn: Renderer, place: str) -> None:
    x, y = ANCHORS[place]
    own, other = Renderer().render(REST), worn.render(REST)
    moved = OTHER_LOOK.shape(np.array(x), np.array(y))
    assert np.hypot(*moved) > 5
    assert follow(own, other, (x, y)) == pytest.approx(moved, abs=3)


def test_another_face_goes_with_the_head_and_smiles_by_the_same_control(worn: Renderer) -> None:
    x, y = np.array(ANCHORS["left_lip_corner"])
    across, down = OTHER_LOOK.shape(x, y)
    place = (x + across, y + down)
    values = REST.copy()
    values[CONTROL_NAMES.index("head_shift_x")] = 1
    assert follow(worn.render(REST), worn.render(values), place) == pytest.approx((10, 0), abs=3)
    values[CONTROL_NAMES.index("lip_corner_pull")] = 1
    assert follow(worn.render(REST), worn.render(values), place) == pytest.approx((15, -11), abs=4)


def test_a_lip_sync_takes_the_mouth_from_the_speech_and_all_else_from_the_footage(
    session: pd.DataFrame,
) -> None:
    speech = draw_session(Signature(7), seconds=3, fps=10, seed=0)
    fake = sync_lips(session, speech)
    pd.testing.assert_frame_equal(fake[list(MOUTH_CONTROLS)], speech[list(MOUTH_CONTROLS)])
    others = [name for name in fake if name not in MOUTH_CONTROLS]
    pd.testing.assert_frame_equal(fake[others], session[others])
    assert {"time_s", "inner_brow_raise", "upper_lid_raise", "head_yaw", "left_wrist_out"} <= set(others)


def test_a_lip_sync_of_another_length_is_refused(session: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="30 frames, the other 29"):
        sync_lips(session, session[:-1])


@pytest.mark.slow
def test_another_face_is_read_with_the_same_motion(session: pd.DataFrame) -> None:
    """Every action and angle over time, in pixels of one face and of the other."""
    own, other = (read_faces(render_frames(session, look)) for look in (None, OTHER_LOOK))
    moving = range(len(ACTION_UNITS) + len(HEAD_ROTATION))
    alike = [np.corrcoef(own[:, column], other[:, column])[0, 1] for column in moving]
    assert np.median(alike) > 0.8
    assert min(alike) > 0.2
