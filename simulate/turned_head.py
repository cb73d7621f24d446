"""The rendered person at rest with the head turned to the side, as far as to profile.

`simulate.turning` moves the pixels of a frame, whatever it shows, and goes to 30 degrees. Here the head is a
solid of triangles, clad in the portrait, and everything else stays where it is.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
from scipy.spatial import Delaunay

from simulate.fields import Array
from simulate.painting import Image, paint_over, soften

# The outline of her hair on the portrait, px; below it the edge of the head is that of the face mesh.
_HAIR: Final = np.array(
    ((350, 262), (318, 225), (306, 160), (325, 95), (385, 48), (460, 30), (540, 52), (590, 105),
     (604, 165), (596, 215), (560, 255)), np.float64)  # fmt: skip
_HAIR_BOTTOM: Final = 262
_SHRUNK: Final = 0.95  # of the outlines, so that no backdrop is on the head
# Points of the mesh around the face, clockwise from the top of the forehead, and those at the ears.
_OVAL: Final = [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176,
    149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109]  # fmt: skip
_EARS: Final = [234, 454]
_MIDDLE: Final = np.array((449.0, 195.0))
_BACK_PX: Final = 150  # from the ears to the back of the head
_SHELLS: Final = 6

_BACKDROP_RGB: Final = (193, 186, 184)
_NECK_RGB: Final = (24, 22, 24)
_NECK: Final = ((395, 250), (505, 385))
_COLLAR_TOP: Final = 300


class TurnedHead:
    """The head of the portrait as a solid: the mesh found on it, hair around, and a back behind.

    Parameters
    ----------
    person
        The portrait at rest, as `simulate.render.Renderer` shows it.
    mesh
        The points of MediaPipe's Face Mesh on it, float64, shape (478, 3), px, smaller z is nearer.
    """

    def __init__(self, person: Image, mesh: Array) -> None:
        self._person = person
        self._pivot = np.insert(mesh[_EARS].mean(axis=0)[[0, 2]], 1, 0)
        rim, hairy = _find_rim(mesh)
        self._stage = _take_head_off(person, rim[:, :2])
        oval = mesh[_OVAL]
        halfway = (oval + rim) / 2
        halfway[:, 2] = 0.75 * oval[:, 2] + 0.25 * rim[:, 2]  # hair stands out
        front = np.vstack((mesh, halfway[hairy], rim[hairy]))
        back = _close_behind(rim, self._pivot[2] + _BACK_PX)
        # The back is clad in what lies inside the rim, to and fro.
        inside = np.where(hairy[:, None], halfway[:, :2], _MIDDLE + 0.9 * (rim[:, :2] - _MIDDLE))
        clad = [inside if shell % 2 else rim[:, :2] for shell in range(_SHELLS)]
        self._vertices, self._texture = np.vstack((front, back)), np.vstack((front[:, :2], *clad))
        self._triangles = np.vstack((_join_front(front, rim), _join_shells(len(front), len(rim))))

    def render(self, yaw_deg: float) -> Image:
        """Return the person with the head turned by so many degrees, to the left of the picture for > 0."""
        cos, sin = np.cos(np.radians(yaw_deg)), np.sin(np.radians(yaw_deg))
        turn = np.array(((cos, 0, sin), (0, 1, 0), (-sin, 0, cos)))
        turned = (self._vertices - self._pivot) @ turn.T + self._pivot
        frame = self._stage.copy()
        for triangle in self._triangles[np.argsort(-turned[self._triangles, 2].mean(axis=1))]:
            _lay_triangle(frame, self._person, self._texture[triangle], turned[triangle, :2])
        return frame


def _find_rim(mesh: Array) -> tuple[Array, npt.NDArray[np.bool_]]:
    """Return the edge of the head seen from the front, a point for each of `_OVAL`, and which are hair."""
    oval, ears_z = mesh[_OVAL], mesh[_EARS, 2].mean()
    hairy = oval[:, 1] < _HAIR_BOTTOM
    edge = np.array([_leave(_HAIR, point) for point in oval[:, :2]])
    edge = np.column_stack((edge, np.maximum(oval[:, 2], ears_z)))
    rim = np.where(hairy[:, None], edge, oval)
    rim[hairy, :2] = _MIDDLE + _SHRUNK * (rim[hairy, :2] - _MIDDLE)
    return rim, hairy


def _leave(outline: Array, through: Array) -> Array:
    """Return where the ray from the head's middle through a point leaves an outline."""
    reach = [1.0]
    for start, end in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        t, s = np.linalg.solve(np.column_stack((through - _MIDDLE, start - end)), start - _MIDDLE)
        if 0 <= s <= 1:
            reach.append(t)
    return np.asarray(_MIDDLE + max(reach) * (through - _MIDDLE))


def _close_behind(rim: Array, back_z: float) -> Array:
    """Return the points of shells that lead from the rim to the back of the head, one after the other."""
    shells = []
    for angle in np.linspace(0, np.pi / 2, _SHELLS):
        across = _MIDDLE + (rim[:, :2] - _MIDDLE) * np.cos(angle)
        shells.append(np.column_stack((across, rim[:, 2] + (back_z - rim[:, 2]) * np.sin(angle))))
    return np.vstack(shells)


def _join_front(front: Array, rim: Array) -> npt.NDArray[np.intp]:
    """Return the triangles between points seen from the front, as far as they lie inside the rim."""
    triangles = Delaunay(front[:, :2]).simplices
    outline = rim[:, None, :2].astype(np.float32)
    centres = front[triangles, :2].mean(axis=1)
    inside = [cv2.pointPolygonTest(outline, (float(x), float(y)), False) > 0 for x, y in centres]
    return np.asarray(triangles[inside], np.intp)


def _join_shells(first: int, count: int) -> npt.NDArray[np.intp]:
    """Return the triangles between shells of `count` points each, the first one beginning at `first`."""
    here = first + np.arange(count)
    there = np.roll(here, -1)
    ring = np.vstack(
        (np.column_stack((here, there, here + count)), np.column_stack((there, there + count, here + count)))
    )
    return np.vstack([ring + k * count for k in range(_SHELLS - 1)])


def _lay_triangle(frame: Image, picture: Image, source: Array, target: Array) -> None:
    left, top = np.floor(target.min(axis=0)).astype(int) - 1
    right, bottom = np.ceil(target.max(axis=0)).astype(int) + 2
    here = (target - (left, top)).astype(np.float32)
    transform = cv2.getAffineTransform(source.astype(np.float32), here)
    view = frame[top:bottom, left:right]
    laid = cv2.warpAffine(picture, transform, view.shape[1::-1])
    mask = np.zeros(view.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.rint(here * 16).astype(np.int32), (255,), cv2.LINE_8, 4)
    view[mask > 0] = laid[mask > 0]


def _take_head_off(person: Image, rim: Array) -> Image:
    """Return the person without a head: backdrop above the collar, the black neck inside of it."""
    head = np.zeros(person.shape[:2], np.uint8)
    cv2.fillPoly(head, [cv2.convexHull(np.rint(rim).astype(np.int32))], (255,))
    around = np.asarray(cv2.dilate(head, np.ones((61, 61), np.uint8)), np.uint8)
    around[_COLLAR_TOP:] = 0
    head[:_COLLAR_TOP] = 0
    cv2.rectangle(head, *_NECK, (255,), cv2.FILLED)
    stage = person.copy()
    for mask, colour in ((around, _BACKDROP_RGB), (head, _NECK_RGB)):
        paint_over(stage, np.full_like(stage, colour), soften(mask, 4.0))
    return stage
