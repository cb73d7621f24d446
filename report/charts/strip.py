"""Who is seen when: the shots of a video as bands, and a lane of bars and faces for each person.

Its times lie where those of the timeline of clips do.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from classify.words.numbers import format_clock
from report.charts.scales import Scale
from report.charts.timeline import CLOCK, LEFT, MOST_ROWS, RIGHT, ROW_S, WIDTH, draw_clock, lay_rows
from report.markup import join, svg, tag

# Of faces in the whole strip, which would otherwise be most of a page.
_MOST_FACES: Final = 72
_FACE: Final = 28
_BAR: Final = 8
_LANE: Final = _FACE + _BAR + 7
_CUTS: Final = 10
# A band or a bar of less than this cannot be seen.
_LEAST_WIDTH: Final = 0.4


@dataclass(frozen=True)
class Bar:
    """Somebody who is seen from `start_s` to `end_s`; `title` says who and when, `face` is a JPEG or None."""

    start_s: float
    end_s: float
    title: str
    face: bytes | None


@dataclass(frozen=True)
class Lane:
    """A person, by name, with what else is to be said at the lane, and whether it is the one measured."""

    name: str
    note: str | None
    measured: bool
    bars: tuple[Bar, ...]


def choose_faces(starts_s: Sequence[float], lanes: int, duration_s: float) -> list[bool]:
    """Return which bars of one lane are to show a face: those that leave room for it, and not too many.

    Parameters
    ----------
    starts_s
        When each bar begins, seconds, rising.
    lanes
        How many lanes the strip has.
    duration_s
        Of the video.
    """
    drawn_s = min(duration_s, MOST_ROWS * ROW_S)
    room_s = (_FACE + 3) / (WIDTH - LEFT - RIGHT) * min(max(duration_s, 1.0), ROW_S)
    apart_s = max(room_s, drawn_s * lanes / _MOST_FACES)
    chosen, free_s = [], 0.0
    for start_s in starts_s:
        chosen.append(free_s <= start_s < drawn_s)
        if chosen[-1]:
            free_s = start_s + apart_s
    return chosen


def draw_strip(lanes: Sequence[Lane], shots_s: Sequence[float], duration_s: float) -> Markup:
    """Draw a row for every five minutes, as `draw_timeline` does.

    Parameters
    ----------
    lanes
        From top to bottom; that of somebody who is not measured is drawn in the rows in which they are seen.
    shots_s
        When each shot begins, seconds, rising.
    duration_s
        Of the video.
    """
    ends_s = [*shots_s[1:], duration_s]
    odd = [(start, end) for k, (start, end) in enumerate(zip(shots_s, ends_s, strict=True)) if k % 2]
    return join(_draw_row(lanes, odd, shots_s[1:], row, duration_s) for row in lay_rows(duration_s))


def _draw_row(
    lanes: Sequence[Lane],
    odd_shots: Sequence[tuple[float, float]],
    cuts_s: Sequence[float],
    row: Scale,
    duration_s: float,
) -> Markup:
    seen = [lane for lane in lanes if lane.measured or any(_clip(row, bar) for bar in lane.bars)]
    base = _CUTS + _LANE * max(len(seen), 1) + 2
    bands = [_cut_out(row, *shot) for shot in odd_shots]
    cuts = [row(cut) for cut in cuts_s if row.low <= cut < row.high]
    clock = f"{format_clock(row.low)} to {format_clock(min(row.high, duration_s))}"
    title = f"Who is seen from {clock}, with {len(cuts)} cuts. The table below has the same times."
    return svg(
        WIDTH,
        base + CLOCK,
        title,
        _draw_path(
            [f"M{x:.1f} 0h{width:.1f}V{base}h{-width:.1f}z" for x, width in filter(None, bands)], "shot"
        ),
        _draw_path([f"M{x:.1f} 0v{_CUTS - 2}" for x in dict.fromkeys(map(round, cuts))], "cut"),
        *(_draw_lane(lane, row, _CUTS + _LANE * k) for k, lane in enumerate(seen)),
        draw_clock(row, base, duration_s),
        class_="strip",
    )


def _draw_path(parts: Sequence[str], name: str) -> Markup:
    return tag("path", d="".join(parts), class_=name) if parts else Markup("")


def _draw_lane(lane: Lane, row: Scale, top: float) -> Markup:
    middle = top + _FACE / 2
    texts = [
        tag("text", lane.name, x=LEFT - 5, y=f"{middle:.0f}", class_="end strong" if lane.measured else "end")
    ]
    if lane.note:
        texts.append(tag("text", lane.note, x=LEFT - 5, y=f"{middle + 13:.0f}", class_="end note"))
    bars = (_draw_bar(bar, row, top) for bar in lane.bars)
    return tag("g", *texts, *bars, class_="lane measured" if lane.measured else "lane")


def _draw_bar(bar: Bar, row: Scale, top: float) -> Markup:
    place = _clip(row, bar)
    if place is None:
        return Markup("")
    x, width = place
    y = top + _FACE + 2
    parts = [tag("rect", x=f"{x:.1f}", y=y, width=f"{max(width - 1, 1):.1f}", height=_BAR)]
    if bar.face is not None and bar.start_s >= row.low:
        data = base64.b64encode(bar.face).decode("ascii")
        left = f"{min(x, WIDTH - _FACE):.1f}"
        parts.append(
            tag("image", href=f"data:image/jpeg;base64,{data}", x=left, y=top, width=_FACE, height=_FACE)
        )
    return tag("g", tag("title", bar.title), *parts, class_="track")


def _clip(row: Scale, bar: Bar) -> tuple[float, float] | None:
    return _cut_out(row, bar.start_s, bar.end_s)


def _cut_out(row: Scale, start_s: float, end_s: float) -> tuple[float, float] | None:
    """Return where a span begins in a row and how wide it is there; None where it cannot be seen."""
    begin, end = max(start_s, row.low), min(end_s, row.high)
    width = row(end) - row(begin)
    return (row(begin), width) if begin < row.high and width >= _LEAST_WIDTH else None
