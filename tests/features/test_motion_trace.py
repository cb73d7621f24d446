"""Traces: means of each fifth of a second, whatever the frame rate, and back again from the clip table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from frame_tables import make_frames, make_table
from motion_traces import film, make_trace, move

from features.clips import CorrelationOptions, correlate_frame_table
from features.motion_trace import MISSING, TRACE_COLUMN, read_traces, trace_motion
from features.tables import clip_table_path, open_tables, read_clips
from features.windows import ClipRule
from ground.errors import TableError


def test_a_sample_is_the_mean_of_the_frames_of_a_fifth_of_a_second() -> None:
    frames = make_frames([0.0, 0.1, 0.2, 0.3, 0.7])
    frames["pose_Rx"] = [0.10, 0.20, -0.30, np.nan, 5.0]
    frames["mouth_v"] = np.nan
    trace = trace_motion(frames)
    assert trace[:, 0].tolist() == [15, -30, MISSING, 127], "steps of 0.01 rad, at most 127 of them"
    assert (trace[:, 4] == MISSING).all()
    assert trace[0, 1] == 10


def test_times_that_a_container_rounds_down_stay_in_their_fifth() -> None:
    frames = make_frames([0.0, 0.1999, 0.3999]).assign(pose_Ry=[0.1, 0.2, 0.3])
    assert trace_motion(frames)[:, 1].tolist() == [10, 20, 30]


def test_a_video_of_ten_thousand_days_does_not_fill_the_memory() -> None:
    assert len(trace_motion(make_frames([0.0, 8.64e8]))) == 1


def correlate(frames: pd.DataFrame, rule: ClipRule) -> pd.DataFrame:
    options = CorrelationOptions(rule)
    return correlate_frame_table(make_table(frames, "a.mp4"), options).block.clips


@pytest.mark.parametrize(
    "rule", [ClipRule(), ClipRule(10.0, 1.3), ClipRule(2.0, None, 1), ClipRule(4.0, 4.0)], ids=str
)
def test_the_clip_table_holds_the_trace_once_however_clips_overlap(rule: ClipRule) -> None:
    frames = film(move(20.0, 1), fps=10.0)
    whole = trace_motion(frames)
    clips = correlate(frames, rule)
    (found,) = read_traces(clips).values()
    assert np.array_equal(found, whole[: len(found)])
    assert len(found) / 5 == pytest.approx(clips["end_s"].max(), abs=0.2)
    characters = clips[TRACE_COLUMN].str.len().sum() - 2 * len(clips)
    # 2,000 characters a minute, and what base64 adds to fill up each cell.
    assert characters <= 20 / 60 * 2_000 + 4 * len(clips)


def test_rows_that_somebody_took_out_are_missing_in_the_trace() -> None:
    clips = correlate(film(move(30.0, 1), fps=10.0), ClipRule())
    whole, part = (next(iter(read_traces(rows).values())) for rows in (clips, clips.drop(clips.index[1])))
    assert (part[25:50] == MISSING).all()
    assert np.array_equal(np.delete(part, np.s_[25:50], 0), np.delete(whole, np.s_[25:50], 0))


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_a_trace_reads_back_equal_from_a_file(tmp_path: Path, suffix: str) -> None:
    block = correlate_frame_table(make_table(film(move(20.0, 3)), "a.mp4")).block
    path = tmp_path / f"correlations{suffix}"
    with open_tables(path, CorrelationOptions().pairs) as write:
        write(block.correlations, block.clips)
    (found,) = read_traces(read_clips(clip_table_path(path))).values()
    assert np.array_equal(found, read_traces(block.clips)["a.mp4"])
    assert (found != MISSING).all()


def test_tables_without_traces_or_with_those_of_another_revision_have_none() -> None:
    clips = correlate(film(move(20.0, 3)), ClipRule())
    assert read_traces(clips.drop(columns=TRACE_COLUMN)) == {}
    assert read_traces(clips.assign(**{TRACE_COLUMN: np.nan})) == {}
    assert read_traces(clips.assign(**{TRACE_COLUMN: "0:AAAAAAA="})) == {}


def test_a_video_without_a_face_has_no_trace() -> None:
    clips = correlate(
        make_frames(np.arange(200) / 10).assign(
            pose_Rx=np.nan, pose_Ry=np.nan, pose_Rz=np.nan, mouth_h=np.nan, mouth_v=np.nan
        ),
        ClipRule(),
    )
    assert clips[TRACE_COLUMN].isna().all()
    assert read_traces(clips) == {}


@pytest.mark.parametrize(
    ("column", "value"),
    [(TRACE_COLUMN, "1:AAAA"), (TRACE_COLUMN, "1:not base64!"), ("start_s", -5.0), ("start_s", 1e12)],
)
def test_damaged_traces_are_refused_with_the_clip(column: str, value: object) -> None:
    clips = correlate(film(move(20.0, 3)), ClipRule())
    with pytest.raises(TableError, match=r"a_clip_0.*motionsig correlate"):
        read_traces(clips.assign(**{column: value}))


def test_a_trace_takes_1500_bytes_a_minute() -> None:
    assert make_trace(60.0).nbytes == 1500


def test_what_lies_in_no_clip_of_a_shot_is_missing_in_the_trace_and_all_else_is_there() -> None:
    """Shots of 9, 3 and 8 s, and clips of 8 s: the last second of the first shot, and the second shot."""
    frames = film(move(20.0, 1), fps=10.0)
    frames["cut"] = np.isin(frames["time_s"].round(6), [9.0, 12.0]).astype(float)
    whole = trace_motion(frames)
    (trace,) = read_traces(correlate(frames, ClipRule(8.0, 4.0))).values()
    assert len(trace) == len(whole) == 100
    uncovered = np.arange(40, 60)
    assert (trace[uncovered] == MISSING).all()
    assert (np.delete(trace, uncovered, axis=0) == np.delete(whole, uncovered, axis=0)).all()
