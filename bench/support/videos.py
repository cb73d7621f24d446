"""Videos for the benches, rendered at run time."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np

from simulate.painting import Image
from simulate.render import render_frames
from simulate.signature import Signature, draw_session
from simulate.speech import speak
from simulate.video import write_video

FPS = 24.0
_LOOP_S = 15


def write_hd_video(path: Path, *, seconds: float, height: int = 720) -> Path:
    """Write a rendered speaker in 16:9, 24 frames/s, with sound; 15 s are repeated to the length."""
    controls = draw_session(Signature(0), _LOOP_S, FPS, seed=0)
    sound = speak(Signature(0), controls, seed=0).sound
    loop = [_place_in_wide(frame, height) for frame in render_frames(controls)]
    frames = (loop[k % len(loop)] for k in range(round(seconds * FPS)))
    samples = np.resize(sound.samples, round(seconds * sound.rate_hz))
    write_video(path, frames, FPS, sounds=[replace(sound, samples=samples)])
    return path


def choose_videos(folder: Path, *, seconds: float) -> list[Path]:
    """Return the videos of the command line, else those of MOTIONSIG_TEST_VIDEOS, else a rendered one."""
    given = [Path(word) for word in sys.argv[1:]]
    if not given and (real := os.environ.get("MOTIONSIG_TEST_VIDEOS")):
        given = sorted(Path(real).glob("*.mp4"))
    return given or [write_hd_video(folder / "rendered.mp4", seconds=seconds)]


def write_small_video(path: Path, frames: int, fps: int, codec: str = "libx264", seed: int = 0) -> Path:
    """Write a rendered speaker, 240 px high, in the container that the name says."""
    rendered = render_frames(draw_session(Signature(seed), max(frames / fps, 1), fps, seed=0))
    with av.open(path, "w") as container:
        stream = container.add_stream(codec, rate=fps)
        stream.pix_fmt = "yuv420p"
        stream.bit_rate = 1_000_000
        for image in islice(rendered, frames):
            height, width = 240, round(240 * image.shape[1] / image.shape[0] / 2) * 2
            small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
            if not stream.width:
                stream.width, stream.height = width, height
            container.mux(stream.encode(av.VideoFrame.from_ndarray(small, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def _place_in_wide(frame: Image, height: int) -> Image:
    """Scale a frame to a height and fill both sides to 16:9 with its edges."""
    whole_width, width = height * 16 // 9, round(frame.shape[1] * height / frame.shape[0])
    left = (whole_width - width) // 2
    scaled = cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA)
    return cv2.copyMakeBorder(scaled, 0, 0, left, whole_width - width - left, cv2.BORDER_REPLICATE)
