"""What chunk borders, fewer frames and smaller pictures change in the correlations of videos.

    python bench/extract_choices.py [VIDEO ...]

Without videos of 10 s or more it takes those of the folder MOTIONSIG_TEST_VIDEOS, else a rendered one. Each
is extracted in every way and its clips of 10 s every 2.5 s are compared with those of the plain extraction,
which has no border: how the 435 correlations of a clip agree (Pearson's r over the pairs, and the median and
95th percentile of the difference), and the time. Borders are set every 5 s, 24 times as many as in earnest,
with different numbers of frames to warm up.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
from support.videos import choose_videos

import extract.chunks
from extract.extraction import extract_video
from extract.extraction_options import ExtractionOptions
from extract.frame_table import FrameTable, read_frame_table
from features.clips import CorrelationOptions, correlate_frame_table
from features.windows import ClipRule

SIGNALS = ("position", "velocity")
WAYS = {
    "all frames": (10, ExtractionOptions()),
    "border every 5 s, 0 frames before it": (0, ExtractionOptions(chunk_s=5)),
    "border every 5 s, 10 frames before it": (10, ExtractionOptions(chunk_s=5)),
    "border every 5 s, 50 frames before it": (50, ExtractionOptions(chunk_s=5)),
    "15 frames a second": (10, ExtractionOptions(sample_fps=15)),
    "10 frames a second": (10, ExtractionOptions(sample_fps=10)),
    "5 frames a second": (10, ExtractionOptions(sample_fps=5)),
    "480 px high": (10, ExtractionOptions(max_height=480)),
    "360 px high": (10, ExtractionOptions(max_height=360)),
}


def read_correlations(table: FrameTable, signal: str) -> np.ndarray:
    """Return the correlations of a table's clips, shape (clips, 435)."""
    rule = ClipRule(step_s=2.5)
    measured = correlate_frame_table(table, CorrelationOptions(clips=rule, signal=signal))  # type: ignore[arg-type]
    return measured.block.correlations.to_numpy()


def compare(ours: np.ndarray, theirs: np.ndarray) -> tuple[float, float, float, int]:
    """Return agreement over the pairs, in the mean of the clips, median and 95th percentile of difference."""
    clips = min(len(ours), len(theirs))
    agreements, differences = [], []
    for one, other in zip(ours[:clips], theirs[:clips], strict=True):
        known = np.isfinite(one) & np.isfinite(other)
        agreements.append(np.corrcoef(one[known], other[known])[0, 1])
        differences.append(np.abs(one[known] - other[known]))
    joined = np.concatenate(differences)
    return float(np.mean(agreements)), float(np.median(joined)), float(np.quantile(joined, 0.95)), clips


def main() -> None:
    """Print a line for each way and signal, over all videos together."""
    found: dict[str, dict[str, list[np.ndarray]]] = {}
    cpu_s: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        videos = choose_videos(Path(folder), seconds=15)
        for way, (warm_up, options) in WAYS.items():
            extract.chunks.WARM_UP_FRAMES = warm_up
            found[way] = {signal: [] for signal in SIGNALS}
            start = time.process_time()
            tables = [
                extract_video(video, Path(folder) / f"{way}-{video.stem}.parquet", options).table
                for video in videos
            ]
            cpu_s[way] = time.process_time() - start
            for path in tables:
                for signal in SIGNALS:
                    found[way][signal].append(read_correlations(read_frame_table(path), signal))
            plain = next(iter(WAYS))
            for signal in SIGNALS:
                pairs = zip(found[way][signal], found[plain][signal], strict=True)
                parts = [compare(ours, theirs) for ours, theirs in pairs if len(ours) and len(theirs)]
                r, middle, high = (np.mean([part[k] for part in parts]) for k in range(3))
                print(
                    f"{way}, {signal}: agreement {r:.3f}, differences {middle:.3f} (95 %: {high:.3f}); "
                    f"{sum(part[3] for part in parts)} clips, processor time {cpu_s[way] / cpu_s[plain]:.2f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
