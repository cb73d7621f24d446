"""MediaPipe's face network with attention: lips, eyes and irises come from networks of their own.

These look at what the main network made of the picture, where the mesh says that each part lies. That takes
operators of MediaPipe's own, which LiteRT does not know. So the model runs in two parts, and the steps of
those operators (`PartPlace`, `sample`, `_place`) are taken here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from extract.networks.detector import sigmoid
from extract.networks.elementary import find_angle, find_direction
from extract.networks.interpreter import Network, Tensor
from extract.networks.model_parts import Model
from extract.networks.regions import Points

_LEAST_PRESENCE: Final = np.float32(0.5)

# Tensors of the model, by number: the picture; features, mesh, and whether it is a face at all, which the
# main network makes of it; where lips, right and left eye lie among the features; what is cut out there; and
# the points of lips, right eye, right iris, left eye and left iris in what was cut out.
_PICTURE: Final = 0
_FEATURES_MESH_PRESENCE: Final = (35, 186, 710)
_PLACES: Final = (196, 197, 198)
_CUTS: Final = (199, 200, 201)
_PARTS: Final = (684, 687, 690, 693, 696)

_MESH: Final = 468
_REFINED: Final = 478
_IRISES: Final = (slice(468, 473), slice(473, 478))
# So many of an eye's points are the rim of its lids, whose depth is that of the iris.
_LIDS: Final = 16
# A pixel of the features is so many of the picture.
_FEATURE_STRIDE: Final = np.float32(4)
_TWO: Final = np.float32(2)


class AttentionMesh:
    """The face network; keeps nothing from one picture to the next.

    Parameters
    ----------
    model
        MediaPipe's ``face_landmark_with_attention.tflite``.
    side
        Width and height of the pictures, px.
    """

    def __init__(self, model: bytes, side: int) -> None:
        self._side = np.float32(side)
        whole = Model(model)
        self._main = Network(whole.cut_part((_PICTURE,), _FEATURES_MESH_PRESENCE))
        self._parts = Network(whole.cut_part(_CUTS, _PARTS))
        self._places = [_read_place(whole, tensor) for tensor in _PLACES]

    def find(self, picture: Tensor) -> Points | None:
        """Return the mesh of the face, float32, shape (478, 3), shares of the picture; None without one."""
        features, mesh, presence = self._main.run(picture)
        if sigmoid(presence.ravel())[0] <= _LEAST_PRESENCE:
            return None
        mesh = mesh.reshape(_MESH, 3)
        in_features = mesh[:, :2] / _FEATURE_STRIDE
        places = np.stack([place.locate(in_features) for place in self._places])
        found = self._parts.run(*sample(features[0], places, self._places[0].side))
        refined = np.empty((_REFINED, 3), np.float32)
        refined[:_MESH] = mesh / self._side
        lips, right_eye, left_eye = (place.inside for place in self._places)
        rows: tuple[Any, ...] = (lips, right_eye, _IRISES[0], left_eye, _IRISES[1])
        for part, of_part, k in zip(found, rows, (0, 1, 1, 2, 2), strict=True):
            refined[of_part, :2] = _place(part.reshape(-1, 2), places[k]) / self._side
        for iris, eye in zip(_IRISES, (right_eye, left_eye), strict=True):
            refined[iris, 2] = refined[eye[:_LIDS], 2].mean(dtype=np.float64)
        return refined


@dataclass(frozen=True)
class PartPlace:
    """How a part of the face is found by the mesh.

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
    inside: npt.NDArray[np.intp]
    scale: np.float32
    side: int

    def locate(self, mesh: Points) -> Points:
        """Return the matrix, shape (2, 3), that turns pixels of what is cut out into those of the features.

        `mesh` has shape (points, 2), px of the features.
        """
        across, down = mesh[self.right] - mesh[self.left]
        cosine, sine = find_direction(-find_angle(down, across))
        x, y = mesh.take(self.inside, axis=0).T
        upright_x, upright_y = cosine * x - sine * y, sine * x + cosine * y
        low_x, high_x, low_y, high_y = upright_x.min(), upright_x.max(), upright_y.min(), upright_y.max()
        middle_x, middle_y = (low_x + high_x) / _TWO, (low_y + high_y) / _TWO
        side, half = np.float32(self.side), np.float32(self.side / 2)
        scale_x, scale_y = self.scale * (high_x - low_x) / side, self.scale * (high_y - low_y) / side
        along_x, down_x = cosine * scale_x, sine * scale_y
        along_y, down_y = -sine * scale_x, cosine * scale_y
        shift_x = cosine * middle_x + sine * middle_y - (along_x * half + down_x * half)
        shift_y = cosine * middle_y - sine * middle_x - (along_y * half + down_y * half)
        return np.array(((along_x, down_x, shift_x), (along_y, down_y, shift_y)))


def sample(features: Tensor, places: Tensor, side: int) -> Tensor:
    """Return parts of the features, upright, interpolated between them; 0 where a part lies beyond them.

    Parameters
    ----------
    features
        float32, shape (rows, columns, channels).
    places
        float32, shape (parts, 2, 3): turns pixels of a part, from their edges, into pixels of the features.
    side
        Width and height of the parts.

    Returns
    -------
    ndarray
        float32, shape (parts, side, side, channels).
    """
    rows, columns, channels = features.shape
    # MediaPipe's operator takes pixels by their middles, and some of its steps in double precision.
    exact = places.astype(np.float64)
    shift = (exact[:, :, 2] + (exact[:, :, 0] * 0.5 + exact[:, :, 1] * 0.5 - 0.5)).astype(np.float32)
    steps = np.arange(side, dtype=np.float32)
    along, down = places[:, :, 0, np.newaxis] * steps, places[:, :, 1, np.newaxis] * steps
    at = (along[:, :, np.newaxis, :] + down[:, :, :, np.newaxis]) + shift[:, :, np.newaxis, np.newaxis]
    x, y = at[:, 0].ravel(), at[:, 1].ravel()
    within = (x >= 0) & (x <= columns - 1) & (y >= 0) & (y <= rows - 1)
    left, top = np.floor(x), np.floor(y)
    right_share, lower_share = (x - left)[:, np.newaxis], (y - top)[:, np.newaxis]
    first = np.where(within, top * columns + left, 0).astype(np.intp)
    # In the last column and row the shares of what would lie beyond are 0.
    next_column = (left < columns - 1) & within
    below = first + ((top < rows - 1) & within) * columns
    flat = features.reshape(-1, channels)
    upper, lower = (
        _blend(flat.take(row, axis=0), flat.take(row + next_column, axis=0), right_share)
        for row in (first, below)
    )
    sampled = _blend(upper, lower, lower_share)
    if not within.all():
        sampled *= within[:, np.newaxis]
    return sampled.reshape(len(places), side, side, channels)


def _blend(one: Tensor, other: Tensor, share: Tensor) -> Tensor:
    mixed = (1 - share.astype(np.float64)) * one
    mixed += share * other
    return mixed.astype(np.float32)


def _place(points: Points, place: Points) -> Points:
    """Return points of a part, in pixels of what was cut out times the stride, in pixels of the picture."""
    along, down, shift = place.T[:, :, np.newaxis]
    x, y = points.T
    placed: Points = (along * x + down * y + shift * _FEATURE_STRIDE).T
    return placed


def _read_place(model: Model, tensor: int) -> PartPlace:
    options = model.read_custom_options(tensor)
    return PartPlace(
        left=options["left_rotation_idx"],
        right=options["right_rotation_idx"],
        inside=np.array(options["subset_idxs"], np.intp),
        scale=np.float32(options["scale_x"]),
        side=options["output_width"],
    )
