"""Extraction of many videos: one process a video, one table a video, failures kept apart."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from extract.errors import InputError, MotionsigError
from extract.extraction import Extraction, ExtractionOptions, extract_video
from extract.mesh_table import find_mesh_table
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
    options: ExtractionOptions,
    *,
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
    options
        How they are read.
    workers
        Number of processes, at least 1.
    on_frames
        Called with the number of frames done since the last call.
    """
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    workers = min(workers, len(videos))
    left = dict.fromkeys(videos)
    # Tables grow in a folder of this run's own, because a worker that is killed cannot tidy up.
    with _private_folder(out) as partials, _frame_counter(workers, on_frames) as on_frame:
        work = (delayed(_try_video)(video, partials, out, options, on_frame) for video in videos)
        try:
            for outcome in Parallel(n_jobs=workers, return_as="generator_unordered", batch_size=1)(work):
                del left[outcome.video]
                yield outcome
        except TerminatedWorkerError:
            for video in left:
                yield Outcome(
                    video,
                    None,
                    f"{video} was not finished: a worker process died, for lack of memory or because of this "
                    "or another file. Extract the unfinished videos again, one at a time, to learn which.",
                )


def _try_video(
    video: Path, partials: Path, out: Path, options: ExtractionOptions, on_frame: Callable[[], None]
) -> Outcome:
    name = f"{video.stem}.parquet"
    try:
        extraction = extract_video(video, partials / name, options, on_frame=on_frame)
        if options.keep_mesh:
            find_mesh_table(partials / name).replace(find_mesh_table(out / name))
        (partials / name).replace(out / name)
        return Outcome(video, replace(extraction, table=out / name), None)
    except MotionsigError as error:
        return Outcome(video, None, str(error))
    except Exception as error:
        # The file may be hostile, and the other videos must not pay for it.
        text = (
            f"{video} made motionsig fail unexpectedly ({type(error).__name__}: {error}); please report it."
        )
        return Outcome(video, None, text)


@contextmanager
def _private_folder(parent: Path) -> Iterator[Path]:
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder = tempfile.TemporaryDirectory(prefix=".unfinished-", dir=parent, ignore_cleanup_errors=True)
    except OSError as error:
        raise InputError(f"Cannot write into {parent}: {error.strerror}. Choose another folder.") from error
    with folder as name:
        yield Path(name)


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
