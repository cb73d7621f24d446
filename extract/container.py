"""Opening a video file: safely, within limits, and at the track that is its video."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Final

from extract.limits import Limits, memory_bounded
from extract.pixel_aspect import PixelAspect
from extract.tracks import ChosenTrack, choose_track, find_single_pictures, list_video_tracks
from ground.errors import VideoError
from ground.files import refuse_closed_folder

if TYPE_CHECKING:
    import av
    from av.container import InputContainer
    from av.video.stream import VideoStream

_DEFAULT_LIMITS: Final = Limits()
# FFmpeg compares sizes that it has rounded up to what its decoders need.
_ROUNDED_UP: Final = 2
# What opening may take: a few pictures, and an index of millions of frames.
_OPENING_BYTES: Final = 2**28
_BYTES_PER_PIXEL: Final = 24


@dataclass(frozen=True)
class OpenVideo:
    """A video file that is open.

    Attributes
    ----------
    path
        Where it lay when it was opened.
    limits
        What it may cost.
    file
        The file; FFmpeg reads on from where it stands.
    container, stream
        FFmpeg's container, and the video track that is read.
    other_tracks
        The file's other video tracks, each in words.
    aspect
        How wide the pixels of its frames are.
    """

    path: Path
    limits: Limits
    file: BufferedReader
    container: InputContainer
    stream: VideoStream
    other_tracks: tuple[str, ...]
    aspect: PixelAspect

    def decode(self, packet: av.Packet[VideoStream] | None) -> list[av.VideoFrame]:
        """Return the frames that the decoder hands out for a packet of the track; None asks for the last.

        Raises
        ------
        av.error.FFmpegError
            When the packet is damaged, or after the last frames.
        """
        with self.aspect.noted(packet):
            return self.stream.decode(packet)


@contextmanager
def open_video(path: Path, limits: Limits = _DEFAULT_LIMITS) -> Iterator[OpenVideo]:
    """Open a video for the block.

    Parameters
    ----------
    path
        The video. Its content decides how it is read, not its name, and nothing that it refers to
        (playlists, addresses) is opened.
    limits
        What it may cost.

    Raises
    ------
    VideoError
        When the file is missing, empty, not a video, audio only, of a codec that FFmpeg cannot decode, or has
        larger pictures than the limits allow.
    """
    import av

    _check_regular_file(path)
    with path.open("rb") as file, ExitStack() as to_close:
        try:
            container, track = _open_track(file, path, limits, to_close)
            _prepare(track.stream, path, limits)
        except (av.error.FFmpegError, ValueError) as error:
            raise VideoError(
                f"FFmpeg cannot read {path} as a video ({_reason(error)}). It is not a video, or it is "
                "damaged or cut off. Download or copy it again. If another program can play it, convert it "
                "to mp4."
            ) from error
        aspect = PixelAspect(track.stream)
        yield OpenVideo(path, limits, file, container, track.stream, track.others, aspect)


def _open_container(file: BufferedReader, limits: Limits) -> InputContainer:
    import av

    # A file object, not a name: no protocol, pattern or playlist in the name is interpreted,
    # and an empty whitelist keeps a hostile file from making FFmpeg open others.
    # FFmpeg decodes pictures already to find out what they are, so it is told their limit here.
    options = {"protocol_whitelist": "none", "max_pixels": _limit_pixels(limits)}
    # FFmpeg's index of the frames is as long as the file says.
    with memory_bounded(_OPENING_BYTES + _BYTES_PER_PIXEL * limits.max_pixels):
        # Texts in old files are often Latin-1; nothing but one duration is read of them.
        return av.open(file, mode="r", options=options, metadata_errors="backslashreplace")


def _open_track(
    file: BufferedReader, path: Path, limits: Limits, to_close: ExitStack
) -> tuple[InputContainer, ChosenTrack]:
    pictures: frozenset[int] = frozenset()
    container = _open_container(file, limits)
    if len(tracks := list_video_tracks(container)) > 1:
        with container:
            pictures = find_single_pictures(container, tracks)
        file.seek(0)
        container = _open_container(file, limits)
        tracks = list_video_tracks(container)
    to_close.enter_context(container)
    if not tracks:
        found = "only audio" if container.streams.audio else "no video"
        raise VideoError(f"{path} holds {found}. Give a file with a video track.")
    return container, choose_track(tracks, pictures)


def _prepare(stream: VideoStream, path: Path, limits: Limits) -> None:
    context = stream.codec_context
    if context is None:
        raise VideoError(f"{path} uses a video codec that FFmpeg does not know. Convert it to H.264.")
    limits.check_picture(path, context.width, context.height)
    # As frames may be larger than the file's header says.
    context.options = {"max_pixels": _limit_pixels(limits)}
    # One thread: videos are worked on side by side, and damaged data gives the same each time.
    context.thread_count = 1


def _limit_pixels(limits: Limits) -> str:
    return str(_ROUNDED_UP * limits.max_pixels)


def _check_regular_file(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise VideoError(f"{path} does not exist.") from None
    except (OSError, ValueError) as error:
        raise VideoError(f"{path} cannot be read: {_reason(error)}.") from error
    refuse_closed_folder(path, VideoError)
    if not stat.S_ISREG(mode):
        raise VideoError(f"{path} is not a regular file. Give a video file.")
    try:
        with path.open("rb") as stream:
            first = stream.read(1)
    except OSError as error:
        raise VideoError(f"{path} cannot be read: {error.strerror}.") from error
    if not first:
        raise VideoError(f"{path} is empty (0 bytes). Download or copy it again.")


def _reason(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error)
