"""Which cuts, jump cuts, dissolves and fades are found, how many are invented, and what it costs.

    python bench/shots.py [VIDEO ...]

Takes shots of the videos (those of MOTIONSIG_TEST_VIDEOS, else rendered people), puts them together at 15,
30 and 60 frames a second, encodes them with x264 at two qualities, and looks for shots in the decoded frames.
The videos themselves, which should hold no cut, are looked at too. A cut counts as found from half a frame
before it to half a second after it has ended. Jump cuts leave out half a second or more, or go back. Prints
the processor time of the search for a 720p frame beside that of decoding one.
"""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
from support.videos import choose_videos, write_hd_video, write_small_video

from extract.shots import ShotDetector
from extract.video import VideoReader
from simulate.painting import Image

SIZE = (640, 360)
RATES = (15, 30, 60)
QUALITIES = (18, 33)
KINDS = ("cut", "jump cut", "dissolve", "fade to black", "fade to white")
SHOT_S = (2.0, 4.0)
LATE_S = 0.5
SECONDS = 15
Truth = list[tuple[float, float]]


def read_small(video: Path) -> list[Image]:
    """Return a video's frames, fitted into one size."""
    frames = []
    with VideoReader(video) as reader:
        for frame in reader:
            height, width = frame.image.shape[:2]
            scale = min(SIZE[0] / width, SIZE[1] / height)
            small = cv2.resize(frame.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
            down, across = SIZE[1] - small.shape[0], SIZE[0] - small.shape[1]
            borders = down // 2, down - down // 2, across // 2, across - across // 2
            frames.append(cv2.copyMakeBorder(small, *borders, cv2.BORDER_CONSTANT))
    return frames


def compose(
    videos: list[list[Image]], kind: str, fps: int, random: np.random.Generator
) -> tuple[list[Image], Truth]:
    """Return frames of shots that follow one another, and when each transition begins and ends, s."""
    step = max(1, 30 // fps)
    now = int(random.integers(len(videos)))
    last: int | None = None
    frames: list[Image] = []
    truth: Truth = []
    while len(frames) < SECONDS * fps:
        if kind != "jump cut":
            now = (now + int(random.integers(1, len(videos)))) % len(videos)
        video = videos[now]
        length = min(round(random.uniform(*SHOT_S) * fps), (len(video) - 1) // step)
        begin = int(random.integers(len(video) - length * step))
        if kind == "jump cut" and last is not None and abs(begin - last) < 15:
            continue
        shot = video[begin : begin + length * step : step]
        last = begin + length * step if kind == "jump cut" else last
        transition_s = random.uniform(0.3, 1.6)
        count = 0 if "cut" in kind else min(max(2, round(transition_s * fps)), length // 3)
        if frames:
            truth.append(join(frames, shot, kind, count, fps))
        else:
            frames += shot
    return frames, truth


def join(frames: list[Image], shot: list[Image], kind: str, count: int, fps: int) -> tuple[float, float]:
    """Append a shot to frames; return when the transition begins and ends, s."""
    begin = len(frames) - count
    shares = np.arange(1, count + 1) / (count + 1)
    tail = frames[begin:]
    del frames[begin:]
    if kind == "dissolve":
        frames += [mix(*both) for both in zip(tail, shot, shares, strict=False)]
    elif count:
        flat = np.full_like(shot[0], 16 if "black" in kind else 235)
        frames += [mix(one, flat, share) for one, share in zip(tail, shares, strict=True)]
        frames += [mix(flat, one, share) for one, share in zip(shot, shares, strict=False)]
    end = max(len(frames) - 1, begin) if count else begin
    frames += shot[count:]
    return begin / fps, end / fps


def mix(first: Image, second: Image, share: float) -> Image:
    """Return a mix of two pictures."""
    return cv2.addWeighted(first, 1 - share, second, share, 0)


def recode(frames: list[Image], fps: int, quality: int) -> Iterator[tuple[float, Image]]:
    """Encode frames by x264; yield times and pictures as decoded."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        stream.options = {"crf": str(quality), "preset": "veryfast"}
        for k, image in enumerate(frames):
            picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            picture.pts, picture.time_base = k, Fraction(1, fps)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    file.seek(0)
    with av.open(file) as container:
        for raw in container.decode(video=0):
            yield float(raw.pts * raw.time_base), raw.to_ndarray(format="rgb24")


def count_found(pictures: Iterator[tuple[float, Image]], truth: Truth, fps: int) -> tuple[int, int]:
    """Return how many transitions were found, and how many shots begin where none does."""
    detector, found, wrong = ShotDetector(), set(), 0
    for time_s, image in pictures:
        if detector.notice(image, time_s) is None:
            continue
        hits = [k for k, (begin, end) in enumerate(truth) if begin - 0.5 / fps <= time_s <= end + LATE_S]
        found.update(hits)
        wrong += not hits
    return len(found), wrong


def measure_cost(video: Path) -> None:
    """Print the milliseconds of the search, for a frame, and of decoding it to RGB."""
    start = time.process_time()
    with VideoReader(video) as reader:
        images = [frame.image for frame in islice(reader, 200)]
    decoded = time.process_time() - start
    detector, start = ShotDetector(), time.process_time()
    for k, image in enumerate(images):
        detector.notice(image, k / 30)
    searched = time.process_time() - start
    size = f"{images[0].shape[1]} x {images[0].shape[0]}"
    each = 1e3 / len(images)
    print(f"{size}: {searched * each:.2f} ms a frame; decoding to RGB takes {decoded * each:.2f} ms")


def main() -> None:
    """Print the figures of every kind of transition."""
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        paths = choose_videos(Path(folder), seconds=15)
        if len(paths) == 1:
            paths += [write_small_video(Path(folder) / f"{k}.mp4", 240, 24, seed=k) for k in (1, 2)]
        videos = [read_small(path) for path in paths]
        measure_cost(write_hd_video(Path(folder) / "cost.mp4", seconds=9))
    for video, path in zip(videos, paths, strict=True):
        wrong = [count_found(recode(video, 30, quality), [], 30)[1] for quality in QUALITIES]
        print(f"{path.name}: {len(video)} frames, shots that begin where none does: {wrong}")
    random = np.random.default_rng(0)
    for kind in KINDS:
        sums = np.zeros(3, int)
        for fps in RATES:
            for quality in QUALITIES:
                frames, truth = compose(videos, kind, fps, random)
                sums += (len(truth), *count_found(recode(frames, fps, quality), truth, fps))
        total, found, wrong = sums
        print(f"{kind}: {found} of {total} found; {wrong} begin where none does")


if __name__ == "__main__":
    main()
