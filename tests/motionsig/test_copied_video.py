"""A video that was encoded again, read from its pictures."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from extract.extraction import extract_video
from extract.frame_table import read_frame_table
from features.motion_trace import Trace, trace_motion
from features.shared_motion import find_shared_motion
from motionsig.use_cases.reencoding import Degradation, reencode
from simulate.render import render_frames
from simulate.signature import Signature, draw_session
from simulate.video import write_video

FPS, SECONDS = 6.0, 8.5  # hardly more frames than it takes


def trace(video: Path) -> Trace:
    return trace_motion(read_frame_table(extract_video(video, video.with_suffix(".parquet")).table).frames)


@pytest.mark.slow
def test_what_a_messenger_makes_of_a_video_moves_as_the_video_does(tmp_path: Path) -> None:
    """It takes some seconds, because nothing but reading pictures shows that traces survive encoding."""
    original = tmp_path / "original.mp4"
    write_video(original, render_frames(draw_session(Signature(0), SECONDS, FPS, seed=0)), FPS)
    reencode(original, tmp_path / "copy.mp4", Degradation("messenger", crf=33, scale=Fraction(1, 2)))
    copy = trace(tmp_path / "copy.mp4")
    (alike,) = find_shared_motion(copy, {"original": trace(original)}).values()
    assert alike.correlation > 0.9
    assert (alike.start_s, alike.mirrored) == (alike.other_start_s, False)
