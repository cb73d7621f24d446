"""How much faster one pass over a video is than cutting it into clip files and reading each of those.

    python bench/extract_clip_files.py [SECONDS]

The notebook's author cut clips of 10 s every 5 s by encoding them again, then ran the detectors on every clip
file. Here the same detectors read the same 720p video both ways, on one processor, in one run; clips are
encoded with x264 at its default preset. In a short video the ends lie in one clip only, in a long one nearly
every second lies in two, so the ratio of a long one follows from the time for a second of clips. Target: at
least 2.2. Processor time is printed too, which other work on the machine disturbs less. 60 s of video, unless
told otherwise, take about four minutes on an idle processor.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import av
from support.videos import FPS, write_hd_video

from extract.extraction import extract_video
from extract.video import VideoReader

CLIP_S, STEP_S = 10, 5


def cut_clip(video: Path, start_s: float, path: Path) -> Path:
    """Encode 10 s of a video to a file of their own."""
    with VideoReader(video) as reader, av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=round(FPS))
        stream.pix_fmt, stream.thread_count = "yuv420p", 1
        for picture in reader.iter_pictures():
            if picture.time_s >= start_s + CLIP_S:
                break
            if picture.time_s >= start_s:
                if not stream.codec_context.is_open:
                    stream.width, stream.height = picture.size
                frame = av.VideoFrame.from_ndarray(picture.to_frame().image, format="rgb24")
                container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def main() -> None:
    """Print both times and their ratio."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        video = write_hd_video(here / "video.mp4", seconds=seconds)
        warm = write_hd_video(here / "warm.mp4", seconds=1)
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {0})
        extract_video(warm, here / "warm.parquet")
        start = time.perf_counter(), time.process_time()
        extract_video(video, here / "whole.parquet")
        once = time.perf_counter() - start[0], time.process_time() - start[1]
        start = time.perf_counter(), time.process_time()
        starts = range(0, seconds - CLIP_S + 1, STEP_S)
        clips = [cut_clip(video, start_s, here / f"clip{start_s}.mp4") for start_s in starts]
        for clip in clips:
            extract_video(clip, clip.with_suffix(".parquet"))
        apart = time.perf_counter() - start[0], time.process_time() - start[1]
        for kind, whole_s, clips_s in zip(("wall clock", "processor"), once, apart, strict=True):
            long = 2 * (clips_s / (len(clips) * CLIP_S)) / (whole_s / seconds)
            print(
                f"{seconds} s, {kind}: once {whole_s:.1f} s, {len(clips)} clip files {clips_s:.1f} s, "
                f"ratio {clips_s / whole_s:.2f}; of a long video {long:.2f} (target >= 2.2)"
            )


if __name__ == "__main__":
    main()
