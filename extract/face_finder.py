"""Where the face is in the head box: MediaPipe's short-range detector, looking at every frame by itself."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from extract.head import HeadView
from extract.networks.detector import Detection
from extract.networks.mesh import FaceSearch

# The detector draws a square from the brows to the chin. RetinaFace, trained on WIDER FACE, draws a box that
# holds forehead, chin and cheeks tightly. In frames of four speakers the face mesh, from hairline to chin, is
# 1.11 (1.0 to 1.2) squares high, its middle 0.06 squares above that of the square; what RetinaFace has of the
# forehead above the mesh is the rest. docs/measurements/py-feat.md compares it with RetinaFace's box.
_SIDE_IN_SQUARES: Final = 1.2
_RAISED_IN_SQUARES: Final = 0.1
# Of the detector's key points.
_EYES, _NOSE, _MOUTH = slice(0, 2), 2, 3


class FaceBox(NamedTuple):
    """A square around a face from forehead to chin, in pixels of the head view's image."""

    left: float
    top: float
    right: float
    bottom: float


class FaceFinder:
    """Finds the face in a head box; keeps nothing from one frame to the next."""

    def __init__(self) -> None:
        self._search = FaceSearch()

    def find(self, head: HeadView) -> FaceBox | None:
        """Return the box of the body's own face, or None where it is not seen.

        Where the place of the body's head is not known, any face will do. Of several it is that which is
        nearest to the middle of the head box.

        The box is as large as RetinaFace's would be, whose boxes py-feat's network was trained on.
        """
        height, width = head.image.shape[:2]
        middle_x = head.box.left + head.box.side / 2 - head.left
        middle_y = head.box.top + head.box.side / 2 - head.top
        nearest, nearest_distance = None, float("inf")
        for found in self._search.find(head.image):
            if not _is_own(found, head):
                continue
            sides = (found.box[1] - found.box[0]).astype(np.float64)
            x, y = (found.box[0] + sides / 2) * (width, height)
            distance = (x - middle_x) ** 2 + (y - middle_y) ** 2
            if distance < nearest_distance:
                nearest, nearest_distance = (x, y, sides[0] * width), distance
        if nearest is None:
            return None
        x, y, square = nearest
        y -= _RAISED_IN_SQUARES * square
        half = _SIDE_IN_SQUARES * square / 2
        return FaceBox(x - half, y - half, x + half, y + half)


def _is_own(found: Detection, head: HeadView) -> bool:
    """Return whether a face is of the body's own head; also where nobody knows where that is."""
    if head.place is None:
        return True
    height, width = head.image.shape[:2]
    points = found.points.astype(np.float64) * (width, height) + (head.left, head.top)
    return head.place.is_of(points[_EYES].mean(axis=0), points[_NOSE], points[_MOUTH])
