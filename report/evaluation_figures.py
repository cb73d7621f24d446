"""How well a person is told from others on held-out sources, as figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from scipy.stats import norm
from sklearn.metrics import roc_curve

from classify.evaluation import FoldOutcome, HeldOut, pool
from classify.learning_curve import CurvePoint
from classify.reliability import compute_reliability
from report.charts.plane import Axis, Figure, Series, draw_curves
from report.charts.standalone import write_plots
from report.ratio_figures import draw_cross_entropy, draw_recalibration, draw_tippett

_DET_TICKS = (0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.95)
_LEAST_RATE = 0.005

RatioFigure = Callable[..., Figure]


def draw_evaluation(outcomes: Sequence[FoldOutcome], person: str) -> list[Figure]:
    """Draw ROC, DET, Tippett, ECE, PAV and reliability of held-out clips and videos.

    Parameters
    ----------
    outcomes
        Of `classify.evaluation.run_folds`.
    person
        Who is told from others.
    """
    levels = _pool_levels(outcomes)
    share = Axis("others taken for the person", 0, 1)
    return [
        _draw_rates(
            levels,
            person,
            "ROC",
            "The higher above the diagonal, the better the scores rank.",
            share,
            Axis("the person recognised", 0, 1),
            lambda missed: 1 - missed,
        ),
        _draw_rates(
            levels,
            person,
            "DET",
            "One kind of error against the other, on normal-deviate axes. The closer to the lower left, the "
            "better.",
            _stretch(share),
            _stretch(Axis("the person not recognised", 0, 1)),
            lambda missed: missed,
        ),
        *_draw_ratios(draw_tippett, levels, person),
        *_draw_ratios(draw_cross_entropy, levels, person),
        *_draw_ratios(draw_recalibration, levels, person),
        _draw_reliability(levels, person),
    ]


def write_ratio_plots(outcomes: Sequence[FoldOutcome], person: str, folder: Path) -> tuple[Path, ...]:
    """Draw the likelihood ratios of an evaluation into files, as the pages do.

    Parameters
    ----------
    outcomes
        What each fold held out.
    person
        Who is told from others.
    folder
        For ``tippett.svg``, ``ece.svg`` and ``pav.svg``, as of `report.ratio_figures`, clips on the left,
        videos on the right; and ``reliability.svg``: the share of the person's among those with about one
        ratio, at equal priors, against what the ratio says.

    Returns
    -------
    tuple of Path
        Of the four pictures, in this order.

    Raises
    ------
    InputError
        When they cannot be written.
    """
    levels = _pool_levels(outcomes)
    pictures = {
        "tippett.svg": (_draw_ratios(draw_tippett, levels, person), "Tippett plots"),
        "ece.svg": (_draw_ratios(draw_cross_entropy, levels, person), "Empirical cross-entropy"),
        "pav.svg": (_draw_ratios(draw_recalibration, levels, person), "PAV plots"),
        "reliability.svg": ([_draw_reliability(levels, person)], "Reliability"),
    }
    for name, (figures, title) in pictures.items():
        write_plots(figures, f"{title} of {person}", folder / name)
    return tuple(folder / name for name in pictures)


def draw_learning_curve(points: Sequence[CurvePoint], person: str) -> Figure:
    """Draw how the AUC of held-out clips and videos grows with a person's sources."""
    growing = [point for point in points if point.growing == "sources"]
    series = [
        Series(
            name,
            [point.sources for point in growing],
            [getattr(point, field).value for point in growing],
            marked=True,
            bounds=[
                (
                    figure.value if figure.low is None else figure.low,
                    figure.value if figure.high is None else figure.high,
                )
                for figure in (getattr(point, field) for point in growing)
            ],
        )
        for name, field in (("clips", "clip_auc"), ("videos", "video_auc"))
    ]
    return draw_curves(
        "Learning curve",
        "AUC on held-out sources, against the number of the person's sources that were learnt from. Bars "
        "are 95 % intervals.",
        Axis("sources of the person", 0, max(point.sources for point in growing) * 1.05),
        Axis("AUC", 0, 1),
        series,
        person=person,
    )


def list_confusion(outcomes: Sequence[FoldOutcome]) -> list[tuple[str, str, int, int, int]]:
    """Return rows of level, who it was, and how many were a match, neither, and no match."""
    rows = []
    for level in ("clips", "videos"):
        found = pool([getattr(outcome, level) for outcome in outcomes])
        for who, chosen in (("the person", found.is_target), ("others", ~found.is_target)):
            decisions = found.decisions[chosen]
            counts = [int((decisions == decision).sum()) for decision in (1, 0, -1)]
            rows.append((level, who, counts[0], counts[1], counts[2]))
    return rows


def _pool_levels(outcomes: Sequence[FoldOutcome]) -> dict[str, HeldOut]:
    return {
        "clips": pool([outcome.clips for outcome in outcomes]),
        "videos": pool([outcome.videos for outcome in outcomes]),
    }


def _draw_rates(
    levels: dict[str, HeldOut],
    person: str,
    title: str,
    caption: str,
    across: Axis,
    up: Axis,
    turn: Callable[
        [np.ndarray[tuple[int], np.dtype[np.float64]]], np.ndarray[tuple[int], np.dtype[np.float64]]
    ],
) -> Figure:
    series = []
    for name, found in levels.items():
        false_match, recognised, _ = roc_curve(found.is_target, found.ranks)
        series.append(Series(name, false_match.tolist(), turn(1 - recognised).tolist()))
    return draw_curves(title, caption, across, up, series, person=person, diagonal=title == "ROC")


def _stretch(axis: Axis) -> Axis:
    """Return an axis of rates on the scale of normal deviates."""
    return Axis(
        axis.label,
        _LEAST_RATE,
        1 - _LEAST_RATE,
        _DET_TICKS,
        lambda rate: float(norm.ppf(rate)),
        lambda rate: f"{rate:.0%}",
    )


def _draw_ratios(draw: RatioFigure, levels: dict[str, HeldOut], person: str) -> list[Figure]:
    return [draw(name, found.llrs, found.is_target, person=person) for name, found in levels.items()]


def _draw_reliability(levels: dict[str, HeldOut], person: str) -> Figure:
    series = []
    for name, found in levels.items():
        stated, observed = compute_reliability(found)
        series.append(Series(name, stated, observed, marked=True))
    return draw_curves(
        "Reliability",
        "The probability that the ratios state (at equal priors), against the share that was observed. On "
        "the diagonal, the ratios mean what they say.",
        Axis("stated probability of the person", 0, 1),
        Axis("observed share of the person", 0, 1),
        series,
        person=person,
        diagonal=True,
    )
