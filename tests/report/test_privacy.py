"""A page is mailed: it says what was done, not in which folders."""

from __future__ import annotations

import pytest

from report.privacy import hide_folders, shorten_command


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        ("motionsig classify /home/ann/s.mp4 -m id0.skops", "motionsig classify s.mp4 -m id0.skops"),
        ("motionsig classify '/home/ann b/s 1.mp4' --out=/x/y", "motionsig classify 's 1.mp4' --out=y"),
        ("motionsig classify ../ann/s.mp4", "motionsig classify s.mp4"),
        ("motionsig 'left open /home/ann/s.mp4", "motionsig ''\"'\"'left' open s.mp4"),
    ],
)
def test_paths_in_a_command_become_names(command: str, shown: str) -> None:
    assert shorten_command(command) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/home/ann b/s.mp4 is no video.", "s.mp4 is no video."),
        (
            "The model does not fit /home/ann b/out/s.parquet: face.",
            "The model does not fit out/s.parquet: face.",
        ),
        ("It lies in '/root/.cache/motionsig/pose.task'.", "It lies in 'pose.task'."),
        ("30 frames/s and 1/2 stay.", "30 frames/s and 1/2 stay."),
    ],
)
def test_paths_in_a_sentence_become_names(text: str, shown: str) -> None:
    assert hide_folders(text, "motionsig classify '/home/ann b/s.mp4'") == shown
