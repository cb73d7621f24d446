"""Both protocols on simulated populations of 60 people, with the time that they take.

    python bench/classify_protocols.py

Where nobody differs (null) the published protocol reports a flattering accuracy and the grouped one an AUC
of .5; where people differ a lot (separable) both find it.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from classify.evaluation import evaluate
from classify.person_model import read_training_set
from classify.published import run_published
from classify.words.figures import format_figure
from motionsig.use_cases.population_tables import write_population
from simulate.population import NULL, REAL, SEPARABLE, PopulationPlan


def main() -> None:
    """Print a line a population."""
    for name, spread in (("null", NULL), ("real", REAL), ("separable", SEPARABLE)):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "correlations.csv"
            start = time.perf_counter()
            count = write_population(path, PopulationPlan(spread=spread))
            written = time.perf_counter()
            clips, _, _ = read_training_set(path, "id0")
            published = run_published(clips)
            between = time.perf_counter()
            figures = evaluate(clips).get("clip").figures
        print(
            f"{name}: {count} clips in {written - start:.1f} s; published accuracy {published.accuracy:.3f} "
            f"(majority {published.majority_accuracy:.3f}, {between - written:.0f} s); grouped AUC "
            f"{format_figure(figures.auc)}, balanced accuracy "
            f"{figures.balanced_accuracy.value:.3f}, Cllr {figures.cllr.value:.3f} "
            f"({time.perf_counter() - between:.0f} s)"
        )


if __name__ == "__main__":
    main()
