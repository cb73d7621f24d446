"""How much faster two workers on two cores are than one on one.

    python bench/extract_workers.py [SECONDS]

Sixteen videos of 8 s, or as many as are given, and one sixteen times as long, with chunks of that length so
that it needs no hours; 720p. All times include the start of the processes. Target: at least 1.8. Beside it
stands one worker that may use both cores: it decodes on the second one while its networks work on the first.
It takes about ten minutes on two idle cores; on busy ones the ratios say nothing.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from support.videos import write_hd_video

from extract.extraction_options import ExtractionOptions
from motionsig.execution.dispatch import dispatch
from motionsig.execution.survey import survey_videos


def time_run(videos: list[Path], out: Path, workers: int, chunk_s: float, cores: set[int]) -> float:
    """Return the seconds that extracting videos takes on some of the cores (Linux only)."""
    os.sched_setaffinity(0, cores)
    start = time.perf_counter()
    outcomes = list(
        dispatch(
            survey_videos(videos),
            out,
            ExtractionOptions(chunk_s=chunk_s),
            workers=workers,
            advance=lambda frames: None,
        )
    )
    assert all(outcome.extraction for outcome in outcomes)
    return time.perf_counter() - start


def main() -> None:
    """Print both ratios."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 8
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        first = write_hd_video(here / "0.mp4", seconds=seconds)
        short = [first, *(shutil.copy(first, here / f"{k}.mp4") for k in range(1, 16))]
        long = [write_hd_video(here / "long.mp4", seconds=16 * seconds)]
        for what, videos in (("16 short videos", short), ("1 long video", long)):
            one, free, two = (
                time_run(videos, here / f"{what} {k}", workers, seconds, cores)
                for k, (workers, cores) in enumerate(((1, {0}), (1, {0, 1}), (2, {0, 1})))
            )
            print(
                f"{what} of {seconds * (16 if len(videos) == 1 else 1):g} s: 1 worker on 1 core {one:.1f} s, "
                f"on 2 {free:.1f} s, 2 workers on 2 cores {two:.1f} s, "
                f"ratio {one / two:.2f} (target >= 1.8), to one on 2 cores {free / two:.2f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
