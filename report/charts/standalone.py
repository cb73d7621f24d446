"""Plots as files of their own: SVG, which browsers, word processors and drawing programs open."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from markupsafe import Markup

from ground.files import replace_when_complete
from report.charts.plane import HEIGHT, WIDTH, Figure
from report.markup import tag
from report.page import read_template

_HEADING: Final = 22
_LEGEND: Final = 20
_GAP: Final = 24
# Lengths of a legend's line and of the place for the name behind it, px.
_LINE: Final = 30
_NAME: Final = 110


def write_plots(figures: Sequence[Figure], title: str, path: Path) -> None:
    """Write plots side by side into one SVG file; it appears under `path` only when complete.

    Parameters
    ----------
    figures
        The plots, from left to right.
    title
        What they show, which a screen reader says first.
    path
        An ``.svg``.

    Raises
    ------
    InputError
        When the file cannot be written.
    """
    width = len(figures) * (WIDTH + _GAP) + _GAP
    height = _HEADING + _LEGEND + HEIGHT + 2 * _GAP
    drawing = tag(
        "svg",
        tag("title", title),
        tag("style", _read_style()),
        tag("rect", width=width, height=height, class_="paper"),
        *(_draw_panel(figure, _GAP + k * (WIDTH + _GAP)) for k, figure in enumerate(figures)),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
    )
    with replace_when_complete(path) as partial:
        partial.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{drawing}\n', encoding="utf-8")


def _draw_panel(figure: Figure, left: float) -> Markup:
    top = _GAP + _HEADING
    legend = []
    for k, name in enumerate(figure.series):
        x = left + k * (_LINE + _NAME)
        legend.append(tag("path", d=f"M{x:g} {top - 4}h{_LINE}", class_=f"curve s{k}"))
        legend.append(tag("text", name, x=x + _LINE + 6, y=top))
    return tag(
        "g",
        tag("desc", figure.caption),
        tag("text", figure.title, x=left, y=_GAP, class_="strong"),
        *legend,
        tag("svg", figure.picture, x=left, y=top + _LEGEND, width=WIDTH, height=HEIGHT),
    )


def _read_style() -> Markup:
    """Return the style of the pages' plots in the light, with its variables resolved for drawing programs."""
    values = dict(re.findall(r"(--\w+): ([^;]+);", read_template("palette.css")))
    style = re.sub(r"var\((--\w+)\)", lambda found: values[found[1]], read_template("chart.css"))
    return Markup(style)  # noqa: S704 - the style is ours
