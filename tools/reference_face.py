"""Derives the reference face of `extract.reference_face` from videos of several people.

    python tools/reference_face.py VIDEO [VIDEO ...]

Each video's stable mesh points are averaged by generalised Procrustes analysis and made symmetric, and the
videos are averaged with equal weight. Prints every point's place, and how far it moves after the fit.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from extract.head import HeadTracker, locate_head
from extract.mesh_geometry import fit_rigid
from extract.mesh_reader import FaceMesh
from extract.pose_reader import PoseTracker
from extract.video import VideoReader

MIDLINE = (10, 168, 6, 197, 195, 5, 4, 1, 2)
PAIRS = ((33, 263), (133, 362), (127, 356), (234, 454), (162, 389))
PAIRS += ((21, 251), (54, 284), (122, 351), (196, 419))
POINTS = (*MIDLINE, *(index for pair in PAIRS for index in pair))
MIRRORED = (*MIDLINE, *(index for pair in PAIRS for index in reversed(pair)))
_ITERATIONS = 10


def read_meshes(path: Path) -> np.ndarray:
    """Return the stable points in every frame with a face, px, shape (frames, points, 3)."""
    body, tracker, mesh = PoseTracker(), HeadTracker(), FaceMesh()
    with VideoReader(path) as video:
        found = []
        for frame in video:
            box = tracker.locate(locate_head(body.read(frame.image)), frame.image)
            points = mesh.find(box.cut_from(frame.image)) if box else None
            if points is not None:
                found.append(points[list(POINTS)])
    return np.array(found)


def average_shape(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean shape after rigid fits, and each point's RMS distance from it (same unit)."""
    mean = shapes[0] - shapes[0].mean(axis=0)
    for _ in range(_ITERATIONS):
        fitted = np.array([fit_rigid(mean, shape).align(shape) for shape in shapes])
        mean = fitted.mean(axis=0)
        mean = (mean - mean.mean(axis=0)) / np.linalg.norm(mean[POINTS.index(33)] - mean[POINTS.index(263)])
    return mean, np.sqrt(((fitted - fitted.mean(axis=0)) ** 2).sum(axis=2).mean(axis=0))


def make_symmetric(shape: np.ndarray) -> np.ndarray:
    """Average a shape with its mirror image and face it along -z, upright, outer eye corners 1 apart."""
    mirror = shape[[POINTS.index(index) for index in MIRRORED]] * (-1, 1, 1)
    shape = (shape + fit_rigid(shape, mirror).align(mirror)) / 2
    point = {index: shape[row] for row, index in enumerate(POINTS)}
    across = point[263] - point[33]  # from the person's right to left: right in the picture
    across /= np.linalg.norm(across)
    # Down is where the nose bridge's profile line from between the eyes to the nose's base lies.
    down = point[2] - point[168]
    down -= across * (down @ across)
    down /= np.linalg.norm(down)
    basis = np.column_stack((across, down, np.cross(across, down)))
    shape = (shape - (point[33] + point[263]) / 2) @ basis
    return shape / np.linalg.norm(point[263] - point[33])


def main() -> None:
    """Print the reference face made from the videos named on the command line."""
    shapes, moves = [], []
    for name in sys.argv[1:]:
        mean, move = average_shape(read_meshes(Path(name)))
        shapes.append(make_symmetric(mean))
        moves.append(move)
    face = make_symmetric(average_shape(np.array(shapes))[0])
    for row, index in enumerate(POINTS):
        x, y, z = face[row]
        print(f"    {index}: ({x:+.3f}, {y:+.3f}, {z:+.3f}),  # moves {np.mean(moves, axis=0)[row]:.3f}")


if __name__ == "__main__":
    main()
