"""Displacement fields: how far the points of the portrait move when one control is 1.

A field takes the coordinates x and y of points, px, two arrays of one shape, and the anchors of a portrait.
It returns the displacements (dx, dy) of the points, px, along a last axis of length 2; x points to the right
and y down.
"""

from __future__ import annotations

from typing import Any, Final, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from simulate.portrait import ANCHORS, HEIGHT, Anchors

Array: TypeAlias = npt.NDArray[np.floating[Any]]


class Field(Protocol):
    """What moves points of a portrait; that of `ANCHORS` where no other is given."""

    def __call__(self, x: Array, y: Array, anchors: Anchors = ANCHORS) -> Array:
        """Return the displacements of points."""
        ...


_HEAD_RADII_PX: Final = (150.0, 185.0)  # hair and chin lie inside
_NECK_BELOW_CHIN: Final = (-15.0, 60.0)  # motion of the head fades out from the chin to the collar


def push(anchor: str, move: tuple[float, float], reach: tuple[float, float]) -> Field:
    """Return the field that moves one anchor and, less and less, what is around it.

    Parameters
    ----------
    anchor
        Name in `ANCHORS`.
    move
        (dx, dy) of the anchor, px.
    reach
        Standard deviations along x and y of the Gaussian by which the motion fades, px.
    """

    def displace(x: Array, y: Array, anchors: Anchors = ANCHORS) -> Array:
        centre_x, centre_y = anchors[anchor]
        squared = ((x - centre_x) / reach[0]) ** 2 + ((y - centre_y) / reach[1]) ** 2
        return _scale_move(np.exp(-0.5 * squared), move)

    return displace


def push_both(place: str, move: tuple[float, float], reach: tuple[float, float]) -> Field:
    """Return `push` on ``left_<place>`` and, mirrored, on ``right_<place>``; dx > 0 is outwards."""
    return add(push(f"left_{place}", move, reach), push(f"right_{place}", (-move[0], move[1]), reach))


def add(*fields: Field) -> Field:
    """Return the sum of fields."""

    def displace(x: Array, y: Array, anchors: Anchors = ANCHORS) -> Array:
        return np.asarray(np.sum([field(x, y, anchors) for field in fields], axis=0))

    return displace


def shift_head(move: tuple[float, float]) -> Field:
    """Return the field that shifts the whole head by `move`, px."""

    def displace(x: Array, y: Array, anchors: Anchors = ANCHORS) -> Array:
        return _scale_move(head_weight(x, y, anchors), move)

    return displace


def roll_head(angle_rad: float) -> Field:
    """Return the field that tilts the head about the neck, clockwise in the picture for a positive angle."""

    def displace(x: Array, y: Array, anchors: Anchors = ANCHORS) -> Array:
        pivot_x, pivot_y = anchors["neck"]
        angle = angle_rad * head_weight(x, y, anchors)
        return np.stack([angle * (pivot_y - y), angle * (x - pivot_x)], axis=-1)

    return displace


def turn_head(*, down_rad: float = 0.0, left_rad: float = 0.0) -> Field:
    """Return the field that turns the head in depth, to first order: points move by depth times angle.

    Parameters
    ----------
    down_rad
        Pitch, positive where the face turns down.
    left_rad
        Yaw, positive where the face turns to the left of the picture.
    """

    def displace(x: Array, y: Array, anchors: Anchors = ANCHORS) -> Array:
        return _scale_move(head_depth(x, y, anchors), (-left_rad, down_rad))

    return displace


def lean(top_px: float) -> Field:
    """Return the field that leans head and trunk to the right, by `top_px` at the top of the picture."""

    def displace(x: Array, y: Array, anchors: Anchors = ANCHORS) -> Array:
        return np.stack([top_px * (1 - y / HEIGHT), np.zeros_like(y)], axis=-1)

    return displace


def _scale_move(weight: Array, move: tuple[float, float]) -> Array:
    """Return `move` times each weight, along a new last axis."""
    return np.stack([weight * move[0], weight * move[1]], axis=-1)


def head_weight(x: Array, y: Array, anchors: Anchors = ANCHORS) -> Array:
    """Return 1 on the head, falling to 0 around it and below the chin."""
    centre_x, centre_y = anchors["head_centre"]
    radius = np.hypot((x - centre_x) / _HEAD_RADII_PX[0], (y - centre_y) / _HEAD_RADII_PX[1])
    return _fall(radius, 1.0, 2.2) * _fall_below_chin(y, anchors)


def head_depth(x: Array, y: Array, anchors: Anchors = ANCHORS) -> Array:
    """Return how far points lie in front of the ears, px: a bowl and a nose, fitted to a face mesh."""
    centre_x, centre_y = anchors["head_centre"]
    nose_x, nose_y = anchors["nose_tip"][0] + 2, anchors["nose_tip"][1] - 8
    across, down = (x - centre_x) / 100, (y - centre_y) / 100
    bowl = np.maximum(80 - 76 * across**2 - 20 * down, 0) * _fall_below_chin(y, anchors)
    nose = 43 * np.exp(-0.5 * (((x - nose_x) / 20) ** 2 + ((y - nose_y) / 15) ** 2))
    return np.asarray(bowl + nose)


def _fall_below_chin(y: Array, anchors: Anchors) -> Array:
    chin_y = anchors["chin"][1]
    return _fall(y, chin_y + _NECK_BELOW_CHIN[0], chin_y + _NECK_BELOW_CHIN[1])


def _fall(value: Array, start: float, end: float) -> Array:
    """Return 1 up to `start`, 0 from `end`, and a smooth step between."""
    t = np.clip((value - start) / (end - start), 0, 1)
    return np.asarray(1 - t * t * (3 - 2 * t))
