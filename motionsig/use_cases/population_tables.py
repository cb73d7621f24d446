"""A simulated population as the tables that `motionsig correlate` would have written."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from extract.description import Backend, ReadingDescription
from features.clips import CorrelationOptions
from features.formats import INDEX, REAL, TEXT, WHOLE
from features.labels import name_clip
from features.signature import PairSet
from features.tables import CLIP_COLUMNS, open_tables
from features.windows import ClipRule
from ground.descriptions import flatten
from simulate.population import CLIP_S, STEP_S, PopulationPlan, SimulatedVideo, simulate_population

_READER: Final = Backend(name="simulated", version="1")
_READING: Final = ReadingDescription(body=_READER, face=_READER)
_FRAMES: Final = 250


def write_population(path: Path, plan: PopulationPlan, seed: int = 0) -> int:
    """Write the correlations table and the clip table of a simulated population.

    Parameters
    ----------
    path
        Of the correlations table, see `features.tables.open_tables`.
    plan, seed
        As for `simulate.population.simulate_population`.

    Returns
    -------
    int
        The number of clips.
    """
    correlations, clips = zip(*map(_tabulate, simulate_population(plan, seed)), strict=True)
    with open_tables(path, PairSet()) as write:
        write(pd.concat(correlations), pd.concat(clips))
    return sum(map(len, clips))


def _tabulate(video: SimulatedVideo) -> tuple[pd.DataFrame, pd.DataFrame]:
    count = len(video.correlations)
    names = pd.Index([name_clip(video.stem, k) for k in range(count)], name=INDEX, dtype=object)
    start_s = STEP_S * np.arange(count)
    known = {
        "video": f"{video.stem}.mp4",
        "start_s": start_s,
        "end_s": start_s + CLIP_S,
        "frames": _FRAMES,
        "face_frames": _FRAMES,
        "body_frames": _FRAMES,
        "subject": video.subject,
        "group": video.group,
        "session": video.session,
        **flatten(CorrelationOptions(ClipRule(CLIP_S, STEP_S)).describe(_READING)),
        "pairs_missing": np.isnan(video.correlations).mean(axis=1),
    }
    unknown = {TEXT: None, REAL: np.nan, WHOLE: None}
    clips = pd.DataFrame(
        {name: known.get(name, unknown[kind]) for name, kind in CLIP_COLUMNS.items() if name != INDEX},
        index=names,
    )
    return pd.DataFrame(video.correlations, names, PairSet().columns), clips
