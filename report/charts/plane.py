"""Plots of numbers against numbers: curves, histograms and points, with a table behind each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from markupsafe import Markup

from report.charts.scales import Scale, choose_ticks
from report.markup import svg, tag

# Of a plot, px.
WIDTH: Final = 460
HEIGHT: Final = 330
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 14, 14, 42
_TABLE_ROWS: Final = 40
# Told apart by dashes and by marks before colours.
_STYLES: Final = 4


@dataclass(frozen=True)
class Figure:
    """A plot, what it shows in a sentence, and the numbers behind it."""

    title: str
    caption: str
    picture: Markup
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    series: tuple[str, ...] = ()


@dataclass(frozen=True)
class Axis:
    """One direction of a plot: its words, its range, and how values are stretched and written."""

    label: str
    low: float
    high: float
    ticks: tuple[float, ...] = ()
    stretch: Callable[[float], float] = field(default=lambda value: value)
    write: Callable[[float], str] = field(default=lambda value: f"{value:g}".replace("-", "−"))

    def scale(self, start: float, stop: float) -> Callable[[float], float]:
        """Return what maps values to places from `start` to `stop`."""
        inner = Scale(self.stretch(self.low), self.stretch(self.high), start, stop)
        return lambda value: inner(self.stretch(min(max(value, self.low), self.high)))


@dataclass(frozen=True)
class Series:
    """Points that are joined by a line, in order; `bounds` are intervals about them."""

    name: str
    x: Sequence[float]
    y: Sequence[float]
    marked: bool = False
    bounds: Sequence[tuple[float, float]] = ()


def draw_curves(
    title: str,
    caption: str,
    across: Axis,
    up: Axis,
    series: Sequence[Series],
    *,
    person: str,
    diagonal: bool = False,
) -> Figure:
    """Draw lines about a person, the first solid, the others dashed in their own ways."""
    x, y = across.scale(_LEFT, WIDTH - _RIGHT), up.scale(HEIGHT - _BOTTOM, _TOP)
    drawn = []
    if diagonal:
        ends = (x(across.low), y(up.low), x(across.high), y(up.high))
        drawn.append(tag("line", x1=ends[0], y1=ends[1], x2=ends[2], y2=ends[3], class_="threshold"))
    for k, curve in enumerate(series):
        style = f"s{k % _STYLES}"
        points = [(x(a), y(b)) for a, b in zip(curve.x, curve.y, strict=True)]
        path = "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in points) if points else ""
        drawn.append(tag("path", d=path, class_=f"curve {style}"))
        for (a, _), (low, high) in zip(points, curve.bounds, strict=False):
            drawn.append(tag("line", x1=f"{a:.1f}", x2=f"{a:.1f}", y1=y(low), y2=y(high), class_="axis"))
        if curve.marked:
            drawn += [draw_point(k, a, b) for a, b in points]
    rows = [
        (curve.name, f"{a:.3g}", f"{b:.3g}".replace("inf", "∞") + _write_bounds(curve.bounds, k))
        for curve in series
        for k, a, b in _thin(curve)
    ]
    return Figure(
        title,
        caption,
        svg(WIDTH, HEIGHT, f"{title} of {person}", _draw_axes(across, up), *drawn, class_="chart"),
        ("Series", across.label, up.label),
        rows,
        tuple(curve.name for curve in series),
    )


def draw_histogram(
    title: str, caption: str, label: str, edges: Sequence[float], counts: Sequence[int], what: str
) -> Figure:
    """Draw how often values fall between edges; `what` is counted."""
    across = Axis(label, edges[0], edges[-1])
    up = Axis(what, 0, max([*counts, 1]))
    x, y = across.scale(_LEFT, WIDTH - _RIGHT), up.scale(HEIGHT - _BOTTOM, _TOP)
    bars = [
        tag(
            "rect",
            x=f"{x(low) + 0.5:.1f}",
            y=f"{y(count):.1f}",
            width=f"{max(x(high) - x(low) - 1, 0.5):.1f}",
            height=f"{y(0) - y(count):.1f}",
            class_="bar",
        )
        for (low, high), count in zip(pairwise(edges), counts, strict=True)
        if count
    ]
    rows = [
        (f"{low:.3g} to {high:.3g}".replace("-", "−"), f"{count:,}")
        for (low, high), count in zip(pairwise(edges), counts, strict=True)
    ]
    picture = svg(WIDTH, HEIGHT, title, _draw_axes(across, up), *bars, class_="chart")
    return Figure(title, caption, picture, (label, what), rows)


def draw_point(kind: int, x: float, y: float, size: float = 4) -> Markup:
    """Draw one of eight marks that differ in shape."""
    return tag("path", d=outline_point(kind, x, y, size), class_=f"p{kind % 8}")


def outline_point(kind: int, x: float, y: float, size: float) -> str:
    """Return the outline of a mark: disc, triangle, square, cross, diamond, plus, ring or bar."""
    r = size
    at = f"M{x:.1f} {y:.1f}"
    shapes = (
        f"{at}m-{r:g} 0a{r:g} {r:g} 0 1 0 {2 * r:g} 0a{r:g} {r:g} 0 1 0 -{2 * r:g} 0z",
        f"{at}m0-{r:g}l{r:g} {1.8 * r:g}h-{2 * r:g}z",
        f"{at}m-{r * 0.9:g}-{r * 0.9:g}h{1.8 * r:g}v{1.8 * r:g}h-{1.8 * r:g}z",
        f"{at}m-{r:g}-{r:g}l{2 * r:g} {2 * r:g}m0-{2 * r:g}l-{2 * r:g} {2 * r:g}",
        f"{at}m0-{1.2 * r:g}l{r:g} {1.2 * r:g}l-{r:g} {1.2 * r:g}l-{r:g}-{1.2 * r:g}z",
        f"{at}m-{r:g} 0h{2 * r:g}m-{r:g}-{r:g}v{2 * r:g}",
        f"{at}m-{r:g} 0a{r:g} {r:g} 0 1 0 {2 * r:g} 0a{r:g} {r:g} 0 1 0 -{2 * r:g} 0z",
        f"{at}m-{r:g} 0h{2 * r:g}",
    )
    return shapes[kind % len(shapes)]


def _draw_axes(across: Axis, up: Axis) -> Markup:
    x, y = across.scale(_LEFT, WIDTH - _RIGHT), up.scale(HEIGHT - _BOTTOM, _TOP)
    base, right = HEIGHT - _BOTTOM, WIDTH - _RIGHT
    marks = [tag("path", d=f"M{_LEFT} {_TOP}V{base}H{right}", class_="axis")]
    for value in across.ticks or choose_ticks(across.low, across.high, 6):
        place = f"{x(value):.1f}"
        marks.append(tag("line", x1=place, x2=place, y1=base, y2=base + 4, class_="axis"))
        marks.append(tag("text", across.write(value), x=place, y=base + 17, class_="middle"))
    for value in up.ticks or choose_ticks(up.low, up.high, 6):
        place = f"{y(value):.1f}"
        marks.append(tag("line", x1=_LEFT - 4, x2=_LEFT, y1=place, y2=place, class_="axis"))
        marks.append(tag("text", up.write(value), x=_LEFT - 7, y=f"{y(value) + 4:.1f}", class_="end"))
    marks.append(tag("text", across.label, x=(_LEFT + right) / 2, y=HEIGHT - 6, class_="middle note"))
    turned = f"rotate(-90 12 {(_TOP + base) / 2:g})"
    marks.append(tag("text", up.label, x=12, y=(_TOP + base) / 2, transform=turned, class_="middle note"))
    return tag("g", *marks)


def _thin(curve: Series) -> list[tuple[int, float, float]]:
    """Return about forty points of a curve, evenly chosen, with their places."""
    step = max(1, -(-len(curve.x) // _TABLE_ROWS))
    chosen = [*range(0, len(curve.x), step)]
    return [(k, curve.x[k], curve.y[k]) for k in chosen]


def _write_bounds(bounds: Sequence[tuple[float, float]], place: int) -> str:
    return f" [{bounds[place][0]:.3g}, {bounds[place][1]:.3g}]" if place < len(bounds) else ""
