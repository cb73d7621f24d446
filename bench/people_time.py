"""How much time telling people apart adds to extraction, for one person alone and for two.

    python bench/people_time.py [SECONDS]

Rendered videos of 720p are read with and without the networks that tell faces apart, in turn. Times are of
this process's CPU, all threads together. Targets: at most 1.05 for one person alone, 1.15 for two.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Final
from unittest.mock import patch

import cv2
from support.videos import write_hd_video

from extract import extraction
from extract.extraction import extract_video
from simulate.direction import draw_script
from simulate.interview import render_interview
from simulate.script import Kind

SECONDS: Final = 60.0
ROUNDS: Final = 3
FPS: Final = 25.0
TWO: Final[dict[Kind, float]] = {"single": 0.6, "two-shot": 0.4}


def read(video: Path, *, tell_apart: bool) -> float:
    """Return the CPU seconds that reading takes."""
    table = video.with_suffix(".parquet")
    table.unlink(missing_ok=True)  # a table that is there would be kept
    start = time.process_time()
    if tell_apart:
        extract_video(video, table)
    else:
        with patch.object(extraction, "are_installed", return_value=False):
            extract_video(video, table)
    return time.process_time() - start


def main() -> None:
    """Print the ratios, round by round."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        alone = write_hd_video(Path(folder) / "alone.mp4", seconds=seconds)
        two = Path(folder) / "two.mp4"
        render_interview(draw_script(seconds, seed=1, fps=FPS, kinds=TWO), two)
        for words, video, target in (("one person alone", alone, 1.05), ("two people", two, 1.15)):
            ratios = []
            for number in range(ROUNDS):
                without, with_ = read(video, tell_apart=False), read(video, tell_apart=True)
                ratios.append(with_ / without)
                print(
                    f"{words}, round {number + 1}: {without:.1f} s without, {with_:.1f} s with, "
                    f"{ratios[-1]:.3f}"
                )
            print(f"{words}: {median(ratios):.3f} (target <= {target})")


if __name__ == "__main__":
    main()
