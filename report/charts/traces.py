"""A pair of signals over a clip, and its correlation beside the person's usual one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from markupsafe import Markup

from classify.deviations import Deviation
from classify.words.numbers import format_clock
from features.signal_words import name_signal
from ground.time_span import TimeSpan
from report.charts.scales import Scale
from report.evidence import PairTrace
from report.markup import format_correlation, svg, tag

_WIDTH: Final = 340
_HEIGHT: Final = 96
_RULER: Final = 58
# Beyond this many standard deviations a signal is cut off, so that one outlier does not flatten the rest.
_MOST: Final = 3.0


def draw_traces(trace: PairTrace, span: TimeSpan) -> Markup:
    """Draw two signals, each in its own standard deviations about its own mean, over the time of a clip."""
    names = [name_signal(feature) for feature in trace.pair.split("*")]
    horizontal = Scale(0, len(trace.first) - 1, 6, _WIDTH - 6)
    vertical = Scale(-_MOST, _MOST, _HEIGHT - 18, 6)
    lines = [
        tag("path", d=_draw_line(_standardise(signal), horizontal, vertical), class_=f"signal {kind}")
        for signal, kind in ((trace.first, "first"), (trace.second, "second"))
    ]
    base = _HEIGHT - 16
    return svg(
        _WIDTH,
        _HEIGHT,
        f"{names[0]} (solid) and {names[1]} (dashed), "
        f"from {format_clock(span.start_s)} to {format_clock(span.end_s)}",
        tag("line", x1=6, x2=_WIDTH - 6, y1=base, y2=base, class_="axis"),
        *lines,
        tag("text", format_clock(span.start_s), x=6, y=_HEIGHT - 3),
        tag("text", format_clock(span.end_s), x=_WIDTH - 6, y=_HEIGHT - 3, class_="end"),
        class_="traces",
    )


def draw_ruler(deviation: Deviation) -> Markup:
    """Draw where a correlation lies between -1 and 1, and where the person's usually does."""
    place = Scale(-1, 1, 14, _WIDTH - 14)
    low, high = (max(-1.0, min(1.0, deviation.usual + k * deviation.spread)) for k in (-1, 1))
    here, usual = place(deviation.here), place(deviation.usual)
    y, width = 26, max(place(high) - place(low), 3)
    return svg(
        _WIDTH,
        _RULER,
        f"correlation here {format_correlation(deviation.here)}, usually "
        f"{format_correlation(deviation.usual)} ± {format_correlation(deviation.spread)}",
        tag("line", x1=14, x2=_WIDTH - 14, y1=y, y2=y, class_="axis"),
        *(tag("line", x1=place(v), x2=place(v), y1=y - 4, y2=y + 4, class_="axis") for v in (-1, 0, 1)),
        *(
            tag("text", label, x=place(v), y=y + 28, class_="middle note")
            for v, label in ((-1, "−1"), (0, "0"), (1, "1"))
        ),
        tag("rect", x=f"{place(low):.1f}", y=y - 6, width=f"{width:.1f}", height=12, class_="usual"),
        tag("text", "usual", x=f"{_inside(usual):.1f}", y=y + 17, class_="middle note"),
        tag("path", d=f"M{here:.1f} {y - 8}l6 8l-6 8l-6-8z", class_="here"),
        tag("text", "here", x=f"{_inside(here):.1f}", y=y - 12, class_="middle strong"),
        class_="ruler",
    )


def tabulate_traces(trace: PairTrace, span: TimeSpan) -> list[tuple[str, str, str]]:
    """Return the time, and both standardised signals, at ten moments of the clip."""
    n = len(trace.first)
    columns = [_standardise(signal) for signal in (trace.first, trace.second)]
    rows = []
    for k in range(0, n, max(1, n // 10)):
        time = span.start_s + (k + 0.5) / n * span.length_s
        cells = ("–" if np.isnan(column[k]) else f"{column[k]:+.1f}".replace("-", "−") for column in columns)
        rows.append((f"{format_clock(time)}.{int(time * 10) % 10}", next(cells), next(cells)))
    return rows


def _standardise(signal: Sequence[float | None]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    values = np.array([np.nan if value is None else value for value in signal], dtype=np.float64)
    if np.isnan(values).all():
        return values
    spread = np.nanstd(values)
    return np.asarray((values - np.nanmean(values)) / (spread or 1.0))


def _draw_line(values: np.ndarray[tuple[int], np.dtype[np.float64]], across: Scale, up: Scale) -> str:
    """Return a path that breaks where nothing was seen."""
    parts, pen = [], "M"
    for k, value in enumerate(values):
        if np.isnan(value):
            pen = "M"
            continue
        parts.append(f"{pen}{across(k):.0f} {up(max(-_MOST, min(_MOST, value))):.1f}")
        pen = "L"
    return "".join(parts)


def _inside(x: float) -> float:
    """Return a place at which a short word stays within the picture."""
    return max(20.0, min(_WIDTH - 20.0, x))
