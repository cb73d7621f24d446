"""A suspect video with what was measured and judged drawn in, at the suspect's own times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from classify.verdict import ClipVerdict, VideoVerdict
from classify.words.numbers import format_clock, format_ratio, format_span
from extract.frame_table import ACTION_UNITS, HEAD_ROTATION, JOINTS, FrameTable
from extract.picture import Frame
from extract.video import VideoReader
from features.measurements import get_measurements
from ground.errors import InputError
from ground.files import replace_when_complete
from ground.time_span import TimeSpan
from report.markup import format_score
from report.overlay_drawing import (
    ActionUnitBars,
    draw_banner,
    draw_body,
    draw_face_box,
    draw_head,
    draw_points,
)

if TYPE_CHECKING:
    import av
    from av.video.stream import VideoStream

# Times of frames are whole multiples of this in the output: the clock of MPEG, which the common frame rates
# divide, so that they are kept exactly, and all others to 6 µs.
CLOCK: Final = Fraction(1, 90_000)
_ENCODER: Final = {"preset": "ultrafast", "crf": "23", "bf": "0"}
_LINES: Final = 720
_AXIS_SHARE: Final = 0.22

# The face's points by the row of the frame table: float64 of shape (n, 2), px; None where there are none.
MeshOf = Callable[[int], npt.NDArray[np.float64] | None]


def write_overlay(
    video: Path,
    table: FrameTable,
    verdict: VideoVerdict,
    path: Path,
    *,
    mesh_of: MeshOf | None = None,
    on_frame: Callable[[], None] | None = None,
) -> None:
    """Write the video with landmarks, face, head axes, action units and the running clip verdict drawn in.

    The picture is upright, its pixels square; sound is left out. Each frame keeps its time, counted from the
    first frame, whatever the rate. Where the video changes its size, all are as high as the first.

    Parameters
    ----------
    video
        The suspect.
    table
        Its frame table.
    verdict
        What was said of it.
    path
        An ``.mp4`` to write.
    mesh_of
        The face's points; without them the box around the head is drawn.
    on_frame
        Called after each frame.

    Raises
    ------
    InputError
        As by `check_overlay_path`.
    VideoError
        When the video cannot be read.
    """
    check_overlay_path(video, path)
    with VideoReader(video) as reader, replace_when_complete(path) as partial, _open_output(partial) as write:
        painter: _Painter | None = None
        for frame in reader:
            painter = painter or _Painter(table, verdict, frame.image.shape, mesh_of)
            write(painter.paint(frame), frame.time_s)
            if on_frame:
                on_frame()


def check_overlay_path(video: Path, path: Path) -> None:
    """Raise InputError when `path` is no mp4, or is the video itself."""
    if path.suffix.lower() != ".mp4":
        raise InputError(f"The overlay must be an mp4 video. Call it {path.with_suffix('.mp4')}.")
    if path.exists() and path.samefile(video):
        raise InputError(f"{path} is the suspect itself. Give the overlay another name.")


class _Painter:
    """Draws into the frames of one video."""

    def __init__(
        self, table: FrameTable, verdict: VideoVerdict, shape: tuple[int, ...], mesh_of: MeshOf | None
    ) -> None:
        frames = table.frames.drop(columns="frame").astype("float64")
        places = get_measurements(frames, [f"{joint}_{axis}" for joint in JOINTS for axis in ("x", "y")])
        self._shape = shape
        self._numbers = table.frames["frame"].to_numpy()
        self._joints = places.reshape(-1, len(JOINTS), 2)
        self._rotation = get_measurements(frames, HEAD_ROTATION)
        self._face_px = get_measurements(frames, ["face_px"])[:, 0]
        self._scale = min(shape[:2]) / _LINES
        self._bars = ActionUnitBars(get_measurements(frames, ACTION_UNITS), shape[0], self._scale)
        self._mesh_of = mesh_of or (lambda frame: None)
        self._clips = [(clip.span, clip) for clip in verdict.clips if clip.span is not None]
        self._middles = np.array([span.middle_s for span, _ in self._clips])
        self._whole = f"whole video: {verdict.label}"
        self._lip_sync = verdict.lip_sync.clips if verdict.lip_sync else ()

    def paint(self, frame: Frame) -> npt.NDArray[np.uint8]:
        """Return the picture with everything drawn in."""
        image = np.require(_bring_to_shape(frame, self._shape), requirements=("C", "W"))
        # Of a video that was sampled, a frame that was not measured shows what was measured last.
        row = int(np.searchsorted(self._numbers, frame.index, side="right")) - 1
        joints, side = self._joints[row], self._face_px[row]
        nose = joints[JOINTS.index("nose")]
        draw_body(image, joints, self._scale)
        mesh = self._mesh_of(row)
        if mesh is None:
            draw_face_box(image, nose, side, self._scale)
        else:
            draw_points(image, mesh)
        draw_head(image, nose, self._rotation[row], _AXIS_SHARE * side, self._scale)
        self._bars.draw(image, row)
        span, clip = self._clip_at(frame.time_s) or (None, None)
        words = [_describe(span, clip) if span and clip else "no clip", self._whole]
        mouth = next((one.label for one in self._lip_sync if span and one.span == span), None)
        words += [f"mouth and sound: {mouth}"] if mouth else []
        now = f"{format_clock(frame.time_s)}.{int(frame.time_s * 10) % 10}"
        draw_banner(image, clip.label if clip else None, [now, *words], self._scale)
        return image

    def _clip_at(self, time_s: float) -> tuple[TimeSpan, ClipVerdict] | None:
        """Return the clip around a moment; of several that hold it, the one whose middle is nearest."""
        if not self._clips:
            return None
        nearest = self._clips[int(np.abs(self._middles - time_s).argmin())]
        return nearest if time_s in nearest[0] else None


def _bring_to_shape(frame: Frame, shape: tuple[int, ...]) -> npt.NDArray[np.uint8]:
    """Return a frame in pixels of the video's first one, which the frame table counts, and in its shape."""
    image = frame.image
    if frame.scale != (1.0, 1.0):
        import cv2

        size = [round(length * scale) for length, scale in zip(image.shape[1::-1], frame.scale, strict=True)]
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    if image.shape == shape:
        return image
    canvas = np.zeros(shape, np.uint8)
    height, width = np.minimum(shape[:2], image.shape[:2])
    canvas[:height, :width] = image[:height, :width]
    return canvas


def _describe(span: TimeSpan, clip: ClipVerdict) -> str:
    if clip.log10_lr is not None:
        value = f"LR {format_ratio(clip.log10_lr)}"
    else:
        value = "not scored" if clip.score is None else f"score {format_score(clip.score)}".replace("−", "-")
    return f"clip {format_span(span)}: {clip.label}, {value}"


@contextmanager
def _open_output(path: Path) -> Iterator[Callable[[npt.NDArray[np.uint8], float], None]]:
    """Yield ``write(image, time_s)``; the file is whole when the block ends."""
    import av

    with av.open(path, "w", format="mp4") as container:
        stream = container.add_stream("libx264")
        stream.codec_context.time_base = CLOCK
        stream.pix_fmt = "yuv420p"
        stream.options = dict(_ENCODER)
        started = False

        def write(image: npt.NDArray[np.uint8], time_s: float) -> None:
            nonlocal started
            even = image[: image.shape[0] // 2 * 2, : image.shape[1] // 2 * 2]  # as yuv420p needs
            if not started:
                stream.height, stream.width = even.shape[:2]
                started = True
            container.mux(stream.encode(_to_picture(even, time_s, stream)))

        yield write
        if started:
            container.mux(stream.encode(None))


def _to_picture(image: npt.NDArray[np.uint8], time_s: float, stream: VideoStream) -> av.VideoFrame:
    import av

    picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
    picture.pts = round(time_s / CLOCK)
    picture.time_base = CLOCK
    return picture.reformat(format=stream.pix_fmt)
