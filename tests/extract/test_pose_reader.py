"""The body reader: who is read where somebody is wanted, and what it says of itself."""

from __future__ import annotations

import subprocess
import sys
import threading

import cv2
import numpy as np
import pytest
from media import portrait

from extract.body import find_body_reader
from extract.face import find_face_reader
from extract.head import FaceSpot, HeadBox
from extract.mesh_reader import FaceMesh
from extract.networks.weights import MEDIAPIPE, locate_weights
from extract.pose_reader import PoseReader, PoseTracker
from ground.errors import DependencyError
from simulate.painting import Image


def test_of_two_people_the_one_who_is_wanted_is_read() -> None:
    """Whichever of them the search is surer of, and however small they are."""
    person = portrait()
    height, width = person.shape[:2]
    small = cv2.resize(person, (width // 3, height // 3), interpolation=cv2.INTER_AREA)
    both = np.full((height, 2 * width + width, 3), 128, np.uint8)
    both[:, :width] = person
    both[: height // 3, -width // 3 :] = small
    face = measure_nose(person)
    for left, top, scale in ((0, 0, 1.0), (3 * width - width // 3, 0, 1 / 3)):
        wanted = FaceSpot(left + face[0] * scale, top + face[1] * scale, 0.2 * width * scale)
        tracker = PoseTracker()
        bodies = [tracker.read(both, wanted) for _ in range(3)]
        tracker.close()
        for body in bodies:
            assert body is not None
            assert abs(body.landmarks[0, :2] - (left, top) - face * scale).max() < 0.04 * width * scale
    tracker = PoseTracker()
    assert tracker.read(both, FaceSpot(1.5 * width, 0.5 * height, 0.2 * width)) is None, "nobody is there"
    tracker.close()


def measure_nose(person: Image) -> np.ndarray:
    tracker = PoseTracker()
    body = tracker.read(person)
    tracker.close()
    assert body is not None
    return body.landmarks[0, :2]


@pytest.mark.parametrize("name", ["pose", "mesh"])
def test_the_networks_are_looked_for_before_work_is_divided_and_nothing_is_loaded(name: str) -> None:
    code = f"""if True:
        import sys
        from extract.body import find_body_reader
        from extract.face import find_face_reader
        reader = find_body_reader("pose") if {name!r} == "pose" else find_face_reader("mesh")
        reader.prepare(lambda notice: sys.exit(notice))
        reader.describe()
        sys.exit("LiteRT was loaded" if "ai_edge_litert" in sys.modules else 0)"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("reader", [find_body_reader("pose"), find_face_reader("mesh")])
def test_missing_networks_are_named_with_the_command_that_fetches_them(
    reader: PoseReader, tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTIONSIG_NETWORKS", str(tmp_path))
    with pytest.raises(DependencyError, match="Fetch them with `motionsig fetch-networks`"):
        reader.prepare(pytest.fail)


def test_the_identity_of_the_reader_is_known_without_its_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTIONSIG_NETWORKS", "/nowhere")
    identity = PoseReader().describe()
    assert identity.version == f"{MEDIAPIPE}-2"
    assert set(identity.weights) == {"pose_detection.tflite", "pose_landmark_full.tflite"}
    assert not locate_weights("pose_landmark_full.tflite").exists()


def test_trackers_of_several_threads_read_the_same_as_one_alone() -> None:
    """They share the networks of the process."""
    images = [portrait(turn_deg=5 * k) for k in range(6)]
    head = HeadBox(left=130, top=30, side=180)

    def read() -> list[bytes]:
        pose, mesh = PoseTracker(), FaceMesh()
        found = []
        for image in images:
            body, points = pose.read(image), mesh.find(head.cut_from(image))
            assert body is not None
            assert points is not None
            found.append(body.landmarks.tobytes() + points.tobytes())
        return found

    alone, together = read(), [[b""]] * 4
    threads = [
        threading.Thread(target=lambda k=k: together.__setitem__(k, read())) for k in range(len(together))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert together == [alone] * len(together)
