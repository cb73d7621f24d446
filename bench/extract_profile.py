"""Where the time of an extraction goes, line by line, by line_profiler.

`python bench/extract_profile.py [VIDEO]` uses the given video, else a rendered one of 720p, on one
core: so the line that waits for the next frame shows what decoding and conversion cost. Lines below 1 % are
left out.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from line_profiler import LineProfiler
from support.videos import write_hd_video

from extract import reading
from extract.extraction import extract_video
from extract.extraction_options import ExtractionOptions
from extract.mesh_reader import MeshTracker
from extract.networks.face_parts import AttentionMesh
from extract.networks.mesh import MeshFollower
from extract.networks.pose import PoseFollower
from extract.pose_reader import PoseTracker

LEAST = 0.01


def main() -> None:
    """Print the lines that cost most, in ms a frame."""
    os.sched_setaffinity(0, {0})
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        video = Path(sys.argv[1]) if len(sys.argv) > 1 else write_hd_video(here / "hd.mp4", seconds=12)
        inside = (
            reading.read_frames,
            MeshTracker._read_frame,
            MeshFollower.find,
            AttentionMesh.find,
            PoseFollower.find,
            PoseTracker.read,
        )
        profiler = LineProfiler(*inside)
        extract = profiler(extract_video)
        frames = extract(video, here / "t.parquet", ExtractionOptions()).frames
        stats = profiler.get_stats()
    unit = stats.unit * 1e3 / frames
    whole = max(sum(spent for _, _, spent in lines) for lines in stats.timings.values())
    for (path, _, name), lines in stats.timings.items():
        source = Path(path).read_text(encoding="utf-8").splitlines()
        for number, _, spent in lines:
            if spent > LEAST * whole:
                print(f"{spent * unit:6.2f} ms  {name}: {source[number - 1].strip()}")


if __name__ == "__main__":
    main()
