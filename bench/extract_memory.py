"""Whether the memory of `extract` grows with the video's length.

    python bench/extract_memory.py

Extracts a video of 1 minute and one of 10 minutes, each in a process of its own, and compares their peak memory.
Targets: within 50 MB of each other, and below 700 MB. Takes about ten minutes.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from bench_videos import write_hd_video
from extract.extraction import extract_video


def measure(video: Path) -> float:
    """Return the peak resident memory of a new process that extracts `video`, MB."""
    call = [sys.executable, __file__, str(video)]
    return float(subprocess.run(call, check=True, capture_output=True, text=True).stdout.split()[-1])


def extract_and_print_peak(video: Path) -> None:
    """Extract and print this process's peak resident memory, MB."""
    extract_video(video, video.with_suffix(".parquet"))
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(kilobytes / (1024 if sys.platform != "darwin" else 1024**2))


def main() -> None:
    """Print the two peaks and their difference."""
    with tempfile.TemporaryDirectory() as folder:
        short, long = (
            measure(write_hd_video(Path(folder) / f"{minutes}.mp4", seconds=60 * minutes)) for minutes in (1, 10)
        )
    print(f"peak memory: 1 minute {short:.0f} MB, 10 minutes {long:.0f} MB (target < 700 MB)")
    print(f"growth: {long - short:+.0f} MB (target within 50 MB), ratio {long / short:.3f}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        extract_and_print_peak(Path(sys.argv[1]))
    else:
        main()
