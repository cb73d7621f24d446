"""Finding the faces of a picture, and the numbers by which they are told apart: YuNet and SFace."""

from __future__ import annotations

import functools
import threading
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from extract.description import Backend
from extract.head import FaceSpot
from extract.orientation import RgbImage
from extract.people.person import EMBEDDING_WIDTH, Embedding
from extract.people.weights import FINDER, RECOGNISER, describe_weights, read_weights

# To be raised when what we do with the networks changes embeddings: they are not comparable then.
_REVISION: Final = 1
# Faces are searched in a picture made so much smaller, in which those of 40 px are found, but not smaller
# than the first nor larger than the second number of pixels along its longer side, which bounds the time.
# docs/measurements/people.md: how many faces of which size are found, and how well they are told apart.
_SCALE: Final = 0.375
_SMALLEST_SIDE: Final = 480
_LARGEST_SIDE: Final = 720
_SCORE: Final = 0.7
_OVERLAP: Final = 0.3
_MOST_FACES: Final = 50
# A smaller or less certain face is seen, but not told from others.
SMALLEST_PX: Final = 40.0
_SURE_SCORE: Final = 0.8
# A face that is in the same place, to this share of its width, and whose grey values differ by less than this
# in the mean, does not move: people who sit still blink, and their lips move.
_STILL_PLACE: Final = 0.015
_STILL_GREY: Final = 2.5
_STILL_SIDE: Final = 32
# From frame to frame the picture around a followed head stays as alike as this (correlation of grey values),
# its place within so many of its widths, and its width within this factor. Frames of four speakers, 30 a
# second: .58 and more, .15, and 1.08. Where somebody walks before the head it falls below .5.
_ALIKE: Final = 0.5
_JUMP: Final = 0.5
_SIZE_JUMP: Final = 1.4
# In a face seen from the front the nose lies in the middle between the eyes: 0; beyond an eye is above 0.5.
_TURNED: Final = 0.45


class Face(NamedTuple):
    """A face in a picture.

    Attributes
    ----------
    left, top, width, height
        Its box from forehead to chin, px.
    points
        float64, shape (5, 2), px: eye, eye, nose, corner and corner of the mouth; the eye and the corner that
        are to the left of the picture in a face seen from the front come first.
    score
        How sure the network is that it is a face, 0 to 1.
    """

    left: float
    top: float
    width: float
    height: float
    points: npt.NDArray[np.float64]
    score: float

    @property
    def spot(self) -> FaceSpot:
        """Its middle and width."""
        return FaceSpot(self.left + self.width / 2, self.top + self.height / 2, self.width)

    @property
    def is_clear(self) -> bool:
        """Whether it is large, certain and frontal enough to be told from others."""
        eyes, nose = self.points[:2], self.points[2]
        across = eyes[1] - eyes[0]
        turn = (nose - eyes.mean(axis=0)) @ across / max(float(across @ across), 1e-9)
        return self.width >= SMALLEST_PX and self.score >= _SURE_SCORE and abs(turn) <= _TURNED


class FaceNetworks:
    """YuNet, which finds faces, and SFace, which turns each into 128 numbers; both look at one picture alone.

    Raises
    ------
    DependencyError
        When the networks are not installed.
    """

    def __init__(self) -> None:
        import cv2

        nothing = np.zeros(0, np.uint8)
        finder, recogniser = (np.frombuffer(read_weights(name), np.uint8) for name in (FINDER, RECOGNISER))
        self._finder: Any = cv2.FaceDetectorYN.create(
            "onnx", finder, nothing, (_SMALLEST_SIDE, _SMALLEST_SIDE), _SCORE, _OVERLAP, _MOST_FACES
        )
        self._recogniser: Any = cv2.FaceRecognizerSF.create("onnx", recogniser, nothing)
        # Both keep their input from one call to the next, and all threads of the process use them.
        self._lock = threading.Lock()

    def find(self, image: RgbImage) -> list[Face]:
        """Return the faces in a picture, the surest first."""
        import cv2

        height, width = image.shape[:2]
        longer = max(height, width)
        side = min(max(_SCALE * longer, _SMALLEST_SIDE), _LARGEST_SIDE, longer)
        size = max(1, round(width * side / longer)), max(1, round(height * side / longer))
        small = cv2.cvtColor(cv2.resize(image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2BGR)
        with self._lock:
            self._finder.setInputSize(size)
            found = self._finder.detect(small)[1]
        if found is None:
            return []
        scale = np.array((width / size[0], height / size[1]))
        rows = found[np.argsort(-found[:, -1], kind="stable")].astype(np.float64)
        return [_make_face(row, scale) for row in rows]

    def embed(self, image: RgbImage, face: Face) -> Embedding:
        """Return the 128 numbers of a face in a picture, float32 of length 1."""
        return self.embed_aligned(self.align(image, face))

    def align(self, image: RgbImage, face: Face) -> RgbImage:
        """Return the picture of a face alone, upright, 112 x 112 px, to be embedded later."""
        box = (face.left, face.top, face.width, face.height, *face.points.ravel(), face.score)
        return np.asarray(self._recogniser.alignCrop(image, np.array(box, np.float32)), np.uint8)

    def embed_aligned(self, aligned: RgbImage) -> Embedding:
        """Return what `embed` does, of a face that was aligned before."""
        with self._lock:
            numbers = self._recogniser.feature(np.ascontiguousarray(aligned[:, :, ::-1])).ravel()
        return to_direction(numbers)


def _make_face(row: npt.NDArray[np.float64], scale: npt.NDArray[np.float64]) -> Face:
    left, top, width, height = (row[:4].reshape(2, 2) * scale).ravel().tolist()
    return Face(left, top, width, height, row[4:14].reshape(5, 2) * scale, float(row[-1]))


@functools.cache
def load_networks() -> FaceNetworks:
    """Return the networks, which are loaded once in a process; raises as `FaceNetworks` does."""
    return FaceNetworks()


def describe_networks() -> Backend:
    """Return the identity of the networks, without loading them."""
    return Backend(name="sface", version=f"2021dec-int8bq-{_REVISION}", weights=describe_weights())


def to_direction(numbers: npt.NDArray[np.floating[Any]]) -> Embedding:
    """Return numbers scaled to length 1, float32; NaN where they are no direction."""
    length = float(np.linalg.norm(numbers))
    if not 0 < length < np.inf:
        return np.full(len(numbers), np.nan, np.float32)
    return np.asarray(numbers / length, np.float32)


def average_directions(embeddings: Sequence[Embedding], weights: Sequence[float] | None = None) -> Embedding:
    """Return the mean direction of embeddings, float32 of length 1; NaN for none, or if they cancel out.

    Parameters
    ----------
    embeddings
        Each of shape (128,) and length 1.
    weights
        How much each counts; None where all count alike.
    """
    directions = np.asarray(embeddings, np.float64).reshape(-1, EMBEDDING_WIDTH)
    return to_direction(directions.sum(axis=0) if weights is None else np.array(weights) @ directions)


class FacePrint(NamedTuple):
    """Where a face was and what it looked like, to see whether it moves at all, or is suddenly another."""

    spot: FaceSpot
    grey: npt.NDArray[np.float32]

    def is_same(self, other: FacePrint) -> bool:
        """Return whether both are one picture in one place: a poster, a photograph, a print on cloth."""
        reach, width = _STILL_PLACE * self.spot.width, other.spot.width
        return (
            abs(other.spot.x - self.spot.x) <= reach
            and abs(other.spot.y - self.spot.y) <= reach
            and abs(width - self.spot.width) <= 2 * reach
            and float(np.abs(other.grey - self.grey).mean()) < _STILL_GREY
        )

    def is_broken_by(self, other: FacePrint) -> bool:
        """Return whether in the next frame it is another face, or something before it, or far elsewhere."""
        larger, smaller = max(other.spot.width, self.spot.width), min(other.spot.width, self.spot.width)
        if self.spot.distance_to(other.spot) > _JUMP or larger > _SIZE_JUMP * smaller:
            return True
        first, second = (one.grey - one.grey.mean() for one in (self, other))
        power = float(np.sqrt((first**2).sum() * (second**2).sum()))
        return float((first * second).sum()) < _ALIKE * power


def print_face(image: RgbImage, spot: FaceSpot) -> FacePrint:
    """Return the print of a face, px of the picture."""
    return FacePrint(spot, crop_face(image, spot, _STILL_SIDE).mean(axis=2, dtype=np.float32))


def crop_face(image: RgbImage, spot: FaceSpot, side: int) -> RgbImage:
    """Return the picture of a face with some room around it, square, `side` px."""
    import cv2

    half = 0.9 * spot.width
    corners = np.array(
        [(spot.x - half, spot.y - half), (spot.x + half, spot.y - half), (spot.x - half, spot.y + half)]
    )
    target = np.array([(0, 0), (side, 0), (0, side)], np.float32)
    matrix = cv2.getAffineTransform(corners.astype(np.float32), target)
    cropped = cv2.warpAffine(
        image, matrix, (side, side), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cropped, np.uint8)
