"""What a container claims of its picture stream; it need not be true."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Final, cast

from extract.container import OpenVideo
from extract.presentation_times import StoredTimes

if TYPE_CHECKING:
    from av.video.stream import VideoStream

_CLOCK: Final = re.compile(r"(?P<hours>\d{1,6}):(?P<minutes>\d\d):(?P<seconds>\d\d(\.\d+)?)")


def find_frame_count(stream: VideoStream) -> int | None:
    """Return the claimed number of frames; None where there is no claim that can be true."""
    return stream.frames if stream.frames > 0 else None


def count_empty_slots(video: OpenVideo) -> int:
    """Return how many of the claimed frames are empty on purpose, as far as the index of the file tells.

    AVI has a slot for each frame of a constant rate. A recorder that misses a frame leaves its slot empty, so
    that the frame before is shown for longer.
    """
    if video.container.format.name != "avi":
        return 0
    slots = pairwise(entry.timestamp for entry in video.stream.index_entries)
    return sum(max(later - earlier - 1, 0) for earlier, later in slots)


def find_fps(stream: VideoStream) -> float | None:
    """Return the claimed average frame rate, frames/s; None where there is no claim."""
    rate = stream.average_rate
    return float(rate) if rate is not None and rate > 0 else None


def find_true_rate(video: OpenVideo) -> Fraction | None:
    """Return the frame rate to go by where time stamps fail, frames/s; None where nothing tells it.

    Of a raw stream FFmpeg's average is 25, whatever the pictures themselves say.
    """
    stream = video.stream
    return stream.guessed_rate if find_stored_times(video) is StoredTimes.NONE else stream.average_rate


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


def find_stored_times(video: OpenVideo) -> StoredTimes:
    """Return which times the container stores; without B-frames, those of decoding are those of showing."""
    from av.format import Flags

    container = video.container.format
    # FFmpeg names readers of bare pictures, one behind the other, "jpeg_pipe" and so on.
    if container.flags & cast(int, Flags.no_timestamps.value) or container.name.endswith("_pipe"):
        return StoredTimes.NONE
    if container.name == "avi" and video.stream.codec_context.has_b_frames:
        return StoredTimes.DECODED
    return StoredTimes.SHOWN


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
