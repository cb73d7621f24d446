"""How much narrower than sources + 1 the empirical bounds of likelihood ratios are, and what that costs.

    python bench/bound_ratios.py

Simulated populations, of which half of the sources teach a linear model and the other half are new to it. For
clips and for three ways of bounding one and the same calibration: sources + 1; ELUB of ratios that the
calibration gives to the scores that it was fitted on; ELUB of ratios of held-out sources, which is what
training does. ELUB of the ratios of the new half says what would have been supported. Cllr is that of the new
half; medians over populations. Takes about three minutes.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from classify.calibration import Calibration, bound_llrs, compute_cllr
from classify.search import score_held_out
from classify.training import split_sources, train
from classify.training_set import TrainingSet, select_training_set
from features.tables import read_labelled_table
from motionsig.use_cases.population_tables import write_population
from simulate.population import NULL, REAL, SEPARABLE, PopulationPlan, Spread

POPULATIONS = {"null": NULL, "real": REAL, "default": Spread(), "separable": SEPARABLE}
SIZES = ((5, 10), (10, 20), (20, 60))
SEEDS = 5
Row = npt.NDArray[np.float64]


def halve(clips: TrainingSet) -> tuple[TrainingSet, TrainingSet]:
    """Return the clips of every other source of the person and of others, and the rest."""
    chosen = np.zeros(len(clips.sources), dtype=bool)
    for rows in (clips.is_target, ~clips.is_target):
        chosen[rows] = np.unique(clips.sources[rows], return_inverse=True)[1] % 2 == 0
    return clips.select(np.flatnonzero(chosen)), clips.select(np.flatnonzero(~chosen))


def measure(spread: Spread, size: tuple[int, int], seed: int) -> Row:
    """Return (ways, 3): lowest and highest of a way of bounding, and the Cllr of new sources with it."""
    with TemporaryDirectory() as folder:
        table = Path(folder) / "correlations.csv"
        plan = PopulationPlan(2 * size[0], 2 * size[1], methods=0, clips=8, spread=spread)
        write_population(table, plan, seed)
        learnt, new = halve(select_training_set(*read_labelled_table(table), "id0"))
    result = train(learnt, "linear", workers=1)
    fitted = result.clip_scale.calibration
    out_of_fold = score_held_out(
        "linear", [result.hyperparameters], learnt.values, learnt.is_target, split_sources(learnt), workers=1
    )[0]
    wide = bound(fitted, -float(np.log1p(size[0])), float(np.log1p(size[1])))
    own = wide.to_llr(out_of_fold)
    scores = result.pipeline.decision_function(new.values)
    ways = (
        wide,
        bound(fitted, *bound_llrs(own, learnt.is_target, learnt.sources)),
        fitted,
        bound(fitted, *bound_llrs(wide.to_llr(scores), new.is_target, new.sources)),
    )
    return np.array(
        [(way.lowest, way.highest, compute_cllr(way.to_llr(scores), new.is_target)) for way in ways]
    )


def bound(calibration: Calibration, lowest: float, highest: float) -> Calibration:
    """Return a calibration with other bounds."""
    return calibration.model_copy(update={"lowest": lowest, "highest": highest})


def main() -> None:
    """Print a row a population and size."""
    print(
        "| population | sources | sources + 1 | ELUB of fitted scores | ELUB held out (used) | ELUB of new "
        "sources | narrower by | Cllr: sources + 1, used |\n|---|---|---|---|---|---|---|---|"
    )
    for (name, spread), size in product(POPULATIONS.items(), SIZES):
        found = np.median([measure(spread, size, seed) for seed in range(SEEDS)], axis=0)
        ranges = " | ".join(f"1/{np.exp(-low):.1f} to {np.exp(high):.1f}" for low, high, _ in found)
        low, high = np.exp(np.abs(found[0, :2]) - np.abs(found[2, :2]))
        print(
            f"| {name} | {size[0]} + {size[1]} | {ranges} | {low:.1f}, {high:.1f} times | "
            f"{found[0, 2]:.2f}, {found[2, 2]:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
