"""How far fewer frames a second move correlations and descriptors, for docs/measurements/evidence.md.

    python bench/evidence_rates.py [FOLDER]

FOLDER holds frame tables of people who talk, with their mesh tables, of 24 frames/s or more; without it, one
session of each of three signatures is rendered and extracted. Frames are left out. What that changes is given
in multiples of what two clips of one recording, 10 s apart, differ by (root mean squares, over clips and then
over numbers). At .5 sampling adds a quarter to the variance. Takes about four minutes without FOLDER.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from classify.background.learning import FUSED
from extract.extraction import extract_video
from extract.frame_table import FrameTable, read_frame_table
from extract.mesh_table import find_mesh_table
from extract.table_sides import read_with_sides
from features.clips import CorrelationOptions, correlate_frame_table
from features.recordings import describe_recording
from features.signals import SIGNALS
from features.windows import ClipRule
from simulate.signature import Signature
from simulate.video import render_session

RATES = (20.0, 15.0, 10.0, 7.5, 5.0, 3.0, 2.0, 1.0, 1 / 3)
CLIPS_APART = 2
RULE = ClipRule(10.0, 5.0)
Array = npt.NDArray[np.float64]


def read_tables(folder: Path | None, scratch: Path) -> list[FrameTable]:
    """Read the frame tables of a folder; or render people and read those."""
    if folder is not None:
        paths = [path for path in sorted(folder.glob("*.parquet")) if find_mesh_table(path).exists()]
        return [read_with_sides(path) for path in paths]
    tables = []
    for seed in range(3):
        video = scratch / f"{seed}.mp4"
        render_session(Signature(seed), 30.0, seed=0, path=video)
        tables.append(read_frame_table(extract_video(video, video.with_suffix(".parquet")).table))
    return tables


def thin(table: FrameTable, rate: float) -> FrameTable:
    """Keep the first frame of every period."""
    period = np.floor(table.frames["time_s"].to_numpy() * rate + 1e-9)
    kept = np.append(True, np.diff(period) > 0)
    return FrameTable(table.frames[kept].reset_index(drop=True), table.metadata)


def describe(table: FrameTable, what: str) -> Array:
    """Return the numbers of each clip, (clips, numbers): the correlations of a signal, or a descriptor."""
    if what in SIGNALS:
        options = CorrelationOptions(RULE, signal=what)  # type: ignore[arg-type]
        return correlate_frame_table(table, options).block.correlations.to_numpy()
    return describe_recording(table, [what], rule=RULE).numbers[what]


def measure(tables: Sequence[FrameTable], what: str) -> list[float]:
    """Return how far each rate moves what is described, in multiples of what clips differ by."""
    whole = [describe(table, what) for table in tables]
    between = np.vstack([clips[CLIPS_APART:] - clips[:-CLIPS_APART] for clips in whole])
    usual = np.sqrt(np.nanmean(between**2, axis=0))
    moved = []
    for rate in RATES:
        shifts = [
            clips - describe(thin(table, rate), what)[: len(clips)]
            for table, clips in zip(tables, whole, strict=True)
        ]
        squares = np.vstack(shifts) ** 2
        known = np.isfinite(squares).any(axis=0) & (usual > 0)
        means = np.nanmean(squares[:, known], axis=0) / usual[known] ** 2
        moved.append(float(np.sqrt(means.mean())) if known.any() else np.nan)
    return moved


def main(folder: Path | None) -> None:
    """Print a row for each signal and descriptor."""
    with tempfile.TemporaryDirectory() as scratch:
        tables = [
            table
            for table in read_tables(folder, Path(scratch))
            if table.frames["time_s"].iloc[-1] >= RULE.length_s
        ]
    print(f"{len(tables)} recordings\n")
    print("| frames/s | " + " | ".join(f"{rate:.3g}" for rate in RATES) + " |")
    print("|---|" + "---|" * len(RATES))
    for what in (*SIGNALS, *FUSED):
        cells = ["-" if np.isnan(value) else f"{value:.2f}" for value in measure(tables, what)]
        print(f"| {what} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
