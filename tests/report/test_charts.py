"""Marks can be told apart, and no time that a table has wrong makes a page that nobody can open."""

from __future__ import annotations

import re

import numpy as np
import pytest

from classify.background.regions import RegionStatement, label_region
from classify.deviations import Deviation
from report.charts.matrix import draw_matrix
from report.charts.regions import draw_region
from report.charts.scatter import MARKS, MOST_KINDS, draw_scatter
from report.charts.timeline import MOST_ROWS, ROW_S, choose_picture_times, count_rows
from report.charts.traces import draw_ruler


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


@pytest.mark.parametrize(
    ("log10_lr", "mark"),
    [(2.0, "disc"), (-2.0, "cross"), (0.3, "ring"), (None, ">?<"), (1e300, "disc"), (-1e300, "cross")],
)
def test_a_region_is_drawn_with_a_mark_and_not_with_colour_alone(log10_lr: float | None, mark: str) -> None:
    statement = RegionStatement(
        region="head", log10_lr=log10_lr, label=label_region(log10_lr), words="<the head>"
    )
    drawn = str(draw_region(statement))
    assert mark in drawn
    assert "&lt;the head&gt;" in drawn
    places = [float(x) for x in re.findall(r' c?x[12]?="(-?[0-9.]+)"', drawn)]
    assert all(0 <= place <= 340 for place in places)


def test_a_ruler_of_a_spread_stays_within_its_scale() -> None:
    words = "how much the head tilt varies"
    deviation = Deviation(pair="spread:pose_Rz", here=9.0, usual=1.0, spread=0.2, words=words)
    drawn = str(draw_ruler(deviation))
    assert words in drawn
    assert ">1/4<" in drawn
    assert 'd="M326.0' in drawn, "at the right end"
