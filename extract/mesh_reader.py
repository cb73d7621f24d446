"""The default face reader: MediaPipe Face Mesh in the head crop, measured after a rigid fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from extract.face import Readings
from extract.frame_table import FACE_COLUMNS, Backend
from extract.head import HeadBox, HeadView
from extract.mediapipe_models import describe_backend, load_solutions
from extract.mesh_actions import measure_actions, measure_mouth
from extract.mesh_geometry import Points, fit_rigid
from extract.reference_face import REFERENCE_FACE, STABLE_POINTS

_STABLE_ROWS = list(STABLE_POINTS)


class FaceMesh:
    """Finds the 478 mesh points of the face in a head box, through the frames of one video."""

    def __init__(self) -> None:
        # With attention (refine_landmarks): lips, lids and irises come from networks of their own.
        self._mesh = load_solutions().face_mesh.FaceMesh(max_num_faces=1, refine_landmarks=True)
        self._box: HeadBox | None = None

    def find(self, head: HeadView) -> Points | None:
        """Return the mesh, float64, shape (478, 3), in px of the frame (z: smaller is nearer), or None."""
        faces = self._mesh.process(head.image).multi_face_landmarks
        if not faces and head.box != self._box:
            # MediaPipe looked where the face was in the crop before; a second look searches the whole crop.
            faces = self._mesh.process(head.image).multi_face_landmarks
        self._box = head.box
        if not faces:
            return None
        height, width = head.image.shape[:2]
        points = np.array([(p.x, p.y, p.z) for p in faces[0].landmark], dtype=np.float64)
        mesh: Points = points * (width, height, width) + (head.left, head.top, 0)
        return mesh

    def close(self) -> None:
        """Free the networks."""
        self._mesh.close()


class MeshTracker:
    """Reads the aligned face mesh of successive frames (a `FaceTracker`)."""

    def __init__(self) -> None:
        self._mesh = FaceMesh()

    def read(self, views: Sequence[HeadView | None]) -> Readings:
        """Return what is measured of the face in the next frames, NaN rows where no face is found."""
        return np.stack([self._read_frame(view) for view in views])

    def _read_frame(self, view: HeadView | None) -> npt.NDArray[np.float64]:
        mesh = None if view is None else self._mesh.find(view)
        if view is None or mesh is None:
            return np.full(len(FACE_COLUMNS), np.nan)
        fit = fit_rigid(REFERENCE_FACE, mesh[_STABLE_ROWS])
        aligned = fit.align(mesh)
        return np.concatenate(
            (measure_actions(aligned), fit.euler_angles(), measure_mouth(aligned), (view.box.side,))
        )

    def close(self) -> None:
        """Free the networks."""
        self._mesh.close()


class MeshReader:
    """Reads 16 action-unit measurements and the head's rotation from the face mesh (a `FaceReader`)."""

    name = "mesh"
    backend_name = "mediapipe-face-mesh"
    batch_size = 32
    width = len(FACE_COLUMNS)

    def prepare(self, on_notice: Callable[[str], None]) -> None:
        """Do nothing: the weights come with MediaPipe."""

    def describe(self) -> Backend:
        """Return the identity of the reader."""
        return describe_backend(
            self.backend_name,
            "face_detection/face_detection_short_range.tflite",
            "face_landmark/face_landmark_with_attention.tflite",
            revision=1,
        )

    def open_tracker(self) -> MeshTracker:
        """Return a new tracker."""
        return MeshTracker()

    def measure(self, readings: Readings) -> npt.NDArray[np.float64]:
        """Return the readings: every frame is measured by itself."""
        return np.asarray(readings, dtype=np.float64)
