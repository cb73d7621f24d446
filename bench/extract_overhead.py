"""How much time `extract` spends beyond decoding and inference, on a 720p video.

    python bench/extract_overhead.py [VIDEO]

The bare loop decodes the same frames and puts them through the same networks, with the head crops that
extraction used, and does nothing else. It runs in turn with extraction, and two ratios are printed:

- *processor time*, with both on one core: all that extraction does more. What either does in threads counts.
- *wall time*, with both on all cores: how long somebody waits. Where a second core is free, extraction
  decodes and converts there, ahead of the networks. The bare loop converts between them. So this ratio
  flatters extraction, and can be below 1.

Then follow the parts of extraction that the bare loop lacks, in processor time on one core, from one more
extraction. Target: at most 1.10 (median). Each extraction makes everything anew: frame table, voice, tracks.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import av
from support.videos import write_hd_video

from extract import extraction, mesh_reader, person_body, reading
from extract.checkpoints import Checkpoints
from extract.extraction import extract_video
from extract.following import PersonFollower
from extract.head import HeadBox, HeadTracker, locate_head
from extract.networks.mesh import MeshFollower
from extract.orientation import RgbImage
from extract.people.lookout import Lookout
from extract.pose_reader import PoseTracker
from extract.shots import ShotDetector
from extract.video import VideoReader

ROUNDS = 3
PARTS: dict[str, tuple[tuple[Any, str], ...]] = {
    "looks for people before reading": ((extraction, "survey_people"),),
    "looks for people while reading": tuple((Lookout, name) for name in ("advise", "confirm", "look_back")),
    "search for cuts": ((ShotDetector, "notice"),),
    "whom to follow, jumps of the head": (
        (PersonFollower, "show"),
        (PersonFollower, "keep"),
        (person_body, "print_face"),
    ),
    "head box": ((HeadTracker, "locate"), (person_body, "locate_head"), (reading, "shows_face")),
    "rigid fit of the mesh": ((mesh_reader, "fit_rigid"),),
    "voice": ((extraction, "make_voice_table"),),
    "checkpoints": tuple((Checkpoints, name) for name in ("save", "read", "read_sightings")),
    "who is who, and the tables": ((extraction, "find_people"), (extraction, "assemble_table")),
    "SHA-256 of the video": ((VideoReader, "hash_source"),),
}


def find_boxes(video: Path) -> list[HeadBox | None]:
    """Return the head box of every frame, as extraction finds it."""
    body, tracker = PoseTracker(), HeadTracker()
    with VideoReader(video) as reader:
        return [tracker.locate(locate_head(body.read(frame.image)), frame.image) for frame in reader]


def decode(video: Path) -> Iterator[RgbImage]:
    """Yield the pictures of a video, decoded and converted and nothing else."""
    with av.open(video) as container:
        container.streams.video[0].thread_type = "AUTO"
        for picture in container.decode(video=0):
            yield picture.to_ndarray(format="rgb24")


def decode_and_infer(video: Path, boxes: list[HeadBox | None]) -> None:
    """Decode every frame and run both networks on it, and nothing else."""
    pose, mesh = PoseTracker(), MeshFollower()
    for image, box in zip(decode(video), boxes, strict=True):
        pose.read(image)
        if box is not None:
            mesh.find(box.cut_from(image).image)


def extract_anew(video: Path) -> None:
    """Extract into a folder of its own; what is there already would be kept."""
    with tempfile.TemporaryDirectory() as folder:
        extract_video(video, Path(folder) / "t.parquet")


def read_pictures(video: Path) -> None:
    """Decode and convert as extraction does."""
    with VideoReader(video) as reader:
        deque(reader, maxlen=0)


def measure(work: Callable[[], object], clock: Callable[[], float], cores: set[int]) -> float:
    """Return the seconds of a clock that `work` takes on some cores."""
    os.sched_setaffinity(0, cores)
    start = clock()
    work()
    return clock() - start


def compare(label: str, bare: Callable[[], float], whole: Callable[[], float], frames: int) -> float:
    """Print both times and their ratio, round by round, and the median; return the median ms a frame more."""
    rounds = []
    for k in range(ROUNDS):
        rounds.append((bare() / frames * 1e3, whole() / frames * 1e3))
        one, other = rounds[-1]
        print(f"{label}, round {k + 1}: bare {one:.1f} ms a frame, extract {other:.1f}, {other / one:.3f}")
    ratio = median(other / one for one, other in rounds)
    print(f"{label}, extract / (decode + pose + mesh), {frames} frames: {ratio:.3f} (target <= 1.10)")
    return median(other - one for one, other in rounds)


def time_parts(work: Callable[[], object]) -> Counter[str]:
    """Return the processor seconds of each part of `work`; one within another counts for the outer one."""
    spent: Counter[str] = Counter()
    running: list[str] = []

    def timed(part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            if running:
                return function(*args, **named)
            running.append(part)
            start = time.thread_time()
            try:
                return function(*args, **named)
            finally:
                spent[part] += time.thread_time() - start
                running.pop()

        return call

    with ExitStack() as patches:
        for part, functions in PARTS.items():
            for owner, name in functions:
                patches.enter_context(patch.object(owner, name, timed(part, getattr(owner, name))))
        work()
    return spent


def main() -> None:
    """Print both ratios, and the parts that the bare loop lacks."""
    every_core = os.sched_getaffinity(0)
    one_core = {min(every_core)}
    with tempfile.TemporaryDirectory() as folder:
        given = Path(sys.argv[1]) if len(sys.argv) > 1 else None
        video = given or write_hd_video(Path(folder) / "hd.mp4", seconds=15)
        boxes = find_boxes(video)
        frames = len(boxes)
        bare, whole = partial(decode_and_infer, video, boxes), partial(extract_anew, video)
        whole()  # what a process loads once is loaded now
        more = compare(
            "processor time on one core",
            lambda: measure(bare, time.process_time, one_core),
            lambda: measure(whole, time.process_time, one_core),
            frames,
        )
        compare(
            f"wall time on {len(every_core)} cores",
            lambda: measure(bare, time.perf_counter, every_core),
            lambda: measure(whole, time.perf_counter, every_core),
            frames,
        )
        os.sched_setaffinity(0, one_core)
        spent = time_parts(whole)
        spent["decoding: what the bare loop's has not"] = median(
            measure(lambda: read_pictures(video), time.process_time, one_core)
            - measure(lambda: deque(decode(video), maxlen=0), time.process_time, one_core)
            for _ in range(ROUNDS)
        )
    print(f"extract takes {more:.2f} ms of processor time a frame more than the bare loop. Parts of it:")
    for part, seconds in spent.most_common():
        print(f"{seconds / frames * 1e3:6.2f} ms  {part}")
    print(f"{more - spent.total() / frames * 1e3:6.2f} ms  all else")


if __name__ == "__main__":
    main()
