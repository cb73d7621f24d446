"""The strip of people stays readable and light, and its times lie where the timeline's do."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from report.charts.strip import Bar, Lane, choose_faces, draw_strip
from report.charts.timeline import LEFT, MOST_ROWS, RIGHT, WIDTH, lay_rows

JANE = Lane("Person 1", "measured", measured=True, bars=(Bar(0.0, 100.0, "Jane", b"jpeg"),))
JOHN = Lane("Person 2", None, measured=False, bars=(Bar(350.0, 400.0, "John", None),))


def test_times_lie_where_the_timeline_has_them() -> None:
    drawn = str(draw_strip([JOHN], [0.0], 600.0))
    second = lay_rows(600.0)[1]
    assert f'x="{second(350):.1f}"' in drawn
    assert second(300) == LEFT
    assert second(600) == WIDTH - RIGHT


def test_whoever_is_measured_has_a_lane_in_each_row_and_others_where_they_are_seen() -> None:
    first, second = str(draw_strip([JANE, JOHN], [0.0], 600.0)).split("</svg>")[:2]
    assert "Person 1" in first
    assert "Person 2" not in first
    assert "Person 1" in second
    assert "Person 2" in second


def test_a_bar_goes_on_in_the_next_row_and_its_face_does_not() -> None:
    long = Lane("Person 1", None, measured=True, bars=(Bar(290.0, 310.0, "Jane", b"jpeg"),))
    first, second = str(draw_strip([long], [0.0], 600.0)).split("</svg>")[:2]
    assert ("<title>Jane" in first, "<image" in first) == (True, True)
    assert ("<title>Jane" in second, "<image" in second) == (True, False)


def test_every_other_shot_is_a_band_and_every_cut_a_tick() -> None:
    drawn = str(draw_strip([], [0.0, 60.0, 120.0, 180.0], 300.0))
    row = lay_rows(300.0)[0]
    bands = re.search(r'<path d="([^"]+)" class="shot"/>', drawn)[1]
    assert re.findall(r"M([\d.]+) 0h([\d.]+)", bands) == [
        (f"{row(start):.1f}", f"{row(start + length) - row(start):.1f}")
        for start, length in ((60.0, 60.0), (180.0, 120.0))
    ]
    assert re.search(r'<path d="([^"]+)" class="cut"/>', drawn)[1].count("M") == 3


def test_faces_of_one_lane_do_not_cover_each_other() -> None:
    starts_s = [k * 0.5 for k in range(600)]
    row = lay_rows(300.0)[0]
    places = [row(s) for s, chosen in zip(starts_s, choose_faces(starts_s, 1, 300.0), strict=True) if chosen]
    assert len(places) > 10
    assert min(b - a for a, b in pairwise(places)) >= 28


@pytest.mark.parametrize("lanes", [1, 6])
def test_a_long_video_has_no_more_faces_than_a_page_can_carry(lanes: int) -> None:
    starts_s = [float(k) for k in range(3600)]
    assert sum(choose_faces(starts_s, lanes, 3600.0)) * lanes <= 72 + lanes


@pytest.mark.parametrize("duration_s", [1e300, 0.0])
def test_no_length_makes_a_page_of_empty_rows(duration_s: float) -> None:
    assert draw_strip([JANE], [0.0], duration_s).count("<svg") <= MOST_ROWS
