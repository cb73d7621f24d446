"""The default body reader: MediaPipe Pose on the whole frame."""

from __future__ import annotations

import weakref
from collections.abc import Callable

import numpy as np

from extract.body import BodyReading
from extract.description import Backend
from extract.mediapipe_models import describe_backend
from extract.orientation import RgbImage
from extract.pose_graph import is_pruned, open_pose
from extract.pose_model import POSE_WEIGHTS


class PoseTracker:
    """Tracks one person through successive frames of one video, with MediaPipe Pose (a `BodyTracker`).

    MediaPipe keeps tracking state, so every video needs a tracker of its own, closed at the end. Only
    complexity 1 lies inside the wheel; the others would be downloaded.

    Landmarks are not smoothed. MediaPipe's One-Euro filter counts 33 ms a frame whatever the video's rate,
    and lags one to two frames behind the face, which is not filtered: on two rendered videos elbows, wrists
    and shoulders followed their true motion with r = .83 and .87 with it and .88 and .92 without, and their
    frame-to-frame differences with .66 and .69 against .68 and .71.
    """

    def __init__(self) -> None:
        self._pose = open_pose()
        # MediaPipe never frees a graph that nobody closed: about 100 MB each.
        self._free = weakref.finalize(self, self._pose.close)
        self._free.atexit = False

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
        """Free the networks."""
        self._free()


class PoseReader:
    """Reads the 33 landmarks of MediaPipe Pose (a `BodyReader`)."""

    name = "pose"
    backend_name = "mediapipe-pose"

    def prepare(self, on_notice: Callable[[str], None]) -> None:
        """Say so when MediaPipe's network has to run whole; its weights come with it."""
        if not is_pruned():
            on_notice(
                "This MediaPipe is not the one that motionsig knows, so its pose network runs whole, with a "
                "branch that is not needed: reading takes about a third longer. Numbers are those of the "
                "MediaPipe that is here; `pip install mediapipe==0.10.21` brings the known one."
            )

    def describe(self) -> Backend:
        """Return the identity of the reader, without its networks."""
        return describe_backend(
            self.backend_name,
            "pose_detection/pose_detection.tflite",
            POSE_WEIGHTS,
            revision=2,
        )

    def open_tracker(self) -> PoseTracker:
        """Return a new tracker."""
        return PoseTracker()
