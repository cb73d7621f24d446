"""Correlations of all features with each other as a square of squares (a Hinton diagram)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup

from classify.deviations import name_feature
from report.markup import svg, tag

_CELL: Final = 14
_LEFT: Final = 168
_TOP: Final = 26


def list_features(pairs: Sequence[str]) -> tuple[str, ...]:
    """Return the features that occur in pairs named ``first*second``, in the order in which they appear."""
    firsts = [pair.split("*")[0] for pair in pairs]
    seconds = [pair.split("*")[1] for pair in pairs]
    order = dict.fromkeys(firsts) | dict.fromkeys(seconds)
    return tuple(order)


def draw_matrix(values: Mapping[str, float | None], title: str, most: float = 1.0) -> Markup:
    """Draw a symmetric matrix; size says how large a value is, filled or hollow says its sign.

    Parameters
    ----------
    values
        By pair, ``first*second``; None is drawn as a dot.
    title
        What it shows.
    most
        The size that fills a cell.
    """
    features = list_features(tuple(values))
    place = {feature: k for k, feature in enumerate(features)}
    paths: dict[str, list[str]] = {"positive": [], "negative": [], "missing": []}
    for pair, value in values.items():
        first, second = (place[name] for name in pair.split("*"))
        for row, column in ((first, second), (second, first)):
            kind, path = _draw_cell(value, row, column, most)
            paths[kind].append(path)
    side = _CELL * len(features)
    labels = [_draw_labels(feature, k) for k, feature in enumerate(features)]
    frame = tag("rect", x=_LEFT, y=_TOP, width=side, height=side, class_="frame")
    diagonal = tag("path", d=f"M{_LEFT} {_TOP}l{side} {side}", class_="axis")
    drawn = [tag("path", d="".join(path), class_=kind) for kind, path in paths.items() if path]
    return svg(_LEFT + side + 4, _TOP + side + 4, title, frame, diagonal, *labels, *drawn, class_="matrix")


def _draw_cell(value: float | None, row: int, column: int, most: float) -> tuple[str, str]:
    """Return the kind of a cell and its outline; area grows with the value."""
    x, y = _LEFT + (column + 0.5) * _CELL, _TOP + (row + 0.5) * _CELL
    if value is None:
        return "missing", f"M{x - 1:g} {y:g}h2"
    size = max(1.0, (_CELL - 2) * min(abs(value) / most, 1.0) ** 0.5)
    half = size / 2
    path = f"M{x - half:.1f} {y - half:.1f}h{size:.1f}v{size:.1f}h-{size:.1f}z"
    return ("positive" if value >= 0 else "negative"), path


def _draw_labels(feature: str, place: int) -> Markup:
    middle, name = (place + 0.5) * _CELL, f"{name_feature(feature)} {place + 1}"
    return tag(
        "g",
        tag("text", name, x=_LEFT - 5, y=f"{_TOP + middle + 4:g}", class_="end"),
        tag("text", place + 1, x=f"{_LEFT + middle:g}", y=_TOP - 6, class_="middle"),
    )
