"""How well each rendered control is recovered from the pixels, as a table for the documentation.

    python bench/recovery.py

Renders one session of each of six signatures, 20 s long, extracts them, and prints for every control the mean
and the least correlation over time with the column of the frame table that should follow it. Controls of one
signature move together, so a neighbour's motion leaks into a measure in a way that differs from signature to
signature; the mean over signatures is the figure to read. Takes about three minutes.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
from joblib import Parallel, delayed

from extract.extraction import extract_video
from extract.frame_table import read_frame_table
from simulate.recovery import FOLLOWED_BY, correlate_with_truth
from simulate.signature import Signature
from simulate.video import render_session

SIGNATURES = 6
SECONDS = 20.0


def recover(seed: int, folder: Path) -> dict[str, float]:
    """Render and extract one session and return the correlations with what was rendered."""
    video = folder / f"{seed}.mp4"
    truth = render_session(Signature(seed), SECONDS, seed=0, path=video)
    table = extract_video(video, video.with_suffix(".parquet")).table
    return correlate_with_truth(read_frame_table(table).frames, pd.read_csv(truth))


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        rows = Parallel(n_jobs=-1)(delayed(recover)(seed, Path(folder)) for seed in range(SIGNATURES))
    found = pd.DataFrame(rows)
    print("| control | followed by | mean r | least r |\n|---|---|---|---|")
    for control, (column, _) in FOLLOWED_BY.items():
        print(f"| {control} | `{column}` | {found[control].mean():.2f} | {found[control].min():.2f} |")
    means = found.mean()
    print(f"\ncontrols followed with mean r > .6: {int((means > 0.6).sum())} of {len(means)}")


if __name__ == "__main__":
    main()
