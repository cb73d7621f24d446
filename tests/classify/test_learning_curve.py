"""Learning curves: growing parts of the person's footage, measured on the same held-out sources."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from classify.evaluation import evaluate
from classify.learning_curve import CurvePoint, count_steps, measure_learning_curve
from classify.training_set import TrainingSet, select_training_set
from features.tables import read_labelled_table
from motionsig.use_cases.population_tables import write_population
from simulate.population import NULL, PopulationPlan, Spread


def curve(folder: Path, spread: Spread) -> tuple[TrainingSet, tuple[CurvePoint, ...], int]:
    plan = PopulationPlan(person_sessions=15, others=20, methods=0, clips=8, spread=spread)
    write_population(folder / "correlations.csv", plan)
    clips = select_training_set(*read_labelled_table(folder / "correlations.csv"), "id0")
    calls: list[int] = []
    points = measure_learning_curve(clips, "linear", workers=1, on_progress=lambda: calls.append(1))
    return clips, points, len(calls)


def test_figures_grow_with_sources_and_end_where_the_evaluation_is(tmp_path: Path) -> None:
    clips, points, calls = curve(tmp_path, Spread(person=0.12))
    assert 8 * 5 * 2 <= calls <= count_steps() == 8 * 5 * 5
    assert len(points) == 8
    by_sources = [point for point in points if point.growing == "sources"]
    by_minutes = [point for point in points if point.growing == "minutes"]
    assert [point.sources for point in by_sources] == [2, 3, 6, 12]
    assert {point.sources for point in by_minutes} == {12}
    assert [point.clips for point in by_minutes] == [12, 24, 48, 96]
    # A clip has 10 s, each further one of a video 5 s: 12 videos of 1, 2, 4, 8 clips.
    assert [point.minutes for point in by_minutes] == pytest.approx([2.0, 3.0, 5.0, 9.0])
    assert by_sources[-1].clip_auc.value > by_sources[0].clip_auc.value + 0.03
    whole = evaluate(clips, "linear", workers=1)
    for last in (by_sources[-1], by_minutes[-1]):
        assert last.clip_auc == whole.get("clip").figures.auc
        assert last.video_cllr == whole.get("video").figures.cllr


def test_a_curve_of_fewer_folds_ends_where_the_evaluation_with_as_many_is(tmp_path: Path) -> None:
    plan = PopulationPlan(person_sessions=6, others=6, methods=0, clips=4, spread=Spread(person=0.2))
    write_population(tmp_path / "correlations.csv", plan)
    clips = select_training_set(*read_labelled_table(tmp_path / "correlations.csv"), "id0")
    for folds in (2, 3):
        points = measure_learning_curve(clips, "linear", folds=folds, workers=1)
        whole = evaluate(clips, "linear", folds=folds, workers=1)
        assert points[-1].sources == whole.learnt_sources == 6 - 6 / folds
        assert points[-1].clip_auc == whole.get("clip").figures.auc


def test_where_there_is_nothing_to_learn_more_of_it_does_not_help(tmp_path: Path) -> None:
    _, points, _ = curve(tmp_path, NULL)
    assert np.mean([point.clip_auc.value for point in points]) == pytest.approx(0.5, abs=0.15)
