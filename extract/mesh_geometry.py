"""Rigid fit of a face mesh, and the head rotation that it gives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]


@dataclass(frozen=True)
class RigidFit:
    """A similarity: ``point in the picture = scale * rotation @ point of the reference + shift``.

    Attributes
    ----------
    scale
        Pixels for one unit of the reference.
    rotation
        float64, shape (3, 3), a proper rotation in camera axes (x right, y down, z away from the camera).
    shift
        float64, shape (3,), pixels.
    """

    scale: float
    rotation: Points
    shift: Points

    def align(self, points: Points) -> Points:
        """Return points of the picture, shape (n, 3), in the axes and unit of the reference."""
        aligned: Points = (points - self.shift) @ self.rotation / self.scale
        return aligned

    def place(self, points: Points) -> Points:
        """Return points in the axes and unit of the reference, shape (n, 3), as points of the picture."""
        placed: Points = self.scale * points @ self.rotation.T + self.shift
        return placed

    def euler_angles(self) -> tuple[float, float, float]:
        """Return pitch, yaw and roll in radians: ``rotation = Rx @ Ry @ Rz``, the order of OpenFace.

        Pitch > 0 looks down, yaw > 0 looks to the left of the picture, roll > 0 tilts the head clockwise in
        the picture.

        References
        ----------
        OpenFace 2, ``RotationHelpers.h`` (T. Baltrusaitis et al., FG 2018).
        """
        r = self.rotation
        pitch = np.arctan2(-r[1, 2], r[2, 2])
        yaw = np.arcsin(np.clip(r[0, 2], -1.0, 1.0))
        roll = np.arctan2(-r[0, 1], r[0, 0])
        return float(pitch), float(yaw), float(roll)


def rotate_by_euler(pitch: float, yaw: float, roll: float) -> Points:
    """Return the rotation whose `RigidFit.euler_angles` are the given ones, float64, shape (3, 3)."""
    (cx, cy, cz), (sx, sy, sz) = np.cos((pitch, yaw, roll)), np.sin((pitch, yaw, roll))
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    rotation: Points = about_x @ about_y @ about_z
    return rotation


def fit_rigid(reference: Points, points: Points) -> RigidFit:
    """Return the similarity that maps `reference` onto `points` with the least squared distance.

    Parameters
    ----------
    reference, points
        float64, shape (n, 3), n >= 3, the same points in the same order, not all on one line.

    References
    ----------
    S. Umeyama, "Least-squares estimation of transformation parameters between two point patterns",
    IEEE TPAMI 13 (1991) 376-380.
    """
    reference_centre, points_centre = reference.mean(axis=0), points.mean(axis=0)
    centred_reference, centred_points = reference - reference_centre, points - points_centre
    u, singular, vt = np.linalg.svd(centred_points.T @ centred_reference)
    handedness = np.array([1.0, 1.0, np.sign(np.linalg.det(u) * np.linalg.det(vt))])  # no mirror image
    rotation = u * handedness @ vt
    scale = float((singular * handedness).sum() / (centred_reference**2).sum())
    return RigidFit(scale, rotation, points_centre - scale * rotation @ reference_centre)
