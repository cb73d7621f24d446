"""Correlations of all features with each other as a square of squares (a Hinton diagram)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup

from extract.frame_table import HEAD_ROTATION
from features.signature import BODY_FEATURES
from features.voice import VOICE_FEATURES
from report.markup import svg, tag

_CELL: Final = 14
_MARGIN: Final = 32
# Every number would be too small to read where matrices stand side by side.
_NUMBERED: Final = 5


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
    index = {feature: k for k, feature in enumerate(features)}
    paths: dict[str, list[str]] = {"positive": [], "negative": [], "missing": []}
    for pair, value in values.items():
        first, second = (index[name] for name in pair.split("*"))
        for row, column in ((first, second), (second, first)):
            kind, path = _draw_cell(value, row, column, most)
            paths[kind].append(path)
    side = _CELL * len(features)
    numbers = [_draw_number(k) for k in range(len(features)) if k == 0 or (k + 1) % _NUMBERED == 0]
    frame = tag("rect", x=_MARGIN, y=_MARGIN, width=side, height=side, class_="frame")
    drawn = [tag("path", d="".join(path), class_=kind) for kind, path in paths.items() if path]
    return svg(
        _MARGIN + side + 4,
        _MARGIN + side + 4,
        title,
        frame,
        _draw_borders(features),
        *numbers,
        *drawn,
        class_="matrix",
    )


def _draw_cell(value: float | None, row: int, column: int, most: float) -> tuple[str, str]:
    """Return the kind of a cell and its outline; area grows with the value."""
    x, y = _MARGIN + (column + 0.5) * _CELL, _MARGIN + (row + 0.5) * _CELL
    if value is None:
        return "missing", f"M{x - 1:g} {y:g}h2"
    size = max(1.0, (_CELL - 2) * min(abs(value) / most, 1.0) ** 0.5)
    half = size / 2
    path = f"M{x - half:.1f} {y - half:.1f}h{size:.1f}v{size:.1f}h-{size:.1f}z"
    return ("positive" if value >= 0 else "negative"), path


def _draw_number(index: int) -> Markup:
    """Draw the number of a feature beside its row and above its column."""
    middle = _MARGIN + (index + 0.5) * _CELL
    return tag(
        "g",
        tag("text", index + 1, x=_MARGIN - 4, y=f"{middle + 5.5:g}", class_="end"),
        tag("text", index + 1, x=f"{middle:g}", y=_MARGIN - 5, class_="middle"),
    )


def _draw_borders(features: Sequence[str]) -> Markup:
    """Draw the lines that part body, face, head and voice."""
    kinds = [_name_part(feature) for feature in features]
    end = _MARGIN + _CELL * len(features)
    places = [_MARGIN + k * _CELL for k in range(1, len(kinds)) if kinds[k] != kinds[k - 1]]
    path = "".join(f"M{_MARGIN} {at}H{end}M{at} {_MARGIN}V{end}" for at in places)
    return tag("path", d=f"{path}M{_MARGIN} {_MARGIN}L{end} {end}", class_="axis")


def _name_part(feature: str) -> str:
    if feature in BODY_FEATURES:
        return "body"
    if feature in VOICE_FEATURES:
        return "voice"
    return "head" if feature in HEAD_ROTATION else "face"
