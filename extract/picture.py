"""Decoded frames as upright pictures with square pixels, and their conversion to RGB."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from extract.container import OpenVideo
from extract.orientation import Orientation, RgbImage, read_orientation

if TYPE_CHECKING:
    import av


@dataclass(frozen=True)
class Frame:
    """One decoded frame.

    Attributes
    ----------
    index
        0-based index among the decoded frames.
    time_s
        Presentation time in seconds since the first decoded frame.
    image
        Upright RGB picture, uint8, shape (height, width, 3).
    scale
        Width and height of the video's upright picture, as multiples of the image's: 1 unless it was made
        smaller.
    """

    index: int
    time_s: float
    image: RgbImage
    scale: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True)
class Picture:
    """One decoded frame before it is converted to RGB, which costs as much as decoding it.

    Attributes
    ----------
    index, time_s
        As of `Frame`.
    size
        Width and height of the upright picture with square pixels.
    orientation
        How it lies.
    """

    index: int
    time_s: float
    size: tuple[int, int]
    orientation: Orientation
    _raw: av.VideoFrame

    def to_frame(self, max_height: int | None = None) -> Frame:
        """Return the upright RGB picture, made smaller when it is higher than `max_height` px."""
        width, height = self.size
        if max_height is not None and height > max_height:
            width, height = round(width * max_height / height), max_height
        lying = (height, width) if self.orientation.lies else (width, height)
        image = self.orientation.apply(self._raw.reformat(*lying, "rgb24").to_ndarray())  # type: ignore[arg-type]
        return Frame(self.index, self.time_s, image, (self.size[0] / width, self.size[1] / height))


def make_picture(raw: av.VideoFrame, index: int, time_s: float, video: OpenVideo) -> Picture:
    """Return a decoded frame of `video` as a picture.

    Raises
    ------
    VideoError
        When it is larger than the limits of the video allow.
    """
    aspect = video.stream.sample_aspect_ratio or Fraction(1)
    # Pixels made square, or faces would be stretched.
    size = max(round(raw.width * aspect), 1), raw.height
    video.limits.check_picture(video.path, *size)
    orientation = read_orientation(raw)
    return Picture(index, time_s, size[::-1] if orientation.lies else size, orientation, raw)
