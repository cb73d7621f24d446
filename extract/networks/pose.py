"""MediaPipe Pose in two parts: one finds the people of a picture, the other follows one of them.

The steps and constants are those of MediaPipe's graph ``pose_landmark_cpu`` (0.10.21), without its smoothing
of landmarks. The landmark network runs without the branch that paints a mask of the person, which nobody
reads: a third of its time.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final

import numpy as np

from extract.networks.detector import decode, make_anchors, sigmoid
from extract.networks.interpreter import Network, Tensor
from extract.networks.model_parts import Model
from extract.networks.regions import WHOLE, Cropper, Points, Region, measure_circle, span_circle
from extract.networks.smoothing import OneEuroFilter
from extract.networks.weights import POSE_DETECTOR, POSE_LANDMARKS, read_weights
from extract.orientation import RgbImage

_DETECTOR_SIDE: Final = 224
_DETECTOR_LAYERS: Final = ((8, 2), (16, 2), (32, 6))
_LANDMARKS_SIDE: Final = 256
_LANDMARKS: Final = 33
# Of the network's 39 points, these two span the circle around the body: its centre and a point on its rim.
_CIRCLE: Final = slice(33, 35)
_REGION_SCALE: Final = 1.25
_LEAST_PRESENCE: Final = 0.5
# Tensors of the landmark model, by number: the picture; points, whether it is a body at all, and heatmaps.
_PICTURE: Final = 0
_FOUND: Final = (337, 342, 298)
_REFINED_FROM: Final = np.float32(0.5)
# MediaPipe's graph names 7 cells, and yet 9 are taken.
_HEATMAP_WINDOW: Final = np.arange(-4, 5)


@dataclass(frozen=True)
class Person:
    """Somebody who was found in a picture.

    Attributes
    ----------
    face
        float32, shape (2,), shares of the picture: where their face is.
    region
        What the landmark network is to look at.
    """

    face: Points
    region: Region


class PoseSearch:
    """Finds the people of a picture, looking at it alone."""

    def __init__(self) -> None:
        self._network = _open_detector()
        self._cropper = Cropper(_DETECTOR_SIDE, -1, 1, keep_aspect=True, replicate=False)
        self._anchors = make_anchors(_DETECTOR_SIDE, _DETECTOR_LAYERS)

    def find(self, image: RgbImage) -> list[Person]:
        """Return the people of a picture, the surest first."""
        crop = self._cropper.cut(image, WHOLE)
        boxes, logits = self._network.run(crop.values)
        people = []
        for found in decode(boxes[0], logits[0, :, 0], self._anchors, _DETECTOR_SIDE):
            circle = crop.remove_padding(found.points[:2])
            region = span_circle(circle, image).enlarge(_REGION_SCALE, image)
            people.append(Person(crop.remove_padding(found.box).mean(axis=0), region))
        return people


class PoseFollower:
    """Finds the landmarks of one person, frame by frame."""

    def __init__(self) -> None:
        self._network = _open_landmarks()
        self._cropper = Cropper(_LANDMARKS_SIDE, 0, 1, keep_aspect=True, replicate=True)
        self._region: Region | None = None
        self._filter = OneEuroFilter()

    def find(self, image: RgbImage, region: Region | None) -> tuple[Points, Tensor] | None:
        """Return the landmarks of the person in a region; by default where those of the frame before were.

        Returns
        -------
        tuple or None
            float32, shape (33, 3), shares of the picture (z, in the units of x: smaller is nearer); and
            float32, shape (33,): how sure the network is that each is in view, 0 to 1. None where nobody is
            there, or nobody was and no region is given.
        """
        region = region or self._region
        self._region = None
        if region is None or not region.width > 0:  # the circle around the body has shrunk to a point
            self._filter = OneEuroFilter()
            return None
        crop = self._cropper.cut(image, region)
        raw, presence, heatmap = self._network.run(crop.values)
        if presence.item() <= _LEAST_PRESENCE:
            self._filter = OneEuroFilter()
            return None
        raw = raw.reshape(-1, 5)[: _CIRCLE.stop]
        points = raw[:, :3] / np.float32(_LANDMARKS_SIDE)
        refine_by_heatmap(points, heatmap[0])
        points = region.place(crop.remove_padding(points))
        self._region = self._find_next_region(points[_CIRCLE, :2], image)
        # MediaPipe's filter of landmarks, though it is off, turns shares into pixels and back.
        height, width = image.shape[:2]
        picture = np.array([width, height, width], np.float32)
        return points[:_LANDMARKS] * picture / picture, sigmoid(raw[:_LANDMARKS, 3])

    def restart(self) -> None:
        """Forget where the person was."""
        self._region = None
        self._filter = OneEuroFilter()

    def _find_next_region(self, circle: Points, image: RgbImage) -> Region:
        picture = np.array(image.shape[1::-1], np.float32)
        size = measure_circle(circle, image)
        steady = self._filter.smooth(circle * picture, size) / picture
        return span_circle(steady, image).enlarge(_REGION_SCALE, image)


def refine_by_heatmap(points: Points, heatmap: Tensor) -> None:
    """Move points in place to the centre of gravity of their heatmap around them, where it is sure.

    Parameters
    ----------
    points
        float32, shape (n, 2 or 3), shares of the region; z stays.
    heatmap
        float32, shape (rows, columns, n or more), logits, those of the points first.
    """
    rows, columns, channels = heatmap.shape
    # MediaPipe truncates, so what is a little to the left of the first column belongs to it; and it lets
    # points pass that lie below the last row.
    cells = (points[:, :2] * np.array([columns, rows], np.float32)).astype(np.int64)
    moved = np.flatnonzero((cells[:, 0] >= 0) & (cells[:, 0] < columns) & (cells[:, 1] >= 0))
    column, row = cells[moved].T[:, np.newaxis] + _HEATMAP_WINDOW[:, np.newaxis]
    inside = ((row >= 0) & (row < rows))[:, np.newaxis] & (column >= 0) & (column < columns)
    places = (row[:, np.newaxis] * columns + column) * channels + moved
    weights = sigmoid(heatmap.ravel().take(places, mode="clip")) * inside
    terms = np.empty((*weights.shape[:2], 3, len(moved)), np.float32)
    terms[:, :, 0] = weights
    np.multiply(weights, column.astype(np.float32), out=terms[:, :, 1])
    np.multiply(weights, row.astype(np.float32)[:, np.newaxis], out=terms[:, :, 2])
    # Over an axis that is not the last in memory NumPy adds one by one, as MediaPipe does.
    sums = np.add.reduce(terms.reshape(_HEATMAP_WINDOW.size**2, 3, -1), axis=0)
    sure = weights.max(axis=(0, 1)) >= _REFINED_FROM
    total, x, y = sums[:, sure]
    points[moved[sure], 0] = x / np.float32(columns) / total
    points[moved[sure], 1] = y / np.float32(rows) / total


@functools.cache
def _open_detector() -> Network:
    return Network(read_weights(POSE_DETECTOR))


@functools.cache
def _open_landmarks() -> Network:
    return Network(Model(read_weights(POSE_LANDMARKS)).cut_part((_PICTURE,), _FOUND))
