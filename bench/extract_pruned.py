"""What extraction gains because the pose network does not paint its mask, on one core.

    python bench/extract_pruned.py [VIDEO]

The same videos, rendered at 720p and 1080p or the given one, are extracted with MediaPipe's pose network
whole and with what `extract.pose_model` leaves of it, in turn. Targets: 1.4 times as many frames in the same
processor time at 720p, 1.25 at 1080p, and equal tables.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from unittest.mock import patch

import pyarrow.parquet as pq
from support.videos import write_hd_video

from extract.extraction import extract_video
from extract.mediapipe_models import locate_weights
from extract.pose_model import POSE_WEIGHTS

ROUNDS = 3


def time_frames(video: Path, table: Path) -> float:
    """Return the processor time that extraction takes for a frame, ms; the table is written anew."""
    table.unlink(missing_ok=True)
    start = time.process_time()
    frames = extract_video(video, table).frames
    return (time.process_time() - start) / frames * 1e3


def compare(label: str, video: Path, folder: Path) -> None:
    """Print both times, round by round, and the median of their ratios."""
    ratios = []
    whole_table, pruned_table = folder / "whole.parquet", folder / "pruned.parquet"
    for k in range(ROUNDS):
        with patch("extract.pose_graph._load_model", locate_weights(POSE_WEIGHTS).read_bytes):
            whole = time_frames(video, whole_table)
        pruned = time_frames(video, pruned_table)
        ratios.append(whole / pruned)
        print(f"{label}, round {k + 1}: whole {whole:.1f} ms a frame, pruned {pruned:.1f}, {ratios[-1]:.3f}")
    equal = pq.read_table(whole_table).equals(pq.read_table(pruned_table), check_metadata=True)
    print(f"{label}: {median(ratios):.2f} times as many frames, tables {'equal' if equal else 'DIFFERENT'}")


def main() -> None:
    """Compare, video by video."""
    os.sched_setaffinity(0, {0})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if len(sys.argv) > 1:
            compare(sys.argv[1], Path(sys.argv[1]), folder)
            return
        for height, target in ((720, 1.4), (1080, 1.25)):
            video = write_hd_video(folder / f"{height}.mp4", seconds=12, height=height)
            compare(f"{height}p (target {target})", video, folder)


if __name__ == "__main__":
    main()
