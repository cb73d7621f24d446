"""What MediaPipe itself finds in pictures that the tests make, kept in `golden_landmarks.csv`.

    pip install -e '.[dev,oracle-mediapipe]'        # Python 3.11 or 3.12
    PYTHONPATH=.:tests:bench python tests/golden_landmarks.py

makes the file again. That is needed when these pictures change (the renderer, the photographs), and never
because our own numbers have changed.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from media import portrait
from two_people import beside, officer, sway

from extract.body import BodyReading
from extract.networks.regions import Points
from extract.orientation import RgbImage
from simulate.render import render_frames
from simulate.signature import Signature, draw_session

GOLDEN = Path(__file__).with_suffix(".csv")

# Nose, eyes, ears, mouth, shoulders, elbows, wrists, hips.
BODY_POINTS = (0, 2, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 23, 24)
# Of each part that a network of its own places, some: face, lips, right and left eye, both irises.
FACE_POINTS = (1, 10, 152, 234, 454, 61, 291, 13, 17, 33, 133, 159, 263, 362, 386, 468, 473)

# What is out of view is not kept: the last bit of any step moves it by pixels.
_LEAST_VISIBILITY = 0.9

# Scene, frame, body or face, and number of the point.
Place = tuple[str, int, str, int]

_ABOUT = """\
# What MediaPipe 0.10.21 itself (its wheel from PyPI, on a processor with AVX2) finds in the pictures of
# tests/golden_landmarks.py, which makes this file again and says how: Pose (model_complexity 1, without
# smoothing) and Face Mesh (refine_landmarks), each following through the frames of a scene. x, y and z in px
# of the picture. A body or face that was not found has no rows, and neither has a point of the body of whose
# visibility Pose was less sure than .9.
"""


class Body(Protocol):
    """Follows a body through the frames of a scene, as a `extract.body.BodyTracker` does."""

    def read(self, image: RgbImage) -> BodyReading | None:
        """Return the body in the next frame."""
        ...


class Mesh(Protocol):
    """Follows a face through the frames of a scene, as `extract.networks.mesh.MeshFollower` does."""

    def find(self, image: RgbImage) -> Points | None:
        """Return the mesh in the next frame, shares of the picture."""
        ...


def make_scenes() -> dict[str, list[RgbImage]]:
    """Return the frames of each scene, RGB."""
    session = list(islice(render_frames(draw_session(Signature(0), 2, 12, seed=0)), 3))
    person, nobody = portrait(), np.full((480, 480, 3), 90, np.uint8)
    at_the_edge = np.ascontiguousarray(person[60:, 150:])
    return {
        "session": session,
        "session, small": [cv2.resize(one, (334, 360), interpolation=cv2.INTER_AREA) for one in session],
        "two people": [beside(portrait(turn_deg=4), sway(officer(), 9 * k)) for k in range(2)],
        "away and back": [person, nobody, portrait(turn_deg=-8), person],
        "at the edge": [at_the_edge] * 2,
    }


def find_landmarks(open_body: Callable[[], Body], open_mesh: Callable[[], Mesh]) -> dict[Place, list[float]]:
    """Return x, y, z (px) and, of bodies, visibility of every point that is kept, scene by scene."""
    found = {}
    for scene, frames in make_scenes().items():
        body, mesh = open_body(), open_mesh()
        for k, image in enumerate(frames):
            for point, values in _read_body(body, image).items():
                found[scene, k, "body", point] = values
            for point, values in _read_face(mesh, image).items():
                found[scene, k, "face", point] = values
    return found


def read_golden() -> dict[Place, list[float]]:
    """Return what `find_landmarks` returned with MediaPipe, rounded to .01 px and to .0001."""
    with GOLDEN.open(encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {
            (row["scene"], int(row["frame"]), row["of"], int(row["point"])): [
                float(row[name]) for name in ("x", "y", "z", "visibility") if row[name]
            ]
            for row in rows
        }


def write_golden(found: dict[Place, list[float]]) -> None:
    """Write what MediaPipe found."""
    with GOLDEN.open("w", encoding="utf-8", newline="") as file:
        file.write(_ABOUT)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("scene", "frame", "of", "point", "x", "y", "z", "visibility"))
        for place, (x, y, z, *visibility) in found.items():
            if min(visibility, default=1) >= _LEAST_VISIBILITY:
                writer.writerow((*place, *(f"{v:.2f}" for v in (x, y, z)), *(f"{v:.4f}" for v in visibility)))


def _read_body(body: Body, image: RgbImage) -> dict[int, list[float]]:
    found = body.read(image)
    if found is None:
        return {}
    return {k: [*found.landmarks[k].tolist(), float(found.visibility[k])] for k in BODY_POINTS}


def _read_face(mesh: Mesh, image: RgbImage) -> dict[int, list[float]]:
    found = mesh.find(image)
    if found is None:
        return {}
    height, width = image.shape[:2]
    return {k: (found[k].astype(np.float64) * (width, height, width)).tolist() for k in FACE_POINTS}


if __name__ == "__main__":
    from support.mediapipe_oracle import TheirMesh, TheirPose

    write_golden(find_landmarks(TheirPose, TheirMesh))
