"""How a decoded picture is turned, and mirrored, to be seen as the camera saw it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import av

RgbImage = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Orientation:
    """The linear part of a container's display matrix, to the nearest quarter turn.

    A point x to the right and y down in the decoded picture is seen a * x + c * y to the right and
    b * x + d * y down. Phones turn the picture with it, and their front cameras may mirror it.
    """

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0

    @property
    def lies(self) -> bool:
        """Whether width and height change places."""
        return abs(self.b) + abs(self.c) > abs(self.a) + abs(self.d)

    @property
    def mirrored(self) -> bool:
        """Whether the decoded picture is a mirror image of what is to be seen."""
        return self.a * self.d - self.b * self.c < 0

    @property
    def rotation_deg(self) -> int:
        """Counter-clockwise turn, after any left-right mirroring: 0, 90, 180 or 270."""
        sign = -1 if self.mirrored else 1
        if self.lies:
            return 270 if sign * self.b > 0 else 90
        return 180 if sign * self.a < 0 else 0

    def apply(self, image: RgbImage) -> RgbImage:
        """Return the picture as it is to be seen, contiguous in memory."""
        right, down = (self.c, self.b) if self.lies else (self.a, self.d)
        if self.lies:
            image = image.transpose(1, 0, 2)
        return np.ascontiguousarray(image[:: -1 if down < 0 else 1, :: -1 if right < 0 else 1])


def read_orientation(picture: av.VideoFrame) -> Orientation:
    """Return the orientation that a decoded frame carries; upright where it carries none."""
    from av.sidedata.sidedata import SideDataContainer, Type

    # Not `picture.side_data`: a picture and that hold each other, so that hundreds of pictures stay in memory
    # until Python looks for cycles. PyAV's stubs do not know how it is made and read.
    container: Any = SideDataContainer
    for entry in container(picture):
        if entry.type == Type.DISPLAYMATRIX:
            a, b, _, c, d, *_ = struct.unpack("=9i", bytes(entry))
            return Orientation(*(value / 0x10000 for value in (a, b, c, d)))
    return Orientation()
