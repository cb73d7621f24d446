"""Without its mask the pose network finds the same in every bit; an unknown MediaPipe runs whole."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest
from media import portrait
from mediapipe.tasks.metadata.schema_py_generated import Model
from rendered_scenes import paste_head, render_person

from extract import pose_graph, pose_model
from extract.body import BodyReading
from extract.face_finder import FaceFinder
from extract.head import FaceSpot
from extract.mediapipe_models import load_solutions, locate_weights
from extract.mesh_reader import FaceMesh
from extract.pose_reader import PoseReader, PoseTracker
from extract.video import VideoReader
from ground.errors import DependencyError
from simulate.painting import Image
from simulate.render import render_frames
from simulate.signature import Signature, draw_session

FOLDER = os.environ.get("MOTIONSIG_TEST_VIDEOS")
REAL_VIDEOS = sorted(Path(FOLDER).glob("*.mp4")) if FOLDER else []


class WholeTracker(PoseTracker):
    """Runs MediaPipe's own solution on MediaPipe's own model."""

    def __init__(self) -> None:
        self._pose = load_solutions().pose.Pose(model_complexity=1, smooth_landmarks=False)
        self._free = weakref.finalize(self, self._pose.close)

    def read(self, image: Image, wanted: FaceSpot | None = None) -> BodyReading | None:
        found = self._pose.process(image).pose_landmarks
        if found is None:
            return None
        height, width = image.shape[:2]
        values = np.array([(p.x, p.y, p.z, p.visibility) for p in found.landmark], dtype=np.float64)
        return BodyReading(values[:, :3] * (width, height, width), values[:, 3])

    def restart(self) -> None:
        self._pose.reset()


def readings_of(tracker: PoseTracker, scenes: Iterable[Iterable[Image]]) -> list[bytes | None]:
    """What is read of successive frames, with a restart where a scene begins."""
    found = []
    for k, scene in enumerate(scenes):
        if k:
            tracker.restart()
        for image in scene:
            body = tracker.read(image)
            found.append(None if body is None else body.landmarks.tobytes() + body.visibility.tobytes())
    tracker.close()
    return found


def assert_same(*scenes: list[Image]) -> list[bool]:
    """See that both read the same; return in which frames somebody was found."""
    pruned, whole = readings_of(PoseTracker(), scenes), readings_of(WholeTracker(), scenes)
    assert pruned == whole
    return [body is not None for body in pruned]


def speech(frames: int) -> Iterator[Image]:
    return islice(render_frames(draw_session(Signature(0), 2, 12, seed=0)), frames)


def operators_and_outputs(model: bytes) -> tuple[list[tuple[tuple[int, ...], tuple[int, ...]]], list[int]]:
    """Inputs and outputs of each operator of a model, and its outputs, by TensorFlow Lite's own accessors."""
    graph = Model.GetRootAs(model, 0).Subgraphs(0)
    operators = [graph.Operators(k) for k in range(graph.OperatorsLength())]
    return [
        (tuple(map(int, operator.InputsAsNumpy())), tuple(map(int, operator.OutputsAsNumpy())))
        for operator in operators
    ], graph.OutputsAsNumpy().tolist()


def test_the_installed_mediapipe_is_the_known_one() -> None:
    """Fails when another version comes: then see whether its graph and model are still as described."""
    assert pose_graph.is_pruned()
    assert importlib.metadata.version("mediapipe") == pose_graph._MEDIAPIPE


def test_what_is_struck_leads_to_the_mask_alone_and_no_weight_changes() -> None:
    pruned = pose_model.load_pruned_model()
    assert pruned is not None
    whole = locate_weights(pose_model.POSE_WEIGHTS).read_bytes()
    operators, outputs = operators_and_outputs(whole)
    kept, kept_outputs = operators_and_outputs(pruned)
    assert len(operators) - len(kept) == 46
    assert [operator for operator in operators if operator in kept] == kept, "in their order"
    assert kept_outputs == [*outputs[:2], outputs[1], *outputs[3:]]
    struck = [operator for operator in operators if operator not in kept]
    needed = set(kept_outputs).union(*(inputs for inputs, _ in kept))
    assert needed.isdisjoint(made for _, made_by_one in struck for made in made_by_one)
    assert struck[-1][1] == (outputs[2],)
    bytes_changed = (np.frombuffer(whole, np.uint8) != np.frombuffer(pruned, np.uint8)).sum()
    assert bytes_changed < 4 * (len(operators) + 2), "the list of operators, its length, and one output"


@pytest.mark.parametrize("size", [(240, 320), (333, 517), (720, 1280), (1280, 720)])
def test_rendered_frames_of_any_size(size: tuple[int, int]) -> None:
    height, width = size
    assert all(assert_same([cv2.resize(image, (width, height)) for image in speech(12)]))


@pytest.mark.parametrize("width", [160, 480])
def test_a_real_person_who_turns(width: int) -> None:
    assert all(assert_same([portrait(width, turn_deg=6 * np.sin(k / 2)) for k in range(12)]))


def test_two_people_and_a_restart() -> None:
    person = render_person()
    both = [paste_head(person, person, left=20 + 4 * k, top=40, width=150) for k in range(8)]
    side_by_side = np.hstack((portrait(), portrait(turn_deg=5)))
    assert_same(both, [side_by_side] * 4, [np.roll(side_by_side, 30 * k, axis=1) for k in range(8)])


def test_a_person_who_is_lost_and_found() -> None:
    person, nobody = portrait(), np.full((480, 480, 3), 90, np.uint8)
    covered = person.copy()
    covered[:, 100:] = 90
    away = np.roll(person, 200, 1)
    found = assert_same([person] * 3 + [nobody] * 3 + [covered] * 2 + [person] * 3 + [away] * 3)
    assert found[:6] == [True] * 3 + [False] * 3
    assert found[8:11] == [True] * 3


@pytest.mark.slow
@pytest.mark.skipif(not REAL_VIDEOS, reason="MOTIONSIG_TEST_VIDEOS names no folder of real videos")
def test_real_speeches() -> None:
    for path in REAL_VIDEOS:
        with VideoReader(path) as video:
            assert all(assert_same([frame.image for frame in islice(video, 100)])), path.name


def test_the_identity_of_the_reader_is_that_of_the_whole_model() -> None:
    weights = PoseReader().describe().weights["pose_landmark_full.tflite"]
    assert weights == pose_model._WHOLE


@pytest.fixture(params=["_WHOLE", "_PRUNED"])
def unknown_model(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A model whose hash is another one, and a pruned one whose hash is."""
    monkeypatch.setattr(pose_model, request.param, 64 * "0")
    pose_graph._load_model.cache_clear()
    yield
    pose_graph._load_model.cache_clear()


@pytest.mark.usefixtures("unknown_model")
def test_an_unknown_model_runs_whole_and_says_so_once() -> None:
    notices: list[str] = []
    reader = PoseReader()
    reader.prepare(notices.append)
    assert len(notices) == 1
    assert "runs whole" in notices[0]
    assert pose_graph._load_model() == locate_weights(pose_model.POSE_WEIGHTS).read_bytes()
    assert readings_of(reader.open_tracker(), [[portrait()] * 2]) == readings_of(
        WholeTracker(), [[portrait()] * 2]
    )


def test_another_mediapipe_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    version = importlib.metadata.version
    newer = {"mediapipe": "0.10.33"}
    monkeypatch.setattr(importlib.metadata, "version", lambda name: newer.get(name) or version(name))
    pose_graph._load_graphs.cache_clear()
    with pytest.raises(DependencyError, match=re.escape("pip install mediapipe==0.10.21")):
        PoseReader().open_tracker()
    pose_graph._load_graphs.cache_clear()


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


def test_the_known_one_says_nothing_and_is_not_loaded_for_that() -> None:
    code = """if True:
        import sys
        from extract.body import find_body_reader
        find_body_reader("pose").prepare(lambda notice: sys.exit(notice))
        sys.exit("MediaPipe was loaded" if "mediapipe" in sys.modules else 0)"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("open_tracker", "solution"), [(PoseTracker, "_follower"), (FaceMesh, "_mesh"), (FaceFinder, "_detector")]
)
def test_a_tracker_that_nobody_closed_frees_its_networks_when_it_is_forgotten(
    open_tracker: Callable[[], object], solution: str
) -> None:
    """MediaPipe does not: each would hold up to 100 MB until the process ends."""
    tracker = open_tracker()
    graph = getattr(tracker, solution)
    assert graph._graph is not None
    del tracker
    assert graph._graph is None
