"""What extraction gains against MediaPipe's own graphs with their whole models, on one core.

    python bench/extract_mediapipe.py [VIDEO]

The same videos, rendered at 720p and 1080p or the given one, are extracted with MediaPipe's Pose and Face
Mesh and with ours, in turn. Targets: 1.4 times as many frames in the same processor time at 720p, 1.25 at
1080p, and equal tables. It needs MediaPipe 0.10.21 (the extra `oracle-mediapipe`, Python 3.11 or 3.12).
"""

from __future__ import annotations

import importlib.util
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

ROUNDS = 3


def time_frames(video: Path, table: Path) -> float:
    """Return the processor time that extraction takes for a frame, ms; the table is written anew."""
    table.unlink(missing_ok=True)
    start = time.process_time()
    frames = extract_video(video, table).frames
    return (time.process_time() - start) / frames * 1e3


def compare(label: str, video: Path, folder: Path) -> None:
    """Print both times, round by round, and the median of their ratios."""
    from support.mediapipe_oracle import TheirMesh, TheirPose

    ratios = []
    their_table, our_table = folder / "theirs.parquet", folder / "ours.parquet"
    for k in range(ROUNDS):
        with (
            patch("extract.pose_reader.PoseTracker", TheirPose),
            patch("extract.mesh_reader.MeshFollower", TheirMesh),
        ):
            theirs = time_frames(video, their_table)
        ours = time_frames(video, our_table)
        ratios.append(theirs / ours)
        print(f"{label}, round {k + 1}: MediaPipe {theirs:.1f} ms a frame, ours {ours:.1f}, {ratios[-1]:.3f}")
    equal = pq.read_table(their_table).equals(pq.read_table(our_table), check_metadata=True)
    print(f"{label}: {median(ratios):.2f} times as many frames, tables {'equal' if equal else 'DIFFERENT'}")


def main() -> None:
    """Compare, video by video."""
    if importlib.util.find_spec("mediapipe") is None:
        print("MediaPipe is not installed (the extra oracle-mediapipe): nothing to compare with.")
        return
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
