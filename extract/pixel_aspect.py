"""How wide the pixels of each frame are: a broadcast that goes from 4:3 to 16:9 says so in mid-stream."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import av
    from av.video.stream import VideoStream

_SQUARE: Final = Fraction(1)


class _Note:
    """What the pictures of one packet said of their pixels; None until they were decoded, or for nothing."""

    aspect: Fraction | None = None


class PixelAspect:
    """Width to height of the pixels of a track's frames.

    Where the container contradicts the pictures it is right for all frames, as players have it. Otherwise
    each frame is as wide as the pictures say where it stands.

    Parameters
    ----------
    track
        The track, before anything of it was decoded.
    """

    def __init__(self, track: VideoStream) -> None:
        self._context = track.codec_context
        # FFmpeg's guess is the container's claim, or the first picture's where the container makes none.
        self._first = track.sample_aspect_ratio or _SQUARE
        self._follows_pictures = track.sample_aspect_ratio == self._context.sample_aspect_ratio
        # FFmpeg knows this of each frame, but PyAV does not pass it on. It passes on, from each packet to the
        # frames in it, what we attach to it; and the decoder tells what the last packet said.
        self._context.copy_opaque = True

    @contextmanager
    def noted(self, packet: av.Packet[VideoStream] | None) -> Iterator[None]:
        """Note what a packet that is decoded in the block says of the pixels of its frames."""
        note = _Note()
        if packet is not None:
            packet.opaque = note
        try:
            yield
        finally:
            note.aspect = self._context.sample_aspect_ratio

    def read(self, frame: av.VideoFrame) -> Fraction:
        """Return how many times as wide as high the pixels of a decoded frame are."""
        if not self._follows_pictures:
            return self._first
        note = frame.opaque
        said = note.aspect if isinstance(note, _Note) else self._context.sample_aspect_ratio
        return said or self._first
