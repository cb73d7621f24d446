"""The default body reader: MediaPipe Pose on the whole frame, following one person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from extract.body import BodyReading
from extract.description import Backend
from extract.head import FaceSpot
from extract.networks.pose import PoseFollower, PoseSearch
from extract.networks.regions import Region
from extract.networks.weights import POSE_DETECTOR, POSE_LANDMARKS, describe_backend, read_weights
from extract.orientation import RgbImage

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

    Landmarks are not smoothed. MediaPipe's One-Euro filter counts 33 ms a frame whatever the video's rate,
    and lags one to two frames behind the face, which is not filtered: on two rendered videos elbows, wrists
    and shoulders followed their true motion with r = .83 and .87 with it and .88 and .92 without, and their
    frame-to-frame differences with .66 and .69 against .68 and .71.
    """

    def __init__(self) -> None:
        self._search, self._follower = PoseSearch(), PoseFollower()
        self._follows = False

    def read(self, image: RgbImage, wanted: FaceSpot | None = None) -> BodyReading | None:
        """Return the body in the next frame, or None where no person is found, or not the one wanted."""
        region = None if self._follows else self._find_region(image, wanted)
        found = self._follower.find(image, region)
        self._follows = found is not None
        if found is None:
            return None
        height, width = image.shape[:2]
        points, visibility = (values.astype(np.float64) for values in found)
        return BodyReading(points * (width, height, width), visibility)

    def restart(self) -> None:
        """Forget where the person was: the next frame shows another scene, or another person is wanted."""
        self._follower.restart()
        self._follows = False

    def close(self) -> None:
        """Do nothing: the networks are those of all trackers of the process."""

    def _find_region(self, image: RgbImage, wanted: FaceSpot | None) -> Region | None:
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
            if region is not None and distance <= _FARTHEST * wanted.width:
                return _move(region, edges, width, height)
        return None

    def _find_people(
        self, image: RgbImage, left: int = 0, top: int = 0
    ) -> Iterator[tuple[float, float, Region]]:
        """Yield where each person's face is, px of the frame that `image` was cut from, and their region."""
        height, width = image.shape[:2]
        for person in self._search.find(image):
            x, y = person.face.astype(np.float64)
            yield x * width + left, y * height + top, person.region


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


def _move(region: Region, edges: tuple[int, int, int, int], width: int, height: int) -> Region:
    """Return a region of a part of the frame as one of the frame, which it is already where that is whole."""
    left, top, right, bottom = edges
    if (left, top, right, bottom) == (0, 0, width, height):
        return region
    return replace(
        region,
        x=np.float32((left + float(region.x) * (right - left)) / width),
        y=np.float32((top + float(region.y) * (bottom - top)) / height),
        width=np.float32(float(region.width) * ((right - left) / width)),
        height=np.float32(float(region.height) * ((bottom - top) / height)),
    )


class PoseReader:
    """Reads the 33 landmarks of MediaPipe Pose (a `BodyReader`)."""

    name = "pose"
    backend_name = "mediapipe-pose"

    def prepare(self, on_notice: Callable[[str], None]) -> None:
        """See that the networks are there; they are not downloaded without being asked for."""
        for name in (POSE_DETECTOR, POSE_LANDMARKS):
            read_weights(name)

    def describe(self) -> Backend:
        """Return the identity of the reader, without its networks."""
        return describe_backend(self.backend_name, POSE_DETECTOR, POSE_LANDMARKS, revision=2)

    def open_tracker(self) -> PoseTracker:
        """Return a new tracker."""
        return PoseTracker()
