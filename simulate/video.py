"""Frames to a video file, and whole sessions to a video file with its ground truth beside it."""

from __future__ import annotations

import shutil
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, Final

import numpy as np

from ground.errors import InputError
from ground.files import replace_when_complete
from simulate.render import render_frames
from simulate.signature import Signature, draw_session
from simulate.sound import Sound, SoundEncoder
from simulate.speech import Speech, speak

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from simulate.painting import Image

# Fast, and of a quality at which small motions are not lost in compression noise.
_ENCODER_OPTIONS: Final = {"preset": "ultrafast", "crf": "20"}
# Presentation times are multiples of 1 / fps, so the rate must be a fraction that the container can hold.
_LARGEST_DENOMINATOR: Final = 1001
_LARGEST_FPS: Final = 1000
DEFAULT_FPS: Final = 24.0
CONTROLS_SUFFIX: Final = ".controls.csv"
VOICE_SUFFIX: Final = ".voice.csv"


def render_session(
    signature: Signature,
    seconds: float,
    *,
    seed: int,
    path: Path,
    fps: float = DEFAULT_FPS,
    on_frame: Callable[[], None] | None = None,
    growing_in: Path | None = None,
) -> Path:
    """Draw a session, render it as a video with sound, and keep what was drawn beside it.

    Parameters
    ----------
    signature
        Who moves.
    seconds
        Length, at least 1 s; the video has ``round(seconds * fps)`` frames.
    seed
        Which session of theirs, at least 0.
    path
        Where the video goes, ending in ``.mp4``.
    fps
        Frames per second, above 5 and at most 1000.
    on_frame
        Called after each frame.
    growing_in
        As for `ground.files.replace_when_complete`.

    Returns
    -------
    Path
        ``<stem>.controls.csv`` beside the video: one row a frame, ``time_s`` and every control
        (`draw_session`), with digits that read back equal. ``<stem>.voice.csv`` is there too: the truth
        about the sound (`Speech`), 100 rows a second.

    Raises
    ------
    InputError
        When a number lies outside its range or a file cannot be written.
    """
    controls = draw_session(signature, seconds, fps, seed)
    speech = speak(signature, controls, seed=seed)
    write_video(
        path, render_frames(controls), fps, sounds=[speech.sound], on_frame=on_frame, growing_in=growing_in
    )
    ground_truth = _find_beside(path, CONTROLS_SUFFIX)
    with replace_when_complete(ground_truth, growing_in=growing_in) as partial:
        controls.to_csv(partial, index=False)
    _write_voice(speech, path, growing_in)
    return ground_truth


def dub_session(session: Path, speech: Speech, *, path: Path, growing_in: Path | None = None) -> None:
    """Write a copy of a rendered session in which something else is heard; no picture is encoded again.

    Parameters
    ----------
    session
        The video that `render_session` wrote, with the ground truth beside it.
    speech
        What is heard, such as that of another session.
    path
        Where the copy goes, ending in ``.mp4``. Beside it lie the controls of `session`, and the truth about
        `speech`.
    growing_in
        As for `ground.files.replace_when_complete`.

    Raises
    ------
    InputError
        When a file cannot be written.
    """
    import av

    with (
        av.open(str(session)) as filmed,
        replace_when_complete(path, growing_in=growing_in) as partial,
        av.open(str(partial), "w", format="mp4") as container,
    ):
        stream = container.add_stream_from_template(filmed.streams.video[0])
        encoder = SoundEncoder(container, speech.sound)
        for packet in filmed.demux(video=0):
            if packet.pts is None:  # PyAV ends with an empty one
                continue
            encoder.encode_until(float(packet.pts * packet.time_base))
            packet.stream = stream
            container.mux(packet)
        encoder.finish()
    with replace_when_complete(_find_beside(path, CONTROLS_SUFFIX), growing_in=growing_in) as partial:
        shutil.copyfile(_find_beside(session, CONTROLS_SUFFIX), partial)
    _write_voice(speech, path, growing_in)


def _write_voice(speech: Speech, path: Path, growing_in: Path | None) -> None:
    with replace_when_complete(_find_beside(path, VOICE_SUFFIX), growing_in=growing_in) as partial:
        speech.truth.to_csv(partial, index=False)


def _find_beside(path: Path, suffix: str) -> Path:
    return path.with_name(f"{path.stem}{suffix}")


def write_video(
    path: Path,
    frames: Iterable[Image],
    fps: float,
    *,
    sounds: Sequence[Sound] = (),
    on_frame: Callable[[], None] | None = None,
    growing_in: Path | None = None,
) -> int:
    """Encode frames as H.264 in an MP4 file, on one thread; the same frames and sounds give the same bytes.

    Parameters
    ----------
    path
        Where the video goes, ending in ``.mp4``; it appears there only when complete.
    frames
        RGB, uint8, shape (height, width, 3), all of one size, with even sides; at least one.
    fps
        Frames per second, 1 to 1000; frame k is presented at k / fps.
    sounds
        The audio tracks, as AAC, each as long as its samples; none makes a video without sound.
    on_frame
        Called after each frame.
    growing_in
        As for `ground.files.replace_when_complete`.

    Returns
    -------
    int
        The number of frames written.

    Raises
    ------
    InputError
        When `path` does not end in ``.mp4`` or cannot be written, there is no frame, a frame has odd sides or
        another size than the first, or `fps` lies outside its range.
    """
    import av

    if path.suffix.lower() != ".mp4":
        raise InputError(f"{path} must end in .mp4, because test videos are MP4 files.")
    if not 1 <= fps <= _LARGEST_FPS:
        raise InputError(f"A video of {fps:g} frames/s cannot be written. Give 1 to {_LARGEST_FPS}.")
    remaining = iter(frames)
    first = next(remaining, None)
    if first is None:
        raise InputError(f"There are no frames to write to {path}.")
    _check_size(first, first.shape, path)
    written = 0
    with (
        replace_when_complete(path, growing_in=growing_in) as partial,
        av.open(str(partial), "w", format="mp4") as container,
    ):
        stream = container.add_stream("libx264", rate=Fraction(fps).limit_denominator(_LARGEST_DENOMINATOR))
        stream.height, stream.width = first.shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.thread_count = 1
        stream.options = dict(_ENCODER_OPTIONS)
        encoders = [SoundEncoder(container, sound) for sound in sounds]
        for image in chain((first,), remaining):
            _check_size(image, first.shape, path)
            picture = av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(image), format="rgb24")
            container.mux(stream.encode(picture))
            written += 1
            for encoder in encoders:
                encoder.encode_until(written / fps)
            if on_frame:
                on_frame()
        container.mux(stream.encode())
        for encoder in encoders:
            encoder.finish()
    return written


def _check_size(image: Image, shape: tuple[int, ...], path: Path) -> None:
    if image.shape != shape or image.shape[0] % 2 or image.shape[1] % 2:
        raise InputError(
            f"A frame of {path} is {image.shape[1]} x {image.shape[0]} px, but all frames must be of one "
            "size with even sides."
        )
