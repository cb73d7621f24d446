"""Time stamps to seconds since the first frame; those that cannot be true are left out or refused."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from extract.presentation_times import PresentationTimes
from ground.errors import VideoError

MILLISECOND = Fraction(1, 1000)


def frame(pts: int | None, dts: int | None = None, base: Fraction | None = MILLISECOND) -> Any:
    """As much of a decoded frame as its time needs."""
    return SimpleNamespace(pts=pts, dts=dts, time_base=base)


@pytest.fixture
def times() -> PresentationTimes:
    return PresentationTimes(Path("v.mkv"), Fraction(1, 25))


def test_times_count_from_the_first_frame_and_its_own_is_kept(times: PresentationTimes) -> None:
    assert [times.place(frame(stamp)) for stamp in (5000, 5033, 5400)] == [0.0, 0.033, 0.4]
    assert times.start == 5


def test_a_frame_that_is_not_later_is_left_out_and_moves_nothing(times: PresentationTimes) -> None:
    assert [times.place(frame(stamp)) for stamp in (0, 80, 80, 40, 120)] == [0.0, 0.08, None, None, 0.12]
    assert times.discarded == 2


def test_without_a_presentation_stamp_that_of_decoding_counts_and_the_streams_clock(
    times: PresentationTimes,
) -> None:
    assert [times.place(frame(None, dts, None)) for dts in (0, 5)] == [0.0, 0.2]


def test_a_frame_without_any_stamp_is_refused(times: PresentationTimes) -> None:
    with pytest.raises(VideoError, match=r"v\.mkv has no presentation times"):
        times.place(frame(None))
    with pytest.raises(VideoError, match="has no presentation times"):
        PresentationTimes(Path("v.h264"), None).place(frame(0, base=None))


def test_ten_minutes_without_a_frame_may_be_true_and_more_are_broken_stamps(times: PresentationTimes) -> None:
    assert [times.place(frame(stamp)) for stamp in (0, 600_000)] == [0.0, 600.0]
    with pytest.raises(VideoError, match=r"broken: after 600\.0 s the next frame is at 1200\.0 s"):
        times.place(frame(1_200_001))
