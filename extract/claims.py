"""What a container claims of its picture stream; it need not be true."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from extract.container import OpenVideo

if TYPE_CHECKING:
    from av.video.stream import VideoStream

_CLOCK: Final = re.compile(r"(?P<hours>\d{1,6}):(?P<minutes>\d\d):(?P<seconds>\d\d(\.\d+)?)")


def find_frame_count(stream: VideoStream) -> int | None:
    """Return the claimed number of frames; None where there is no claim that can be true."""
    return stream.frames if stream.frames > 0 else None


def find_fps(stream: VideoStream) -> float | None:
    """Return the claimed average frame rate, frames/s; None where there is no claim."""
    rate = stream.average_rate
    return float(rate) if rate is not None and rate > 0 else None


def find_duration(video: OpenVideo, start: Fraction) -> float | None:
    """Return the claimed duration of the picture, seconds; None where there is no claim.

    Matroska states when a stream ends in a tag, or the file as a whole, which says nothing of the picture
    when there is sound as well.

    Parameters
    ----------
    video
        The video.
    start
        Time of the first frame on the container's clock, seconds; 0 where it is not known.
    """
    claimed = _read_duration(video, start)
    return claimed if claimed is not None and claimed > 0 else None


def _read_duration(video: OpenVideo, start: Fraction) -> float | None:
    import av

    stream, container = video.stream, video.container
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    end_s = _parse_clock(stream.metadata.get("DURATION", ""))
    if end_s is not None:
        return end_s - float(start)
    if container.duration is not None and len(container.streams) == 1:
        return float(container.duration / av.time_base)
    return None


def _parse_clock(text: str) -> float | None:
    """Return the seconds of ``00:01:02.500000000``; None when it is no such text."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return None
    return int(found["hours"]) * 3600 + int(found["minutes"]) * 60 + float(found["seconds"])
