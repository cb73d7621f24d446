"""What decoding ahead in a thread of its own gains, on one processor and on two.

    python bench/extract_read_ahead.py [SECONDS]

The same 720p video is extracted with and without it, in turn, in one process. Printed is the time without it
over the time with it: above 1 it gains.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Generator, Iterable
from pathlib import Path
from statistics import median

from support.videos import write_hd_video

import extract.chunks
from extract.extraction import extract_video
from extract.read_ahead import Item, read_ahead

ROUNDS = 3


def read_when_asked(items: Iterable[Item]) -> Generator[Item, None, None]:
    """Yield items as they come, without a thread."""
    yield from items


def measure(video: Path, table: Path, *, ahead: bool) -> tuple[float, float]:
    """Return wall-clock and processor seconds of an extraction."""
    extract.chunks.read_ahead = read_ahead if ahead else read_when_asked
    start = time.perf_counter(), time.process_time()
    extract_video(video, table)
    table.unlink()
    return time.perf_counter() - start[0], time.process_time() - start[1]


def main() -> None:
    """Print both ratios for one and for two processors."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10
    with tempfile.TemporaryDirectory() as folder:
        video = write_hd_video(Path(folder) / "hd.mp4", seconds=seconds)
        table = Path(folder) / "t.parquet"
        measure(video, table, ahead=True)
        for processors in ({0}, {0, 1}):
            os.sched_setaffinity(0, processors)
            rounds = [
                (measure(video, table, ahead=False), measure(video, table, ahead=True)) for _ in range(ROUNDS)
            ]
            wall, used = (median(without[k] / ahead[k] for without, ahead in rounds) for k in (0, 1))
            print(f"{len(processors)} processor(s): wall clock {wall:.3f}, processor time {used:.3f}")


if __name__ == "__main__":
    main()
