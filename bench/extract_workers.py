"""How much faster two workers are than one, on two processors.

    python bench/extract_workers.py [SECONDS]

Eight videos of 8 s, or as many as are given, and one eight times as long, with chunks of that length so that
it needs no hours; 720p. Both times include the start of the processes. Target: at least 1.8. It takes about
three minutes on two idle processors; on busy ones the ratio says nothing.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from support.videos import write_hd_video

from extract.extraction import ExtractionOptions
from pipeline.extraction import extract_videos
from pipeline.survey import survey_videos


def time_run(videos: list[Path], out: Path, workers: int, chunk_s: float) -> float:
    """Return the seconds that extracting videos takes."""
    start = time.perf_counter()
    outcomes = list(
        extract_videos(
            survey_videos(videos),
            out,
            ExtractionOptions(chunk_s=chunk_s),
            workers=workers,
            on_frames=lambda frames: None,
        )
    )
    assert all(outcome.extraction for outcome in outcomes)
    return time.perf_counter() - start


def main() -> None:
    """Print both ratios."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {0, 1})
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 8
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        first = write_hd_video(here / "0.mp4", seconds=seconds)
        short = [first, *(shutil.copy(first, here / f"{k}.mp4") for k in range(1, 8))]
        long = [write_hd_video(here / "long.mp4", seconds=8 * seconds)]
        for what, videos in (("8 short videos", short), ("1 long video", long)):
            one, two = (time_run(videos, here / f"{what}-{workers}", workers, seconds) for workers in (1, 2))
            print(
                f"{what} of {seconds * 8 / len(videos):g} s: 1 worker {one:.1f} s, 2 workers {two:.1f} s, "
                f"ratio {one / two:.2f} (target >= 1.8)",
                flush=True,
            )


if __name__ == "__main__":
    main()
