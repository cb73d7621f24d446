"""How much time `extract` spends beyond decoding and inference, on a 720p video.

    python bench/extract_overhead.py [VIDEO]

The same frames are decoded and put through the same networks by a plain loop, with the head crops that
extraction used, in turn with extraction itself. Target: at most 1.10.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import av
from support.videos import write_hd_video

from extract.extraction import extract_video
from extract.head import HeadBox, HeadTracker, locate_head
from extract.networks.mesh import MeshFollower
from extract.pose_reader import PoseTracker
from extract.video import VideoReader

ROUNDS = 3


def find_boxes(video: Path) -> list[HeadBox | None]:
    """Return the head box of every frame, as extraction finds it."""
    body, tracker = PoseTracker(), HeadTracker()
    with VideoReader(video) as reader:
        return [tracker.locate(locate_head(body.read(frame.image)), frame.image) for frame in reader]


def decode_and_infer(video: Path, boxes: list[HeadBox | None]) -> None:
    """Decode every frame and run both networks on it, and nothing else."""
    pose, mesh = PoseTracker(), MeshFollower()
    with av.open(video) as container:
        container.streams.video[0].thread_type = "AUTO"
        for picture, box in zip(container.decode(video=0), boxes, strict=True):
            image = picture.to_ndarray(format="rgb24")
            pose.read(image)
            if box is not None:
                mesh.find(box.cut_from(image).image)


def seconds(work: Callable[[], object]) -> float:
    """Return the wall-clock seconds that `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    """Print both times and their ratio, round by round."""
    with tempfile.TemporaryDirectory() as folder:
        given = Path(sys.argv[1]) if len(sys.argv) > 1 else None
        video = given or write_hd_video(Path(folder) / "hd.mp4", seconds=15)
        boxes = find_boxes(video)
        table = Path(folder) / "t.parquet"
        ratios = []
        for k in range(ROUNDS):
            bare = seconds(lambda: decode_and_infer(video, boxes))
            table.unlink(missing_ok=True)  # a table that is there would be kept
            whole = seconds(lambda: extract_video(video, table))
            ratios.append(whole / bare)
            frames = len(boxes)
            print(
                f"round {k + 1}: bare {bare / frames * 1e3:.1f} ms a frame, "
                f"extract {whole / frames * 1e3:.1f}, ratio {ratios[-1]:.3f}"
            )
        print(f"extract / (decode + pose + mesh), {frames} frames: {median(ratios):.3f} (target <= 1.10)")


if __name__ == "__main__":
    main()
