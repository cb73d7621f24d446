"""How the mesh's action units agree with OpenFace's over time, on videos that OpenFace has read.

    python bench/face_openface.py VIDEOS OPENFACE

VIDEOS holds mp4 files and OPENFACE `<stem>.csv` for them (`FeatureExtraction` of OpenFace 2). Prints the
correlation over time of every action unit and angle, in brackets where OpenFace's reading hardly varies, and
marks with ! what runs against it: the 95 % interval, with as many samples as the autocorrelation of both
series leaves (Bartlett 1946), lies below 0. The first median is over real videos
(no "reenacted" in the name), the second over all. Then it prints how often `extract.same_frames` finds
OpenFace's rows displaced where they are, where the first frames were lost, and in another video's file.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from extract.extraction import extract_video
from extract.frame_table import ACTION_UNITS, HEAD_ROTATION, read_frame_table
from extract.openface import read_openface
from extract.same_frames import Finding, compare_readings

# Of OpenFace's scale from 0 to 5; below, its reading is mostly noise.
LEAST_SD = 0.2
FRAMES_LOST = (0, 1, 2, 3, 4, 5, 9, 15)


def correlate(ours: pd.Series, theirs: pd.Series) -> tuple[float, float]:
    """Return the correlation over time and the upper end of its 95 % interval."""
    both = pd.concat([ours, theirs], axis=1).dropna()
    x, y = both.iloc[:, 0], both.iloc[:, 1]
    r = float(x.corr(y))
    memory = x.autocorr() * y.autocorr()
    worth = max(len(both) * (1 - memory) / (1 + memory), 4.0)
    return r, float(np.tanh(np.arctanh(r) + 1.96 / np.sqrt(worth - 3)))


def compare(frames: pd.DataFrame, openface: Path) -> dict[str, str]:
    """Return a cell of the table for each action unit and angle."""
    theirs = read_openface(openface).measured.reindex(frames["frame"]).reset_index(drop=True)
    cells = {}
    for name in (*ACTION_UNITS, *HEAD_ROTATION):
        if theirs[name].std() == 0:
            cells[name] = "-"
            continue
        r, upper = correlate(frames[name], theirs[name])
        cell = f"{r:.2f}{' !' if upper < 0 else ''}"
        cells[name] = f"({cell})" if name in ACTION_UNITS and theirs[name].std() < LEAST_SD else cell
    return cells


def count_findings(one: pd.DataFrame, other: pd.DataFrame, lost: int) -> Counter[Finding]:
    """Return what stretches say where the other reading lacks its first frames and went on counting."""
    return Counter(found.finding for found in compare_readings(one, other.set_axis(other.index - lost)))


def print_displacements(frames: dict[str, pd.DataFrame], openface: Path) -> None:
    """Print how many stretches of all videos are found alike, displaced and unlike."""
    theirs = {stem: read_openface(openface / f"{stem}.csv").measured for stem in frames}
    rows = {
        f"{lost} frames lost": [count_findings(frames[stem], theirs[stem], lost) for stem in frames]
        for lost in FRAMES_LOST
    }
    rows["another video"] = [
        count_findings(frames[stem], theirs[other], 0) for stem in frames for other in frames if stem != other
    ]
    print("\n| | alike | displaced | unlike |\n|---|---|---|---|")
    for name, counts in rows.items():
        total: Counter[Finding] = sum(counts, Counter())
        numbers = (total[finding] for finding in (Finding.ALIKE, Finding.DISPLACED, Finding.UNLIKE))
        print(f"| {name} | " + " | ".join(map(str, numbers)) + " |")


def main() -> None:
    """Print the tables."""
    videos, openface = map(Path, sys.argv[1:3])
    columns, frames = {}, {}
    with tempfile.TemporaryDirectory() as folder:
        for video in sorted(videos.glob("*.mp4")):
            if (openface / f"{video.stem}.csv").is_file():
                table = extract_video(video, Path(folder) / f"{video.stem}.parquet").table
                frames[video.stem] = read_frame_table(table).frames
                columns[video.stem] = compare(frames[video.stem], openface / f"{video.stem}.csv")
    print("| | " + " | ".join(columns) + " | real | all |\n" + "|---" * (len(columns) + 3) + "|")
    for name in (*ACTION_UNITS, *HEAD_ROTATION):
        given = {stem: column[name] for stem, column in columns.items()}
        values = {stem: float(cell.strip("()! ")) for stem, cell in given.items() if cell != "-"}
        real = [value for stem, value in values.items() if "reenacted" not in stem]
        medians = f"{np.median(real):.2f} | {np.median([*values.values()]):.2f}"
        print(f"| {name.removesuffix('_r')} | " + " | ".join(given.values()) + f" | {medians} |")
    print_displacements(frames, openface)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        print("Needs videos that OpenFace has read: python bench/face_openface.py VIDEOS OPENFACE")
    else:
        main()
