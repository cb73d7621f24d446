"""Figures of likelihood ratios: known answers, told apart without colours, and what a listener gets."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest

from report.charts.plane import Figure
from report.ratio_figures import draw_cross_entropy, draw_recalibration, draw_tippett

DRAW = (draw_tippett, draw_cross_entropy, draw_recalibration)
IS_TARGET = np.array([True, True, True, False, False, False])
LLRS = np.array([2.0, 1.0, -0.5, 0.5, -1.0, -3.0])


def read(figure: Figure, series: str) -> dict[float, float]:
    """The numbers behind a curve."""
    return {float(x): float(y.replace("∞", "inf")) for name, x, y in figure.rows if name == series}


def test_ratios_that_say_nothing_lie_on_the_neutral_curve() -> None:
    figure = draw_cross_entropy("clips", 0 * LLRS, IS_TARGET, person="id0")
    neutral = read(figure, "LR = 1 always")
    assert neutral[0.0] == 1.0
    assert read(figure, "these ratios") == read(figure, "after PAV") == neutral


def test_a_perfect_system_leaves_nothing_after_pav() -> None:
    figure = draw_cross_entropy("clips", np.where(IS_TARGET, 1.0, -1.0), IS_TARGET, person="id0")
    assert set(read(figure, "after PAV").values()) == {0.0}
    # Cllr of LR e and 1/e.
    assert read(figure, "these ratios")[0.0] == pytest.approx(np.log2(1 + 1 / np.e), abs=5e-4)


def test_pav_moves_no_ratios_that_mean_what_they_say() -> None:
    """LR 3 where three targets stand against one other of as many, and the other way round."""
    is_target = np.array([True, True, True, False, True, False, False, False])
    llrs = np.log(np.where(np.arange(8) < 4, 3.0, 1 / 3))
    for before, after in read(
        draw_recalibration("clips", llrs, is_target, person="id0"), "after PAV"
    ).items():
        if before:  # the jump from one to the other
            assert after == before


def test_ratios_that_should_have_been_infinite_lie_on_the_edge() -> None:
    figure = draw_recalibration("clips", LLRS, IS_TARGET, person="id0")
    assert [after for _, _, after in figure.rows][:: len(figure.rows) - 1] == ["-∞", "∞"]
    for tick in ("−∞", "∞"):
        assert f">{tick}<" in figure.picture
    assert "inf" not in figure.picture
    assert "nan" not in figure.picture


def test_the_steps_of_a_tippett_plot_are_as_high_as_the_weights() -> None:
    figure = draw_tippett("clips", LLRS, IS_TARGET, np.array([1.0, 2.0, 3.0, 1.0, 0.0, 2.0]), person="id0")
    of_person = [(float(x), float(y)) for name, x, y in figure.rows if name == "the person"]
    after = dict(of_person)  # the last at a ratio is where its step ends
    assert [after[float(f"{llr / np.log(10):.3g}")] for llr in (-0.5, 1.0, 2.0)] == [0.5, 0.167, 0.0]


@pytest.mark.parametrize("draw", DRAW[1:])
@pytest.mark.parametrize("llrs", [LLRS, 0 * LLRS, -LLRS])
def test_a_weight_counts_as_repetition(draw: Callable[..., Figure], llrs: np.ndarray) -> None:
    weights = np.array([1.0, 2.0, 3.0, 1.0, 0.0, 2.0])
    rows = np.repeat(np.arange(6), weights.astype(int))
    weighed = draw("clips", llrs, IS_TARGET, weights, person="id0")
    repeated = draw("clips", llrs[rows], IS_TARGET[rows], person="id0")
    assert weighed.picture == repeated.picture


@pytest.mark.parametrize("draw", DRAW)
def test_curves_are_told_apart_without_colours_and_can_be_read_aloud(draw: Callable[..., Figure]) -> None:
    figure = draw("pairs", LLRS, IS_TARGET, person="id0")
    assert f"<title>{figure.title} of id0</title>" in figure.picture
    assert figure.title.endswith(", pairs")
    assert figure.caption
    styles = re.findall(r'class="curve s(\d)"', figure.picture)  # each has dashes of its own
    assert len(styles) == len(set(styles)) == len(figure.series)
    assert {name for name, _, _ in figure.rows} == set(figure.series)
