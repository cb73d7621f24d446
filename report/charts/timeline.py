"""A video's clips over time: scores, thresholds, clips without an answer, and pictures."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from classify.thresholds import Thresholds
from classify.verdict import ClipVerdict
from classify.words.judgements import describe_reason
from classify.words.numbers import format_clock, format_span
from ground.time_span import TimeSpan
from report.charts.scales import Scale, choose_ticks
from report.markup import format_score, join, svg, tag
from report.thumbnails import Thumbnail

# Longer videos go on in rows below, so that every clip stays wide enough to be told from its neighbours.
ROW_S: Final = 300.0
PICTURES_PER_ROW: Final = 10
# Six hours. A time that a table has wrong must not make a page of thousands of empty rows.
MOST_ROWS: Final = 72

# Shared with the strip of people, so that both have their times at the same places.
WIDTH: Final = 1100
LEFT, RIGHT = 64, 24
_TOP: Final = 16
_PLOT: Final = 190
_LANE: Final = 26
CLOCK: Final = 24
_STRIP: Final = 54

CLASS_OF: Final = {"match": "match", "no match": "nomatch", "insufficient evidence": "between"}


def count_rows(duration_s: float) -> int:
    """Return how many rows a timeline of a video has; what lies beyond `MOST_ROWS` is not drawn."""
    return min(max(1, math.ceil(duration_s / ROW_S - 1e-9)), MOST_ROWS)


def choose_picture_times(duration_s: float) -> list[float]:
    """Return the times at which a timeline wants pictures, seconds, rising."""
    n = PICTURES_PER_ROW * count_rows(duration_s)
    span = ROW_S if duration_s > ROW_S else duration_s
    times = [(k + 0.5) * span / PICTURES_PER_ROW for k in range(n)]
    return [time for time in times if time < duration_s]


def lay_rows(duration_s: float) -> list[Scale]:
    """Return where times lie in each row of a timeline, seconds to places across it."""
    length_s = ROW_S if duration_s > ROW_S else max(duration_s, 1.0)
    begins = (row * ROW_S for row in range(count_rows(duration_s)))
    return [Scale(begin, begin + length_s, LEFT, WIDTH - RIGHT) for begin in begins]


def draw_clock(horizontal: Scale, base: float, duration_s: float) -> Markup:
    """Draw the axis of a row: a line at the height `base`, and times below it."""
    marks = [tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=base, y2=base, class_="axis")]
    for time in choose_ticks(horizontal.low, min(horizontal.high, duration_s), 10, clock=True):
        x = f"{horizontal(time):.1f}"
        marks.append(tag("line", x1=x, x2=x, y1=base, y2=base + 4, class_="axis"))
        marks.append(tag("text", format_clock(time), x=x, y=base + 17, class_="middle"))
    return join(marks)


def draw_timeline(
    clips: Sequence[ClipVerdict], thresholds: Thresholds, duration_s: float, pictures: Sequence[Thumbnail]
) -> Markup:
    """Draw a row for every five minutes, at most `MOST_ROWS`.

    Parameters
    ----------
    clips
        Those whose time is not known are left out.
    thresholds
        Of the clips.
    duration_s
        Of the video.
    pictures
        Drawn below where they fit without covering each other.
    """
    scores = [clip.score for clip in clips if clip.score is not None]
    low = min([*scores, thresholds.no_match_below])
    high = max([*scores, thresholds.match_above])
    margin = 0.12 * (high - low) or 1.0
    vertical = Scale(low - margin, high + margin, _TOP + _PLOT, _TOP)
    timed = [(clip.span, clip) for clip in clips if clip.span is not None]
    rows = []
    for horizontal in lay_rows(duration_s):
        begin, end = horizontal.low, horizontal.high
        inside = [(span, clip) for span, clip in timed if begin <= span.middle_s < end]
        shown = [picture for picture in pictures if begin <= picture.time_s < end]
        rows.append(_draw_row(inside, thresholds, horizontal, vertical, shown, duration_s))
    return join(rows)


def _draw_row(
    clips: Sequence[tuple[TimeSpan, ClipVerdict]],
    thresholds: Thresholds,
    horizontal: Scale,
    vertical: Scale,
    pictures: Sequence[Thumbnail],
    duration_s: float,
) -> Markup:
    base = _TOP + _PLOT + _LANE
    height = base + CLOCK + (_STRIP + 18 if pictures else 0)
    clock = f"{format_clock(horizontal.low)} to {format_clock(min(horizontal.high, duration_s))}"
    title = f"Scores of the {len(clips)} clips from {clock}. The table below has the same numbers."
    return svg(
        WIDTH,
        height,
        title,
        _draw_band(thresholds, vertical),
        _draw_axes(horizontal, vertical, base, duration_s),
        *(_draw_clip(span, clip, horizontal, vertical, base) for span, clip in clips),
        *_draw_pictures(pictures, horizontal, base + CLOCK + 2),
        class_="timeline",
    )


def _draw_band(thresholds: Thresholds, vertical: Scale) -> Markup:
    top, bottom = vertical(thresholds.match_above), vertical(thresholds.no_match_below)
    right, x = WIDTH - RIGHT, LEFT + 6
    above = f"match above {format_score(thresholds.match_above)} ↑"
    below = f"no match below {format_score(thresholds.no_match_below)} ↓"
    height = f"{bottom - top:.1f}"
    return tag(
        "g",
        tag("rect", x=LEFT, y=f"{top:.1f}", width=right - LEFT, height=height, class_="band"),
        *(
            tag("line", x1=LEFT, x2=right, y1=f"{y:.1f}", y2=f"{y:.1f}", class_="threshold")
            for y in (top, bottom)
        ),
        tag("text", above, x=x, y=f"{top - 5:.1f}", class_="note"),
        tag("text", below, x=x, y=f"{bottom + 14:.1f}", class_="note"),
    )


def _draw_axes(horizontal: Scale, vertical: Scale, base: float, duration_s: float) -> Markup:
    marks = [tag("line", x1=LEFT, x2=LEFT, y1=_TOP, y2=base, class_="axis")]
    for value in choose_ticks(vertical.low, vertical.high, 5):
        y = f"{vertical(value):.1f}"
        marks.append(tag("line", x1=LEFT - 4, x2=LEFT, y1=y, y2=y, class_="axis"))
        label = f"{value:+g}".replace("-", "−") if value else "0"
        marks.append(tag("text", label, x=LEFT - 8, y=f"{float(y) + 4:.1f}", class_="end"))
    marks.append(tag("text", "score", x=LEFT - 8, y=_TOP - 4, class_="end note"))
    return tag("g", *marks, draw_clock(horizontal, base, duration_s))


def _draw_clip(span: TimeSpan, clip: ClipVerdict, horizontal: Scale, vertical: Scale, base: float) -> Markup:
    """Draw a bar as long as the clip and a mark whose shape says the label."""
    x = horizontal(span.middle_s)
    x1, x2 = horizontal(max(span.start_s, horizontal.low)), horizontal(min(span.end_s, horizontal.high))
    when, why = format_span(span, "–"), describe_reason(clip.reason, "clip")
    if clip.score is None:
        y = base - _LANE / 2
        title = f"{when}: not scored, because {why}"
        mark = tag("text", "?", x=f"{x:.1f}", y=f"{y + 5:.1f}", class_="middle")
        name = "unscored"
    else:
        y = vertical(clip.score)
        title = f"{when}: score {format_score(clip.score)}, {clip.label}: {why}"
        mark = draw_mark(clip.label, x, y)
        name = CLASS_OF[clip.label]
    bar = tag("line", x1=f"{x1 + 1:.1f}", x2=f"{x2 - 1:.1f}", y1=f"{y:.1f}", y2=f"{y:.1f}", class_="span")
    # By these the local page plays a clip that is clicked on.
    when_s = {"data_start_s": f"{span.start_s:.3f}", "data_end_s": f"{span.end_s:.3f}"}
    return tag("g", tag("title", title), bar, mark, class_=f"clip {name}", **when_s)


def draw_mark(label: str, x: float, y: float) -> Markup:
    """Draw the mark of a label: a disc for a match, a cross for none, a ring for neither."""
    if label == "no match":
        return tag("path", d=f"M{x - 5:.1f} {y - 5:.1f}l10 10m0-10l-10 10", class_="cross")
    return tag("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=5, class_="disc" if label == "match" else "ring")


def _draw_pictures(pictures: Sequence[Thumbnail], horizontal: Scale, top: float) -> list[Markup]:
    drawn, free = [], 0.0
    for picture in pictures:
        width = _STRIP * picture.width / picture.height
        x = min(max(horizontal(picture.time_s) - width / 2, LEFT - 20), WIDTH - width)
        if x < free:
            continue
        free = x + width + 4
        when = format_clock(picture.time_s)
        data = base64.b64encode(picture.jpeg).decode("ascii")
        drawn.append(
            tag(
                "g",
                tag(
                    "image",
                    tag("title", f"The picture at {when}"),
                    href=f"data:image/jpeg;base64,{data}",
                    x=f"{x:.1f}", y=top, width=f"{width:.1f}", height=_STRIP,
                ),
                tag("text", when, x=f"{x + width / 2:.1f}", y=top + _STRIP + 13, class_="middle note"),
                class_="picture",
            )
        )  # fmt: skip
    return drawn
