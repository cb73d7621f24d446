"""How fast `classify --overlay` draws, on a 720p video and one core. Target: at least 25 frames/s.

python bench/overlay_speed.py [VIDEO]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from support.videos import write_hd_video

from classify.reasons import Reason, ReasonCode
from classify.verdict import ClipVerdict, VideoVerdict
from extract.extraction import extract_video
from extract.frame_table import read_frame_table
from ground.time_span import TimeSpan
from report.overlay import write_overlay

ROUNDS = 3


def main() -> None:
    """Print frames a second, the best of some rounds, with a mesh of 468 points in every frame."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        video = Path(sys.argv[1]) if len(sys.argv) > 1 else write_hd_video(folder / "hd.mp4", seconds=15)
        extract_video(video, folder / "t.parquet")
        table = read_frame_table(folder / "t.parquet")
        points = np.random.default_rng(0).uniform(400, 600, (468, 2))
        seconds = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            write_overlay(video, table, make_verdict(video), folder / "o.mp4", mesh_of=lambda frame: points)
            seconds.append(time.perf_counter() - start)
        source = table.metadata.source
        print(
            f"{source.width} x {source.height}, {len(table.frames)} frames, one core: "
            f"{len(table.frames) / min(seconds):.0f} frames/s (target: at least 25)"
        )


def make_verdict(video: Path) -> VideoVerdict:
    """Return a verdict of three overlapping clips."""
    like_person = Reason(code=ReasonCode.LIKE_PERSON)
    clips = tuple(
        ClipVerdict(
            clip_name=f"c_{k}", span=TimeSpan(start_s=5.0 * k, end_s=5.0 * k + 10), score=0.5, log10_lr=None,
            label="match", reason=like_person, words="", missing_share=0.0, deviations=(),
        )
        for k in range(3)
    )  # fmt: skip
    return VideoVerdict(
        video=video.name, sha256=None, label="consistent", reason=like_person, sentence="",
        warnings=(), score=0.5, log10_lr=None, support=None, clips_scored=3, deviations=(), clips=clips,
    )  # fmt: skip


if __name__ == "__main__":
    main()
