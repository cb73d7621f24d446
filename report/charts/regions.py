"""How far each region of a person speaks for the person, or against."""

from __future__ import annotations

import math
from typing import Final

from markupsafe import Markup

from classify.background.regions import REGION_SUPPORT, RegionLabel, RegionStatement
from report.charts.scales import Scale
from report.charts.timeline import draw_mark
from report.markup import svg, tag

_WIDTH, _HEIGHT = 340, 44
_LINE: Final = 14
# Ratios from 1/1000 to 1000; what lies beyond stands at the end.
_MOST: Final = 3.0
_MARKS: Final = ((-2, "1/100"), (-1, "1/10"), (0, "1"), (1, "10"), (2, "100"))
_LABELS: Final = {
    "moves like the person": "match",
    "does not move like the person": "no match",
    "cannot be said": "insufficient evidence",
}


def draw_region(statement: RegionStatement) -> Markup:
    """Draw a likelihood ratio as a bar from 1, to the right for the person; hatched is what says nothing."""
    return draw_ratio(statement.log10_lr, statement.label, statement.words)


def draw_ratio(log10_lr: float | None, said: RegionLabel, words: str) -> Markup:
    """Draw the likelihood ratio of a region, or of a recording, of which `said` and `words` are said."""
    place = Scale(-_MOST, _MOST, 14, _WIDTH - 14)
    limit = math.log10(REGION_SUPPORT)
    low, high = place(-limit), place(limit)
    parts = [
        tag("rect", x=f"{low:.1f}", y=_LINE - 9, width=f"{high - low:.1f}", height=18, class_="band"),
        tag("line", x1=14, x2=_WIDTH - 14, y1=_LINE, y2=_LINE, class_="axis"),
        tag("line", x1=place(0), x2=place(0), y1=_LINE - 9, y2=_LINE + 9, class_="axis"),
        *(
            tag("text", label, x=f"{place(power):.1f}", y=_HEIGHT - 4, class_="middle note")
            for power, label in _MARKS
        ),
    ]
    label = _LABELS[said]
    if log10_lr is not None:
        x, middle = place(max(-_MOST, min(_MOST, log10_lr))), place(0)
        begin, width = min(x, middle), abs(x - middle)
        style = {"match": "like", "no match": "unlike"}.get(label, "unsure")
        bar = tag(
            "rect", x=f"{begin:.1f}", y=_LINE - 3, width=f"{width:.1f}", height=6, class_=f"strength {style}"
        )
        parts += [bar, draw_mark(label, x, _LINE)]
    else:
        parts.append(tag("text", "?", x=f"{place(0) + 10:.1f}", y=_LINE + 5, class_="middle"))
    return svg(_WIDTH, _HEIGHT, words, *parts, class_="ruler")
