"""Pictures on a report: of the moments that they are said to be of, or none and why."""

from __future__ import annotations

from pathlib import Path

import pytest
from media import marked_frames, write_video

from report.thumbnails import try_thumbnails


@pytest.fixture
def video(tmp_path: Path) -> str:
    return str(write_video(tmp_path / "v.mp4", marked_frames(50)))


def test_a_whole_video_has_a_picture_of_every_moment(video: str) -> None:
    pictures, why = try_thumbnails(video, None, [0.2, 1.0, 1.8])
    assert [picture.time_s for picture in pictures] == pytest.approx([0.2, 1.0, 1.8])
    assert why is None


def test_after_a_jump_of_the_clock_there_are_none_and_it_is_said(video: str) -> None:
    pictures, why = try_thumbnails(video, None, [0.2, 1.0, 1.8], 1.2)
    assert [picture.time_s for picture in pictures] == pytest.approx([0.2, 1.0])
    assert why == "There are no pictures after 1.2 s, because the clock of the video jumps there."
