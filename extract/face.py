"""What a face reader is: a frame and where the head is go in, action units and head rotation come out.

To add a reader, write a class with the members of `FaceReader` in a module of its own and name it in
`open_face_reader`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from extract.errors import InputError
from extract.frame_table import Backend
from extract.head import HeadBox
from extract.orientation import RgbImage


@dataclass(frozen=True)
class FaceReading:
    """The face in one frame.

    Attributes
    ----------
    action_units
        float64, shape (16,), in the order of `ACTION_UNITS`, in the reader's own scale; NaN where the reader
        cannot tell.
    head_rotation
        float64, shape (3,), pitch, yaw, roll in radians: camera axes x right, y down, z away; pitch > 0 looks
        down, roll > 0 tilts the head clockwise in the picture.
    mouth
        float64, shape (2,), horizontal and vertical distance of the lips after rotation is removed, in units
        of the distance between the outer eye corners.
    side_px
        Side of the box that the face was read in, pixels.
    """

    action_units: npt.NDArray[np.float64]
    head_rotation: npt.NDArray[np.float64]
    mouth: npt.NDArray[np.float64]
    side_px: float

    def face_values(self) -> npt.NDArray[np.float64]:
        """Return all values in the order of `FACE_COLUMNS`."""
        return np.concatenate((self.action_units, self.head_rotation, self.mouth, (self.side_px,)))


class FaceReader(Protocol):
    """Reads one person's face through the frames of one video, given in order."""

    backend: Backend

    def read(self, image: RgbImage, head: HeadBox) -> FaceReading | None:
        """Return the face inside `head` in the next frame, or None where no face is found."""

    def close(self) -> None:
        """Free the reader's networks."""


FACE_READERS: Final = ("mesh",)


def open_face_reader(name: str) -> FaceReader:
    """Return a new reader of the given name, one of `FACE_READERS`, for one video.

    Raises
    ------
    InputError
        When there is no reader of that name.
    DependencyError
        When a package that the reader needs is missing.
    """
    if name == "mesh":
        from extract.mesh_reader import MeshReader

        return MeshReader()
    raise InputError(f"There is no face reader {name!r}; choose one of: {', '.join(FACE_READERS)}.")
