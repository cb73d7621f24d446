"""Whom extraction measures in real people's videos, cut and shuffled into interviews.

    MOTIONSIG_TEST_VIDEOS=FOLDER python bench/shuffled_interviews.py [INTERVIEWS]

Each video of the folder shows one person. For each interview, and each person as the one asked for: the share
of their frames that were measured, the frames measured of anybody else, and how far the 435 correlations of
windows of ten seconds that lie inside a shot are from those of the same frames of the shot in a video of its
own, and in the uncut video, both of the same encoding. Targets: 99 %, none, 1e-6.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd
from support.shuffled import FPS, Piece, count_frames, shuffle_pieces, write_pieces

from extract.extraction import extract_video
from extract.extraction_options import ExtractionOptions
from extract.frame_table import ACTION_UNITS, JOINTS, read_frame_table
from extract.people.references import learn_reference
from features.correlation import correlate_clips
from features.signals import compute_positions
from features.signature import PairSet

INTERVIEWS: Final = 2
WINDOW: Final = 10 * FPS
STEP: Final = FPS // 2
# Windows that begin so long after the cut, seconds: how long the readers take to forget it.
SETTLED_S: Final = (0.0, 0.5, 1.0, 2.0)


def read(video: Path, options: ExtractionOptions) -> pd.DataFrame:
    """Return the rows of a video's frame table."""
    return read_frame_table(extract_video(video, video.with_suffix(".parquet"), options).table).frames


def compare_windows(
    frames: pd.DataFrame, uncut: pd.DataFrame, first: int, piece: Piece
) -> list[tuple[float, float, int]]:
    """Return for each window in a shot when it begins after the cut, s, the largest difference, and NaNs.

    The last number counts correlations that one has and the other lacks.
    """
    begins = np.arange(0, piece.frames - WINDOW + 1, STEP)
    own, other = (
        correlate_clips(compute_positions(table), begins + start, begins + start + WINDOW, PairSet().places)
        for table, start in ((frames, first), (uncut, piece.first))
    )
    rows = []
    for begin, one, two in zip(begins, own, other, strict=True):
        both = np.isfinite(one) & np.isfinite(two)
        largest = float(np.abs(one - two)[both].max(initial=0.0))
        rows.append((begin / FPS, largest, int((np.isfinite(one) != np.isfinite(two)).sum())))
    return rows


def count_rows(frames: pd.DataFrame, of_person: npt.NDArray[np.bool_]) -> str:
    """Return the shares and numbers of frames measured, in words."""
    body = frames[[f"{joint}_x" for joint in JOINTS]].notna().any(axis=1).to_numpy()
    face = frames[list(ACTION_UNITS)].notna().any(axis=1).to_numpy()
    return (
        f"body {100 * body[of_person].mean():.2f} %, face {100 * face[of_person].mean():.2f} % of "
        f"{of_person.sum()} frames; of somebody else {int(((body | face) & ~of_person).sum())} of "
        f"{int((~of_person).sum())}"
    )


def main() -> None:
    """Print the figures."""
    if not (given := os.environ.get("MOTIONSIG_TEST_VIDEOS")):
        print("skipped: MOTIONSIG_TEST_VIDEOS names no folder")
        return
    cv2.setNumThreads(1)
    lengths = {video: count_frames(video) for video in sorted(Path(given).glob("*.mp4"))}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        people, uncut = {}, {}
        for number, (video, frames) in enumerate(lengths.items()):
            alone = folder / f"alone{number}.mp4"
            write_pieces([Piece(video, 0, frames)], alone)
            people[video] = learn_reference([alone])
            uncut[video] = read(alone, ExtractionOptions())
        windows, shots = [], []
        for seed in range(int(sys.argv[1]) if len(sys.argv) > 1 else INTERVIEWS):
            pieces = shuffle_pieces(lengths, seed)
            firsts = np.cumsum([0, *(piece.frames for piece in pieces)])
            interview = folder / f"interview{seed}.mp4"
            write_pieces(pieces, interview)
            print(f"interview {seed}: {len(pieces)} shots, {firsts[-1]} frames")
            for number, video in enumerate(lengths):
                frames = read(interview, ExtractionOptions(person=people[video]))
                own = np.repeat([piece.video == video for piece in pieces], np.diff(firsts))
                print(f"  person {number}: {count_rows(frames, own)}")
                for piece, first in zip(pieces, firsts, strict=False):
                    if piece.video == video:
                        windows += compare_windows(frames, uncut[video], int(first), piece)
                        shot = folder / "shot.mp4"
                        write_pieces([piece], shot)
                        as_own = Piece(video, 0, piece.frames)
                        shots += compare_windows(frames, read(shot, ExtractionOptions()), int(first), as_own)
    print("against the shot in a video of its own")
    tell(shots)
    print("against the uncut video")
    tell(windows)


def tell(windows: list[tuple[float, float, int]]) -> None:
    """Print how far correlations are apart, for windows from so long after the cut on."""
    begins, largest, missing = np.array(windows).T
    for settled in SETTLED_S:
        late = begins >= settled
        if late.any():
            print(
                f"windows from {settled:g} s after the cut: {late.sum()}, largest difference "
                f"{largest[late].max():.2g}, median {np.median(largest[late]):.2g}, beyond 1e-6 in "
                f"{(largest[late] > 1e-6).sum()}, present in one alone {int(missing[late].sum())}"
            )


if __name__ == "__main__":
    main()
