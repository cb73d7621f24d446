"""The networks still read what MediaPipe 0.10.21 read in pictures that are made anew here.

This needs no MediaPipe: its readings lie in `golden_landmarks.csv`. It fails when a number of a step around
the networks changes, and when a version of LiteRT, OpenCV or NumPy brings other numbers. Then the revision of
the readers (`describe_backend`) has to rise, or the version has to be kept out; the file stays.
`test_networks_oracle.py` compares every bit, where MediaPipe is installed.

Bits depend on the processor, so there are tolerances. All of this was run with XNNPACK's code for processors
with SSE alone and with AVX alone (in an emulator, rendering included), with LiteRT's kernels without XNNPACK,
and with one last bit of each angle changed. Faces differed by up to .03 px, bodies at first sight by .02 px.
Where a body is followed, every difference is fed back: .3 px after two frames, and 5 px in z. Code for
AVX-512 was not at hand.
"""

from __future__ import annotations

import numpy as np
import pytest
from golden_landmarks import Place, find_landmarks, read_golden

from extract.networks.mesh import MeshFollower
from extract.pose_reader import PoseTracker

# Of x, y and z, px, and of visibility.
FACE = (0.05, 0.05, 0.05)
FIRST_SIGHT = (0.05, 0.05, 2.0, 0.001)
FOLLOWED = (1.0, 1.0, 15.0, 0.01)

GOLDEN = read_golden()


@pytest.fixture(scope="module")
def found() -> dict[Place, list[float]]:
    return find_landmarks(PoseTracker, MeshFollower)


def frames_with(what: str, places: dict[Place, list[float]]) -> set[tuple[str, int]]:
    return {(scene, frame) for scene, frame, of, _ in places if of == what}


BODIES = frames_with("body", GOLDEN)
FOLLOWED_BODIES = {(scene, frame) for scene, frame in BODIES if (scene, frame - 1) in BODIES}


def assert_near(
    found: dict[Place, list[float]], what: str, frames: set[tuple[str, int]], limits: tuple[float, ...]
) -> None:
    places = [place for place in GOLDEN if place[:2] in frames and place[2] == what]
    excess = [np.abs(np.subtract(found[place], GOLDEN[place])) / limits for place in places]
    worst = int(np.argmax(np.max(excess, axis=1)))
    assert np.max(excess) <= 1, f"{places[worst]}: {found[places[worst]]}, not {GOLDEN[places[worst]]}"


@pytest.mark.parametrize("what", ["body", "face"])
def test_somebody_is_found_where_mediapipe_finds_them(found: dict[Place, list[float]], what: str) -> None:
    assert frames_with(what, found) == frames_with(what, GOLDEN)
    assert ("away and back", 1) not in frames_with(what, found)


def test_faces_found_and_followed(found: dict[Place, list[float]]) -> None:
    assert_near(found, "face", frames_with("face", GOLDEN), FACE)


def test_bodies_at_first_sight(found: dict[Place, list[float]]) -> None:
    assert_near(found, "body", BODIES - FOLLOWED_BODIES, FIRST_SIGHT)


def test_bodies_that_are_followed(found: dict[Place, list[float]]) -> None:
    assert_near(found, "body", FOLLOWED_BODIES, FOLLOWED)
