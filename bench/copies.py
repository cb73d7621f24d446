"""Whether copies of one recording are told from different recordings by how people move.

    python bench/copies.py [PEOPLE VIDEOS]

Printed is how long it takes to look a recording up. The rest needs real recordings. PEOPLE is a folder of
frame tables, each of another recording. Printed are the greatest correlation of all pairs, and that of
excerpts with the recordings that they are from. VIDEOS is a folder of mp4 files. Each is copied in the ways
of `WAYS` and read, and the correlation of each copy with the original is printed. Reading takes 15 s for 10
s of video. Tables and copies are kept in `copies/` of the working directory and used again.
"""

from __future__ import annotations

import itertools
import sys
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from unittest.mock import patch

import av
import numpy as np
import pandas as pd

from extract.extraction import extract_video
from extract.frame_table import MOUTH
from extract.video import VideoReader
from features import shared_motion
from features.motion_trace import MISSING, Trace, trace_motion
from features.shared_motion import SharedMotion, find_shared_motion

FOLDER = Path("copies")
TIMED = 1_000


@dataclass(frozen=True)
class Way:
    """How a video is copied: what of it, how large, how well, how often a second, by which encoder."""

    crf: int = 23
    scale: float = 1.0
    fps: int | None = None
    crop: tuple[float, float, float, float] = (0, 0, 1, 1)
    mirrored: bool = False
    start_s: float = 0.0
    length_s: float = 1e9
    codec: str = "libx264"


WAYS = {
    "messenger": Way(36, 0.5),
    "quarter": Way(33, 0.25),
    "25 fps": Way(28, fps=25),
    "15 fps": Way(30, 0.5, fps=15),
    "cropped": Way(28, crop=(0.12, 0.03, 0.88, 0.97)),
    "mirrored": Way(28, 0.5, mirrored=True),
    "excerpt": Way(30, 0.5, start_s=2.37, length_s=9.0),
    "hevc": Way(34, 0.5, codec="libx265"),
    "av1": Way(48, 0.5, codec="libsvtav1"),
    "vp9": Way(45, 0.5, codec="libvpx-vp9"),
}


def copy_video(video: Path, path: Path, way: Way) -> None:
    """Encode a video again."""
    left, top, right, bottom = way.crop
    last = -1
    with VideoReader(video) as reader, av.open(str(path), "w") as container:
        stream = container.add_stream(
            way.codec, rate=Fraction(way.fps or reader.fps or 25).limit_denominator(1001)
        )
        stream.codec_context.time_base = Fraction(1, 90_000)
        stream.pix_fmt, stream.options = "yuv420p", {"crf": str(way.crf)}
        for frame in reader:
            time_s = float(frame.time_s) - way.start_s
            if way.fps:
                turn = round(time_s * way.fps)
                last, is_new, time_s = max(turn, last), turn > last, turn / way.fps
            if not 0 <= time_s < way.length_s or (way.fps and not is_new):
                continue
            height, width = frame.image.shape[:2]
            image = frame.image[
                int(top * height) : int(bottom * height), int(left * width) : int(right * width)
            ]
            image = np.ascontiguousarray(image[:, ::-1] if way.mirrored else image)
            size = [round(side * way.scale / 2) * 2 for side in image.shape[1::-1]]
            if not stream.codec_context.is_open:
                stream.width, stream.height = size
            picture = av.VideoFrame.from_ndarray(image, format="rgb24").reformat(*size, "yuv420p")
            picture.pts, picture.time_base = round(time_s * 90_000), Fraction(1, 90_000)
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))


def read_trace(table: Path) -> Trace:
    """Trace a frame table."""
    return trace_motion(pd.read_parquet(table))


def read_copy(video: Path, name: str, way: Way | None) -> Trace:
    """Copy a video, or take it as it is, and trace it."""
    table = FOLDER / f"{video.stem}.{name}.parquet"
    if not table.exists():
        copy = video
        if way is not None:
            copy = FOLDER / f"{video.stem}.{name}.mkv"
            copy_video(video, copy, way)
        extract_video(copy, table)
    return read_trace(table)


def compare(one: Trace, other: Trace) -> SharedMotion:
    """Return the greatest correlation, however small; of videos without movement -1."""
    found = find_shared_motion(one, {"other": other})
    return found.get("other", SharedMotion(0, 0, False, -1.0))


def without_mouth(trace: Trace) -> Trace:
    """Return what a reader without mouth distances would have."""
    blind = trace.copy()
    blind[:, -len(MOUTH) :] = MISSING
    return blind


def print_people(folder: Path) -> None:
    """Print the greatest correlations of different recordings."""
    traces = {
        file.stem: read_trace(file) for file in sorted(folder.glob("*.parquet")) if ".mesh" not in file.name
    }
    person = {name: name.split("_")[1] if "_" in name else name for name in traces}
    for label, change in (("head and mouth", lambda trace: trace), ("head alone", without_mouth)):
        seen = {name: change(trace) for name, trace in traces.items()}
        found = [(compare(seen[a], seen[b]).correlation, a, b) for a, b in itertools.combinations(seen, 2)]
        for kind in ("one person", "two people"):
            values = sorted(
                r for r, a, b in found if r > -1 and (person[a] == person[b]) == (kind == "one person")
            )
            if values:
                print(
                    f"{label}, {kind}: {len(values)} pairs, correlation median {np.median(values):.2f}, "
                    f"99 % {np.quantile(values, 0.99):.2f}, greatest {values[-1]:.3f}"
                )
    late = {name: trace_motion(shift(pd.read_parquet(folder / f"{name}.parquet"))) for name in traces}
    for label, change in (("head and mouth", lambda trace: trace), ("head alone", without_mouth)):
        found_late = [
            compare(change(late[name]), change(trace)).correlation for name, trace in traces.items()
        ]
        values = sorted(r for r in found_late if r > -1)
        print(
            f"{label}, excerpts that begin half a sample off: {len(values)}, correlation least "
            f"{values[0]:.3f}, 5 % {np.quantile(values, 0.05):.3f}, median {np.median(values):.3f}"
        )
    energies = [measure_energies(trace) for trace in traces.values()]
    print(
        "movement of stretches, least, 1 %, median:",
        np.quantile(np.concatenate(energies), (0, 0.01, 0.5)).round(2),
    )


def shift(frames: pd.DataFrame) -> pd.DataFrame:
    """Return a video from 1.1 s on, half a sample off: the worst place to begin an excerpt."""
    part = frames[frames["time_s"] >= 1.1]
    return part.assign(time_s=part["time_s"] - 1.1)


def measure_energies(trace: Trace) -> np.ndarray:
    """Return the squared units a movement in each stretch."""
    with patch.object(shared_motion, "_LEAST_MOVEMENT", 0.0):
        return shared_motion._list_stretches(trace).sizes ** 2 / shared_motion._WINDOW


def print_copies(folder: Path) -> None:
    """Print how much copies correlate with their originals, and how much time a comparison takes."""
    FOLDER.mkdir(exist_ok=True)
    originals = {video.stem: read_copy(video, "original", None) for video in sorted(folder.glob("*.mp4"))}
    for video in sorted(folder.glob("*.mp4")):
        for name, way in WAYS.items():
            copy = read_copy(video, name, way)
            found = {stem: compare(copy, original) for stem, original in originals.items()}
            own = found.pop(video.stem)
            blind = compare(without_mouth(copy), without_mouth(originals[video.stem]))
            print(
                f"{video.stem}, {name}: {own.correlation:.3f} at {own.other_start_s - own.start_s:+.1f} s"
                f"{', mirrored' if own.mirrored else ''}; head alone {blind.correlation:.3f}; with other "
                f"videos at most {max(one.correlation for one in found.values()):.2f}"
            )


def print_time(seconds: float = 60.0) -> None:
    """Print how long it takes to look up a minute among a thousand."""
    rng = np.random.default_rng(0)
    traces = rng.normal(0, 10, (TIMED + 1, round(seconds * 5), 5)).cumsum(axis=1) % 200 - 100
    others = {str(k): trace.astype(np.int8) for k, trace in enumerate(traces[1:])}
    start, own = time.perf_counter(), time.process_time()
    find_shared_motion(traces[0].astype(np.int8), others)
    print(
        f"{TIMED} recordings of {seconds:.0f} s: {time.perf_counter() - start:.1f} s, of them "
        f"{time.process_time() - own:.1f} s of processors; {others['0'].nbytes} bytes each"
    )


if __name__ == "__main__":
    print_time()
    if len(sys.argv) != 3:
        print("The rest needs real recordings: python bench/copies.py PEOPLE VIDEOS")
    else:
        with patch.object(shared_motion, "LEAST_CORRELATION", -1.0):
            print_people(Path(sys.argv[1]))
            print_copies(Path(sys.argv[2]))
