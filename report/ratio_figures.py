"""How good likelihood ratios are, as figures: whoever the cases are, clips, videos or pairs of recordings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from classify.calibration import compute_cross_entropy, recalibrate
from report.charts.plane import Axis, Figure, Series, draw_curves
from report.charts.scales import choose_ticks

# Prior odds for which the cross-entropy is drawn: from 1 in 1,000 to 1,000 to 1.
_PRIOR_LOG10_ODDS = np.linspace(-3, 3, 121)

Llrs = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def draw_tippett(
    cases: str, llrs: Llrs, is_target: Mask, weights: Llrs | None = None, *, person: str
) -> Figure:
    """Draw the shares of targets and of others whose ratio is above each value.

    Parameters
    ----------
    cases
        What got a ratio, in the plural: ``clips``.
    llrs
        float64, shape (n,): natural log-likelihood ratios, finite.
    is_target
        bool, shape (n,): both values occur.
    weights
        float64, shape (n,): how often each counts; once by default.
    person
        Who is told from others.
    """
    weights = np.ones(len(llrs)) if weights is None else weights
    ratios = llrs / np.log(10)
    reach = float(np.abs(ratios).max()) * 1.1 or 1.0
    series = []
    for who, rows in (("the person", is_target), ("others", ~is_target)):
        order = np.argsort(ratios[rows])
        ordered, below = ratios[rows][order], np.cumsum(weights[rows][order])
        above = 1 - np.concatenate([[0.0], below / below[-1]])
        # A step at each ratio: the share falls there and not between.
        x = np.concatenate([[-reach], np.repeat(ordered, 2), [reach]])
        y = np.concatenate([[1.0], np.stack([above[:-1], above[1:]], axis=1).ravel(), [0.0]])
        series.append(Series(who, x.tolist(), y.tolist()))
    return draw_curves(
        f"Tippett, {cases}",
        "The share of the person’s own, and of others’, with a likelihood ratio above each value. The two "
        "curves should separate at 0.",
        Axis("log10 LR greater than", -reach, reach),
        Axis("share", 0, 1),
        series,
        person=person,
    )


def draw_cross_entropy(
    cases: str, llrs: Llrs, is_target: Mask, weights: Llrs | None = None, *, person: str
) -> Figure:
    """Draw the empirical cross-entropy (ECE) against the prior odds (Ramos & Gonzalez-Rodriguez 2013).

    Beside that of the ratios stand that of the same ratios after the best calibration there could be (pool
    adjacent violators), and the neutral one of ratios that always are 1. At prior odds of 1 the first two are
    Cllr and min Cllr.

    Parameters as for `draw_tippett`.
    """
    curves = (
        ("these ratios", llrs),
        ("after PAV", recalibrate(llrs, is_target, weights)),
        ("LR = 1 always", np.zeros(len(llrs))),
    )
    prior = _PRIOR_LOG10_ODDS * np.log(10)
    series = [
        Series(
            name,
            _PRIOR_LOG10_ODDS.tolist(),
            compute_cross_entropy(ratios, is_target, prior, weights).tolist(),
        )
        for name, ratios in curves
    ]
    highest = max(bits for curve in series for bits in curve.y if np.isfinite(bits))
    return draw_curves(
        f"ECE, {cases}",
        "The bits that the ratios leave unknown, for all prior odds: below the line of “LR = 1 always” they "
        "help, above it they mislead, and the distance to the line “after PAV” is bad calibration.",
        Axis("log10 prior odds of the person", _PRIOR_LOG10_ODDS[0], _PRIOR_LOG10_ODDS[-1]),
        Axis("cross-entropy (ECE), bits", 0, 1.05 * highest),
        series,
        person=person,
    )


def draw_recalibration(
    cases: str, llrs: Llrs, is_target: Mask, weights: Llrs | None = None, *, person: str
) -> Figure:
    """Draw what each ratio should have been, by pool adjacent violators (PAV), against what it was.

    Infinite ratios, where PAV finds one kind of cases alone, lie on the edge.

    Parameters as for `draw_tippett`.
    """
    before, first = np.unique(llrs, return_index=True)
    after = recalibrate(llrs, is_target, weights)[first]
    seen = ~np.isnan(after)
    before, after = before[seen] / np.log(10), after[seen] / np.log(10)
    steps = np.flatnonzero(after[1:] != after[:-1])
    jumps = (before[steps] + before[steps + 1]) / 2  # where between two ratios PAV does not say
    x = np.concatenate([before[:1], np.repeat(jumps, 2), before[-1:]])
    y = np.repeat(after[np.append(steps, -1)], 2)
    infinite = bool(np.isinf(after).any())
    reach = float(np.abs(np.concatenate([before, after[np.isfinite(after)]])).max()) * 1.1 or 1.0
    edge = 1.2 * reach if infinite else reach
    ticks = tuple(choose_ticks(-reach, reach, 6))
    across = Axis("log10 LR", -edge, edge, ticks)
    up = Axis("log10 LR after PAV", -edge, edge, ticks)
    if infinite:
        up = replace(
            up,
            ticks=(-edge, *ticks, edge),
            write=lambda value: across.write(value) if abs(value) < edge else "−∞" if value < 0 else "∞",
        )
    return draw_curves(
        f"PAV, {cases}",
        "What each ratio should have been, found by pool adjacent violators (PAV), against what it was: on "
        "the diagonal, the ratios mean what they say.",
        across,
        up,
        [Series("after PAV", x.tolist(), y.tolist(), marked=len(before) == 1)],
        person=person,
        diagonal=True,
    )
