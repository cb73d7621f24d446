"""Video file to upright RGB frames with their true presentation times.

PyAV (FFmpeg) reads the file rather than `cv2.VideoCapture`: it tells audio from video, gives each frame's
presentation time as a fraction instead of a guess, states the rotation, and converts to RGB once.
Frames are decoded in order and never by seeking.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from extract.claims import (
    count_empty_slots,
    find_duration,
    find_fps,
    find_frame_count,
    find_stored_times,
    find_true_rate,
)
from extract.container import open_video
from extract.decoding import Decoder
from extract.limits import Clock, Limits
from extract.orientation import Orientation
from extract.picture import Frame, Picture, make_picture
from extract.presentation_times import PresentationTimes
from extract.source_video import SourceVideo
from extract.tracks import describe_track
from ground.errors import InputError, VideoError
from ground.text import storable

# What folders are searched for; a file that is named is read whatever its ending. Animated pictures (.gif)
# are not among them, because most pictures with that ending are no videos.
VIDEO_SUFFIXES: Final = frozenset(
    {
        ".3g2", ".3gp", ".asf", ".avi", ".divx", ".dv", ".f4v", ".flv", ".m2t", ".m2ts", ".m4v", ".mkv",
        ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".mxf", ".nut", ".ogm", ".ogv", ".qt", ".rm", ".rmvb",
        ".tod", ".ts", ".vob", ".webm", ".wmv", ".wtv",
    }
)  # fmt: skip
_DEFAULT_LIMITS: Final = Limits()


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
    clock
        Counts the time that reading takes; None for one that starts when the video is opened.

    Raises
    ------
    VideoError
        When the file is missing, empty, not a video, audio only, of a codec that FFmpeg cannot decode, or has
        larger pictures than the limits allow.
    """

    def __init__(self, path: Path, limits: Limits = _DEFAULT_LIMITS, clock: Clock | None = None) -> None:
        self.path = path
        self._limits = limits
        self._clock = clock
        self._decoded = 0
        self._size: tuple[int, int] | None = None
        self._orientation = Orientation()
        self._sha256: str | None = None

    def __enter__(self) -> Self:
        self._clock = self._clock or Clock(str(self.path), self._limits.time_s)
        self._to_close = ExitStack()
        self._video = self._to_close.enter_context(open_video(self.path, self._limits))
        self._decoder = Decoder(self._video, self._clock)
        self._times = PresentationTimes(
            self._video.stream.time_base,
            find_true_rate(self._video),
            find_stored_times(self._video),
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._to_close.close()

    @property
    def name(self) -> str:
        """Name of the file; what is no valid text in it is written out, so that it can be stored."""
        return storable(self.path.name)

    @property
    def frames_promised(self) -> int | None:
        """Number of frames that the container claims; None where it makes no claim that can be true."""
        return find_frame_count(self._video.stream)

    @property
    def fps(self) -> float | None:
        """Average frame rate that the container claims, frames/s; None where it makes no claim."""
        return find_fps(self._video.stream)

    @property
    def duration_s(self) -> float | None:
        """Duration that the container claims for the picture, seconds; None where it makes no claim."""
        return find_duration(self._video, self._times.start or Fraction(0))

    def __iter__(self) -> Iterator[Frame]:
        """Yield the readable frames in order of presentation, as `iter_pictures` does."""
        for picture in self.iter_pictures():
            yield picture.to_frame()

    def iter_pictures(self) -> Iterator[Picture]:
        """Yield the readable frames in order of presentation, not yet converted.

        Packets that cannot be decoded are counted and passed over. Every frame that can be has a time, which
        rises from frame to frame; what is done to time stamps that do not is counted
        (`extract.presentation_times`).

        Raises
        ------
        VideoError
            When a frame is larger, or reading takes longer, than the limits allow.
        """
        for raw, time_s in self._times.place(self._decoder):
            first_height = None if self._size is None else self._size[1]
            picture = make_picture(raw, self._decoded, time_s, self._video, first_height)
            if self._size is None:
                self._size, self._orientation = picture.size, picture.orientation
            yield picture
            self._decoded += 1

    def hash_source(self) -> str:
        """Return the SHA-256 of the file that is read, even if another one has taken its name meanwhile."""
        if self._sha256 is None:
            file = self._video.file
            place = file.tell()  # FFmpeg reads on from there
            file.seek(0)
            self._sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(place)
        return self._sha256

    @contextmanager
    def reopened(self) -> Iterator[VideoReader]:
        """Yield another reader of the same file, at its beginning; its time counts as this one's.

        Raises
        ------
        InputError
            When another file has taken its name meanwhile.
        """
        with VideoReader(self.path, self._limits, self._clock) as again:
            if again.hash_source() != self.hash_source():
                raise InputError(f"{self.path} was changed while it was read. Run the same command again.")
            yield again

    def begins_as(self, known: SourceVideo) -> bool:
        """Return whether the track that is read, and the size of its first picture, are the `known` ones.

        Older versions knew others where they took another track of the file, the size of its last picture,
        or a field for a whole picture.

        Raises
        ------
        VideoError
            As `iter_pictures`.
        """
        if known.other_tracks != self._video.other_tracks:
            return False
        with VideoReader(self.path, self._limits, self._clock) as again:
            first = next(again.iter_pictures(), None)
        return first is not None and first.size == (known.width, known.height)

    def describe(self) -> SourceVideo:
        """Return what is known of the file once all frames were read.

        Raises
        ------
        VideoError
            When not a single frame could be decoded.
        """
        start = self._times.start
        if self._size is None or start is None:
            raise VideoError(
                f"No frame of {self.path} could be decoded. The file is damaged or encrypted, or its "
                f"pictures have more than {self._limits.max_pixels:,} pixels. Download or copy it again, or "
                "raise --max-pixels."
            )
        if self._decoded == 1:
            raise VideoError(
                f"{self.path} holds a single picture. Give a video. The video in a live or motion photo must "
                "be exported from it first."
            )
        width, height = self._size
        return SourceVideo(
            name=self.name,
            sha256=self.hash_source(),
            bytes=os.fstat(self._video.file.fileno()).st_size,
            width=width,
            height=height,
            rotation_deg=self._orientation.rotation_deg,
            mirrored=self._orientation.mirrored,
            codec=self._video.stream.codec_context.name,
            container_fps=self.fps,
            duration_s=self.duration_s,
            frames_promised=self.frames_promised,
            frames_decoded=self._decoded,
            frames_discarded=0,
            decode_errors=self._decoder.errors,
            start_s=float(start),
            time_repairs=self._times.repairs,
            frames_hidden=self._decoder.hidden + count_empty_slots(self._video),
            track=describe_track(self._video.stream) if self._video.other_tracks else None,
            other_tracks=self._video.other_tracks,
        )
