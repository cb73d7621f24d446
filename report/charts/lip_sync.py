"""Whether the mouth fits the sound, clip by clip over the video."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from classify.lip_sync import ClipLipSync
from classify.words.lip_sync import describe_clip
from classify.words.numbers import format_span
from report.charts.scales import Scale
from report.charts.timeline import CLASS_OF, CLOCK, WIDTH, draw_clock, draw_mark, lay_rows
from report.markup import join, svg, tag

_LANE: Final = 34
_LABELS: Final = {"fits": "match", "does not fit": "no match", "cannot be said": "insufficient evidence"}


def draw_lip_sync(clips: Sequence[ClipLipSync], duration_s: float) -> Markup:
    """Draw a lane for every five minutes, with the times of the timeline above and the same marks.

    Parameters
    ----------
    clips
        What was said of each.
    duration_s
        Of the video.
    """
    rows = []
    for horizontal in lay_rows(duration_s):
        inside = [one for one in clips if horizontal.low <= one.span.middle_s < horizontal.high]
        drawn = [_draw_clip(one, horizontal) for one in inside]
        title = f"Mouth and sound in {len(inside)} clips. The table below says the same."
        clock = draw_clock(horizontal, _LANE, duration_s)
        rows.append(svg(WIDTH, _LANE + CLOCK, title, clock, *drawn, class_="timeline"))
    return join(rows)


def _draw_clip(one: ClipLipSync, horizontal: Scale) -> Markup:
    label, y = _LABELS[one.label], _LANE / 2
    x = horizontal(one.span.middle_s)
    x1, x2 = (
        horizontal(max(one.span.start_s, horizontal.low)),
        horizontal(min(one.span.end_s, horizontal.high)),
    )
    if one.score is None:
        mark, name = tag("text", "?", x=f"{x:.1f}", y=f"{y + 5:.1f}", class_="middle"), "unscored"
    else:
        mark, name = draw_mark(label, x, y), CLASS_OF[label]
    bar = tag("line", x1=f"{x1 + 1:.1f}", x2=f"{x2 - 1:.1f}", y1=f"{y:.1f}", y2=f"{y:.1f}", class_="span")
    title = tag("title", f"{format_span(one.span, '–')}: {describe_clip(one)}")
    return tag("g", title, bar, mark, class_=f"clip {name}")
