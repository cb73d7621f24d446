"""Pictures of single moments, for people to look at; nothing is measured in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from extract.container import OpenVideo
from extract.orientation import RgbImage
from extract.picture import make_picture

if TYPE_CHECKING:
    import av


def read_stills(
    video: OpenVideo, times_s: Iterable[float], *, reach: int = 0
) -> Iterator[tuple[float, RgbImage] | None]:
    """Yield for each time the picture that is shown then, or one shortly before it, and its own time.

    It jumps to key frames, which is not exact in every file. Times should rise: between two that have no key
    frame between them, it reads on and does not jump.

    Parameters
    ----------
    video
        The video, opened for this alone.
    times_s
        Seconds from the beginning.
    reach
        How many frames to decode after a key frame; by default the key frames are returned, which is much
        faster.

    Yields
    ------
    tuple of float and ndarray, or None
        None where no picture can be read.

    Raises
    ------
    VideoError
        When a picture is larger than the limits of the video allow.
    """
    playback = _Playback(video, reach)
    base, start = video.stream.time_base, video.stream.start_time or 0
    for time_s in times_s:
        shown = None if base is None else playback.show(start + int(time_s / base))
        if shown is None or shown.pts is None or base is None:
            yield None
            continue
        shown_s = float((shown.pts - start) * base)
        yield shown_s, make_picture(shown, 0, shown_s, video).to_frame().image


class _Playback:
    """A video that is played from key frames on, as far as some reach."""

    def __init__(self, video: OpenVideo, reach: int) -> None:
        self._video, self._reach = video, reach
        self._frames: Iterator[av.VideoFrame] = iter(())
        self._shown: av.VideoFrame | None = None
        self._coming: av.VideoFrame | None = None
        video.stream.codec_context.skip_frame = "DEFAULT" if reach else "NONKEY"

    def show(self, stamp: int) -> av.VideoFrame | None:
        """Return the frame that is shown at a time stamp, or the last one before it that can be had."""
        if not self._is_read_towards(stamp):
            self._jump(stamp)
        while (coming := self._coming or self._decode()) is not None:
            if self._shown is not None and coming.pts is not None and coming.pts > stamp:
                break
            self._shown, self._coming = coming, None
        self._coming = coming
        return self._shown

    def _is_read_towards(self, stamp: int) -> bool:
        """Return whether the frame is ahead, with no key frame between it and the one that is shown."""
        if self._coming is None or self._shown is None or self._shown.pts is None or self._shown.pts > stamp:
            return False
        index = self._video.stream.index_entries
        key_frame = index.search_timestamp(stamp)
        return key_frame >= 0 and index[key_frame].timestamp <= self._shown.pts

    def _jump(self, stamp: int) -> None:
        import av

        self._shown = self._coming = None
        self._frames = iter(())
        try:
            self._video.container.seek(stamp, stream=self._video.stream)
        except av.error.FFmpegError:
            return
        self._frames = islice(self._video.container.decode(self._video.stream), self._reach + 1)

    def _decode(self) -> av.VideoFrame | None:
        import av

        try:
            frame = next(self._frames, None)
        except av.error.FFmpegError:
            return None  # what was read until then will do
        return None if frame is None or frame.pts is None else frame
