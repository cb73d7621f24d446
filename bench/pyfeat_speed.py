"""Frames/s of the py-feat reader on our head boxes against py-feat's own `Detectorv2.detect`.

    python bench/pyfeat_speed.py [VIDEO] [--device cpu|cuda]

Both see the same frames, on the same device, with the same weights; these are drawn at random, which changes
no time. `Detectorv2` runs its face detector (RetinaFace) on the whole frame and then finds the one box that
it is told, because random weights find none; its identity network is left out. Ours looks for the face in the
head box that the body's reader found, whose own time is not counted: it runs for the body anyway.
Target: at least 2, and equal outputs for equal boxes. Skips where py-feat is not installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from support.videos import write_hd_video

from extract.face_finder import FaceFinder
from extract.frame_table import ACTION_UNITS, HEAD_ROTATION
from extract.head import HeadTracker, HeadView, locate_head
from extract.pose_reader import PoseTracker
from extract.pyfeat_network import MultitaskNetwork, choose_device
from extract.video import VideoReader

FRAMES = 8
ROUNDS = 3
RANDOM_WEIGHTS = Path(__file__).parents[1] / "tools" / "random_pyfeat_weights.py"


def read_heads(video: Path) -> tuple[list[np.ndarray], list[HeadView]]:
    """Return frames from all over the video's first seconds, and the head in each."""
    images, heads = [], []
    body, tracker = PoseTracker(), HeadTracker()
    with VideoReader(video) as reader:
        for frame in reader:
            box = tracker.locate(locate_head(body.read(frame.image)), frame.image)
            if box is not None and frame.index % 3 == 0:
                images.append(frame.image)
                heads.append(box.cut_from(frame.image))
            if len(heads) == FRAMES:
                break
    return images, heads


def open_detector(weights: Path, device: str, boxes: list[tuple[float, ...]]) -> Any:
    """Return py-feat's detector, whose RetinaFace does its work and then answers with `boxes`, in turn."""
    from feat import detector_v2

    class ToldRetinaface(detector_v2.Retinaface):  # type: ignore[misc]
        def __init__(self, device: str) -> None:
            super().__init__(device, confidence_threshold=2.0, pretrained="none")
            self.left: list[tuple[float, ...]] = []

        def forward(self, img: Any) -> list[list[list[float]]]:
            super().forward(img)
            self.left = self.left or list(boxes)
            return [[[*self.left.pop(0), 1.0]] for _ in img]

    detector_v2.Retinaface = ToldRetinaface
    return detector_v2.Detectorv2(device, identity_model=None, multitask_weights=weights, amp=False)


def main() -> None:
    """Print both rates, round by round, their ratio, and how far the outputs differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("video", nargs="?", type=Path)
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"))
    given = parser.parse_args()
    if importlib.util.find_spec("feat") is None:
        print("Skipped: py-feat is not installed; `make test-py-feat` installs it.")
        return
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / "random.safetensors"
        subprocess.run([sys.executable, str(RANDOM_WEIGHTS), str(weights)], check=True)
        video = given.video or write_hd_video(Path(folder) / "hd.mp4", seconds=3)
        compare(*read_heads(video), weights, choose_device(given.device))


def compare(images: list[np.ndarray], heads: list[HeadView], weights: Path, device: str) -> None:
    """Print the comparison on frames and the heads in them."""
    import torch

    network, finder = MultitaskNetwork(weights, device, ACTION_UNITS), FaceFinder()
    boxes = [finder.find(head) for head in heads]
    assert None not in boxes, "a face in every frame"
    in_frames = [
        tuple(np.add(box, (h.left, h.top, h.left, h.top))) for box, h in zip(boxes, heads, strict=True)
    ]
    detector = open_detector(weights, device, in_frames)
    frames = torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2)

    def read_ours() -> np.ndarray:
        return network.read([head.image for head in heads], [finder.find(head) for head in heads])

    def read_theirs() -> Any:
        return detector.detect(frames, data_type="tensor", batch_size=len(heads), progress_bar=False)

    ratios = []
    for k in range(ROUNDS):
        start = time.perf_counter()
        ours = read_ours()
        middle = time.perf_counter()
        theirs = read_theirs()
        end = time.perf_counter()
        ratios.append((end - middle) / (middle - start))
        print(
            f"round {k + 1}: ours {len(heads) / (middle - start):.2f} frames/s, "
            f"Detectorv2.detect {len(heads) / (end - middle):.2f}, ratio {ratios[-1]:.2f}"
        )
    expected = theirs[[name.removesuffix("_r") for name in ACTION_UNITS]].to_numpy(float)
    rotation = theirs[["Pitch", "Yaw", "Roll"]].to_numpy(float) * (-1, 1, -1)
    apart = np.abs(ours - np.hstack((expected, rotation))).max()
    print(
        f"largest difference of {len(ACTION_UNITS) + len(HEAD_ROTATION)} outputs for equal boxes: {apart:.1e}"
    )
    height, width = images[0].shape[:2]
    print(
        f"py-feat reader / Detectorv2.detect, {len(heads)} frames of {width} x {height}, {device}, "
        f"{torch.get_num_threads()} threads: {median(ratios):.2f} x the frames/s (target >= 2)"
    )


if __name__ == "__main__":
    main()
