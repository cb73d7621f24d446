"""8,064 clips from ready frame tables: the whole stage against the published notebook's way.

That way is `corr()` on a clip, a look-up by two labels for each of the 435 pairs, and a table that grows by
`concat`. It is measured on a part: the first two cost the same for every clip, the third grows with the rows
that are there, so it is timed at several sizes and summed along the line through them. Both ways begin with
frame tables and end with a CSV file; reading the frame tables from disk, which is the same for both, is timed
apart. Times are those of the processor, and of two runs of the notebook's way the faster counts, because a
busy machine would favour the side that is measured in its quieter moments. Target: at least 20 x.
"""

from __future__ import annotations

import tempfile
import time
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from support.frame_tables import make_frame_table

from extract.frame_table import FrameTable, read_frame_table, write_frames
from features.clips import CorrelationOptions
from features.dataset import DataSetOptions, write_correlations
from features.signals import compute_positions
from features.signature import FEATURES, PairSet

CLIPS = 8_064
VIDEOS = 288
CLIPS_A_VIDEO = 28
SAMPLE_VIDEOS = 3
SIZES = (0, 2_000, 4_000, 8_000)
COLUMNS = list(PairSet().columns)


def main() -> None:
    """Compare both ways and print the ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tables = [folder / f"{video}_id0_pristine.parquet" for video in range(VIDEOS)]
        for video, path in enumerate(tables):
            frames = 300 + 150 * (CLIPS_A_VIDEO - 1)
            write_frames(make_frame_table(path.stem, frames, missing=0.01, seed=video), path)
        before_s = measure_notebook(tables[:SAMPLE_VIDEOS], folder)
        start = time.process_time()
        for path in tables:
            read_frame_table(path)
        reading_s = time.process_time() - start
        start = time.process_time()
        write_correlations(tables, folder / "correlations.csv", DataSetOptions(CorrelationOptions()))
        ours_s = time.process_time() - start - reading_s
        theirs_s = min(before_s, measure_notebook(tables[:SAMPLE_VIDEOS], folder))
    print(f"Ours: {ours_s:.1f} s, all {CLIPS} clips measured, clip table included")
    print(
        f"Ratio {theirs_s / ours_s:.0f} (target: at least 20); with the {reading_s:.1f} s of reading"
        f" on both sides {(theirs_s + reading_s) / (ours_s + reading_s):.0f}"
    )


def measure_notebook(tables: list[Path], folder: Path) -> float:
    """Return the seconds that the notebook's way takes for all clips."""
    videos = [(path.stem, read_frame_table(path)) for path in tables]
    start = time.process_time()
    rows = [row for name, table in videos for row in correlate_by_label(name, table)]
    fixed_s = (time.process_time() - start) / len(rows) * CLIPS
    grow_s = [time_concat(rows[0], size) for size in SIZES]
    slope, offset = np.polyfit(SIZES, grow_s, 1)
    concat_s = CLIPS * offset + slope * CLIPS**2 / 2
    start = time.process_time()
    pd.concat(rows * (CLIPS // len(rows))).to_csv(folder / "notebook.csv")
    write_s = time.process_time() - start
    print(
        f"Notebook's way: {fixed_s:.0f} s for corr and look-ups ({len(rows)} clips measured, in proportion)"
        f" + {concat_s:.0f} s for concat ({offset * 1e3:.2f} ms a clip, and {slope * 1e6:.2f} ms more for"
        f" each 1000 rows that are there) + {write_s:.0f} s for to_csv"
    )
    return fixed_s + concat_s + write_s


def correlate_by_label(name: str, table: FrameTable) -> list[pd.DataFrame]:
    """Return a table of one row for each clip of a video, as the notebook makes it."""
    signals = pd.DataFrame(compute_positions(table.frames), columns=FEATURES)
    rows = []
    for clip in range(CLIPS_A_VIDEO):
        matrix = signals.iloc[150 * clip : 150 * clip + 300].corr()
        row = {f"{first}*{second}": matrix.loc[first, second] for first, second in combinations(FEATURES, 2)}
        rows.append(pd.DataFrame(row, index=[f"{name}_clip_{clip}"]))
    return rows


def time_concat(row: pd.DataFrame, size: int) -> float:
    """Return the seconds that one `concat` to a table of `size` rows takes."""
    table = pd.DataFrame(np.zeros((size, len(COLUMNS))), columns=COLUMNS, index=[str(i) for i in range(size)])
    times = []
    for _ in range(20):
        start = time.process_time()
        table = pd.concat([table, row])
        times.append(time.process_time() - start)
    return float(np.median(times))


if __name__ == "__main__":
    main()
