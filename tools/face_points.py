"""Draws the points of every action unit on the portrait, for docs/face.md.

python tools/face_points.py docs/face-points.png
"""

from __future__ import annotations

import sys

import cv2
import numpy as np
from PIL import Image as PillowImage

from extract.head import HeadTracker, locate_head
from extract.mesh_actions import ACTION_MEASURES
from extract.mesh_reader import FaceMesh
from extract.pose_reader import PoseTracker
from extract.reference_face import STABLE_POINTS
from simulate.controls import CONTROL_NAMES
from simulate.render import Renderer

_TILE_PX = 260
_COLUMNS = 6
_POINT_RGB = (210, 30, 30)
_STABLE_RGB = (20, 70, 200)
_COLOURS = 256


def draw_tile(
    face: np.ndarray, title: tuple[str, str], points: np.ndarray, colour: tuple[int, ...]
) -> np.ndarray:
    """Return the face with points on it and two lines of text above."""
    tile = face.copy()
    for x, y in points:
        cv2.circle(tile, (round(x), round(y)), 3, colour, cv2.FILLED, cv2.LINE_AA)
    label = np.full((40, tile.shape[1], 3), 255, np.uint8)
    cv2.putText(label, title[0], (4, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
    cv2.putText(label, title[1], (4, 34), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (70, 70, 70), 1, cv2.LINE_AA)
    return np.vstack([label, tile])


def main() -> None:
    """Write the picture whose name stands on the command line."""
    frame = Renderer().render(np.zeros(len(CONTROL_NAMES)))
    place = locate_head(PoseTracker().read(frame))
    box = HeadTracker().locate(place, frame)
    mesh = FaceMesh().find(box.cut_from(frame, place))[:, :2]

    left, top = mesh.min(axis=0) - 12
    side = (mesh.max(axis=0) - mesh.min(axis=0)).max() + 24
    left -= (side - np.ptp(mesh[:, 0]) - 24) / 2
    rows, columns = (slice(round(start), round(start + side)) for start in (top, left))
    grey = cv2.cvtColor(cv2.cvtColor(frame[rows, columns], cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    face = cv2.resize(grey, (_TILE_PX, _TILE_PX), interpolation=cv2.INTER_CUBIC) // 2 + 127
    places = (mesh - (left, top)) * _TILE_PX / side

    tiles = [draw_tile(face, ("rigid fit", "points held still"), places[list(STABLE_POINTS)], _STABLE_RGB)]
    tiles += [
        draw_tile(face, (unit[:4], one.facs), places[list(one.points)], _POINT_RGB)
        for unit, one in ACTION_MEASURES.items()
    ]
    tiles += [np.full_like(tiles[0], 255)] * (-len(tiles) % _COLUMNS)
    picture = np.vstack([np.hstack(tiles[k : k + _COLUMNS]) for k in range(0, len(tiles), _COLUMNS)])
    PillowImage.fromarray(picture).quantize(_COLOURS).save(sys.argv[1], optimize=True)


if __name__ == "__main__":
    main()
