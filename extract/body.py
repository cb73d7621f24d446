"""What a body reader is: pictures go in, the landmarks of the most prominent person come out.

To add a reader, write a `BodyReader` and its `BodyTracker` in a module of its own and name it in
`find_body_reader`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from extract.description import Backend
from extract.frame_table import JOINTS
from extract.head import FaceSpot
from extract.orientation import RgbImage
from ground.errors import InputError

# Landmarks are numbered as BlazePose's 33 are (left is the person's left).
_LANDMARKS: Final = {
    "leftShoulder": 11, "rightShoulder": 12, "leftElbow": 13, "rightElbow": 14, "leftWrist": 15,
    "rightWrist": 16, "leftEye": 2, "rightEye": 5, "nose": 0,
}  # fmt: skip
_JOINT_ROWS: Final = [_LANDMARKS[joint] for joint in JOINTS]


@dataclass(frozen=True)
class BodyReading:
    """The body found in one frame.

    Landmarks are BlazePose's 33, in its order. The head (0 to 10) and the arms (11 to 16) are always there,
    guessed where they are hidden; a reader that knows no fingers (17 to 22), or nothing from the hips down,
    gives NaN with visibility 0 for them.

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


class BodyTracker(Protocol):
    """Reads one person's body through successive frames of one video; holds the networks."""

    def read(self, image: RgbImage, wanted: FaceSpot | None = None) -> BodyReading | None:
        """Return the body in the next frame, or None where no person is found.

        Somebody who was found is followed until they are lost or the tracker is restarted. Whoever is looked
        for then is the person whose face is at `wanted`; the most prominent one where that is None.

        Whom it finds may depend on the frames before; what it writes down must be the same whenever it is
        given the same frames.
        """

    def restart(self) -> None:
        """Forget where the person was: the next frame shows another scene."""

    def close(self) -> None:
        """Free the networks."""


class BodyReader(Protocol):
    """A way of reading bodies; stateless, and cheap until `open_tracker` is called.

    Attributes
    ----------
    name
        What users call it.
    backend_name
        Name in its identity, whichever its version.
    """

    name: str
    backend_name: str

    def prepare(self, on_notice: Callable[[str], None]) -> None:
        """See that everything that the reader needs is there, as `FaceReader.prepare` does.

        Parameters
        ----------
        on_notice
            Called with a sentence that the user must see.

        Raises
        ------
        DependencyError
            When something is missing and cannot be had.
        """

    def describe(self) -> Backend:
        """Return the identity of the reader, which decides whose numbers are comparable.

        Name and version decide that alone: tables of clips keep no hashes. So weights that can change while
        the version of the library stays must be told apart in `Backend.version`, as by the first digits of
        their SHA-256.

        Raises
        ------
        DependencyError
            When a package or a file of weights that the reader needs is missing.
        """

    def open_tracker(self) -> BodyTracker:
        """Return a new tracker.

        Raises
        ------
        DependencyError
            When a package or a file of weights that the reader needs is missing.
        """


BODY_READERS: Final = ("pose",)


def find_body_reader(name: str) -> BodyReader:
    """Return the body reader of the given name, one of `BODY_READERS`.

    Raises
    ------
    InputError
        When there is no reader of that name.
    """
    if name == "pose":
        from extract.pose_reader import PoseReader

        return PoseReader()
    raise InputError(f"There is no body reader {name!r}. Choose one of: {', '.join(BODY_READERS)}.")
