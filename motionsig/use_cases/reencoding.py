"""Videos as platforms hand them on: compressed again, made smaller, with fewer frames."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

from extract.picture import Frame
from extract.video import VideoReader
from ground.errors import VideoError
from ground.files import replace_when_complete

# x264's own default, which the degradations that are about something else use too.
_DEFAULT_CRF: Final = 23
_CLOCK_HZ: Final = 90_000  # MPEG's clock, in which usual frame rates are whole numbers
_FALLBACK_FPS: Final = 25.0  # of a container that claims no rate; only the encoder's planning depends on it


@dataclass(frozen=True)
class Degradation:
    """One way of encoding a video again, with x264.

    Attributes
    ----------
    name
        Part of file names.
    crf
        x264's constant rate factor, 0 to 51: higher is smaller and worse.
    scale
        Width and height, as multiples of the video's.
    fps
        Frames per second, at a constant rate; None to keep the video's own times.
    """

    name: str
    crf: int = _DEFAULT_CRF
    scale: Fraction = Fraction(1)
    fps: int | None = None


DEGRADATIONS: Final = (
    Degradation("crf23", crf=23),
    Degradation("crf28", crf=28),
    Degradation("crf33", crf=33),
    Degradation("crf41", crf=41),
    Degradation("half", scale=Fraction(1, 2)),
    Degradation("quarter", scale=Fraction(1, 4)),
    Degradation("12fps", fps=12),
)


def reencode(video: Path, path: Path, degradation: Degradation, *, growing_in: Path | None = None) -> None:
    """Encode a video's picture again as H.264 in an MP4 file, upright and with square pixels.

    PyAV does it in this process: its wheel brings FFmpeg with x264, the source is read as every video is, and
    no other program has to be found, started or given a name. One thread, so the same video gives the same
    bytes.

    Parameters
    ----------
    video
        The video; it is not modified.
    path
        Where the new one goes, ending in ``.mp4``; it appears there only when complete.
    degradation
        How it is encoded.
    growing_in
        As for `ground.files.replace_when_complete`.

    Raises
    ------
    VideoError
        When the video cannot be read, or is too small to be made smaller.
    InputError
        When `path` cannot be written.
    """
    import av

    with (
        VideoReader(video) as reader,
        replace_when_complete(path, growing_in=growing_in) as partial,
        av.open(str(partial), "w", format="mp4") as container,
    ):
        fps = degradation.fps or reader.fps or _FALLBACK_FPS
        stream = container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001))
        stream.codec_context.time_base = Fraction(1, _CLOCK_HZ)
        stream.thread_count = 1
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": str(degradation.crf)}
        size: tuple[int, int] | None = None
        try:
            for time, frame in _retime(reader, degradation.fps):
                if size is None:
                    size = stream.width, stream.height = _scale_size(frame, degradation.scale)
                picture = av.VideoFrame.from_ndarray(frame.image, format="rgb24")
                # Bicubic, as ffmpeg's own scaling.
                picture = picture.reformat(*size, "yuv420p", interpolation="BICUBIC")
                picture.pts, picture.time_base = round(time * _CLOCK_HZ), Fraction(1, _CLOCK_HZ)
                container.mux(stream.encode(picture))
            container.mux(stream.encode(None))
        except av.error.FFmpegError as error:
            raise VideoError(
                f"{video} cannot be encoded again as "
                f"{degradation.name}{' at {} x {} px'.format(*size) if size else ''} ({error.strerror}). "
                "Leave it out."
            ) from error
        reader.describe()  # which refuses a video without a picture


def _retime(frames: Iterable[Frame], fps: int | None) -> Iterator[tuple[Fraction, Frame]]:
    """Yield frames with the times at which they are shown.

    At a constant rate the first frame nearest to each multiple of 1 / `fps` stands there, as FFmpeg does it;
    no frame is shown twice.
    """
    last = -1
    for frame in frames:
        if fps is None:
            yield Fraction(frame.time_s), frame
            continue
        turn = round(frame.time_s * fps)
        if turn > last:
            yield Fraction(turn, fps), frame
            last = turn


def _scale_size(frame: Frame, scale: Fraction) -> tuple[int, int]:
    """Return width and height; even, because colour is stored for two by two pixels."""
    height, width = frame.image.shape[:2]
    return max(round(width * scale / 2), 1) * 2, max(round(height * scale / 2), 1) * 2
