"""What a run over 100 one-minute videos costs besides reading them, and whether its memory grows.

    python bench/extract_orchestration.py

100 videos of two frames each are extracted by two workers: that is all the work that does not grow with the
length of a video (finding and opening files, hashing, starting processes, building networks, checkpoints,
tables) and two frames each. It is set against 100 times the reading of a minute, which is measured in the
same run on 10 s of the same 720p picture. Target: below 2 %. Memory is the peak of the process that hands out
the work, and of the largest worker, with 25 videos and with 100. Videos are rendered, and the 10 s are read,
in a process of their own, so that the first figure is of handing out alone. Target: at most 10 % more with
100 videos. A worker is replaced when it has grown, so its figure is that of the moment before.
"""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path

import psutil
from support.videos import FPS, write_hd_video

from extract.extraction import extract_video
from extract.extraction_options import ExtractionOptions
from motionsig.execution.dispatch import dispatch
from motionsig.execution.isolation import Isolated
from motionsig.execution.survey import survey_videos

VIDEOS, WORKERS = 100, 2
MOST_GROWTH = 1.1


class MemoryWatch:
    """Peaks of this process and of its largest child, MB, while the block runs."""

    def __enter__(self) -> MemoryWatch:
        self.own = self.largest = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        here = psutil.Process()
        while not self._stop.wait(0.1):
            self.own = max(self.own, here.memory_info().rss / 2**20)
            for child in here.children(recursive=True):
                try:
                    self.largest = max(self.largest, child.memory_info().rss / 2**20)
                except psutil.NoSuchProcess:
                    continue


def run(videos: list[Path], out: Path) -> tuple[float, MemoryWatch]:
    """Extract videos; return the seconds and the memory."""
    start = time.perf_counter()
    with MemoryWatch() as memory:
        for outcome in dispatch(
            survey_videos(videos), out, ExtractionOptions(), workers=WORKERS, advance=lambda frames: None
        ):
            assert outcome.extraction, outcome.error
    return time.perf_counter() - start, memory


def time_reading(folder: Path) -> float:
    """Return the seconds that reading a minute takes."""
    extract_video(folder / "0.mp4", folder / "warm.parquet")
    start = time.perf_counter()
    extract_video(folder / "sample.mp4", folder / "sample.parquet")
    return 6 * (time.perf_counter() - start)


def main() -> None:
    """Print the overhead and the memory."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        videos = [here / f"{k}.mp4" for k in range(VIDEOS)]
        with Isolated(limit_s=600) as isolated:
            isolated.call(write_hd_video, videos[0], seconds=2 / FPS)
            isolated.call(write_hd_video, here / "sample.mp4", seconds=10)
            minute_s = isolated.call(time_reading, here)
        for video in videos[1:]:
            video.write_bytes(videos[0].read_bytes())
        _, few = run(videos[: VIDEOS // 4], here / "few")
        many_s, many = run(videos, here / "many")
    reading_s = VIDEOS * minute_s / WORKERS
    print(f"{VIDEOS} videos without length: {many_s:.1f} s; reading {VIDEOS} minutes: {reading_s:.0f} s")
    print(f"overhead: {many_s / reading_s:.2%} (target < 2 %)")
    for who, before, after in (
        ("handing out", few.own, many.own),
        ("largest worker", few.largest, many.largest),
    ):
        print(
            f"{who}: {before:.0f} MB with {VIDEOS // 4} videos, {after:.0f} MB with {VIDEOS}, "
            f"ratio {after / before:.2f} (target <= {MOST_GROWTH})"
        )


if __name__ == "__main__":
    main()
