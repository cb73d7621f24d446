"""One hour at 30 fps described by every descriptor, against reading its frame table. Target: at most 20 s.

python bench/describe_hour.py
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
from support.frame_tables import make_frame_table

from extract.frame_table import SIDES, FrameTable, read_frame_table, write_frames
from features.descriptors.registry import DESCRIPTORS
from features.recordings import describe_recording

FRAMES = 108_000


def main() -> None:
    """Print the time of all together, and of each by itself, in times of reading."""
    table = make_frame_table("hour", FRAMES, missing=0.01, seed=1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hour.parquet"
        write_frames(table, path)
        start = time.process_time()
        read_frame_table(path)
        reading_s = time.process_time() - start
    table = add_sides(table)
    all_s, clips = measure(table, list(DESCRIPTORS))
    print(
        f"{clips} clips by all descriptors: {all_s:.1f} s of one core (target: at most 20 s), "
        f"{all_s / reading_s:.0f} times as long as reading the frame table"
    )
    for name in DESCRIPTORS:
        seconds, _ = measure(table, [name])
        print(f"  {name}: {seconds / reading_s:.1f} times")


def measure(table: FrameTable, names: list[str]) -> tuple[float, int]:
    """Return the processor time of describing the table, and the number of clips."""
    start = time.process_time()
    recording = describe_recording(table, names)
    return time.process_time() - start, len(recording.start_s)


def add_sides(table: FrameTable) -> FrameTable:
    """Give the table one-sided measures that are there where the first action unit is."""
    there = table.frames["AU01_r"].notna().to_numpy()[:, None]
    noise = np.random.default_rng(2).normal(size=(len(there), len(SIDES)))
    moving = np.where(there, np.cumsum(noise, axis=0) / 100, np.nan)
    columns = dict(zip(SIDES, moving.T, strict=True))
    return FrameTable(table.frames.assign(**columns), table.metadata)


if __name__ == "__main__":
    main()
