"""MediaPipe's Face Mesh: the 478 points of one face, frame by frame.

The steps and constants are those of MediaPipe's graph ``face_landmark_front_cpu`` (0.10.21) with attention:
lips, eyes and irises come from networks of their own, which look at what the main network made of the
picture. Three operators of MediaPipe's own stand between the two. LiteRT does not know them, so the model runs
in two parts with those steps between.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from extract.networks.detector import Detection, decode, make_anchors, sigmoid
from extract.networks.elementary import find_angle, find_direction
from extract.networks.interpreter import Network, Tensor
from extract.networks.model_parts import cut_part, read_custom_options
from extract.networks.regions import WHOLE, Cropper, Points, Region, turn_upright
from extract.networks.weights import FACE_DETECTOR, FACE_LANDMARKS, read_weights
from extract.orientation import RgbImage

_DETECTOR_SIDE: Final = 128
_DETECTOR_LAYERS: Final = ((8, 2), (16, 6))
_MESH_SIDE: Final = 192
_REGION_SCALE: Final = 1.5
_LEAST_PRESENCE: Final = np.float32(0.5)
_EYES: Final = (0, 1)  # of the detector's points
_OUTER_EYES: Final = (33, 263)  # of the mesh's
_IRISES: Final = 10

# Tensors of the model, by number: the picture; features, mesh and whether it is a face at all, which the main
# network makes of it; where lips, right and left eye lie among the features; what is cut out there; and
# points of lips, right eye and iris, left eye and iris in what was cut out.
_PICTURE: Final = 0
_FEATURES, _MESH, _PRESENCE = 35, 186, 710
_PLACES: Final = (196, 197, 198)
_CUTS: Final = (199, 200, 201)
_PARTS: Final = (684, 687, 690, 693, 696)
# Which of the cuts each of the parts lies in.
_CUT_OF_PART: Final = (0, 1, 1, 2, 2)
# A pixel of the features is so many of the picture.
_FEATURE_STRIDE: Final = np.float32(4)


class FaceSearch:
    """Finds the faces of a picture, looking at it alone."""

    def __init__(self) -> None:
        self._network = _open_detector()
        self._cropper = Cropper(_DETECTOR_SIDE, -1, 1, keep_aspect=True, replicate=False)
        self._anchors = make_anchors(_DETECTOR_SIDE, _DETECTOR_LAYERS)

    def find(self, image: RgbImage) -> list[Detection]:
        """Return the faces of a picture, shares of it, the surest first.

        Their points are the right and left eye, the tip of the nose, the mouth, the right and left ear.
        """
        crop = self._cropper.cut(image, WHOLE)
        boxes, logits = self._network.run(crop.values)
        return [
            Detection(crop.remove_padding(one.box), crop.remove_padding(one.points))
            for one in decode(boxes[0], logits[0, :, 0], self._anchors, _DETECTOR_SIDE)
        ]


class MeshFollower:
    """Finds the mesh of one face, frame by frame."""

    def __init__(self) -> None:
        self._search = FaceSearch()
        self._main, self._parts, self._places = _open_mesh()
        self._cropper = Cropper(_MESH_SIDE, 0, 1, keep_aspect=False, replicate=True)
        self._region: Region | None = None

    def find(self, image: RgbImage) -> Points | None:
        """Return the mesh of the face that was found in the frame before; if none was, of any face.

        Returns
        -------
        ndarray or None
            float32, shape (478, 3), shares of the picture (z, in the units of x: smaller is nearer). None
            where no face is found.
        """
        region = self._region or self._search_region(image)
        self._region = None
        if region is None:
            return None
        crop = self._cropper.cut(image, region)
        features, mesh, presence = self._main.run(crop.values)
        if sigmoid(presence.ravel())[0] <= _LEAST_PRESENCE:
            return None
        points = region.place(self._refine(mesh.reshape(-1, 3), features[0]))
        self._region = _surround(points, image)
        return points

    def restart(self) -> None:
        """Forget where the face was."""
        self._region = None

    def _search_region(self, image: RgbImage) -> Region | None:
        found = self._search.find(image)
        if not found:
            return None
        box, eyes = found[0].box, found[0].points[list(_EYES)]
        return _make_region(box, eyes, image)

    def _refine(self, mesh: Points, features: Tensor) -> Points:
        """Return the mesh with the points of lips, eyes and irises from their own networks, as shares."""
        transforms = [place.locate(mesh / _FEATURE_STRIDE) for place in self._places]
        cuts = [sample(features, transform, place.side) for transform, place in zip(transforms, self._places)]
        refined = np.empty((len(mesh) + _IRISES, 3), np.float32)
        refined[: len(mesh)] = mesh / np.float32(_MESH_SIDE)
        found = self._parts.run(*cuts)
        for points, cut, rows in zip(found, _CUT_OF_PART, PART_POINTS, strict=True):
            refined[rows, :2] = _transform(points.reshape(-1, 2), transforms[cut]) / np.float32(_MESH_SIDE)
        for rows, around in zip(_IRIS_ROWS, _EYE_RINGS, strict=True):
            refined[rows, 2] = refined[around, 2].mean(dtype=np.float64)
        return refined


@dataclass(frozen=True)
class PartPlace:
    """Where a part of the face lies, by the mesh.

    Attributes
    ----------
    left, right
        The points that lie at the same height in an upright part.
    inside
        The points that it holds.
    scale
        How much larger than these it is.
    side
        Width and height of what is cut out, px.
    """

    left: int
    right: int
    inside: list[int]
    scale: np.float32
    side: int

    def locate(self, mesh: Points) -> Points:
        """Return the matrix, shape (2, 3), that turns pixels of what is cut out into pixels of the mesh."""
        across, down = mesh[self.right, :2] - mesh[self.left, :2]
        turn = -find_angle(down, across)
        cosine, sine = find_direction(turn)
        upright = np.array([[cosine, -sine], [sine, cosine]], np.float32)
        points = mesh[self.inside, :2]
        x = cosine * points[:, 0] - sine * points[:, 1]
        y = sine * points[:, 0] + cosine * points[:, 1]
        high, low = np.array([x.max(), y.max()]), np.array([x.min(), y.min()])
        middle = (low + high) / np.float32(2)
        centre = np.array(
            [cosine * middle[0] + sine * middle[1], -sine * middle[0] + cosine * middle[1]], np.float32
        )
        scale = self.scale * (high - low) / np.float32(self.side)
        linear = upright.T * scale
        half = np.float32(self.side / 2)
        shift = centre - (linear[:, 0] * half + linear[:, 1] * half)
        return np.column_stack((linear, shift)).astype(np.float32)


def sample(features: Tensor, transform: Points, side: int) -> Tensor:
    """Return a part of the features, upright, interpolated between them; 0 where it lies beyond them.

    Parameters
    ----------
    features
        Shape (rows, columns, channels).
    transform
        Shape (2, 3): turns pixels of the part into pixels of the features, both from their edges.
    side
        Width and height of the part.
    """
    rows, columns = features.shape[:2]
    # MediaPipe's operator takes pixels from their middles, and computes some of its steps in double precision.
    exact = transform.astype(np.float64)
    shift = (exact[:, 2] + (exact[:, 0] * 0.5 + exact[:, 1] * 0.5 - 0.5)).astype(np.float32)
    steps = np.arange(side, dtype=np.float32)
    x = (transform[0, 0] * steps + (transform[0, 1] * steps)[:, np.newaxis]) + shift[0]
    y = (transform[1, 0] * steps + (transform[1, 1] * steps)[:, np.newaxis]) + shift[1]
    beyond = (x < 0) | (x > columns - 1) | (y < 0) | (y > rows - 1)
    left, top = np.floor(x), np.floor(y)
    column, row = left.astype(int).clip(0, columns - 1), top.astype(int).clip(0, rows - 1)
    next_column, next_row = (column + 1).clip(max=columns - 1), (row + 1).clip(max=rows - 1)
    right_share, lower_share = (x - left)[..., np.newaxis], (y - top)[..., np.newaxis]
    upper = _blend(features[row, column], features[row, next_column], right_share)
    lower = _blend(features[next_row, column], features[next_row, next_column], right_share)
    sampled = _blend(upper, lower, lower_share)
    sampled[beyond] = 0
    return sampled


def _blend(first: Tensor, second: Tensor, share: Tensor) -> Tensor:
    blended: Tensor = ((1 - share.astype(np.float64)) * first + share * second).astype(np.float32)
    return blended


def _transform(points: Points, transform: Points) -> Points:
    """Return points of a part, in pixels of what was cut out, in pixels of the picture."""
    x, y = points.T
    shift = transform[:, 2] * _FEATURE_STRIDE
    return np.stack(
        [transform[k, 0] * x + transform[k, 1] * y + shift[k] for k in range(2)], axis=1
    ).astype(np.float32)


def _surround(points: Points, image: RgbImage) -> Region:
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    return _make_region(np.stack((low, high)), points[list(_OUTER_EYES), :2], image)


def _make_region(box: Points, eyes: Points, image: RgbImage) -> Region:
    low = box[0]
    width, height = box[1] - low
    x, y = low + np.array([width, height]) / np.float32(2)
    around = Region(x, y, width, height, turn_upright(eyes[0], eyes[1], image))
    return around.enlarge(_REGION_SCALE, image)


@functools.cache
def _open_detector() -> Network:
    return Network(read_weights(FACE_DETECTOR))


@functools.cache
def _open_mesh() -> tuple[Network, Network, list[PartPlace]]:
    model = read_weights(FACE_LANDMARKS)
    main = Network(cut_part(model, (_PICTURE,), (_FEATURES, _MESH, _PRESENCE)))
    parts = Network(cut_part(model, _CUTS, _PARTS))
    return main, parts, [_read_place(model, tensor) for tensor in _PLACES]


def _read_place(model: bytes, tensor: int) -> PartPlace:
    options = read_custom_options(model, tensor)
    return PartPlace(
        options["left_rotation_idx"],
        options["right_rotation_idx"],
        options["subset_idxs"],
        np.float32(options["scale_x"]),
        options["output_width"],
    )


PART_POINTS = ([61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 185, 40, 39, 37, 0, 267, 269, 270, 409, 78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 191, 80, 81, 82, 13, 312, 311, 310, 415, 76, 77, 90, 180, 85, 16, 315, 404, 320, 307, 306, 184, 74, 73, 72, 11, 302, 303, 304, 408, 62, 96, 89, 179, 86, 15, 316, 403, 319, 325, 292, 183, 42, 41, 38, 12, 268, 271, 272, 407], [33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173, 130, 25, 110, 24, 23, 22, 26, 112, 243, 247, 30, 29, 27, 28, 56, 190, 226, 31, 228, 229, 230, 231, 232, 233, 244, 113, 225, 224, 223, 222, 221, 189, 35, 124, 46, 53, 52, 65, 143, 111, 117, 118, 119, 120, 121, 128, 245, 156, 70, 63, 105, 66, 107, 55, 193], [468, 469, 470, 471, 472], [263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398, 359, 255, 339, 254, 253, 252, 256, 341, 463, 467, 260, 259, 257, 258, 286, 414, 446, 261, 448, 449, 450, 451, 452, 453, 464, 342, 445, 444, 443, 442, 441, 413, 265, 353, 276, 283, 282, 295, 372, 340, 346, 347, 348, 349, 350, 357, 465, 383, 300, 293, 334, 296, 336, 285, 417], [473, 474, 475, 476, 477])
_IRIS_ROWS = ([468, 469, 470, 471, 472], [473, 474, 475, 476, 477])
_EYE_RINGS = ([33, 7, 163, 144, 145, 153, 154, 155, 133, 246, 161, 160, 159, 158, 157, 173], [263, 249, 390, 373, 374, 380, 381, 382, 362, 466, 388, 387, 386, 385, 384, 398])
