"""The arms: sleeves and hands, laid between their joints over the moved portrait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from simulate.fields import Array
from simulate.painting import Image, lay_over, soften
from simulate.portrait import Colour

_CUFF_RGB: Final = (60, 34, 30)
_SKIN_RGB: Final = (226, 176, 150)

# A limb is painted lying along x, with one joint at (_PAD, _PAD) and the other one _LENGTH further on. Laid
# between the joints of a frame it is stretched along x as far as they are apart, and never across.
_PAD: Final = 80
_LENGTH: Final = 260
_HAND_LENGTH: Final = 60  # beyond the second pad
_CUFF_LENGTH: Final = 20
_UPPER_ARM_HALF_WIDTH: Final = (66, 58)
_FOREARM_HALF_WIDTH: Final = (60, 42)
_EDGE_BLUR_PX: Final = 1.2

# The open hand, px from the wrist: the palm is an ellipse, fingers and thumb are lines (from, to, thickness).
_PALM_CENTRE, _PALM_RADII = (40, 0), (52, 34)
_FINGERS: Final = (
    ((60, -22), (110, -22), 15), ((60, -8), (124, -8), 15), ((60, 7), (122, 7), 15),
    ((60, 22), (106, 22), 15), ((30, -24), (70, -52), 16),
)  # fmt: skip
_CREASES: Final = tuple(((55, y), (112, y), 2) for y in (-15, 0, 15))


@dataclass(frozen=True)
class Limb:
    """A part of an arm between two joints.

    Attributes
    ----------
    sprite
        Its picture, RGBA, lying along x.
    start, end
        Names of its joints in `ANCHORS`.
    mirrored
        Whether it is turned over, so that the thumb points the other way.
    """

    sprite: Image
    start: str
    end: str
    mirrored: bool


def paint_arms(sleeve_rgb: Colour) -> tuple[Limb, ...]:
    """Return the limbs of both arms; later ones cover earlier ones."""
    upper_arm, forearm = _paint_upper_arm(sleeve_rgb), _paint_forearm(sleeve_rgb)
    return tuple(
        Limb(sprite, f"{side}_{start}", f"{side}_{end}", mirrored=side == "left")
        for side in ("right", "left")
        for sprite, start, end in ((upper_arm, "shoulder", "elbow"), (forearm, "elbow", "wrist"))
    )


def lay_limb(frame: Image, limb: Limb, start: Array, end: Array, scale: float = 1.0) -> None:
    """Paint a limb over `frame`, in place.

    Parameters
    ----------
    frame
        RGB, shape (height, width, 3).
    limb
        What is painted.
    start, end
        Where its joints are, (x, y) in px of `frame`.
    scale
        Px of `frame` for one of the portrait, which decides how thick it is.
    """
    import cv2

    reach = end - start
    along = reach / np.hypot(*reach)
    across = np.array([-along[1], along[0]]) * (-scale if limb.mirrored else scale)
    turn = np.column_stack([reach / _LENGTH, across])
    offset = start - turn @ (_PAD, _PAD)

    height, width = limb.sprite.shape[:2]
    corners = np.array([(0, 0), (width, 0), (0, height), (width, height)]) @ turn.T + offset
    left, top = np.maximum(np.floor(corners.min(axis=0)).astype(int), 0)
    right, bottom = np.minimum(np.ceil(corners.max(axis=0)).astype(int), (frame.shape[1], frame.shape[0]))
    if right <= left or bottom <= top:
        return
    transform = np.column_stack([turn, offset - (left, top)])
    laid = cv2.warpAffine(limb.sprite, transform, (int(right - left), int(bottom - top)))
    colours = np.asarray(cv2.cvtColor(laid, cv2.COLOR_RGBA2RGB), np.uint8)
    lay_over(frame[top:bottom, left:right], colours, np.asarray(cv2.extractChannel(laid, 3), np.uint8))


def _paint_upper_arm(sleeve_rgb: Colour) -> Image:
    x, y = _sprite_grid(2 * _PAD + _LENGTH)
    distance = _distance_from_bone(x, y, _UPPER_ARM_HALF_WIDTH, x - _PAD - _LENGTH)
    return _join(_shade_sleeve(distance, sleeve_rgb), distance <= 1)


def _paint_forearm(sleeve_rgb: Colour) -> Image:
    wrist = _PAD + _LENGTH
    x, y = _sprite_grid(2 * _PAD + _LENGTH + _HAND_LENGTH)
    distance = _distance_from_bone(x, y, _FOREARM_HALF_WIDTH, 0)
    colours = _shade_sleeve(distance, sleeve_rgb)
    colours[:, wrist - _CUFF_LENGTH : wrist] = _CUFF_RGB
    colours[:, wrist:] = _shade_hand(x, y)[:, wrist:]
    hand = _draw_hand(x.shape)
    return _join(colours, np.where(x < wrist, distance <= 1, hand > 0))


def _sprite_grid(width: int) -> tuple[Array, Array]:
    x, y = np.meshgrid(np.arange(width, dtype=np.float64), np.arange(2 * _PAD, dtype=np.float64))
    return x, y


def _distance_from_bone(x: Array, y: Array, half_width: tuple[int, int], beyond_end: Array | int) -> Array:
    """Return the distance of points from the line between the joints, in half widths of the sleeve there."""
    half = np.interp(x, (_PAD, _PAD + _LENGTH), half_width)
    beyond = np.maximum(np.maximum(_PAD - x, beyond_end), 0)
    return np.asarray(np.hypot(beyond, y - _PAD) / half)


def _shade_sleeve(distance: Array, sleeve_rgb: Colour) -> Array:
    """Return the colours of a cylinder lit from the front."""
    light = 1.02 - 0.45 * distance.clip(0, 1.2) ** 2.5
    return np.asarray(light[..., None] * sleeve_rgb)


def _shade_hand(x: Array, y: Array) -> Array:
    across = (y - _PAD) / _PALM_RADII[1]
    light = 1 - 0.12 * across - 0.1 * across**2
    light[_draw_lines(x.shape, _CREASES) > 0] *= 0.65
    return np.asarray(light[..., None] * _SKIN_RGB)


def _draw_hand(shape: tuple[int, ...]) -> Image:
    import cv2

    hand = _draw_lines(shape, _FINGERS)
    cv2.ellipse(hand, _from_wrist(_PALM_CENTRE), _PALM_RADII, 0, 0, 360, (255,), cv2.FILLED)
    return hand


def _draw_lines(
    shape: tuple[int, ...], lines: tuple[tuple[tuple[int, int], tuple[int, int], int], ...]
) -> Image:
    """Return 255 on the lines, given from the wrist, and 0 elsewhere."""
    import cv2

    drawn = np.zeros(shape, np.uint8)
    for start, end, thickness in lines:
        cv2.line(drawn, _from_wrist(start), _from_wrist(end), (255,), thickness)
    return drawn


def _from_wrist(point: tuple[int, int]) -> tuple[int, int]:
    return _PAD + _LENGTH + point[0], _PAD + point[1]


def _join(colours: Array, inside: npt.NDArray[np.bool_]) -> Image:
    """Return colours and an outline with soft edges as RGBA."""
    opacity = soften(np.where(inside, np.uint8(255), np.uint8(0)), _EDGE_BLUR_PX)
    return np.dstack([colours, 255 * opacity]).clip(0, 255).astype(np.uint8)
