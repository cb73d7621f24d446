"""What decoders that crash cost: of 30 videos every tenth kills the process that decodes it.

    python bench/segfaults.py

No file is known that crashes this FFmpeg, so the worker processes are told to send themselves SIGSEGV when
they decode one. Target: 27 tables, 3 failures that are named, exit code 1.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from support.videos import write_small_video

VIDEOS = 30
# Python imports a module of this name when it starts, in worker processes too.
CRASH = """
import os, signal
from extract.video import VideoReader

read = VideoReader.iter_pictures

def iter_pictures(self):
    if int(self.path.stem) % 10 == 9:
        os.kill(os.getpid(), signal.SIGSEGV)
    yield from read(self)

VideoReader.iter_pictures = iter_pictures
"""


def main() -> None:
    """Print what came of the run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "videos").mkdir()
        (folder / "sitecustomize.py").write_text(CRASH)
        template = write_small_video(folder / "template.mp4", frames=6, fps=6)
        for k in range(VIDEOS):
            (folder / "videos" / f"{k}.mp4").write_bytes(template.read_bytes())
        call = [
            sys.executable,
            "-m",
            "motionsig",
            "extract",
            str(folder / "videos"),
            "-o",
            str(folder / "tables"),
        ]
        environment = {**os.environ, "PYTHONPATH": str(folder)}
        done = subprocess.run(call, env=environment, capture_output=True, text=True, check=False)
        tables = len(list((folder / "tables").glob("*.parquet")))
        with (folder / "tables" / "failures.csv").open(encoding="utf-8") as stream:
            failures = list(csv.DictReader(stream))
    named = sorted(Path(row["video"]).name for row in failures)
    print(f"{tables} tables, {len(failures)} failures ({', '.join(named)}), exit code {done.returncode}")
    print(f"traceback: {'yes' if 'Traceback' in done.stderr else 'no'}; the first failure reads:")
    print(f"  {failures[0]['error'].replace(name, '...')}" if failures else "  none")
    print("(target: 27 tables, 3 failures, exit code 1)")


if __name__ == "__main__":
    main()
