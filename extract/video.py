"""Video file to upright RGB frames with their true presentation times.

PyAV (FFmpeg) reads the file rather than `cv2.VideoCapture`: it tells audio from video, gives each frame's
presentation time as a fraction instead of a guess, states the rotation, and converts to RGB once.
Frames are decoded in order and never by seeking.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from extract.frame_table import SourceVideo
from extract.limits import Clock, Limits, memory_bounded
from extract.orientation import Orientation, RgbImage, read_orientation
from ground.errors import InputError, VideoError
from ground.files import refuse_closed_folder
from ground.text import storable

if TYPE_CHECKING:
    import av
    from av.video.stream import VideoStream

VIDEO_SUFFIXES: Final = frozenset(
    {".3gp", ".avi", ".flv", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".ts", ".webm", ".wmv"}
)
# Longer pauses are no pauses but broken time stamps, which would lay clips over nothing.
_LONGEST_GAP_S: Final = 600
_DEFAULT_LIMITS: Final = Limits()
# FFmpeg compares sizes that it has rounded up to what its decoders need.
_ROUNDED_UP: Final = 2
# What opening may take: a few pictures, and an index of millions of frames.
_OPENING_BYTES: Final = 2**28
_BYTES_PER_PIXEL: Final = 24
_CLOCK: Final = re.compile(r"(?P<hours>\d{1,6}):(?P<minutes>\d\d):(?P<seconds>\d\d(\.\d+)?)")


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


class VideoReader:
    """Reads one video from beginning to end; a context manager, to be iterated over once.

    What the file claims is known after opening, what it holds after the last frame (`describe`).

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

    def __init__(self, path: Path, limits: Limits = _DEFAULT_LIMITS) -> None:
        self.path = path
        self._limits = limits
        self._start: Fraction | None = None
        self._decoded = 0
        self._errors = 0
        self._discarded = 0
        self._size: tuple[int, int] | None = None
        self._sha256: str | None = None
        self._orientation = Orientation()

    def __enter__(self) -> Self:
        import av

        _check_regular_file(self.path)
        self._clock = Clock(str(self.path), self._limits.time_s)
        self._file = self.path.open("rb")
        try:
            # A file object, not a name: no protocol, pattern or playlist in the name is interpreted,
            # and an empty whitelist keeps a hostile file from making FFmpeg open others.
            # FFmpeg decodes pictures already to find out what they are, so it is told their limit here.
            options = {"protocol_whitelist": "none", "max_pixels": str(_ROUNDED_UP * self._limits.max_pixels)}
            # FFmpeg's index of the frames is as long as the file says.
            with memory_bounded(_OPENING_BYTES + _BYTES_PER_PIXEL * self._limits.max_pixels):
                # Texts in old files are often Latin-1; nothing but one duration is read of them.
                self._container = av.open(
                    self._file, mode="r", options=options, metadata_errors="backslashreplace"
                )
            self._stream = self._find_stream()
        except BaseException as error:
            self._file.close()
            if isinstance(error, av.error.FFmpegError | av.error.EOFError | ValueError):
                raise VideoError(
                    f"{self.path} is not a video that FFmpeg can read ({_reason(error)}): it is something "
                    "else, or damaged, or cut off. Download or copy it again; if it plays elsewhere, "
                    "convert it to mp4."
                ) from error
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._container.close()
        self._file.close()

    def _find_stream(self) -> VideoStream:
        # Cover pictures of audio files are streams of one still picture, marked as attached.
        streams = [s for s in self._container.streams.video if not _is_cover_picture(s)]
        if not streams:
            found = "only audio" if self._container.streams.audio else "no video"
            self._container.close()
            raise VideoError(f"{self.path} holds {found}; motionsig needs the picture.")
        stream = streams[0]
        if stream.codec_context is None:
            self._container.close()
            raise VideoError(
                f"{self.path} uses a video codec that FFmpeg does not know; convert it to H.264."
            )
        context = stream.codec_context
        if context.width * context.height > self._limits.max_pixels:
            size = context.width, context.height
            self._container.close()
            raise self._describe_size(*size)
        # As frames may be larger than the file's header says.
        context.options = {"max_pixels": str(_ROUNDED_UP * self._limits.max_pixels)}
        # One thread: videos are worked on side by side, and damaged data gives the same each time.
        stream.codec_context.thread_count = 1
        return stream

    @property
    def name(self) -> str:
        """Name of the file; what is no valid text in it is written out, so that it can be stored."""
        return storable(self.path.name)

    @property
    def frames_promised(self) -> int | None:
        """Number of frames that the container claims; None where it makes no claim that can be true."""
        return self._stream.frames if self._stream.frames > 0 else None

    @property
    def fps(self) -> float | None:
        """Average frame rate that the container claims, frames/s; None where it makes no claim."""
        rate = self._stream.average_rate
        return float(rate) if rate is not None and rate > 0 else None

    @property
    def duration_s(self) -> float | None:
        """Duration that the container claims for the picture, seconds; None where it makes no claim.

        Matroska states when a stream ends in a tag, or the file as a whole, which says nothing of the picture
        when there is sound as well.
        """
        claimed = self._find_duration()
        return claimed if claimed is not None and claimed > 0 else None

    def _find_duration(self) -> float | None:
        import av

        if self._stream.duration is not None and self._stream.time_base is not None:
            return float(self._stream.duration * self._stream.time_base)
        end_s = _parse_clock(self._stream.metadata.get("DURATION", ""))
        if end_s is not None:
            return end_s - float(self._start or 0)
        if self._container.duration is not None and len(self._container.streams) == 1:
            return float(self._container.duration / av.time_base)
        return None

    def __iter__(self) -> Iterator[Frame]:
        """Yield the readable frames in order of presentation, as `iter_pictures` does."""
        for picture in self.iter_pictures():
            yield picture.to_frame()

    def iter_pictures(self) -> Iterator[Picture]:
        """Yield the readable frames in order of presentation, not yet converted.

        Packets that cannot be decoded are counted and passed over; a frame that is not later than the one
        before it (broken time stamps) is counted and left out.

        Raises
        ------
        VideoError
            When a frame carries no time at all, as in a raw elementary stream, or comes so long after the one
            before it that the times cannot be true.
        """
        last: Fraction | None = None
        for raw in self._decode():
            time = self._presentation_time(raw)
            if self._start is None:
                self._start = time
            if last is not None and time <= last:
                self._discarded += 1
                continue
            if last is not None and time - last > _LONGEST_GAP_S:
                raise VideoError(
                    f"The time stamps of {self.path} are broken: after {float(last - self._start):.1f} s the "
                    f"next frame is at {float(time - self._start):.1f} s. Repair them, for example with "
                    "`ffmpeg -fflags +genpts -i IN -c copy OUT.mp4`."
                )
            last = time
            yield self._make_picture(raw, self._decoded, float(time - self._start))
            self._decoded += 1

    def read_picture(self, time_s: float, *, reach: int = 0) -> tuple[float, RgbImage] | None:
        """Return the picture that is shown at a time, or one shortly before it, and its own time.

        For people to look at: it jumps, and measures nothing. A reader that jumps is not to be iterated over.

        Parameters
        ----------
        time_s
            Seconds from the beginning.
        reach
            How many frames to decode after the key frame before that time; by default the key frame is
            returned, which is much faster.

        Returns
        -------
        tuple of float and ndarray, or None
            None where no picture can be read.
        """
        import av

        base = self._stream.time_base
        if base is None:
            return None
        start = self._stream.start_time or 0
        wanted = start + int(time_s / base)
        self._stream.codec_context.skip_frame = "DEFAULT" if reach else "NONKEY"
        best: av.VideoFrame | None = None
        try:
            self._container.seek(wanted, stream=self._stream)
            for picture in islice(self._container.decode(self._stream), reach + 1):
                if picture.pts is None or (best is not None and picture.pts > wanted):
                    break
                best = picture
        except av.error.FFmpegError:
            pass  # what was read until then will do
        if best is None or best.pts is None:
            return None
        shown_s = float((best.pts - start) * base)
        return shown_s, self._make_picture(best, 0, shown_s).to_frame().image

    def _decode(self) -> Iterator[av.VideoFrame]:
        import av

        packets = self._container.demux(self._stream)
        while True:
            self._clock.check()
            try:
                packet = next(packets, None)
            except av.error.FFmpegError:  # a truncated container; its last readable packet was the one before
                self._errors += 1
                packet = None
            try:
                # None flushes the frames that the decoder still holds.
                yield from self._stream.decode(packet)
            except av.error.EOFError:
                return
            except av.error.FFmpegError:
                self._errors += 1
            if packet is None:
                return

    def _presentation_time(self, picture: av.VideoFrame) -> Fraction:
        stamp = picture.pts if picture.pts is not None else picture.dts
        base = picture.time_base or self._stream.time_base
        if stamp is None or not base:
            raise VideoError(
                f"{self.path} carries no presentation times; put it into a container first, "
                "for example with `ffmpeg -i IN -c copy OUT.mp4`."
            )
        return stamp * Fraction(base)

    def _describe_size(self, width: int, height: int) -> VideoError:
        return VideoError(
            f"The pictures of {self.path} have {width} x {height} pixels, more than the limit of "
            f"{self._limits.max_pixels:,}. If the video is what it should be, `motionsig extract` "
            "takes --max-pixels."
        )

    def _make_picture(self, raw: av.VideoFrame, index: int, time_s: float) -> Picture:
        aspect = self._stream.sample_aspect_ratio or Fraction(1)
        # Pixels made square, or faces would be stretched.
        size = max(round(raw.width * aspect), 1), raw.height
        if size[0] * size[1] > self._limits.max_pixels:
            raise self._describe_size(*size)
        self._orientation = read_orientation(raw)
        self._size = size[::-1] if self._orientation.lies else size
        return Picture(index, time_s, self._size, self._orientation, raw)

    def hash_source(self) -> str:
        """Return the SHA-256 of the file that is read, even if another one has taken its name meanwhile."""
        if self._sha256 is None:
            place = self._file.tell()  # FFmpeg reads on from there
            self._file.seek(0)
            self._sha256 = hashlib.file_digest(self._file, "sha256").hexdigest()
            self._file.seek(place)
        return self._sha256

    @contextmanager
    def reopened(self) -> Iterator[VideoReader]:
        """Yield another reader of the same file, at its beginning; its time counts as this one's.

        Raises
        ------
        InputError
            When another file has taken its name meanwhile.
        """
        with VideoReader(self.path, self._limits) as again:
            again._clock = self._clock
            if again.hash_source() != self.hash_source():
                raise InputError(f"{self.path} was changed while it was read. Run the same command again.")
            yield again

    def describe(self) -> SourceVideo:
        """Return what is known of the file once all frames were read.

        Raises
        ------
        VideoError
            When not a single frame could be decoded.
        """
        if self._size is None or self._start is None:
            raise VideoError(
                f"Not one frame of {self.path} could be decoded: the file is damaged or encrypted, or its "
                f"pictures have more than {self._limits.max_pixels:,} pixels (`motionsig extract` "
                "takes --max-pixels). Try to download or copy it again."
            )
        if self._decoded == 1:
            raise VideoError(f"{self.path} holds a single picture; motionsig needs a video.")
        width, height = self._size
        return SourceVideo(
            name=self.name,
            sha256=self.hash_source(),
            bytes=os.fstat(self._file.fileno()).st_size,
            width=width,
            height=height,
            rotation_deg=self._orientation.rotation_deg,
            mirrored=self._orientation.mirrored,
            codec=self._stream.codec_context.name,
            container_fps=self.fps,
            duration_s=self.duration_s,
            frames_promised=self.frames_promised,
            frames_decoded=self._decoded,
            frames_discarded=self._discarded,
            decode_errors=self._errors,
            start_s=float(self._start),
        )


def _check_regular_file(path: Path) -> None:
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise VideoError(f"{path} does not exist.") from None
    except (OSError, ValueError) as error:
        raise VideoError(f"{path} cannot be read: {_reason(error)}.") from error
    refuse_closed_folder(path, VideoError)
    if not stat.S_ISREG(mode):
        raise VideoError(f"{path} is not a regular file.")
    try:
        with path.open("rb") as stream:
            first = stream.read(1)
    except OSError as error:
        raise VideoError(f"{path} cannot be read: {error.strerror}.") from error
    if not first:
        raise VideoError(f"{path} is empty (0 bytes); download or copy it again.")


def _is_cover_picture(stream: VideoStream) -> bool:
    from av.stream import Disposition

    return bool(stream.disposition & Disposition.attached_pic)


def _parse_clock(text: str) -> float | None:
    """Return the seconds of ``00:01:02.500000000``; None when it is no such text."""
    found = _CLOCK.fullmatch(text.strip())
    if found is None:
        return None
    return int(found["hours"]) * 3600 + int(found["minutes"]) * 60 + float(found["seconds"])


def _reason(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error)
