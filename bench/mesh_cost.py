"""How much time the face mesh adds to a frame on top of the body, on one core.

    python bench/mesh_cost.py [VIDEO]

Keeps itself to one core (Linux) and takes the processor time of the tracker on the heads of a 720p video, fit
included, and of the measures of the whole video at the end; others on the machine hardly change it.
Target: at most 6 ms a frame.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from support.videos import write_hd_video

from extract.head import HeadTracker, HeadView, locate_head
from extract.mesh_reader import MeshReader
from extract.pose_reader import PoseTracker
from extract.video import VideoReader

ROUNDS = 5


def cut_heads(video: Path) -> list[HeadView | None]:
    """Return the head in every frame, as extraction cuts it."""
    body, heads, views = PoseTracker(), HeadTracker(), []
    with VideoReader(video) as reader:
        for frame in reader:
            place = locate_head(body.read(frame.image))
            box = heads.locate(place, frame.image)
            views.append(None if box is None else box.cut_from(frame.image, place))
    body.close()
    return views


def time_frames(views: list[HeadView | None], *, keep_mesh: bool) -> float:
    """Return milliseconds a frame for reading and measuring all of them."""
    reader = MeshReader(keep_mesh=keep_mesh)
    tracker = reader.open_tracker()
    tracker.read(views[:2])  # the networks are built at first use
    start = time.process_time()
    readings = np.concatenate(
        [tracker.read(views[k : k + reader.batch_size]) for k in range(0, len(views), reader.batch_size)]
    )
    reader.measure(readings[:, : reader.width])
    spent = time.process_time() - start
    tracker.close()
    return spent / len(views) * 1e3


def main() -> None:
    """Print the median over rounds, without and with keeping the mesh."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # before any network starts its threads
    with tempfile.TemporaryDirectory() as folder:
        given = Path(sys.argv[1]) if len(sys.argv) > 1 else None
        views = cut_heads(given or write_hd_video(Path(folder) / "hd.mp4", seconds=15))
    for keep_mesh in (False, True):
        rounds = [time_frames(views, keep_mesh=keep_mesh) for _ in range(ROUNDS)]
        print(
            f"mesh{', kept' if keep_mesh else ''}: {median(rounds):.2f} ms a frame over {len(views)} frames,"
            f" {min(rounds):.2f} to {max(rounds):.2f} (target <= 6)"
        )


if __name__ == "__main__":
    main()
