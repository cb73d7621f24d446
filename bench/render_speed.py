"""How fast test videos are rendered and encoded, on one core. Target: at least 40 frames/s, ratio 1.

    python bench/render_speed.py

Times are of this process's own CPU, so that other work on the machine does not count.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import cv2
from threadpoolctl import threadpool_limits

from motionsig.use_cases.demonstration import plan_demo
from simulate.interview import Interview
from simulate.render import render_frames
from simulate.signature import Signature, draw_session
from simulate.video import DEFAULT_FPS, render_session, write_video

TARGET_FPS = 40
SECONDS = 20.0

T = TypeVar("T")


class Clock:
    """Sums the time that passes while an iterator's items are made."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def watch(self, items: Iterable[T]) -> Iterator[T]:
        """Yield the items."""
        iterator = iter(items)
        while True:
            start = time.process_time()
            item = next(iterator, None)
            self.seconds += time.process_time() - start
            if item is None:
                return
            yield item


def main() -> None:
    """Render one session whole, and once more stage by stage."""
    cv2.setNumThreads(1)
    # Threads of NumPy's library for matrices count too, and mostly wait.
    with threadpool_limits(1), tempfile.TemporaryDirectory() as name:
        path = Path(name) / "session.mp4"
        n_frames = round(SECONDS * DEFAULT_FPS)

        start = time.process_time()
        render_session(Signature(0), SECONDS, seed=0, path=path)
        whole_s = time.process_time() - start
        fps = n_frames / whole_s
        print(
            f"render_session: {fps:.0f} frames/s on one core, {fps / TARGET_FPS:.2f} of the target of "
            f"{TARGET_FPS}; {path.stat().st_size / SECONDS / 1e6:.2f} MB a second of video"
        )

        start = time.process_time()
        frames = render_frames(draw_session(Signature(0), SECONDS, DEFAULT_FPS, seed=0))
        set_up_s = time.process_time() - start
        clock = Clock()
        start = time.process_time()
        write_video(path, clock.watch(frames), DEFAULT_FPS)
        encode_s = time.process_time() - start - clock.seconds
        print(
            f"drawing and set-up {set_up_s:.2f} s a video; rendering {clock.seconds / n_frames * 1e3:.1f} ms "
            f"and encoding {encode_s / n_frames * 1e3:.1f} ms a frame"
        )

        script = plan_demo(name).interview.script
        frames = Interview(script).render()
        clock = Clock()
        for _ in clock.watch(frames):
            pass
        print(f"the demo's interview: rendering {clock.seconds / script.frames * 1e3:.1f} ms a frame")


if __name__ == "__main__":
    main()
