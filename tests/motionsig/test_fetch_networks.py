"""`motionsig fetch-networks`: what it says, and what commands say where the networks are missing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command_line import Run, assert_refused
from media import portrait, write_video

from extract.networks.weights import FACE_DETECTOR, SHA256, locate_weights


def test_networks_that_are_there_are_left_and_their_folder_is_named(run: Run) -> None:
    result = run("fetch-networks")
    assert result.code == 0, result.err
    assert result.out.strip() == f"The networks are in {locate_weights(FACE_DETECTOR).parent}"
    assert not result.err


def test_a_file_that_is_no_wheel_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTIONSIG_NETWORKS", str(tmp_path / "networks"))
    file = tmp_path / "mediapipe.whl"
    file.write_bytes(b"no wheel")
    result = run("fetch-networks", file)
    assert_refused(result, str(file), "as the wheel of MediaPipe 0.10.21", nothing_in=tmp_path / "networks")


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"cut")])
def test_a_missing_or_damaged_network_is_said_once_before_any_video_is_read(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: object
) -> None:
    folder = tmp_path / "networks"
    folder.mkdir()
    for name in SHA256:
        shutil.copy(locate_weights(name), folder)
    monkeypatch.setenv("MOTIONSIG_NETWORKS", str(folder))
    damage(locate_weights("pose_landmark_full.tflite"))  # type: ignore[operator]
    video = write_video(tmp_path / "v.mp4", [portrait(160)] * 3)
    result = run("extract", video, "-o", tmp_path / "tables")
    assert_refused(result, "`motionsig fetch-networks`", str(folder), nothing_in=tmp_path / "tables")
    assert result.err.count("fetch-networks") == 1


def test_the_demo_renders_nothing_where_the_networks_are_missing(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTIONSIG_NETWORKS", str(tmp_path / "networks"))
    result = run("demo", "-o", tmp_path / "demo")
    assert_refused(result, "`motionsig fetch-networks`", nothing_in=tmp_path / "demo")
