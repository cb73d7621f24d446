"""Marks can be told apart, and no time that a table has wrong makes a page that nobody can open."""

from __future__ import annotations

import re

import numpy as np
import pytest

from report.charts.matrix import draw_matrix
from report.charts.scatter import MARKS, MOST_KINDS, draw_scatter
from report.charts.timeline import MOST_ROWS, ROW_S, choose_picture_times, count_rows


def test_every_kind_of_point_has_a_mark_of_its_own() -> None:
    kinds = [f"k{k:02d}" for k in range(MOST_KINDS)]
    _, legend = draw_scatter(np.zeros((MOST_KINDS, 2)), kinds, "points")
    styles = [re.search('class="([^"]+)"', mark)[1] for _, _, mark in legend]
    assert len(set(styles)) == MOST_KINDS == 40
    assert len({style.split()[0] for style in styles[:MARKS]}) == MARKS, "the first differ in shape as well"


@pytest.mark.parametrize("duration_s", [3e6, 1e300])
def test_the_rows_of_a_timeline_are_capped(duration_s: float) -> None:
    assert count_rows(duration_s) == MOST_ROWS
    assert max(choose_picture_times(duration_s)) < MOST_ROWS * ROW_S


def test_short_videos_have_a_row_for_every_five_minutes() -> None:
    assert [count_rows(s) for s in (0.0, 1.0, 300.0, 301.0, 3600.0)] == [1, 1, 1, 2, 12]


def test_a_difference_of_two_fills_a_cell_and_one_of_one_half_of_it() -> None:
    def area(value: float) -> float:
        picture = draw_matrix({"AU01_r*AU02_r": value}, "difference", most=2.0)
        return float(re.search(r"h([\d.]+)v", picture)[1]) ** 2

    assert area(1.0) == pytest.approx(area(2.0) / 2, rel=0.02)
