"""The published notebook's cells for loading, counting and filling what is missing, on a table of ours.

They are written anew here, with the calls that the notebook makes.
"""

# ruff: noqa: PD003 - `isnull`, as there

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from frame_tables import make_moving_frames, make_table, write_moving, write_table
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import StandardScaler

from extract.frame_table import FACE_COLUMNS
from features.clips import CorrelationOptions
from features.dataset import DataSetOptions, write_correlations
from features.quality import summarise_missing
from features.signature import PairSet
from features.tables import read_correlations


@pytest.fixture(scope="module")
def correlations_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person in two videos, one of which loses the face for a while and an action unit throughout."""
    folder = tmp_path_factory.mktemp("dataset")
    frames = make_moving_frames(np.arange(400) / 10, seed=5)
    frames.loc[:70, list(FACE_COLUMNS)] = np.nan
    frames["AU17_r"] = 0.0
    tables = [
        write_moving(folder, "1_id0_pristine.mp4", 40),
        write_table(make_table(frames, "2_id0_fake.mp4"), folder),
        write_moving(folder, "1_id1_celeb.mp4", 20, seed=2),
    ]
    write_correlations(tables, folder / "correlations.csv", DataSetOptions(CorrelationOptions()))
    return folder / "correlations.csv"


def test_the_notebook_runs_on_our_table(correlations_csv: Path) -> None:
    df = pd.read_csv(correlations_csv, index_col="clip_name")
    if "pristine" in df.columns:
        df.drop("pristine", axis=1, inplace=True)  # noqa: PD002 - as there
    assert df.shape == (7 + 7 + 3, 435)
    assert list(df.columns[[0, -1]]) == ["leftShoulder_X*rightShoulder_X", "pose_Rx*pose_Rz"]
    described = df.describe().map("{:.2f}".format)
    assert described.loc["mean", "leftShoulder_X*rightShoulder_X"] == "-1.00"
    assert described.loc["std", "leftShoulder_X*rightShoulder_X"] == "0.00"

    clips, features = len(df), len(df.columns)
    limit = 0.07 * features
    figures = {
        "cells_missing": df.isnull().sum().sum() / (clips * features),
        "clips_with_missing": df.isnull().any(axis=1).sum() / clips,
        "clips_above_limit": (df.isnull().sum(axis=1) > limit).sum() / clips,
        "pairs_with_missing": df.isnull().any().sum() / features,
    }
    assert f"{limit:.0f}" == "30"
    df = df[df.isna().sum(axis=1) <= limit]
    imputer = SimpleImputer(strategy="mean")
    for column in df.columns:
        df[column] = imputer.fit_transform(df[[column]])
    assert df.isnull().sum().sum() == 0

    # `motionsig inspect` prints the same figures.
    summary = summarise_missing(read_correlations(correlations_csv))
    assert figures == {name: getattr(summary, name) for name in figures}
    assert summary.clips_left == len(df)
    assert 0 < summary.clips_above_limit < summary.clips_with_missing < 1

    body = df[[name for name in df.columns if name.endswith(("_X", "_Y"))]]
    face = df[[name for name in df.columns if not name.endswith(("_X", "_Y"))]]
    assert tuple(body.columns) == PairSet("body").columns
    assert tuple(face.columns) == PairSet("published-face").columns
    y = pd.Series(df.index.str.contains("pristine"))
    assert y.sum() == 7
    assert np.isfinite(StandardScaler().fit_transform(df)).all()
