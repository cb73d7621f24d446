"""One hour at 30 fps, a 10 s clip every 5 frames: the whole stage to disk against Agarwal et al.'s way.

Their way correlates the 435 first with the 435 second columns of all pairs, which makes 189,225 correlations,
and keeps the 435 on the diagonal. Targets: at least 20 x faster; memory does not grow with the clips.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from itertools import combinations
from pathlib import Path

import numpy as np
import psutil
from support.frame_tables import make_frame_table

from extract.frame_table import write_frames
from features.clips import CorrelationOptions
from features.dataset import DataSetOptions, write_correlations
from features.signals import compute_positions
from features.tables import read_correlations
from features.windows import ClipRule

FRAMES = 108_000
CLIP_FRAMES = 300
SAMPLE_CLIPS = 200


def main() -> None:
    """Measure memory first: a child process starts with its parent's peak."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table = make_frame_table("hour", FRAMES, missing=0.0, seed=1)
        write_frames(table, folder / "hour.parquet")
        for step in (150, 5):
            subprocess.run([sys.executable, __file__, str(folder), str(step)], check=True)

        start = time.perf_counter()
        clips = correlate(folder, step_frames=5)
        ours_s = time.perf_counter() - start
        theirs_s, theirs = correlate_all_with_all(compute_positions(table.frames))
        theirs_s *= clips / SAMPLE_CLIPS
        ours = read_correlations(folder / "correlations.csv").to_numpy()[: len(theirs)]
    print(
        f"{clips} clips: ours {ours_s:.1f} s, from the frame table to both tables as CSV;"
        f" theirs {theirs_s:.0f} s in memory ({SAMPLE_CLIPS} clips measured, in proportion),"
        f" ratio {theirs_s / ours_s:.0f} (target: at least 20);"
        f" largest difference {np.abs(ours - theirs).max():.0e}"
    )


def correlate(folder: Path, step_frames: int) -> int:
    """Run the stage on the hour and return the number of clips."""
    rule = ClipRule(10.0, step_s=None, step_frames=step_frames)
    options = DataSetOptions(CorrelationOptions(), [rule])
    return write_correlations([folder / "hour.parquet"], folder / "correlations.csv", options)[0].clips


def correlate_all_with_all(signals: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the seconds that Agarwal et al.'s way takes for the first clips, and its result."""
    first, second = np.array(list(combinations(range(30), 2))).T
    start = time.perf_counter()
    rows = []
    for begin in range(0, 5 * SAMPLE_CLIPS, 5):
        clip = signals[begin : begin + CLIP_FRAMES]
        everything = np.corrcoef(clip[:, first], clip[:, second], rowvar=False)
        rows.append(np.diagonal(everything, offset=len(first)).copy())
    return time.perf_counter() - start, np.array(rows)


def print_memory(folder: Path, step_frames: int) -> None:
    """Print by how much the stage raises the peak of a fresh process."""
    before = psutil.Process().memory_info().rss
    clips = correlate(folder, step_frames)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"Peak memory with {clips} clips: {(peak - before) / 1e6:.0f} MB more than before")


if __name__ == "__main__":
    print_memory(Path(sys.argv[1]), int(sys.argv[2])) if sys.argv[1:] else main()
