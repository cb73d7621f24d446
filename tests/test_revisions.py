"""The revisions stand for numbers: whoever changes these raises those, and then notes both here.

Numbers are held coarsely, because other processors and encoders move them a little.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from frame_tables import make_frames, make_table
from media import portrait, write_video

from extract.description import EXTRACTION_REVISION
from extract.extraction import extract_video
from extract.frame_table import FACE_COLUMNS, JOINT_COLUMNS, read_frame_table
from features.clips import CORRELATION_REVISION, correlate_frame_table
from features.tables import CLIP_COLUMNS

# Revision -> column -> in the first and in the last frame of the video below, and how far others may be.
EXTRACTED = {
    1: {
        "time_s": (0.0, 0.28, 1e-6),
        "nose_x": (103.8, 109.1, 1.0),
        "nose_y": (60.1, 60.1, 1.0),
        "leftShoulder_x": (141.3, 128.9, 2.0),
        "leftWrist_y": (227.0, 201.0, 6.0),
        "pose_Rx": (-0.038, -0.024, 0.01),
        "pose_Ry": (0.023, 0.014, 0.01),
        "pose_Rz": (0.039, 0.301, 0.01),
        "AU12_r": (0.009, -0.005, 0.01),
        "mouth_h": (0.734, 0.725, 0.01),
        "mouth_v": (0.128, 0.120, 0.01),
        "face_px": (108.0, 108.0, 2.0),
        "cut": (0.0, 0.0, 0.0),
    }
}
# Revision -> what is looked at -> in the first and in the second of the clips below.
CORRELATED = {
    1: {
        "leftShoulder_X*rightShoulder_X": (-1.0, -1.0),
        "leftWrist_X*rightElbow_Y": (0.224938, -0.064510),
        "AU01_r*AU12_r": (-0.188886, 0.112482),
        "leftElbow_Y*pose_Rx": (-0.106736, 0.018002),
        "mean size": (0.144047, 0.160752),
        "columns of clips": ("0170752d16e7", "0170752d16e7"),
    }
}


def test_raise_the_extraction_revision_when_what_is_extracted_changes(tmp_path: Path) -> None:
    """A head that turns clockwise by 14 degrees in 8 frames."""
    video = write_video(tmp_path / "v.mp4", [portrait(240, turn_deg=2.0 * k) for k in range(8)], fps=25)
    frames = read_frame_table(extract_video(video, tmp_path / "v.parquet").table).frames
    assert frames[[*JOINT_COLUMNS, *FACE_COLUMNS]].notna().all(axis=None)
    noted = EXTRACTED.get(EXTRACTION_REVISION, {})
    found = {name: tuple(frames[name].iloc[[0, -1]]) for name in EXTRACTED[max(EXTRACTED)]}
    wrong = {
        name: pair
        for name, pair in found.items()
        if name not in noted or not np.allclose(pair, noted[name][:2], rtol=0, atol=noted[name][2])
    }
    assert not wrong, "numbers changed: raise the revision EXTRACTION_REVISION, then note the new ones here"


def moving() -> pd.DataFrame:
    """Sixteen seconds in which every measurement swings at a rate of its own, some missing for a while."""
    time_s = np.arange(160) / 10
    frames = make_frames(time_s)
    for k, name in enumerate((*JOINT_COLUMNS, *FACE_COLUMNS)):
        if not name.endswith("visibility"):
            frames[name] += np.sin((0.7 + 0.11 * k) * time_s + k)
    frames.loc[20:40, ["AU01_r", "pose_Rx"]] = np.nan
    return frames


def test_raise_the_correlation_revision_when_what_is_correlated_changes() -> None:
    block = correlate_frame_table(make_table(moving())).block
    columns = hashlib.sha256(" ".join(CLIP_COLUMNS).encode()).hexdigest()[:12]
    found = block.correlations.assign(
        **{"mean size": block.correlations.abs().mean(axis=1), "columns of clips": columns}
    )
    noted = CORRELATED.get(CORRELATION_REVISION, {})
    wrong = {
        name: tuple(found[name])
        for name in CORRELATED[max(CORRELATED)]
        if name not in noted or tuple(found[name]) != pytest.approx(noted[name], abs=1e-5)
    }
    assert not wrong, "numbers changed: raise the revision CORRELATION_REVISION, then note the new ones here"
