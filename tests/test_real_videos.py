"""What must hold on real people's videos, where MOTIONSIG_TEST_VIDEOS names a folder with them."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from extract.extraction import Extraction, extract_video
from extract.frame_table import ACTION_UNITS, read_frame_table
from features.clips import correlate_frame_table

FOLDER = os.environ.get("MOTIONSIG_TEST_VIDEOS")
VIDEOS = sorted(Path(FOLDER).glob("*.mp4")) if FOLDER else []
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not VIDEOS, reason="MOTIONSIG_TEST_VIDEOS names no folder of real videos"),
]


@pytest.fixture(scope="module")
def extract_once(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Extraction]:
    folder = tmp_path_factory.mktemp("tables")
    return {video.stem: extract_video(video, folder / f"{video.stem}.parquet") for video in VIDEOS}


def test_a_face_and_a_body_in_at_least_95_percent_of_the_frames(extract_once: dict[str, Extraction]) -> None:
    for name, extraction in extract_once.items():
        frames = extraction.metadata.source.frames_decoded
        assert frames == extraction.metadata.source.frames_promised, name
        assert extraction.face_frames >= 0.95 * frames, name
        assert extraction.body_frames >= 0.95 * frames, name


def test_readings_are_of_a_plausible_face(extract_once: dict[str, Extraction]) -> None:
    """Speakers face the camera within 60 degrees, and nothing they do is larger than their face."""
    for extraction in extract_once.values():
        frames = read_frame_table(extraction.table).frames
        assert frames[["pose_Rx", "pose_Ry", "pose_Rz"]].abs().quantile(0.99).max() < np.pi / 3
        assert frames[list(ACTION_UNITS)].abs().max().max() < 2
        assert frames["mouth_v"].std() > 0.005, "they speak"


@pytest.mark.parametrize(("name", "clips"), [("speaker_a_podium", 3), ("speaker_b_sofa", 0)])
def test_clips_of_known_videos(extract_once: dict[str, Extraction], name: str, clips: int) -> None:
    if name not in extract_once:
        pytest.skip(f"{name} is not in {FOLDER}")
    measured = correlate_frame_table(read_frame_table(extract_once[name].table))
    correlations = measured.block.correlations
    assert correlations.shape == (clips, 435)
    assert correlations.isna().to_numpy().mean() <= 0.02 if clips else measured.duration_s < 10
