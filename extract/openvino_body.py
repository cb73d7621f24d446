"""Body landmarks by MediaPipe's own pose networks, run by OpenVINO: the same numbers in less time.

MediaPipe runs its landmark network whole, with the branch that paints a segmentation mask. Here that branch
is cut off before the network is compiled. The steps around the networks, and their constants, are those of
MediaPipe's graphs ``pose_landmark_cpu``, ``pose_detection_cpu`` and ``pose_landmark_by_roi_cpu`` (0.10.21).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from extract.body import BodyReading
from extract.errors import DependencyError
from extract.mediapipe_models import locate_weights
from extract.orientation import RgbImage

Array = npt.NDArray[np.float32]

_DETECTOR_SIDE: Final = 224
_LANDMARK_SIDE: Final = 256
# Cells of the detector's output maps: (stride in pixels, boxes of each cell).
_ANCHOR_LAYERS: Final = ((8, 2), (16, 2), (32, 6))
_LEAST_SCORE: Final = 0.5
_LEAST_OVERLAP: Final = 0.3
_LANDMARKS: Final = 33
# Of the 39 points of the network, these two span the region of the next frame: middle of the hips, and a
# point as far from it as the circle around the body reaches.
_REGION_POINTS: Final = slice(33, 35)
_REGION_SCALE: Final = 1.25
# MediaPipe smooths these two points, though not the landmarks, so that the region is steady. It counts
# 33.3 ms a frame whatever the video's rate.
_FRAMES_A_SECOND: Final = 1 / 33333e-6
_SLOWEST_HZ: Final = 0.01
_HZ_PER_SPEED: Final = 10.0
_SPEED_HZ: Final = 1.0
_HEATMAP_WINDOW: Final = np.arange(-4, 5)
_SEGMENTATION_OUTPUT: Final = "Identity_2"


@dataclass(frozen=True)
class Region:
    """A turned square in a picture: centre (px), side (px), clockwise turn (rad)."""

    x: float
    y: float
    side: float
    turn: float

    def cut_from(self, image: RgbImage, side: int, *, replicate: bool) -> RgbImage:
        """Return the region as an upright picture of `side` pixels.

        Outside of the image it is black or, with `replicate`, goes on as the image's border.
        """
        import cv2

        corners = cv2.boxPoints(((self.x, self.y), (self.side, self.side), np.degrees(self.turn)))
        upright = np.array([(0, side), (0, 0), (side, 0)], np.float32)
        cut = cv2.warpAffine(
            image,
            cv2.getAffineTransform(corners[:3], upright),
            (side, side),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE if replicate else cv2.BORDER_CONSTANT,
        )
        return np.asarray(cut, np.uint8)

    def place(self, points: Array) -> npt.NDArray[np.float64]:
        """Return points (shape (n, 2), 0 to 1 inside the region) in pixels of the picture."""
        cosine, sine = np.cos(self.turn), np.sin(self.turn)
        offsets = (points.astype(np.float64) - 0.5) @ np.array([[cosine, sine], [-sine, cosine]])
        placed: npt.NDArray[np.float64] = offsets * self.side + (self.x, self.y)
        return placed


def region_around(centre: npt.NDArray[np.float64], rim: npt.NDArray[np.float64]) -> Region:
    """Return the region of a body from the middle of its hips and a point on the circle around it (px)."""
    x, y = rim - centre
    turn = np.pi / 2 - np.arctan2(-y, x)
    side = 2 * np.hypot(x, y) * _REGION_SCALE
    return Region(
        float(centre[0]), float(centre[1]), float(side), float((turn + np.pi) % (2 * np.pi) - np.pi)
    )


class RegionSmoother:
    """The One-Euro filter over the points that span the region.

    References
    ----------
    G. Casiez, N. Roussel and D. Vogel, "1 Euro Filter", CHI 2012. Speeds are in sizes of the body a second,
    as MediaPipe's LandmarksSmoothingCalculator has them.
    """

    def __init__(self) -> None:
        self._raw: npt.NDArray[np.float64] | None = None
        self._smooth = np.zeros((2, 2))
        self._speed = np.zeros((2, 2))

    def smooth(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return the points of the next frame (shape (2, 2), px), smoothed."""
        if self._raw is None:
            self._smooth = points
        else:
            size = 2 * max(float(np.hypot(*(points[1] - points[0]))), 1e-6)
            speed = (points - self._raw) / size * _FRAMES_A_SECOND
            self._speed += _weigh(_SPEED_HZ) * (speed - self._speed)
            weight = _weigh(_SLOWEST_HZ + _HZ_PER_SPEED * np.abs(self._speed))
            self._smooth = weight * points + (1 - weight) * self._smooth
        self._raw = points
        return self._smooth


def _weigh(cutoff_hz: Any) -> Any:
    """Return the weight of the newest value in a low-pass filter."""
    return 1 / (1 + _FRAMES_A_SECOND / (2 * np.pi * cutoff_hz))


class OpenVinoBodyReader:
    """Tracks one person through successive frames of one video (a `BodyReader`)."""

    def __init__(self) -> None:
        self._detect = _compile(
            locate_weights("pose_detection/pose_detection.tflite"), mean=127.5, scale=127.5
        )
        self._mark = _compile(
            locate_weights("pose_landmark/pose_landmark_full.tflite"), mean=0.0, scale=255.0
        )
        self._anchors = _make_anchors()
        self._region: Region | None = None
        self._smoother = RegionSmoother()

    def read(self, image: RgbImage) -> BodyReading | None:
        """Return the body in the next frame, or None where no person is found."""
        if self._region is None:
            self._smoother = RegionSmoother()
        region = self._region or self._find_body(image)
        self._region = None
        if region is None:
            return None
        crop = region.cut_from(image, _LANDMARK_SIDE, replicate=True)
        outputs = self._mark(crop)
        if outputs["Identity_1"].item() < _LEAST_SCORE:
            return None
        raw = outputs["Identity"].reshape(-1, 5)
        inside = raw[:, :2] / _LANDMARK_SIDE
        refine_by_heatmap(inside, outputs["Identity_3"][0])
        points = region.place(inside)
        self._region = region_around(*self._smoother.smooth(points[_REGION_POINTS]))
        depth = raw[:_LANDMARKS, 2] / _LANDMARK_SIDE * region.side
        landmarks = np.column_stack((points[:_LANDMARKS], depth)).astype(np.float64)
        return BodyReading(landmarks, _sigmoid(raw[:_LANDMARKS, 3]).astype(np.float64))

    def _find_body(self, image: RgbImage) -> Region | None:
        height, width = image.shape[:2]
        whole = Region(width / 2, height / 2, max(width, height), 0.0)
        picture = whole.cut_from(image, _DETECTOR_SIDE, replicate=False)
        outputs = self._detect(picture)
        points = pick_body(outputs["Identity"][0], outputs["Identity_1"][0, :, 0], self._anchors)
        return None if points is None else region_around(*whole.place(points)[:2])

    def restart(self) -> None:
        """Forget where the person was: the next frame shows another scene."""
        self._region = None

    def close(self) -> None:
        """Nothing to free: the networks go with the object."""


def _compile(weights: Path, *, mean: float, scale: float) -> Callable[[RgbImage], dict[str, Array]]:
    """Return a function from a picture to the outputs of a network that sees (picture - mean) / scale."""
    try:
        import openvino
        from openvino import preprocess
    except ModuleNotFoundError as error:
        raise DependencyError(
            "OpenVINO is not installed. Install it with `pip install 'motion-signature[openvino]'`, or leave "
            "--engine out."
        ) from error
    core = openvino.Core()
    network = core.read_model(weights)
    for result in network.get_results():
        if _SEGMENTATION_OUTPUT in result.output(0).get_names():
            network.remove_result(result)
    pixels = preprocess.PrePostProcessor(network)
    pixels.input().tensor().set_element_type(openvino.Type.u8)
    pixels.input().preprocess().convert_element_type(openvino.Type.f32).mean(mean).scale(scale)
    network = pixels.build()
    # One thread, since workers share the processors, and full precision: half would move landmarks.
    compiled = core.compile_model(
        network, "CPU", {"INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": "f32"}
    )
    names = [output.get_any_name() for output in compiled.outputs]
    request = compiled.create_infer_request()

    def infer(picture: RgbImage) -> dict[str, Array]:
        request.infer({0: picture[np.newaxis]})
        return {name: request.get_output_tensor(i).data for i, name in enumerate(names)}

    return infer


def _make_anchors() -> Array:
    """Return the centres of the detector's boxes, shape (2254, 2), 0 to 1: x, y."""
    layers = []
    for stride, boxes in _ANCHOR_LAYERS:
        cells = _DETECTOR_SIDE // stride
        middles = (np.arange(cells) + 0.5) / cells
        x, y = np.meshgrid(middles, middles)
        layers.append(np.repeat(np.column_stack((x.ravel(), y.ravel())), boxes, axis=0))
    anchors: Array = np.concatenate(layers).astype(np.float32)
    return anchors


def pick_body(boxes: Array, logits: Array, anchors: Array) -> Array | None:
    """Return the four points of the surest body, shape (4, 2), 0 to 1 in the picture; None for none.

    Boxes that overlap the surest one by more than 30 % are averaged with it, weighted by their scores.

    Parameters
    ----------
    boxes
        Shape (anchors, 12): centre, size and four points relative to the anchor, in pixels of the input.
    logits
        Shape (anchors,).
    anchors
        Shape (anchors, 2).
    """
    scores = _sigmoid(logits)
    sure = np.flatnonzero(scores >= _LEAST_SCORE)
    if not len(sure):
        return None
    values = boxes[sure].reshape(len(sure), 6, 2) / _DETECTOR_SIDE
    values[:, [0, 2, 3, 4, 5]] += anchors[sure, np.newaxis]
    low, high = values[:, 0] - values[:, 1] / 2, values[:, 0] + values[:, 1] / 2
    best = int(np.argmax(scores[sure]))
    shared = np.clip(np.minimum(high, high[best]) - np.maximum(low, low[best]), 0, None).prod(axis=1)
    areas = (high - low).prod(axis=1)
    near = shared / (areas + areas[best] - shared) > _LEAST_OVERLAP
    near[best] = True
    weights = scores[sure][near]
    return np.asarray(np.average(values[near, 2:], axis=0, weights=weights), np.float32)


def refine_by_heatmap(points: Array, heatmap: Array) -> None:
    """Move points in place to the centre of gravity of their heatmap around them, where it is sure.

    Parameters
    ----------
    points
        Shape (n, 2), 0 to 1 in the region.
    heatmap
        Shape (rows, columns, n), logits.
    """
    rows, columns, count = heatmap.shape
    # MediaPipe truncates, so what is a little to the left of the first column belongs to it.
    cells = (points * (columns, rows)).astype(np.int64)
    within = ((cells >= 0) & (cells < (columns, rows))).all(axis=1)
    column = cells[:, :1] + _HEATMAP_WINDOW
    row = cells[:, 1:] + _HEATMAP_WINDOW
    inside = ((row >= 0) & (row < rows))[:, :, np.newaxis] & ((column >= 0) & (column < columns))[
        :, np.newaxis
    ]
    logits = heatmap[
        row.clip(0, rows - 1)[:, :, np.newaxis],
        column.clip(0, columns - 1)[:, np.newaxis],
        np.arange(count)[:, np.newaxis, np.newaxis],
    ]
    weights = _sigmoid(logits) * inside
    sure = within & (weights.max(axis=(1, 2)) >= _LEAST_SCORE)
    total = weights[sure].sum(axis=(1, 2))
    points[sure, 0] = (weights[sure].sum(axis=1) * column[sure]).sum(axis=1) / total / columns
    points[sure, 1] = (weights[sure].sum(axis=2) * row[sure]).sum(axis=1) / total / rows


def _sigmoid(values: Array) -> Array:
    with np.errstate(over="ignore"):
        squashed: Array = np.float32(1) / (1 + np.exp(-values))
    return squashed
