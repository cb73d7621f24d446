"""What 1,000 corrupted videos do to a run of `motionsig extract`.

    python bench/corrupted_files.py [COUNT]

A rendered speaker, in mp4, mkv, webm, avi and mov, is damaged at as many places: bits flipped, mostly in what
containers say of themselves, and ends cut off. Prints how many files gave a table, how many were refused, and
whether anything is wrong: a crash or a hang, a file that gave nothing and left something, a shortfall that is
not stated. Takes about ten minutes on two processors.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
from support.videos import write_small_video

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from hostile_videos import CODECS, damage

COUNT = 1000
FRAMES = 9
FPS = 6
TIME_LIMIT_S = 60
UNSEEN_S = 0.5  # a container without a frame count may be this much shorter than it says


def write_corpus(folder: Path, count: int) -> None:
    """Write `count` damaged videos, as many of each container."""
    rng = np.random.default_rng(0)
    each = count // len(CODECS)
    for suffix, codec in CODECS.items():
        whole = write_small_video(folder.parent / f"whole.{suffix}", FRAMES, FPS, codec)
        cuts = each // 4
        for k, data in enumerate(damage(whole.read_bytes(), rng, flips=each - cuts, cuts=cuts)):
            (folder / f"{suffix}{k:03d}.{suffix}").write_bytes(data)


def extract(videos: Path, tables: Path) -> subprocess.CompletedProcess[str]:
    """Run the command over the folder."""
    call = [sys.executable, "-m", "motionsig", "extract", str(videos), "-o", str(tables), "--json"]
    call += ["--time-limit", str(TIME_LIMIT_S)]
    return subprocess.run(call, capture_output=True, text=True, check=False)


def main() -> None:
    """Print the counts."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with tempfile.TemporaryDirectory() as name:
        videos, tables = Path(name) / "videos", Path(name) / "tables"
        videos.mkdir()
        write_corpus(videos, count)
        start = time.perf_counter()
        done = extract(videos, tables)
        seconds = time.perf_counter() - start
        results = json.loads(done.stdout)["videos"]
        made = {path.stem for path in tables.glob("*.parquet")}
    kinds: Counter[str] = Counter()
    for result in results:
        stem, error = Path(result["video"]).stem, result["error"]
        if error is not None:
            kinds["refused"] += 1
            kinds["refused, but a table is there"] += stem in made
            kinds["refused for time"] += "time limit" in error
            kinds["refused because a worker died"] += "worker process died" in error
            kinds["refused as a defect of ours"] += "please report" in error
            continue
        lost = FRAMES - result["frames"]
        kinds["read"] += 1
        kinds["read, but no table is there"] += stem not in made
        kinds["read, damage or shortfall stated"] += result["warning"] is not None
        kinds["read, frames missing"] += lost > 0
        kinds["read, frames missing and not stated"] += lost > 0 and result["warning"] is None
        kinds[f"... more than {UNSEEN_S} s of them"] += lost > UNSEEN_S * FPS and result["warning"] is None
    print(f"{len(results)} of {count} corrupted files accounted for in {seconds:.0f} s")
    print(f"exit code {done.returncode}; traceback: {'yes' if 'Traceback' in done.stderr else 'no'}")
    for kind, number in kinds.items():
        print(f"{number:6d}  {kind}")


if __name__ == "__main__":
    main()
