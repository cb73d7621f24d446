"""Times and likelihood ratios as people read them."""

from __future__ import annotations

from typing import Final

from ground.time_span import TimeSpan

_LARGEST: Final = 300.0  # a greater power of ten is no number to a computer


def format_clock(seconds: float) -> str:
    """Return a time in a video as m:ss."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def format_span(span: TimeSpan, dash: str = "-") -> str:
    """Return a span as m:ss-m:ss."""
    return f"{format_clock(span.start_s)}{dash}{format_clock(span.end_s)}"


def to_ratio(log10_lr: float) -> float:
    """Return a likelihood ratio, at most 1e300: a file may hold any logarithm."""
    return float(10 ** min(log10_lr, _LARGEST))


def format_ratio(log10_lr: float) -> str:
    """Return a likelihood ratio with about two digits: ``0.083``, ``1.4``, ``120``."""
    ratio = to_ratio(log10_lr)
    return f"{ratio:.2g}" if ratio < 10 else f"{ratio:,.0f}"
