"""MediaPipe's own solutions (0.10.21, the extra `oracle-mediapipe`) behind the interfaces of ours."""

from __future__ import annotations

import numpy as np
from mediapipe.python import solutions

from extract.body import BodyReading
from extract.head import FaceSpot
from extract.networks.regions import Points
from extract.orientation import RgbImage


class TheirPose:
    """A `BodyTracker` on MediaPipe's own graph and its whole model, with the mask."""

    def __init__(self) -> None:
        self._pose = solutions.pose.Pose(model_complexity=1, smooth_landmarks=False)

    def read(self, image: RgbImage, wanted: FaceSpot | None = None) -> BodyReading | None:
        """Return the body in the next frame; whoever is wanted, its detector is surest of whom it takes."""
        found = self._pose.process(image).pose_landmarks
        if found is None:
            return None
        height, width = image.shape[:2]
        values = np.array([(p.x, p.y, p.z, p.visibility) for p in found.landmark], dtype=np.float64)
        return BodyReading(values[:, :3] * (width, height, width), values[:, 3])

    def restart(self) -> None:
        """Forget where the person was."""
        self._pose.reset()

    def close(self) -> None:
        """Free the graph, which MediaPipe does not do by itself."""
        self._pose.close()


class TheirMesh:
    """What `extract.networks.mesh.MeshFollower` does, by MediaPipe's own graph."""

    def __init__(self) -> None:
        self._mesh = solutions.face_mesh.FaceMesh(max_num_faces=1, refine_landmarks=True)

    def find(self, image: RgbImage) -> Points | None:
        """Return the mesh of the face in the next picture, as shares of it."""
        faces = self._mesh.process(image).multi_face_landmarks
        return np.array([(p.x, p.y, p.z) for p in faces[0].landmark], np.float32) if faces else None

    def restart(self) -> None:
        """Forget where the face was."""
        self._mesh.reset()
