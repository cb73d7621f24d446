"""Which of a file's video tracks is its video: the one that players show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.stream import VideoStream

# So many packets, of sound too, are looked at to tell a picture from a video: some minutes of most files.
_LOOK_AT: Final = 20_000
# After two, nobody takes a track for a picture any more.
_MOVES: Final = 2


class ChosenTrack(NamedTuple):
    """What was chosen.

    Attributes
    ----------
    stream
        The track.
    others
        The file's other video tracks, each in words; covers and other single pictures are none.
    """

    stream: VideoStream
    others: tuple[str, ...]


def list_video_tracks(container: InputContainer) -> list[VideoStream]:
    """Return the tracks that may be videos: without those that the container marks as pictures or parts.

    Marked are covers, the thumbnails of chapters, stills, and layers that mean nothing alone.
    """
    from av.stream import Disposition

    no_video = (
        Disposition.attached_pic
        | Disposition.timed_thumbnails
        | Disposition.still_image
        | Disposition.dependent
    )
    return [stream for stream in container.streams.video if not stream.disposition & no_video]


def find_single_pictures(container: InputContainer, tracks: Sequence[VideoStream]) -> frozenset[int]:
    """Return the indices of those `tracks` that hold a single picture, which not every container marks.

    Where the container counts no frames it is read on for this, so it is to be opened anew afterwards.
    """
    pictures = {track.index for track in tracks if track.frames == 1}
    unknown = [track for track in tracks if track.frames < 1]
    if unknown:
        seen = _count_packets(container, unknown)
        pictures |= {track.index for track in unknown if seen[track.index] < _MOVES}
    return frozenset(pictures)


def choose_track(tracks: Sequence[VideoStream], pictures: frozenset[int]) -> ChosenTrack:
    """Return the track that players show, of at least one.

    The one that the container marks as default comes first, then the one with the largest picture, then the
    first. A track that FFmpeg cannot decode, or that holds a single picture, is taken only when there is no
    other.

    Parameters
    ----------
    tracks
        As from `list_video_tracks`.
    pictures
        As from `find_single_pictures`.
    """
    from av.stream import Disposition

    def rank(track: VideoStream) -> tuple[bool, bool, bool, int]:
        is_default = bool(track.disposition & Disposition.default)
        return track.codec_context is not None, track.index not in pictures, is_default, _measure(track)

    chosen = max(tracks, key=rank)  # the first of equal ones
    others = [track for track in tracks if track is not chosen and track.index not in pictures]
    return ChosenTrack(chosen, tuple(describe_track(track) for track in others))


def describe_track(track: VideoStream) -> str:
    """Return a track in words, such as "h264, 640 x 360 px"."""
    context = track.codec_context
    return "unknown codec" if context is None else f"{context.name}, {context.width} x {context.height} px"


def _measure(track: VideoStream) -> int:
    context = track.codec_context
    return 0 if context is None else context.width * context.height


def _count_packets(container: InputContainer, tracks: Sequence[VideoStream]) -> Counter[int]:
    import av

    seen: Counter[int] = Counter()
    try:
        for packet in islice(container.demux(), _LOOK_AT):
            seen[packet.stream_index] += packet.size > 0
            if all(seen[track.index] >= _MOVES for track in tracks):
                break
    except av.error.FFmpegError:
        pass  # what was read until then tells enough; whoever reads on meets it again
    return seen
