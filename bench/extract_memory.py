"""Whether the memory of `extract` grows with the video's length.

    python bench/extract_memory.py

Extracts a video of 1 minute and one of 10 minutes, each in a process of its own, and compares their peak
memory. Targets: within 50 MB of each other, and below 700 MB. Takes about ten minutes.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from support.videos import write_hd_video

from extract.extraction import extract_video


def run_apart(*words: object) -> float:
    """Run this script in a new process, which does one step, and return the number that it prints last.

    Rendering is done apart as well: a process's peak memory is counted from that of the one that started it.
    """
    call = [sys.executable, __file__, *map(str, words)]
    return float(subprocess.run(call, check=True, capture_output=True, text=True).stdout.split()[-1])


def print_peak_memory() -> None:
    """Print the peak resident memory of this process, MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(peak / (1024 if sys.platform != "darwin" else 1024**2))


def main() -> None:
    """Print the two peaks and their difference."""
    with tempfile.TemporaryDirectory() as folder:
        short, long = Path(folder) / "short.mp4", Path(folder) / "long.mp4"
        run_apart("render", short, 60)
        run_apart("render", long, 600)
        short_mb, long_mb = run_apart("extract", short), run_apart("extract", long)
    print(f"peak memory: 1 minute {short_mb:.0f} MB, 10 minutes {long_mb:.0f} MB (target < 700 MB)")
    print(f"growth: {long_mb - short_mb:+.0f} MB (target within 50 MB), ratio {long_mb / short_mb:.3f}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["render", path, seconds]:
            write_hd_video(Path(path), seconds=float(seconds))
            print_peak_memory()
        case ["extract", path]:
            extract_video(Path(path), Path(path).with_suffix(".parquet"))
            print_peak_memory()
        case _:
            main()
