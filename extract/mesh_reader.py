"""The default face reader: MediaPipe Face Mesh in the head crop, measured after a rigid fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from extract.description import Backend
from extract.face import MESH_WIDTH, Readings
from extract.frame_table import FACE_COLUMNS, SIDES
from extract.head import HeadBox, HeadPlace, HeadView
from extract.mesh_actions import ACTION_POINTS, measure_actions, measure_mouth
from extract.mesh_face import Face
from extract.mesh_geometry import Points, fit_rigid
from extract.mesh_sides import SIDE_POINTS, measure_sides
from extract.networks.mesh import MeshFollower
from extract.networks.weights import FACE_DETECTOR, FACE_LANDMARKS, describe_backend, read_weights
from extract.orientation import RgbImage
from extract.reference_face import REFERENCE_FACE, STABLE_POINTS

_STABLE_ROWS: Final = list(STABLE_POINTS)
_EYE_CORNERS: Final = [33, 133, 263, 362]
_OUTER_EYES: Final = [33, 263]  # as `HeadPlace.outer_eyes`
_NOSE_TIP: Final = 4
_LIP_CORNERS: Final = [61, 291]

# Half the side, in head widths, of what is looked at once more when the mesh was another head's.
_OWN_HEAD: Final = 0.6

# The points that measures are made of, which trackers write down.
MEASURED_POINTS: Final = tuple(sorted(ACTION_POINTS | SIDE_POINTS))

# A row of readings: the measured points, aligned, then the fit, then the side of the head box.
_POINTS: Final = slice(0, 3 * len(MEASURED_POINTS))
_ROTATION: Final = slice(_POINTS.stop, _POINTS.stop + 3)
_SCALE: Final = _ROTATION.stop
_SHIFT: Final = slice(_SCALE + 1, _SCALE + 4)
_SIDE: Final = _SHIFT.stop
_WIDTH: Final = _SIDE + 1


class FaceMesh:
    """Finds the 478 mesh points of the face in a head box, through the frames of one video."""

    def __init__(self) -> None:
        self._mesh = MeshFollower()
        self._box: HeadBox | None = None

    def find(self, head: HeadView) -> Points | None:
        """Return the mesh of the body's own face, or None where it is not seen.

        Returns
        -------
        ndarray or None
            float64, shape (478, 3), in px of the frame (z: smaller is nearer).
        """
        mesh = self._look(head, head.image)
        if mesh is None and head.box != self._box:
            # The mesh was looked for where it was in the crop before; a second look searches the whole crop.
            mesh = self._look(head, head.image)
        self._box = head.box
        if mesh is None or head.place is None or _is_same_head(mesh, head.place):
            return mesh
        # Somebody else is in the crop, or the face is invented. With everybody else hidden one look loses it
        # and another one searches.
        alone = _hide_others(head, head.place)
        for _ in range(2):
            mesh = self._look(head, alone)
            if mesh is not None and _is_same_head(mesh, head.place):
                return mesh
        return None

    def _look(self, head: HeadView, image: RgbImage) -> Points | None:
        points = self._mesh.find(image)
        if points is None:
            return None
        height, width = image.shape[:2]
        mesh: Points = points.astype(np.float64) * (width, height, width) + (head.left, head.top, 0)
        return mesh

    def restart(self) -> None:
        """Forget where the face was."""
        self._mesh.restart()
        self._box = None


def _is_same_head(mesh: Points, place: HeadPlace) -> bool:
    eyes, nose, mouth = mesh[_EYE_CORNERS, :2].mean(axis=0), mesh[_NOSE_TIP, :2], mesh[_LIP_CORNERS, :2]
    return place.is_of(eyes, nose, mouth.mean(axis=0)) and not place.is_turned_more_than(
        nose, mesh[_OUTER_EYES, :2]
    )


def _hide_others(head: HeadView, place: HeadPlace) -> RgbImage:
    """Return the crop with everything grey that lies further from the body's own head than its rim."""
    centre = (place.eyes + place.mouth) / 2 - (head.left, head.top)
    reach = _OWN_HEAD * place.width
    left, top = np.maximum(np.round(centre - reach), 0).astype(int)
    right, bottom = np.maximum(np.round(centre + reach), 0).astype(int)
    alone = np.full_like(head.image, 128)
    alone[top:bottom, left:right] = head.image[top:bottom, left:right]
    return alone


class MeshTracker:
    """Reads the aligned face mesh of successive frames (a `FaceTracker`).

    Parameters
    ----------
    keep_mesh
        Whether each row ends with all aligned points.
    """

    def __init__(self, *, keep_mesh: bool) -> None:
        self._mesh = FaceMesh()
        self._keep_mesh = keep_mesh

    def read(self, views: Sequence[HeadView | None]) -> Readings:
        """Return what is seen of the face in the next frames, float32, NaN rows where no face is found."""
        return np.stack([self._read_frame(view) for view in views])

    def _read_frame(self, view: HeadView | None) -> npt.NDArray[np.float32]:
        mesh = None if view is None else self._mesh.find(view)
        if view is None or mesh is None:
            return np.full(_WIDTH + (MESH_WIDTH if self._keep_mesh else 0), np.nan, np.float32)
        fit = fit_rigid(REFERENCE_FACE, mesh[_STABLE_ROWS])
        aligned = fit.align(mesh)
        seen = (aligned[list(MEASURED_POINTS)].ravel(), fit.euler_angles(), (fit.scale,), fit.shift)
        kept = aligned.ravel() if self._keep_mesh else ()
        return np.concatenate((*seen, (view.box.side,), kept)).astype(np.float32)

    def restart(self) -> None:
        """Forget where the face was: the next frame shows another scene."""
        self._mesh.restart()

    def close(self) -> None:
        """Do nothing: the networks are those of all trackers of the process."""


class MeshReader:
    """Reads action units, one-sided measures and the head's rotation from the face mesh (a `FaceReader`).

    Parameters
    ----------
    keep_mesh
        Whether the rows of its trackers end with all mesh points, aligned.
    """

    name = "mesh"
    backend_name = "mediapipe-face-mesh"
    batch_size = 32
    width = _WIDTH
    columns = (*FACE_COLUMNS, *SIDES)

    def __init__(self, *, keep_mesh: bool = False) -> None:
        self._keep_mesh = keep_mesh

    def prepare(self, on_notice: Callable[[str], None]) -> None:
        """See that the networks are there; they are not downloaded without being asked for."""
        for name in (FACE_DETECTOR, FACE_LANDMARKS):
            read_weights(name)

    def describe(self) -> Backend:
        """Return the identity of the reader."""
        return describe_backend(self.backend_name, FACE_DETECTOR, FACE_LANDMARKS, revision=3)

    def open_tracker(self) -> MeshTracker:
        """Return a new tracker."""
        return MeshTracker(keep_mesh=self._keep_mesh)

    def measure(self, readings: Readings) -> npt.NDArray[np.float64]:
        """Return the measures, relative to the person's own face over the whole video where they say so."""
        values = np.asarray(readings, dtype=np.float64)
        face = Face(values[:, _POINTS].reshape(len(values), -1, 3), MEASURED_POINTS)
        contract = (measure_actions(face), values[:, _ROTATION], measure_mouth(face), values[:, _SIDE])
        return np.column_stack((*contract, measure_sides(face)))


def restore_fits(readings: Readings) -> npt.NDArray[np.float64]:
    """Return scale, pitch, yaw, roll and shift of the fit in each row that a `MeshTracker` returned.

    Returns
    -------
    ndarray
        float64, shape (frames, 7), rad and px; NaN rows where no face was found.
    """
    values = np.asarray(readings, dtype=np.float64)
    return np.column_stack((values[:, _SCALE], values[:, _ROTATION], values[:, _SHIFT]))
