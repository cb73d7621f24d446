"""Which part of extraction the voice takes: decoding the sound, and measuring it.

    python bench/voice_time.py [VIDEO ...]

Extracts each video once, or a rendered one of 720p, and prints the processor time of its voice table as a
part of that of the whole extraction. All threads count, and others on the machine hardly change it. Target:
at most 3 %.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import cv2
from support.videos import choose_videos

from extract import extraction
from extract.extraction import Extraction, extract_video
from extract.sound.voice_table import make_voice_table

SECONDS: Final = 30.0


def time_voice(video: Path, table: Path) -> tuple[float, float, Extraction]:
    """Return the CPU seconds of the voice and of the whole extraction, and what was extracted."""
    spent = 0.0

    def make(*given: Any) -> Any:
        nonlocal spent
        start = time.process_time()
        sound = make_voice_table(*given)
        spent += time.process_time() - start
        return sound

    start = time.process_time()
    with patch.object(extraction, "make_voice_table", make):
        extracted = extract_video(video, table)
    return spent, time.process_time() - start, extracted


def main() -> None:
    """Print a line for each video."""
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        for video in choose_videos(Path(folder), seconds=SECONDS):
            voice_s, all_s, extracted = time_voice(video, Path(folder) / f"{video.stem}.parquet")
            print(
                f"{video.name}: {voice_s:.2f} s of {all_s:.1f} s CPU for {extracted.read_s:.1f} s of video, "
                f"{extracted.frames} frames: {voice_s / all_s:.1%} (target <= 3 %). "
                f"Sound: {extracted.sound.track or extracted.sound.lack}.",
                flush=True,
            )


if __name__ == "__main__":
    main()
