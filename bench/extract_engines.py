"""Whole extraction with the body's networks in OpenVINO against MediaPipe, and how far their landmarks agree.

`python bench/extract_engines.py [VIDEO ...]` uses the given videos, else those of the folder
MOTIONSIG_TEST_VIDEOS, else a rendered one of 720p. One worker, the same frames; each is timed by processor
time, so that other work on the machine counts for little. The agreement stands beside MediaPipe's own unrest:
how far its landmarks move when one grey level changes in 5 % of the pixels, because tracking feeds every
rounding back.
"""

from __future__ import annotations

import tempfile
import time
from itertools import islice
from pathlib import Path

import numpy as np
from support.videos import choose_videos

from extract.body import ENGINES, open_body_reader
from extract.extraction import ExtractionOptions, extract_video
from extract.video import VideoReader

FRAMES = 150


def measure_agreement(video: Path) -> tuple[float, float]:
    """Return the median distance of visible landmarks (px) between the engines, and of MediaPipe's unrest."""
    theirs, ours = (open_body_reader(engine) for engine in ENGINES)
    disturbed = open_body_reader()
    chance = np.random.default_rng(0)
    apart, unrest = [], []
    with VideoReader(video) as reader:
        for frame in islice(reader, FRAMES):
            specks = (chance.random(frame.image.shape[:2]) < 0.05)[:, :, np.newaxis].astype(np.uint8)
            a, b, c = theirs.read(frame.image), ours.read(frame.image), disturbed.read(frame.image ^ specks)
            if a and b and c:
                visible = a.visibility > 0.5
                apart.append(np.hypot(*(a.landmarks - b.landmarks)[visible, :2].T))
                unrest.append(np.hypot(*(a.landmarks - c.landmarks)[visible, :2].T))
    return float(np.median(np.concatenate(apart))), float(np.median(np.concatenate(unrest)))


def main() -> None:
    """Print both ratios for each video."""
    with tempfile.TemporaryDirectory() as folder:
        for video in choose_videos(Path(folder), seconds=12):
            spent = dict.fromkeys(ENGINES, np.inf)
            for attempt in range(2):
                for engine in ENGINES:
                    start = time.process_time()
                    table = Path(folder) / f"{engine}{attempt}.parquet"
                    frames = extract_video(video, table, ExtractionOptions(engine=engine)).frames
                    spent[engine] = min(spent[engine], (time.process_time() - start) / frames)
            apart, unrest = measure_agreement(video)
            print(
                f"{video.name}: {spent['mediapipe'] * 1e3:.1f} ms a frame with mediapipe, "
                f"{spent['openvino'] * 1e3:.1f} with openvino, gain "
                f"{spent['mediapipe'] / spent['openvino']:.2f} (kept from 1.5); "
                f"visible landmarks {apart:.2f} px apart (kept up to 1), its own unrest {unrest:.2f} px"
            )


if __name__ == "__main__":
    main()
