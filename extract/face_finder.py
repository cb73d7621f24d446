"""Where the face is in the head box: MediaPipe's short-range detector, looking at every frame by itself."""

from __future__ import annotations

import weakref
from typing import Any, Final, NamedTuple

import numpy as np

from extract.head import HeadView
from extract.mediapipe_models import load_solutions

FINDER_WEIGHTS: Final = "face_detection/face_detection_short_range.tflite"

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
        self._detector = load_solutions().face_detection.FaceDetection(model_selection=0)
        self._free = weakref.finalize(self, self._detector.close)  # MediaPipe never does so itself
        self._free.atexit = False

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
        for detection in self._detector.process(head.image).detections or ():
            location = detection.location_data
            if not _is_own(location, head):
                continue
            found = location.relative_bounding_box
            x, y = (found.xmin + found.width / 2) * width, (found.ymin + found.height / 2) * height
            distance = (x - middle_x) ** 2 + (y - middle_y) ** 2
            if distance < nearest_distance:
                nearest, nearest_distance = (x, y, found.width * width), distance
        if nearest is None:
            return None
        x, y, square = nearest
        y -= _RAISED_IN_SQUARES * square
        half = _SIDE_IN_SQUARES * square / 2
        return FaceBox(x - half, y - half, x + half, y + half)

    def close(self) -> None:
        """Free the network."""
        self._free()


def _is_own(location: Any, head: HeadView) -> bool:
    """Return whether a detection is of the body's own head; also where nobody knows where that is."""
    if head.place is None:
        return True
    height, width = head.image.shape[:2]
    points = np.array([(point.x, point.y) for point in location.relative_keypoints], dtype=np.float64)
    points = points * (width, height) + (head.left, head.top)
    return head.place.is_of(points[_EYES].mean(axis=0), points[_NOSE], points[_MOUTH])
