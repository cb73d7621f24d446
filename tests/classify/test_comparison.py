"""Comparing ways: the one with more of the person in it is picked, picking among nothings finds nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classify.comparison import Way, WayComparison, compare_ways
from classify.training_set import TrainingSet, select_training_set
from features.tables import read_labelled_table
from pipeline.population_tables import write_population
from simulate.population import NULL, PopulationPlan, Spread


def measure(folder: Path, spread: Spread, seed: int = 0) -> TrainingSet:
    plan = PopulationPlan(person_sessions=10, others=16, methods=0, clips=6, spread=spread)
    write_population(folder / "correlations.csv", plan, seed)
    return select_training_set(*read_labelled_table(folder / "correlations.csv"), "id0")


def get_auc(comparison: WayComparison, level: str) -> float:
    (part,) = (
        part
        for part in comparison.picked_comparisons
        if (part.level, part.against) == (level, "everybody else")
    )
    return part.figures.auc.value


def test_the_better_way_stands_first_and_is_picked_by_every_fold(tmp_path: Path) -> None:
    ways = [
        Way("position", "full", "10/5", "linear", measure(tmp_path, NULL)),
        Way("velocity", "full", "10/5", "linear", measure(tmp_path, Spread(person=0.4))),
    ]
    calls: list[int] = []
    comparison = compare_ways(ways, workers=1, on_way=lambda: calls.append(1))
    assert len(calls) == 2
    assert [way.signal for way in comparison.ways] == ["velocity", "position"]
    assert comparison.picked == (0,) * 5
    first = comparison.ways[0].evaluation
    assert comparison.picked_comparisons == first.comparisons
    assert WayComparison.model_validate_json(comparison.model_dump_json()) == comparison


@pytest.mark.slow
def test_the_best_of_many_nothings_is_nothing_once_picked_inside(tmp_path: Path) -> None:
    """Eight ways of pure noise: the best row looks better than .5, the picked figure is .5 in the mean."""
    best, picked = [], []
    for seed in range(3):
        clips = measure(tmp_path, NULL, seed)
        rng = np.random.default_rng(seed)
        ways = [
            Way(str(k), "full", "10/5", "linear", replace(clips, values=rng.normal(size=clips.values.shape)))
            for k in range(8)
        ]
        comparison = compare_ways(ways, workers=1)
        best.append(max(way.evaluation.get("video").figures.auc.value for way in comparison.ways))
        picked.append(get_auc(comparison, "video"))
    assert np.mean(best) > 0.6
    assert np.mean(picked) == pytest.approx(0.5, abs=0.13)


def test_a_source_that_one_way_lacks_does_not_matter(tmp_path: Path) -> None:
    clips = measure(tmp_path, Spread(person=0.4))
    fewer = clips.select(clips.sources != "0_id0_pristine")
    comparison = compare_ways(
        [Way("position", "full", "10/5", "linear", fewer), Way("position", "full", "5/0", "linear", clips)],
        workers=1,
    )
    counts = {way.clip: way.evaluation.get("video").figures.person for way in comparison.ways}
    assert counts == {"10/5": 9, "5/0": 10}
