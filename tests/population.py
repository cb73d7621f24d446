"""Correlations tables of made-up people: every person has a mean vector, every clip is that plus noise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from features.signature import PairSet

PAIRS = PairSet().columns


def make_correlations(
    people: dict[str, int],
    *,
    clips: int = 6,
    group: str | None = None,
    spread: float = 0.3,
    noise: float = 0.15,
    seed: int = 0,
) -> pd.DataFrame:
    """Clips of `people` (name -> number of videos), named by the convention; id0 is pristine, others celeb.

    The same name has the same mean vector whatever the seed, which only changes the noise.
    """
    rng = np.random.default_rng(seed)
    rows, names = [], []
    for person, videos in people.items():
        mean = np.random.default_rng(sum(person.encode())).normal(0, spread, len(PAIRS))
        for video in range(videos):
            kind = group or ("pristine" if person == "id0" else "celeb")
            stem = f"{video + seed * 100}_{person}_{kind}"
            for clip in range(clips):
                rows.append(np.tanh(mean + rng.normal(0, noise, len(PAIRS))))
                names.append(f"{stem}_clip_{clip}")
    return pd.DataFrame(rows, index=pd.Index(names, name="clip_name"), columns=PAIRS)


def write_correlations(folder: Path, correlations: pd.DataFrame, name: str = "correlations.csv") -> Path:
    """Write a table as others would: pandas, no clip table beside it."""
    path = folder / name
    correlations.to_csv(path)
    return path
