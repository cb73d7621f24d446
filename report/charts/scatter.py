"""Clips as points in a plane, marked by what they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from report.charts.plane import outline_point
from report.charts.scales import Scale
from report.markup import svg, tag

_SIDE: Final = 460
# So many kinds differ in shape; further ones have the same shapes in other colours.
MARKS: Final = 8
_HUES: Final = 5
# So many kinds have a mark of their own: eight shapes in each of five colours.
MOST_KINDS: Final = MARKS * _HUES
_OTHERS: Final = "all others"


def draw_scatter(
    points: npt.NDArray[np.float64], kinds: Sequence[str], title: str
) -> tuple[Markup, list[tuple[str, int, Markup]]]:
    """Draw points, and return the picture and its legend: kind, count and mark, the most frequent first.

    Parameters
    ----------
    points
        float64, shape (n, 2).
    kinds
        Of each point; the rarest share a mark where there are more than `MOST_KINDS`.
    title
        What is shown.
    """
    counts = Counter(kinds).most_common()
    if len(counts) > MOST_KINDS:
        rest = sum(count for _, count in counts[MOST_KINDS - 1 :])
        counts = [*counts[: MOST_KINDS - 1], (_OTHERS, rest)]
    mark = {kind: k for k, (kind, _) in enumerate(counts)}
    low, high = points.min(axis=0), points.max(axis=0)
    half = float((high - low).max()) / 2 or 1.0
    centre = (low + high) / 2
    x = Scale(centre[0] - half, centre[0] + half, 10, _SIDE - 10)
    y = Scale(centre[1] - half, centre[1] + half, _SIDE - 10, 10)
    size = 4.5 if len(points) < 500 else 3 if len(points) < 3000 else 2
    paths: dict[int, list[str]] = {}
    for (a, b), kind in zip(points, kinds, strict=True):
        k = mark.get(kind, len(counts) - 1)
        paths.setdefault(k, []).append(outline_point(k, x(float(a)), y(float(b)), size))
    frame = tag("rect", x=1, y=1, width=_SIDE - 2, height=_SIDE - 2, class_="frame")
    drawn = [tag("path", d="".join(path), class_=_style(k)) for k, path in sorted(paths.items())]
    legend = [
        (kind, count, tag("path", d=outline_point(k, 8, 8, 4.5), class_=_style(k)))
        for k, (kind, count) in enumerate(counts)
    ]
    return svg(_SIDE, _SIDE, title, frame, *drawn, class_="chart"), legend


def _style(kind: int) -> str:
    return f"p{kind % MARKS} h{(kind % MARKS + kind // MARKS) % _HUES}"
