"""How well recordings of one person are told from those of two, as figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from classify.background.crossing import name_sources
from classify.background.pairs import Compared
from classify.background.verification import Verified
from classify.calibration import weigh_sources
from report.charts.plane import Figure
from report.charts.standalone import write_plots
from report.ratio_figures import draw_cross_entropy, draw_recalibration, draw_tippett

_CASES: Final = {"recording": "one recording enrolled", "sessions": "several sessions enrolled"}
_PLOTS: Final = {
    "tippett.svg": (draw_tippett, "Tippett plots"),
    "ece.svg": (draw_cross_entropy, "Empirical cross-entropy"),
    "pav.svg": (draw_recalibration, "PAV plots"),
}


def write_trial_plots(verified: Verified, folder: Path) -> tuple[Path, ...]:
    """Draw the likelihood ratios of trials whose people are in nothing that was learnt.

    Each person, and each pair of people, weighs the same.

    Parameters
    ----------
    verified
        The trials.
    folder
        For ``tippett.svg``, ``ece.svg`` and ``pav.svg``: one recording enrolled on the left, all other
        sessions of a person on the right, where somebody has three.

    Returns
    -------
    tuple of Path
        Of the pictures.

    Raises
    ------
    InputError
        When they cannot be written.
    """
    kinds = [kind for kind in _CASES if verified.has_targets(kind)]
    for name, (draw, title) in _PLOTS.items():
        figures = [_draw(draw, verified, kind) for kind in kinds]
        write_plots(figures, f"{title} of pairs of recordings", folder / name)
    return tuple(folder / name for name in _PLOTS)


def write_pair_plots(compared: Compared, folder: Path) -> tuple[Path, ...]:
    """Draw the likelihood ratios of the pairs of a list: the same plots as `write_trial_plots`, one each."""
    rows = compared.rows
    trials, llrs = compared.trials.select(rows), compared.ratios.llrs[rows]
    weights = weigh_sources(trials.is_target, name_sources(compared.sides, trials))[0]
    for name, (draw, title) in _PLOTS.items():
        figure = draw("listed pairs", llrs, trials.is_target, weights, person="the same person")
        write_plots([figure], f"{title} of listed pairs of recordings", folder / name)
    return tuple(folder / name for name in _PLOTS)


def _draw(draw: Callable[..., Figure], verified: Verified, kind: str) -> Figure:
    llrs = verified.picked_ratios.llrs
    rows = (verified.trials.kinds == kind) & ~np.isnan(llrs)
    trials = verified.trials.select(rows)
    weights = weigh_sources(trials.is_target, name_sources(verified.sides, trials))[0]
    return draw(_CASES[kind], llrs[rows], trials.is_target, weights, person="the same person")
