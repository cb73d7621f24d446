"""Decoding the packets of a picture stream, whatever of them is damaged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from extract.container import OpenVideo
from extract.limits import Clock

if TYPE_CHECKING:
    import av


class Decoder:
    """Decodes an open video from where it stands to its end; to be iterated over once.

    Attributes
    ----------
    errors
        How many parts of the data could not be decoded so far, and were passed over.
    hidden
        How many frames so far are in the file for decoding others and are not to be shown, as in an MP4 that
        was cut without encoding it again.

    Parameters
    ----------
    video
        The video.
    clock
        Counts the time that this takes; it raises VideoError when the time is over.
    """

    def __init__(self, video: OpenVideo, clock: Clock) -> None:
        self.errors = 0
        self.hidden = 0
        self._video = video
        self._clock = clock

    def __iter__(self) -> Iterator[av.VideoFrame]:
        """Yield the frames that can be decoded, in the decoder's order, which is that of presentation."""
        import av

        packets = self._video.container.demux(self._video.stream)
        while True:
            self._clock.check()
            try:
                packet = next(packets, None)
            except av.error.FFmpegError:  # a truncated container; its last readable packet was the one before
                self.errors += 1
                packet = None
            self.hidden += packet is not None and packet.is_discard
            try:
                # None flushes the frames that the decoder still holds.
                yield from self._video.decode(packet)
            except av.error.EOFError:
                return
            except av.error.FFmpegError:
                self.errors += 1
            if packet is None:
                return
