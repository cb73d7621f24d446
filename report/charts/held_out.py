"""How verdicts on recordings came out from which nothing was learnt, as a picture without jargon."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from classify.background.regions import label_region
from classify.evaluation import DecisionRates
from report.charts.regions import draw_ratio
from report.charts.timeline import draw_mark
from report.markup import format_share, svg, tag

_WIDTH: Final = 460
_LEFT, _RIGHT = 2, 2
_ROW: Final = 62
_BAR: Final = 18
# Narrower parts have no room for their share, which stands in the sentence beside the picture too.
_LEAST_PX: Final = 44


def draw_held_out(rates: DecisionRates, person: str, target_sources: int, other_sources: int) -> Markup:
    """Draw, for the person's own recordings and for others', which shares got which verdict.

    Parameters
    ----------
    rates
        Of held-out videos.
    person
        Whose model it is.
    target_sources, other_sources
        How many recordings of the person, and of others, were held out.
    """
    own_wrong, own_between = rates.false_no_match.value, rates.undecided_target.value
    others_wrong, others_between = rates.false_match.value, rates.undecided_non_target.value
    rows = (
        (
            f"{person}’s own recordings ({target_sources})",
            1 - own_wrong - own_between,
            own_between,
            own_wrong,
        ),
        (
            f"others’ recordings ({other_sources})",
            others_wrong,
            others_between,
            1 - others_wrong - others_between,
        ),
    )
    drawn = [_draw_row(k * _ROW, *row) for k, row in enumerate(rows)]
    title = "; ".join(
        f"{who}: {format_share(max(like, 0.0))} consistent, {format_share(between)} inconclusive, "
        f"{format_share(max(unlike, 0.0))} inconsistent"
        for who, like, between, unlike in rows
    )
    return svg(_WIDTH, 2 * _ROW, title, *drawn, class_="held-out")


def draw_recording(video: str, log10_lr: float) -> Markup:
    """Draw how an enrolled recording does against the others: its likelihood ratio when it was held out."""
    return draw_ratio(log10_lr, label_region(log10_lr), f"{video}, compared with the other recordings")


def _draw_row(top: float, who: str, like: float, between: float, unlike: float) -> Markup:
    """Draw shares side by side, each with its mark, so that colours are not alone."""
    parts, x = [tag("text", who, x=_LEFT, y=top + 14)], float(_LEFT)
    for style, label, share in (
        ("like", "match", like),
        ("unsure", "insufficient evidence", between),
        ("unlike", "no match", unlike),
    ):
        width = max(share, 0.0) * (_WIDTH - _LEFT - _RIGHT)
        if width < 1:
            continue
        bar = {"x": f"{x:.1f}", "y": top + 20, "width": f"{width:.1f}", "height": _BAR}
        parts.append(tag("rect", class_=f"strength {style}", **bar))
        if width >= _LEAST_PX:
            parts.append(draw_mark(label, x + 7, top + 49))
            parts.append(tag("text", format_share(min(share, 1.0)), x=f"{x + 16:.1f}", y=top + 53))
        x += width
    return tag("g", *parts)
