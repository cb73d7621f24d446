"""How much faster two workers on two cores are than one on one.

    python bench/extract_workers.py [SECONDS]

Sixteen videos of 8 s, or as many as are given, and one sixteen times as long, with chunks of that length so
that it needs no hours; 720p. All times include the start of the processes. Target: at least 1.8 (median of
three rounds). The single worker has the first core in one round and the second one in the next, because the
host of a virtual machine may slow one of them down. It takes about twelve minutes on two idle cores; on busy
ones the ratios say nothing.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from support.videos import write_hd_video

from extract.extraction_options import ExtractionOptions
from motionsig.execution.dispatch import dispatch
from motionsig.execution.survey import survey_videos

ROUNDS = 3


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


def compare(what: str, videos: list[Path], folder: Path, chunk_s: float) -> None:
    """Print both times, round by round, and the median of their ratios."""
    ratios = []
    for k in range(ROUNDS):
        one = time_run(videos, folder / f"one {k}", 1, chunk_s, {k % 2})
        two = time_run(videos, folder / f"two {k}", 2, chunk_s, {0, 1})
        ratios.append(one / two)
        print(f"{what}, round {k + 1}: one {one:.1f} s, two {two:.1f} s, {ratios[-1]:.2f}", flush=True)
    print(f"{what}: two workers are {median(ratios):.2f} times as fast as one (target >= 1.8)", flush=True)


def main() -> None:
    """Compare, for many short videos and for a long one."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 8
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        first = write_hd_video(here / "0.mp4", seconds=seconds)
        short = [first, *(shutil.copy(first, here / f"{k}.mp4") for k in range(1, 16))]
        compare(f"16 videos of {seconds:g} s", short, here / "short", seconds)
        long = write_hd_video(here / "long.mp4", seconds=16 * seconds)
        compare(f"one video of {16 * seconds:g} s", [long], here / "long", seconds)


if __name__ == "__main__":
    main()
