"""Likelihood ratios of held-out clips and videos as pictures: Tippett and reliability."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from classify.evaluation import FoldOutcome, HeldOut, pool
from ground.files import replace_when_complete

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SIZE_INCHES: Final = (11.0, 4.5)
# Quantiles of the ratios between which a share of the person is counted.
_BINS: Final = 8


def plot_outcomes(outcomes: Sequence[FoldOutcome], folder: Path) -> tuple[Path, Path]:
    """Draw the likelihood ratios of an evaluation, clips on the left, videos on the right.

    Parameters
    ----------
    outcomes
        What each fold held out.
    folder
        For ``tippett.png``: for each ratio, the share of the person's own and of others that lie above it;
        and ``reliability.png``: the share of the person's among those with about one ratio, at equal priors,
        against what the ratio says. On the diagonal, ratios mean what they say.

    Returns
    -------
    tuple of Path
        Of the two pictures.
    """
    from matplotlib.figure import Figure

    levels = {
        "clips": pool([outcome.clips for outcome in outcomes]),
        "videos": pool([outcome.videos for outcome in outcomes]),
    }
    paths = []
    for name, draw in (("tippett", _draw_tippett), ("reliability", _draw_reliability)):
        figure = Figure(figsize=_SIZE_INCHES, layout="constrained")
        for axes, (level, found) in zip(figure.subplots(1, 2), levels.items(), strict=True):
            draw(axes, found)
            axes.set_title(f"held-out {level}")
        path = folder / f"{name}.png"
        with replace_when_complete(path) as partial:
            figure.savefig(partial, metadata={"Software": None})
        paths.append(path)
    return paths[0], paths[1]


def compute_reliability(found: HeldOut) -> tuple[list[float], list[float]]:
    """Return what ratios say and what they should have said: probabilities of the person at equal priors.

    Clips, or videos, are binned by quantiles of their ratios; each class weighs half.
    """
    edges = np.unique(np.quantile(found.llrs, np.linspace(0, 1, _BINS + 1)))
    bins = np.digitize(found.llrs, edges[1:-1])
    weights = np.where(found.is_target, 1 / found.is_target.sum(), 1 / (~found.is_target).sum())
    said = 1 / (1 + np.exp(-found.llrs))
    stated, observed = [], []
    for place in np.unique(bins):
        rows = bins == place
        stated.append(float(np.average(said[rows], weights=weights[rows])))
        observed.append(float(weights[rows & found.is_target].sum() / weights[rows].sum()))
    return stated, observed


def _draw_tippett(axes: Axes, found: HeldOut) -> None:
    ratios = found.llrs / np.log(10)
    for rows, name in ((found.is_target, "the person"), (~found.is_target, "others")):
        ordered = np.sort(ratios[rows])
        above = 1 - np.arange(len(ordered) + 1) / len(ordered)
        axes.step(np.concatenate([ordered[:1] - 0.2, ordered]), above, where="post", label=name)
    axes.axvline(0, color="grey", linewidth=0.8)
    axes.set_xlabel("log10 LR greater than")
    axes.set_ylabel("share")
    axes.legend()


def _draw_reliability(axes: Axes, found: HeldOut) -> None:
    stated, observed = compute_reliability(found)
    axes.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
    axes.plot(stated, observed, marker="o")
    axes.set_xlabel("stated probability of the person, equal priors")
    axes.set_ylabel("share of the person, classes weighed alike")
