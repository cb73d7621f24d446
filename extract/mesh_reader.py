"""The default face reader: MediaPipe Face Mesh in the head crop, measured after a rigid fit."""

from __future__ import annotations

import numpy as np

from extract.face import FaceReading
from extract.head import HeadBox
from extract.mediapipe_models import describe_backend, load_solutions
from extract.mesh_actions import measure_actions, measure_mouth
from extract.mesh_geometry import Points, fit_rigid
from extract.orientation import RgbImage
from extract.reference_face import REFERENCE_FACE, STABLE_POINTS

_STABLE_ROWS = list(STABLE_POINTS)


class FaceMesh:
    """Finds the 478 mesh points of the face in a head box, through the frames of one video."""

    def __init__(self) -> None:
        # With attention (refine_landmarks): lips, lids and irises come from networks of their own.
        self._mesh = load_solutions().face_mesh.FaceMesh(max_num_faces=1, refine_landmarks=True)

    def find(self, image: RgbImage, head: HeadBox) -> Points | None:
        """Return the mesh, float64, shape (478, 3), in pixels of `image` (z: smaller is nearer), or None."""
        crop, left, top = head.crop(image)
        faces = self._mesh.process(crop).multi_face_landmarks
        if not faces:
            return None
        height, width = crop.shape[:2]
        points = np.array([(p.x, p.y, p.z) for p in faces[0].landmark], dtype=np.float64)
        mesh: Points = points * (width, height, width) + (left, top, 0)
        return mesh

    def close(self) -> None:
        """Free the networks."""
        self._mesh.close()


class MeshReader:
    """Reads 16 action-unit measurements and the head's rotation from the face mesh (a `FaceReader`)."""

    def __init__(self) -> None:
        self.backend = describe_backend(
            "mediapipe-face-mesh",
            "face_detection/face_detection_short_range.tflite",
            "face_landmark/face_landmark_with_attention.tflite",
            revision=1,
        )
        self._mesh = FaceMesh()

    def read(self, image: RgbImage, head: HeadBox) -> FaceReading | None:
        """Return the face inside `head` in the next frame, or None where no face is found."""
        mesh = self._mesh.find(image, head)
        if mesh is None:
            return None
        fit = fit_rigid(REFERENCE_FACE, mesh[_STABLE_ROWS])
        aligned = fit.align(mesh)
        return FaceReading(
            action_units=measure_actions(aligned),
            head_rotation=np.array(fit.euler_angles()),
            mouth=measure_mouth(aligned),
            side_px=float(head.side),
        )

    def close(self) -> None:
        """Free the networks."""
        self._mesh.close()
