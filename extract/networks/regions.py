"""Regions of a picture: cutting them out for a network, and placing what it finds back into the picture.

Everything is computed in single precision and in the order of MediaPipe's calculators, so that regions and
landmarks are the same as MediaPipe's wherever its networks are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from extract.networks.elementary import find_angle, find_direction
from extract.networks.interpreter import Tensor
from extract.orientation import RgbImage

# float32, shape (n, 2) or (n, 3), as shares of a picture or region: x, y and, in the units of x, z.
Points = npt.NDArray[np.float32]

_ONE: Final = np.float32(1)
_HALF: Final = np.float32(0.5)
_TWO: Final = np.float32(2)


@dataclass(frozen=True)
class Region:
    """A turned rectangle in a picture.

    Attributes
    ----------
    x, y
        Its centre, as shares of the picture's width and height.
    width, height
        Its sides, as shares of the same.
    turn
        How far it is turned clockwise, rad, from -pi to pi.
    """

    x: np.float32
    y: np.float32
    width: np.float32
    height: np.float32
    turn: np.float32

    def enlarge(self, factor: float, image: RgbImage) -> Region:
        """Return a square about the same centre, `factor` times as large as the longer side."""
        width, height = _measure(image)
        side = max(self.width * width, self.height * height)
        scale = np.float32(factor)
        return Region(self.x, self.y, side / width * scale, side / height * scale, self.turn)

    def place(self, points: Points) -> Points:
        """Return points of the region as points of the picture.

        Only right where the region is square, in pixels.
        """
        offset = points[:, :2] - _HALF
        cosine, sine = find_direction(self.turn)
        x = cosine * offset[:, 0] - sine * offset[:, 1]
        y = sine * offset[:, 0] + cosine * offset[:, 1]
        placed = points * self.width
        placed[:, 0], placed[:, 1] = x * self.width + self.x, y * self.height + self.y
        return placed


WHOLE: Final = Region(_HALF, _HALF, _ONE, _ONE, np.float32(0))


@dataclass(frozen=True)
class Crop:
    """A region as a network sees it.

    Attributes
    ----------
    values
        float32, shape (side, side, 3).
    padding
        Which shares of its width lie left and right of the region, and of its height above and below.
    """

    values: Tensor
    padding: tuple[np.float32, np.float32]

    def remove_padding(self, points: Points) -> Points:
        """Return points of the crop as points of the region."""
        left, above = self.padding
        seen_width, seen_height = _ONE - (left + left), _ONE - (above + above)
        placed = points / seen_width
        placed[:, 0], placed[:, 1] = (points[:, 0] - left) / seen_width, (points[:, 1] - above) / seen_height
        return placed


class Cropper:
    """Cuts regions out of pictures as a network wants them.

    Parameters
    ----------
    side
        Width and height of what the network sees, px.
    low, high
        Which numbers stand for black and white.
    keep_aspect
        Whether a region that is not square is padded, and not stretched.
    replicate
        Whether beyond its edge a picture goes on as its last pixels, and not black.
    """

    def __init__(self, side: int, low: float, high: float, *, keep_aspect: bool, replicate: bool) -> None:
        self._side, self._keep_aspect, self._replicate = side, keep_aspect, replicate
        scale = np.float32((high - low) / 255)
        grey = np.arange(256, dtype=np.float64)
        self._values = (grey * scale + low).astype(np.float32)

    def cut(self, image: RgbImage, region: Region) -> Crop:
        """Return the region, upright."""
        import cv2

        width, height = _measure(image)
        size = (region.width * width, region.height * height)
        padding = (np.float32(0), np.float32(0))
        if self._keep_aspect:
            size, padding = _pad(*size)
        corners = cv2.boxPoints(
            (
                (float(region.x * width), float(region.y * height)),
                (float(size[0]), float(size[1])),
                float(region.turn * np.float32(180)) / np.pi,
            )
        )
        side = self._side
        upright = np.array([(0, side), (0, 0), (side, 0), (side, side)], np.float32)
        seen = cv2.warpPerspective(
            image,
            cv2.getPerspectiveTransform(corners, upright),
            (side, side),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE if self._replicate else cv2.BORDER_CONSTANT,
        )
        return Crop(np.asarray(cv2.LUT(seen, self._values), np.float32), padding)


def _pad(
    width: np.float32, height: np.float32
) -> tuple[tuple[np.float32, np.float32], tuple[np.float32, np.float32]]:
    """Return the sides of the square around a rectangle, and which shares of them are padding."""
    aspect, none = height / width, np.float32(0)
    if aspect < 1:
        return (width, width), (none, (_ONE - aspect) / _TWO)
    return (height, height), ((_ONE - _ONE / aspect) / _TWO, none)


def uncrop_whole(points: Points, image: RgbImage) -> Points:
    """Return points of the crop of a whole picture, with padding, as points of the picture.

    This is what `Crop.remove_padding` does, in the order in which MediaPipe does it for faces.
    """
    size = _measure(image)
    longer = size.max()
    scale = _ONE / size
    placed: Points = points * (longer * scale) + (-_HALF * longer + _HALF * size) * scale
    return placed


def measure_circle(circle: Points, image: RgbImage) -> np.float32:
    """Return the diameter of a circle, px: the mean of what `span_circle` has for width and height."""
    width, height = _measure_sides(circle, image) * _measure(image)
    diameter: np.float32 = (width + height) / _TWO
    return diameter


def span_circle(circle: Points, image: RgbImage) -> Region:
    """Return the square around a circle, turned so that the point on its rim lies straight above its centre.

    Parameters
    ----------
    circle
        float32, shape (2, 2), shares of the picture: its centre and a point on its rim.
    image
        The picture.
    """
    size = _measure(image)
    centre, rim = circle * size
    across, down = rim - centre
    x, y = centre / size
    width, height = _measure_sides(circle, image)
    turn = _wrap(np.float32(np.pi / 2) - find_angle(-down, across))
    return Region(x, y, width, height, turn)


def turn_upright(eyes: Points, image: RgbImage) -> np.float32:
    """Return the turn of a region in which the first point lies left of the second, at the same height."""
    left, right = eyes * _measure(image)
    across, down = right - left
    return _wrap(np.float32(0) - find_angle(-down, across))


def _measure_sides(circle: Points, image: RgbImage) -> Points:
    """Return width and height of the square around a circle, as shares of the picture."""
    size = _measure(image)
    centre, rim = circle * size
    across, down = rim - centre
    sides: Points = np.sqrt(across * across + down * down) * _TWO / size
    return sides


def _measure(image: RgbImage) -> Points:
    """Return width and height."""
    return np.array(image.shape[1::-1], np.float32)


def _wrap(angle: np.float32) -> np.float32:
    exact = float(angle)
    return np.float32(exact - 2 * np.pi * np.floor((exact + np.pi) / (2 * np.pi)))
