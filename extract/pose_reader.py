"""The default body reader: MediaPipe Pose on the whole frame, following one person."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

from extract.body import BodyReading
from extract.description import Backend
from extract.head import FaceSpot
from extract.mediapipe_models import describe_backend
from extract.orientation import RgbImage
from extract.pose_graph import check_version, is_pruned, open_follower, open_search
from extract.pose_model import POSE_WEIGHTS

# What is searched for somebody whom the search of the whole frame did not find, because they are small in
# it: a square of so many head widths around the face, which lies so far below its upper edge.
_CLOSE_UP: Final = 8.0
_FACE_BELOW: Final = 0.3
# The search says where somebody's face is, and not how large. That point lies 0.4 to 0.8 widths of the face
# that the face finder draws below the middle of it.
_POINT_BELOW: Final = 0.5
_FARTHEST: Final = 0.9


class PoseTracker:
    """Tracks one person through successive frames of one video, with MediaPipe Pose (a `BodyTracker`).

    MediaPipe keeps tracking state, so every video needs a tracker of its own, closed at the end. Only
    complexity 1 lies inside the wheel; the others would be downloaded.

    Landmarks are not smoothed. MediaPipe's One-Euro filter counts 33 ms a frame whatever the video's rate,
    and lags one to two frames behind the face, which is not filtered: on two rendered videos elbows, wrists
    and shoulders followed their true motion with r = .83 and .87 with it and .88 and .92 without, and their
    frame-to-frame differences with .66 and .69 against .68 and .71.
    """

    def __init__(self) -> None:
        self._search, self._follower = open_search(), open_follower()
        # MediaPipe never frees a graph that nobody closed: about 100 MB each.
        self._free = weakref.finalize(self, _close, self._search, self._follower)
        self._free.atexit = False
        self._follows = False

    def read(self, image: RgbImage, wanted: FaceSpot | None = None) -> BodyReading | None:
        """Return the body in the next frame, or None where no person is found, or not the one wanted."""
        region = None if self._follows else self._find_region(image, wanted)
        if region is None and not self._follows:
            return None
        found = self._follower.process(
            {"image": image, "region": region or _whole_frame(), "is_given": region is not None}
        ).pose_landmarks
        self._follows = found is not None
        if found is None:
            return None
        height, width = image.shape[:2]
        values = np.array([(p.x, p.y, p.z, p.visibility) for p in found.landmark], dtype=np.float64)
        return BodyReading(values[:, :3] * (width, height, width), values[:, 3])

    def restart(self) -> None:
        """Forget where the person was: the next frame shows another scene, or another person is wanted."""
        self._follower.reset()
        self._follows = False

    def close(self) -> None:
        """Free the networks."""
        self._free()

    def _find_region(self, image: RgbImage, wanted: FaceSpot | None) -> Any:
        """Return the region of whoever is wanted, else of whom the search is surest."""
        if wanted is None:
            return next((region for _, _, region in self._find_people(image)), None)
        height, width = image.shape[:2]
        left, top, right, bottom = _cut_close_up(image, wanted)
        for edges in ((0, 0, width, height), (left, top, right, bottom)):
            part = np.ascontiguousarray(image[edges[1] : edges[3], edges[0] : edges[2]])
            people = [
                (float(np.hypot(x - wanted.x, y - wanted.y - _POINT_BELOW * wanted.width)), region)
                for x, y, region in self._find_people(part, edges[0], edges[1])
            ]
            distance, region = min(people, key=lambda one: one[0], default=(np.inf, None))
            if distance <= _FARTHEST * wanted.width:
                return _move(region, edges, width, height)
        return None

    def _find_people(
        self, image: RgbImage, left: int = 0, top: int = 0
    ) -> Iterator[tuple[float, float, Any]]:
        """Yield where each person's face is, px of the frame that `image` was cut from, and their region."""
        found = self._search.process(image)
        height, width = image.shape[:2]
        for detection, region in zip(found.pose_detections or (), found.regions or (), strict=True):
            box = detection.location_data.relative_bounding_box
            x, y = box.xmin + box.width / 2, box.ymin + box.height / 2
            yield x * width + left, y * height + top, region


def _close(*graphs: Any) -> None:
    for graph in graphs:
        graph.close()


def _whole_frame() -> Any:
    from mediapipe.framework.formats.rect_pb2 import NormalizedRect

    return NormalizedRect(x_center=0.5, y_center=0.5, width=1, height=1)


def _cut_close_up(image: RgbImage, wanted: FaceSpot) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of what is looked at more closely, inside the frame."""
    height, width = image.shape[:2]
    side = _CLOSE_UP * wanted.width
    left, top = wanted.x - side / 2, wanted.y - _FACE_BELOW * side
    return (
        max(0, round(left)),
        max(0, round(top)),
        min(width, round(left + side)),
        min(height, round(top + side)),
    )


def _move(region: Any, edges: tuple[int, int, int, int], width: int, height: int) -> Any:
    """Return a region of a part of the frame as one of the frame, which it is already where that is whole."""
    left, top, right, bottom = edges
    if (left, top, right, bottom) != (0, 0, width, height):
        region.x_center = (left + region.x_center * (right - left)) / width
        region.y_center = (top + region.y_center * (bottom - top)) / height
        region.width *= (right - left) / width
        region.height *= (bottom - top) / height
    return region


class PoseReader:
    """Reads the 33 landmarks of MediaPipe Pose (a `BodyReader`)."""

    name = "pose"
    backend_name = "mediapipe-pose"

    def prepare(self, on_notice: Callable[[str], None]) -> None:
        """Say so when MediaPipe's network has to run whole; its weights come with it.

        Another version of MediaPipe is refused, because its parts are not known.
        """
        check_version()
        if not is_pruned():
            on_notice(
                "This MediaPipe is not the one that motionsig knows, so its pose network runs whole, with a "
                "branch that is not needed: reading takes about a third longer. Numbers are those of the "
                "MediaPipe that is here; `pip install mediapipe==0.10.21` brings the known one."
            )

    def describe(self) -> Backend:
        """Return the identity of the reader, without its networks."""
        return describe_backend(
            self.backend_name,
            "pose_detection/pose_detection.tflite",
            POSE_WEIGHTS,
            revision=2,
        )

    def open_tracker(self) -> PoseTracker:
        """Return a new tracker."""
        return PoseTracker()
