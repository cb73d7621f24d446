"""Simulated people as the tables that `motionsig correlate` or `motionsig extract` would have written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
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
from simulate.recordings import SIMULATED, RecordingPlan, SimulatedRecording, simulate_recordings

# How many simulated people are in no background: one to enrol, and somebody else.
UNSEEN: Final = 2

_MANIFEST_COLUMNS: Final = ("path", "subject", "group", "session", "collection")
_FRAMES: Final = 250


@dataclass(frozen=True)
class WrittenRecordings:
    """Where simulated recordings are: manifests, with ``path,subject,group,session,collection``.

    Attributes
    ----------
    unseen
        Of people to enrol and to judge.
    background
        Of all others, to learn a background from.
    """

    unseen: Path
    background: Path


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


def write_recordings(folder: Path, plan: RecordingPlan, seed: int = 0) -> WrittenRecordings:
    """Write the frame tables of simulated people who were recorded several times, and who is in which.

    A background cannot judge people whom it was learnt from, so the first `UNSEEN` people lie apart from the
    others.

    Parameters
    ----------
    folder
        Where the tables go, one a recording, in the folders ``unseen`` and ``background``.
    plan, seed
        As for `simulate.recordings.simulate_recordings`; of more people than `UNSEEN`.

    Returns
    -------
    WrittenRecordings
        The manifests, beside the folders of tables, and named like them.

    Raises
    ------
    InputError
        When there are too few people, a folder holds other tables, which would be taken for recordings of
        these people, or cannot be written.
    """
    if plan.people <= UNSEEN:
        raise InputError(
            f"{count(UNSEEN, 'person', 'people')} are kept apart to be judged, so {plan.people} leave nobody "
            "to learn a background from. Simulate more people."
        )
    written = WrittenRecordings(folder / "unseen.csv", folder / "background.csv")
    first = UNSEEN * plan.sessions
    _refuse_other_tables(_folder_of(written.unseen), plan.names[:first])
    _refuse_other_tables(_folder_of(written.background), plan.names[first:])
    recordings = simulate_recordings(plan, seed)
    _write_tables(written.unseen, islice(recordings, first))
    _write_tables(written.background, recordings)
    return written


def _folder_of(manifest: Path) -> Path:
    return manifest.with_suffix("")


def _refuse_other_tables(folder: Path, names: Sequence[str]) -> None:
    others = sorted(path.name for path in folder.glob("*.parquet") if path.stem not in names)
    if others:
        raise InputError(
            f"{folder} holds {count(len(others), 'other table')}, such as {others[0]}. Give a new folder."
        )


def _write_tables(manifest: Path, recordings: Iterable[SimulatedRecording]) -> None:
    rows = []
    for one in recordings:
        path = (_folder_of(manifest) / one.table.metadata.source.name).with_suffix(".parquet")
        write_frames(one.table, path)
        rows.append((f"{manifest.stem}/{path.name}", one.subject, one.group, one.session, one.collection))
    write_rows(manifest, _MANIFEST_COLUMNS, rows)


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
