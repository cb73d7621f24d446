"""One hour at 30 fps in 10 s clips: our array function against a pandas loop, and the stage's extra memory.

Targets: at most the time of the pandas loop with 1 % missing, half of it with nothing missing; below 300 MB.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pandas as pd
import psutil
from support.frame_tables import make_frame_table

from features.clips import correlate_frame_table
from features.correlation import correlate_clips
from features.signals import compute_positions
from features.windows import ClipRule, lay_clips

FRAMES = 108_000
REPEATS = 5


def main() -> None:
    """Measure memory first: a child process starts with its parent's peak."""
    subprocess.run([sys.executable, __file__, "memory"], check=True)
    for missing, target in ((0.01, 1.0), (0.0, 0.5)):
        compare_with_pandas(missing, target)


def compare_with_pandas(missing: float, target: float) -> None:
    """Time both on the same signals, and print the ratio and the largest difference."""
    table = make_frame_table("hour", FRAMES, missing=missing, seed=1)
    signals = compute_positions(table.frames)
    clips = lay_clips(table.frames["time_s"], ClipRule())
    pairs = list(combinations(range(30), 2))
    frame = pd.DataFrame(signals)
    upper = np.triu_indices(30, 1)

    ours_s, ours = best_of(lambda: correlate_clips(signals, clips.first, clips.stop, pairs))
    pandas_s, theirs = best_of(
        lambda: np.array(
            [
                frame.iloc[first:stop].corr().to_numpy()[upper]
                for first, stop in zip(clips.first, clips.stop, strict=True)
            ]
        )
    )
    print(
        f"{len(clips)} clips, {missing:.0%} missing: ours {ours_s:.3f} s, pandas {pandas_s:.3f} s, "
        f"ratio {ours_s / pandas_s:.2f} (target: at most {target}); "
        f"largest difference {np.nanmax(np.abs(ours - theirs)):.0e}"
    )


def best_of(work: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    """Return the shortest time of several runs and the last result."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        result = work()
        times.append(time.perf_counter() - start)
    return min(times), result


def measure_memory() -> None:
    """Print by how much the stage raises the peak of a process that holds the frame table already."""
    table = make_frame_table("hour", FRAMES, missing=0.01, seed=1)
    correlate_frame_table(make_frame_table("warm-up", 600, missing=0.01, seed=2))  # loads the libraries
    before = psutil.Process().memory_info().rss
    correlate_frame_table(table)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"Extra memory for the hour: {(peak - before) / 1e6:.0f} MB (target: below 300 MB)")


if __name__ == "__main__":
    measure_memory() if sys.argv[1:] == ["memory"] else main()
