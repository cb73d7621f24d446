"""How much of a video shows the person: known answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydantic
import pytest
from frame_tables import make_frames, make_table, write_table

from extract.frame_table import CUT, FACE_COLUMNS, JOINT_COLUMNS
from extract.people.presence import Presence, measure_presence, read_presence
from ground.errors import TableError


def test_a_frame_lasts_until_the_next_one_and_each_shot_counts_once() -> None:
    frames = make_frames([0.0, 1.0, 3.0, 4.0, 5.0])
    frames.loc[2, CUT] = 1.0
    frames.loc[[1, 2, 3, 4], [*JOINT_COLUMNS, *FACE_COLUMNS]] = np.nan
    # The first frame lasts 1 s; the last one as long as the median, 1 s, so the video 6 s.
    assert measure_presence(frames) == Presence(
        shots_s=(0.0, 3.0), shown_shots=1, duration_s=6.0, shown_s=1.0
    )


def test_a_body_or_a_face_alone_shows_the_person() -> None:
    frames = make_frames([0.0, 1.0, 2.0])
    frames.loc[0, list(JOINT_COLUMNS)] = np.nan
    frames.loc[1, list(FACE_COLUMNS)] = np.nan
    assert measure_presence(frames).shown_s == 3.0


def test_tables_that_do_not_record_cuts_are_one_shot() -> None:
    frames = make_frames([0.0, 1.0])
    frames[CUT] = np.nan
    assert measure_presence(frames).shots_s == (0.0,)


def test_presence_is_read_from_the_table_of_a_video(tmp_path: Path) -> None:
    frames = make_frames([0.0, 1.0])
    assert read_presence(write_table(make_table(frames), tmp_path)) == measure_presence(frames)


def test_times_that_fall_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="damaged"):
        read_presence(write_table(make_table(make_frames([0.0, -5.0])), tmp_path))


def test_more_shots_than_there_are_are_refused() -> None:
    with pytest.raises(pydantic.ValidationError):
        Presence(shots_s=(0.0,), shown_shots=2, duration_s=1.0, shown_s=1.0)
