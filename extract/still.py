"""Pictures of single moments, for people to look at; nothing is measured in them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from extract.container import OpenVideo
from extract.orientation import RgbImage
from extract.picture import make_picture

if TYPE_CHECKING:
    import av


def read_still(video: OpenVideo, time_s: float, *, reach: int = 0) -> tuple[float, RgbImage] | None:
    """Return the picture that is shown at a time, or one shortly before it, and its own time.

    It jumps there, which is not exact in every file.

    Parameters
    ----------
    video
        The video, opened for this alone.
    time_s
        Seconds from the beginning.
    reach
        How many frames to decode after the key frame before that time; by default the key frame is
        returned, which is much faster.

    Returns
    -------
    tuple of float and ndarray, or None
        None where no picture can be read.

    Raises
    ------
    VideoError
        When the picture is larger than the limits of the video allow.
    """
    import av

    stream = video.stream
    base = stream.time_base
    if base is None:
        return None
    start = stream.start_time or 0
    wanted = start + int(time_s / base)
    stream.codec_context.skip_frame = "DEFAULT" if reach else "NONKEY"
    best: av.VideoFrame | None = None
    try:
        video.container.seek(wanted, stream=stream)
        for raw in islice(video.container.decode(stream), reach + 1):
            if raw.pts is None or (best is not None and raw.pts > wanted):
                break
            best = raw
    except av.error.FFmpegError:
        pass  # what was read until then will do
    if best is None or best.pts is None:
        return None
    shown_s = float((best.pts - start) * base)
    return shown_s, make_picture(best, 0, shown_s, video).to_frame().image
