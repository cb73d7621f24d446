"""Decoded frames as upright pictures with square pixels, and their conversion to RGB."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from extract.container import OpenVideo
from extract.orientation import Orientation, RgbImage, read_orientation

if TYPE_CHECKING:
    import av
    from av.video.reformatter import VideoReformatter

# Each thread's converter. By itself, PyAV makes one for each frame, with as many threads as there are
# processors: that takes longer, and where many videos are read at once the system has no threads left.
_CONVERTERS: Final = threading.local()


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
        How many pixels of the video's first upright picture a pixel of the image is wide and high: 1 unless
        it was made smaller, or the video changes its size.
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
    magnification
        How many times as high as this picture the video's first one is: 1 unless the video changes its size.
    """

    index: int
    time_s: float
    size: tuple[int, int]
    orientation: Orientation
    _raw: av.VideoFrame
    magnification: float = 1.0

    def to_frame(self, max_height: int | None = None) -> Frame:
        """Return the upright RGB picture, made smaller when it is higher than `max_height` px."""
        width, height = self.size
        if max_height is not None and height > max_height:
            width, height = round(width * max_height / height), max_height
        lying = (height, width) if self.orientation.lies else (width, height)
        converted = _find_converter().reformat(self._raw, *lying, "rgb24", threads=1)
        image = self.orientation.apply(np.asarray(converted.to_ndarray(), np.uint8))
        # The same both ways, so that nobody gets wider where only the frame does.
        across, down = self.size[0] / width, self.size[1] / height
        return Frame(self.index, self.time_s, image, (across * self.magnification, down * self.magnification))


def make_picture(
    raw: av.VideoFrame, index: int, time_s: float, video: OpenVideo, first_height: int | None = None
) -> Picture:
    """Return a decoded frame of `video` as a picture.

    Parameters
    ----------
    raw
        What was decoded.
    index, time_s
        As of `Frame`.
    video
        Where it is from.
    first_height
        Height of the video's first picture, px; None for this one.

    Raises
    ------
    VideoError
        When it is larger than the limits of the video allow.
    """
    # Pixels made square, or faces would be stretched; of a field every second line is there.
    lines = 2 if _is_field(raw, video) else 1
    size = max(round(raw.width * video.aspect.read(raw)), 1), raw.height * lines
    video.limits.check_picture(video.path, *size)
    orientation = read_orientation(raw)
    upright = size[::-1] if orientation.lies else size
    magnification = 1.0 if first_height is None else first_height / upright[1]
    return Picture(index, time_s, upright, orientation, raw, magnification)


def _find_converter() -> VideoReformatter:
    """Return the converter of this thread."""
    from av.video.reformatter import VideoReformatter

    converter: VideoReformatter | None = getattr(_CONVERTERS, "converter", None)
    if converter is None:
        converter = _CONVERTERS.converter = VideoReformatter()
    return converter


def _is_field(raw: av.VideoFrame, video: OpenVideo) -> bool:
    """Return whether a decoded frame is one of the two fields of an interlaced one.

    FFmpeg puts the fields of other codecs together, but hands out those of HEVC one by one. It marks no other
    HEVC pictures as interlaced.
    """
    return video.stream.codec_context.name == "hevc" and raw.interlaced_frame
