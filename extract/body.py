"""Body landmarks of the most prominent person: MediaPipe Pose on the whole frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from extract.description import Backend
from extract.frame_table import JOINTS
from extract.mediapipe_models import describe_backend, load_solutions
from extract.orientation import RgbImage

# Numbers of our joints among the 33 landmarks of MediaPipe Pose (left is the person's left).
_LANDMARKS: Final = {
    "leftShoulder": 11, "rightShoulder": 12, "leftElbow": 13, "rightElbow": 14, "leftWrist": 15,
    "rightWrist": 16, "leftEye": 2, "rightEye": 5, "nose": 0,
}  # fmt: skip
_JOINT_ROWS: Final = [_LANDMARKS[joint] for joint in JOINTS]


@dataclass(frozen=True)
class BodyReading:
    """The body found in one frame.

    Attributes
    ----------
    landmarks
        float64, shape (33, 3): x and y in pixels of the frame (may lie outside of it), z in pixels,
        smaller is nearer to the camera, relative to the hips.
    visibility
        float64, shape (33,), 0 to 1: how sure the network is that the landmark is in view.
    """

    landmarks: npt.NDArray[np.float64]
    visibility: npt.NDArray[np.float64]

    def joint_values(self) -> npt.NDArray[np.float64]:
        """Return x, y, visibility of each joint of `JOINTS`, in the order of `JOINT_COLUMNS`."""
        return np.column_stack((self.landmarks[_JOINT_ROWS, :2], self.visibility[_JOINT_ROWS])).ravel()


def describe_body_reader() -> Backend:
    """Return the identity of the reader of bodies, without its networks."""
    return describe_backend(
        "mediapipe-pose",
        "pose_detection/pose_detection.tflite",
        "pose_landmark/pose_landmark_full.tflite",
        revision=2,
    )


class BodyReader:
    """Tracks one person through successive frames of one video, with MediaPipe Pose.

    MediaPipe keeps tracking state, so every video needs a reader of its own, closed at the end. Only
    complexity 1 lies inside the wheel; the others would be downloaded.

    Landmarks are not smoothed. MediaPipe's One-Euro filter counts 33 ms a frame whatever the video's rate,
    and lags one to two frames behind the face, which is not filtered: on two rendered videos elbows, wrists
    and shoulders followed their true motion with r = .83 and .87 with it and .88 and .92 without, and their
    frame-to-frame differences with .66 and .69 against .68 and .71.
    """

    def __init__(self) -> None:
        self._pose = load_solutions().pose.Pose(model_complexity=1, smooth_landmarks=False)

    def read(self, image: RgbImage) -> BodyReading | None:
        """Return the body in the next frame, or None where no person is found."""
        found = self._pose.process(image).pose_landmarks
        if found is None:
            return None
        height, width = image.shape[:2]
        values = np.array([(p.x, p.y, p.z, p.visibility) for p in found.landmark], dtype=np.float64)
        return BodyReading(values[:, :3] * (width, height, width), values[:, 3])

    def restart(self) -> None:
        """Forget where the person was: the next frame shows another scene."""
        self._pose.reset()

    def close(self) -> None:
        """Free the network."""
        self._pose.close()
