"""The networks' readings are MediaPipe's own in every bit: bodies, meshes and faces, followed frame by frame.

MediaPipe 0.10.21 is compared with where it is there (the extra `oracle-mediapipe`, Python 3.11 and 3.12).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest
from media import portrait
from rendered_scenes import paste_head, render_person

from extract.body import BodyReading, BodyTracker
from extract.head import HeadBox, HeadTracker, HeadView, locate_head
from extract.mesh_reader import FaceMesh
from extract.networks import elementary
from extract.networks.mesh import FaceSearch
from extract.pose_reader import PoseTracker
from extract.video import VideoReader
from simulate.painting import Image
from simulate.render import render_frames
from simulate.signature import Signature, draw_session

solutions = pytest.importorskip("mediapipe.python.solutions")
from support.mediapipe_oracle import TheirMesh, TheirPose  # noqa: E402

FOLDER = os.environ.get("MOTIONSIG_TEST_VIDEOS")
REAL_VIDEOS = sorted(Path(FOLDER).glob("*.mp4")) if FOLDER else []
# The head of `portrait()`.
HEAD = HeadBox(left=130, top=30, side=180)


def speech(frames: int) -> Iterator[Image]:
    return islice(render_frames(draw_session(Signature(0), 2, 12, seed=0)), frames)


def read(tracker: BodyTracker, scenes: Iterable[Iterable[Image]]) -> Iterator[BodyReading | None]:
    """Read successive frames, with a restart where a scene begins."""
    for k, scene in enumerate(scenes):
        if k:
            tracker.restart()
        yield from map(tracker.read, scene)
    tracker.close()


def assert_same_bodies(*scenes: list[Image]) -> list[bool]:
    """See that both read the same; return in which frames somebody was found."""
    ours, theirs = list(read(PoseTracker(), scenes)), list(read(TheirPose(), scenes))
    for one, other in zip(ours, theirs, strict=True):
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            np.testing.assert_array_equal(one.landmarks, other.landmarks)
            np.testing.assert_array_equal(one.visibility, other.visibility)
    return [body is not None for body in ours]


def assert_same_meshes(views: Iterable[HeadView]) -> list[bool]:
    ours, theirs = FaceMesh(), FaceMesh()
    theirs._mesh = TheirMesh()  # type: ignore[assignment]
    found = []
    for view in views:
        one, other = ours.find(view), theirs.find(view)
        assert (one is None) == (other is None)
        if one is not None:
            np.testing.assert_array_equal(one, other)
        found.append(one is not None)
    return found


def follow_head(frames: Iterable[Image]) -> Iterator[HeadView]:
    body, heads = PoseTracker(), HeadTracker()
    for image in frames:
        place = locate_head(body.read(image))
        box = heads.locate(place, image)
        if box is not None:
            yield box.cut_from(image, place)


@pytest.mark.parametrize("size", [(240, 320), (333, 517), (720, 1280), (1280, 720)])
def test_bodies_in_rendered_frames_of_any_size(size: tuple[int, int]) -> None:
    height, width = size
    assert all(assert_same_bodies([cv2.resize(image, (width, height)) for image in speech(12)]))


@pytest.mark.parametrize("width", [160, 480])
def test_the_body_of_a_real_person_who_turns(width: int) -> None:
    assert all(assert_same_bodies([portrait(width, turn_deg=6 * np.sin(k / 2)) for k in range(12)]))


def test_two_people_and_a_restart() -> None:
    person = render_person()
    both = [paste_head(person, person, left=20 + 4 * k, top=40, width=150) for k in range(8)]
    side_by_side = np.hstack((portrait(), portrait(turn_deg=5)))
    assert_same_bodies(both, [side_by_side] * 4, [np.roll(side_by_side, 30 * k, axis=1) for k in range(8)])


def test_a_person_who_is_lost_and_found() -> None:
    person, nobody = portrait(), np.full((480, 480, 3), 90, np.uint8)
    covered = person.copy()
    covered[:, 100:] = 90
    away = np.roll(person, 200, 1)
    found = assert_same_bodies([person] * 3 + [nobody] * 3 + [covered] * 2 + [person] * 3 + [away] * 3)
    assert found[:6] == [True] * 3 + [False] * 3
    assert found[8:11] == [True] * 3


def test_the_mesh_of_a_face_that_turns_is_hidden_and_comes_back() -> None:
    turning = [HEAD.cut_from(portrait(turn_deg=8 * np.sin(k / 2))) for k in range(10)]
    hidden = [HEAD.cut_from(np.full((480, 480, 3), 90, np.uint8))] * 2
    elsewhere = [HeadBox(HEAD.left - 20, HEAD.top + 15, HEAD.side).cut_from(portrait())] * 2
    found = assert_same_meshes([*turning, *hidden, *turning, *elsewhere])
    assert found == [True] * 10 + [False] * 2 + [True] * 12


def test_the_mesh_of_a_head_that_the_body_leads_to() -> None:
    assert all(assert_same_meshes(follow_head(speech(20))))


def test_the_faces_of_a_picture() -> None:
    both = np.hstack((portrait(), portrait(turn_deg=10)))
    crops = [HEAD.cut_from(portrait(width)).image for width in (300, 480, 700)]
    with solutions.face_detection.FaceDetection(model_selection=0) as detector:
        for image in (portrait(), both, both[:300], *crops, np.zeros((50, 70, 3), np.uint8)):
            theirs = [found.location_data for found in detector.process(image).detections or ()]
            ours = FaceSearch().find(image)
            assert len(ours) == len(theirs)
            for one, other in zip(ours, theirs, strict=True):
                points = np.array([(p.x, p.y) for p in other.relative_keypoints], np.float32)
                box = other.relative_bounding_box
                np.testing.assert_array_equal(one.points, points)
                np.testing.assert_array_equal(one.box[0], np.float32((box.xmin, box.ymin)))
                np.testing.assert_array_equal(one.box[1] - one.box[0], np.float32((box.width, box.height)))


@pytest.mark.slow
@pytest.mark.skipif(not REAL_VIDEOS, reason="MOTIONSIG_TEST_VIDEOS names no folder of real videos")
def test_real_speeches() -> None:
    for path in REAL_VIDEOS:
        with VideoReader(path) as video:
            frames = [frame.image for frame in islice(video, 60)]
        assert all(assert_same_bodies(frames)), path.name
        assert_same_meshes(follow_head(frames))


def test_the_oracle_can_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """One last bit of an angle, and another body comes out after a few frames."""
    exact = elementary.find_angle
    monkeypatch.setattr(
        "extract.networks.regions.find_angle", lambda y, x: np.nextafter(exact(y, x), np.float32(4))
    )
    with pytest.raises(AssertionError):
        assert_same_bodies(list(speech(12)))
