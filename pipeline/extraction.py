"""Extraction of many videos: one process a video, one table a video, failures kept apart."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from extract.errors import MotionsigError
from extract.extraction import Extraction, extract_video
from extract.files import remove_partials
from extract.video import VideoReader


@dataclass(frozen=True)
class Outcome:
    """What became of one video: an extraction, or the sentence that says why there is none."""

    video: Path
    extraction: Extraction | None
    error: str | None


def count_promised_frames(videos: Sequence[Path]) -> int | None:
    """Return how many frames the containers promise together; None where one of them does not say.

    Files that cannot be opened count as 0: extraction reports them.
    """
    total = 0
    for video in videos:
        try:
            with VideoReader(video) as reader:
                promised = reader.frames_promised or _estimate_frames(reader)
        except MotionsigError:
            continue
        if promised is None:
            return None
        total += promised
    return total


def _estimate_frames(reader: VideoReader) -> int | None:
    return round(reader.duration_s * reader.fps) if reader.duration_s and reader.fps else None


def extract_videos(
    videos: Sequence[Path],
    out: Path,
    *,
    face: str,
    workers: int,
    on_frames: Callable[[int], None],
) -> Iterator[Outcome]:
    """Extract videos in parallel and yield each outcome as it is there.

    Parameters
    ----------
    videos
        Video files with different stems.
    out
        Folder for the frame tables, ``<stem>.parquet`` each.
    face
        Name of the face reader.
    workers
        Number of processes, at least 1.
    on_frames
        Called with the number of frames done since the last call.
    """
    from joblib import Parallel, delayed

    workers = min(workers, len(videos))
    tables = {video: out / f"{video.stem}.parquet" for video in videos}
    with _frame_counter(workers, on_frames) as on_frame:
        work = (delayed(_try_video)(video, table, face, on_frame) for video, table in tables.items())
        try:
            yield from Parallel(n_jobs=workers, return_as="generator_unordered", batch_size=1)(work)
        finally:
            # On Ctrl-C the workers are killed, and cannot tidy up.
            for table in tables.values():
                remove_partials(table)


def _try_video(video: Path, table: Path, face: str, on_frame: Callable[[], None]) -> Outcome:
    try:
        return Outcome(video, extract_video(video, table, face=face, on_frame=on_frame), None)
    except MotionsigError as error:
        return Outcome(video, None, str(error))


class _RemoteCounter:
    """Reports frames from a worker process; picklable, unlike a progress bar."""

    def __init__(self, queue: Any) -> None:
        self._queue = queue

    def __call__(self) -> None:
        self._queue.put(1)


@contextmanager
def _frame_counter(workers: int, on_frames: Callable[[int], None]) -> Iterator[Callable[[], None]]:
    if workers == 1:
        yield lambda: on_frames(1)
        return
    # Spawned, not forked: this process may run threads already.
    with get_context("spawn").Manager() as manager:
        queue = manager.Queue()
        listener = threading.Thread(target=_forward, args=(queue, on_frames), daemon=True)
        listener.start()
        try:
            yield _RemoteCounter(queue)
        finally:
            queue.put(None)
            listener.join()


def _forward(queue: Any, on_frames: Callable[[int], None]) -> None:
    while (frames := queue.get()) is not None:
        on_frames(frames)
