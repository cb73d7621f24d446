"""Simulated people as the tables that `motionsig correlate` or `motionsig extract` would have written."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from extract.frame_table import write_frames
from features.clips import CorrelationOptions
from features.formats import INDEX, REAL, TEXT, WHOLE
from features.labels import name_clip
from features.signature import PairSet
from features.tables import CLIP_COLUMNS, open_tables
from features.windows import ClipRule
from ground.descriptions import flatten
from ground.errors import InputError
from ground.rows import write_rows
from ground.text import count
from simulate.population import CLIP_S, STEP_S, PopulationPlan, SimulatedVideo, simulate_population
from simulate.recordings import SIMULATED, RecordingPlan, simulate_recordings

MANIFEST: Final = "manifest.csv"
_MANIFEST_COLUMNS: Final = ("path", "subject", "group", "session", "collection")
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


def write_recordings(folder: Path, plan: RecordingPlan, seed: int = 0) -> Path:
    """Write the frame tables of simulated people who were recorded several times, and who is in which.

    Parameters
    ----------
    folder
        Where the tables go, one a recording; it is made where it does not exist.
    plan, seed
        As for `simulate.recordings.simulate_recordings`.

    Returns
    -------
    Path
        The manifest `MANIFEST` in the folder, with ``path,subject,group,session,collection``.

    Raises
    ------
    InputError
        When the folder holds other tables, which would be taken for recordings of these people, or cannot be
        written; nothing is written then.
    """
    named = {f"{name}.parquet" for name in plan.names}
    if others := [path.name for path in folder.glob("*.parquet") if path.name not in named]:
        raise InputError(
            f"{folder} holds {count(len(others), 'other table')}, such as {min(others)}. Give a new folder."
        )
    rows = []
    for one in simulate_recordings(plan, seed):
        path = (folder / one.table.metadata.source.name).with_suffix(".parquet")
        write_frames(one.table, path)
        rows.append((path.name, one.subject, one.group, one.session, one.collection))
    write_rows(folder / MANIFEST, _MANIFEST_COLUMNS, rows)
    return folder / MANIFEST


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
        **flatten(CorrelationOptions(ClipRule(CLIP_S, STEP_S)).describe(SIMULATED)),
        "pairs_missing": np.isnan(video.correlations).mean(axis=1),
    }
    unknown = {TEXT: None, REAL: np.nan, WHOLE: None}
    clips = pd.DataFrame(
        {name: known.get(name, unknown[kind]) for name, kind in CLIP_COLUMNS.items() if name != INDEX},
        index=names,
    )
    return pd.DataFrame(video.correlations, names, PairSet().columns), clips
