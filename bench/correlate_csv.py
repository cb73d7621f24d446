"""8,064 x 435 correlations as CSV: our writer and reader against pyarrow's own. Target: within 1.5 x."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
from support.frame_tables import make_frame_table

from features.clips import correlate_frame_table
from features.signature import PairSet
from features.tables import open_tables, read_correlations

CLIPS = 8_064
REPEATS = 5


def main() -> None:
    """Compare writing and reading, and check that the values read back equal."""
    correlations, clips = make_table()
    arrow = pa.Table.from_pandas(correlations.reset_index(), preserve_index=False)
    with tempfile.TemporaryDirectory() as name:
        ours, theirs = Path(name) / "correlations.csv", Path(name) / "arrow.csv"

        def write() -> None:
            with open_tables(ours, PairSet()) as append:
                append(correlations, clips)

        report("Writing", write, lambda: pa.csv.write_csv(arrow, theirs))
        report("Reading", lambda: read_correlations(ours), lambda: pa.csv.read_csv(theirs))
        pd.testing.assert_frame_equal(read_correlations(ours), correlations, check_exact=True)


def make_table() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return a table in which 4 % of the cells are missing, as in the published one."""
    block = correlate_frame_table(make_frame_table("x", 300 + 150 * 27, missing=0.01, seed=1)).block
    repeats = CLIPS // len(block.correlations)
    names = pd.Index([f"{i // 28}_id0_pristine_clip_{i % 28}" for i in range(CLIPS)], name="clip_name")
    values = np.tile(block.correlations.to_numpy(), (repeats, 1))
    values[np.random.default_rng(1).random(values.shape) < 0.04] = np.nan
    correlations = pd.DataFrame(values, index=names, columns=block.correlations.columns)
    return correlations, pd.concat([block.clips] * repeats).set_axis(names)


def report(what: str, ours: Callable[[], object], theirs: Callable[[], object]) -> None:
    """Time both in turns, so that a busy machine troubles both."""
    times = np.array([[seconds(ours), seconds(theirs)] for _ in range(REPEATS)]).min(axis=0)
    print(
        f"{what} {CLIPS} x 435: ours {times[0]:.2f} s, pyarrow {times[1]:.2f} s, "
        f"ratio {times[0] / times[1]:.2f} (target: at most 1.5)"
    )


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
