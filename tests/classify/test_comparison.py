"""Comparing ways: the one with more of the person in it is picked, picking among nothings finds nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classify.comparison import DroppedWay, Way, WayComparison, compare_ways, count_steps
from classify.evaluation import split_for_evaluation
from classify.training_set import TrainingSet, select_training_set
from features.tables import read_labelled_table
from ground.errors import TrainingError
from motionsig.use_cases.population_tables import write_population
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
    comparison = compare_ways(ways, workers=1, on_progress=lambda: calls.append(1))
    assert len(calls) == count_steps(2) == 2 * (5 + 1)
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


def name(clips: TrainingSet, clip: str) -> Way:
    return Way("position", "full", clip, "linear", clips)


def test_a_way_without_a_clip_of_what_a_fold_holds_out_is_measured_on_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 10 and 16 sources in 5 folds a way has lost all that the first fold holds out, of both classes."""
    clips = measure(tmp_path, Spread(person=0.4))
    held_out = [set(clips.sources[unseen]) for _, unseen in split_for_evaluation(clips)]
    kept = ~np.isin(clips.sources, list(held_out[0]))
    monkeypatch.setattr("classify.comparison._split_together", lambda _: held_out)
    comparison = compare_ways([name(clips.select(kept), "10/5"), name(clips, "5/0")], workers=1)
    assert not comparison.dropped
    sources = {
        way.clip: (figures.person_sources, figures.other_sources)
        for way in comparison.ways
        for figures in [way.evaluation.get("clip").figures]
    }
    assert sources["5/0"] == (10, 16)
    assert sources["10/5"] == (
        clips.select(kept).count_sources(of_person=True),
        clips.select(kept).count_sources(of_person=False),
    )
    assert comparison.ways[comparison.picked[0]].clip == "5/0", (
        "the other cannot judge what this fold holds out"
    )
    assert comparison.picked_comparisons[0].figures.person_sources == 10


def test_folds_part_the_sources_of_all_ways_together(tmp_path: Path) -> None:
    """Each way has sources that the other lacks; every one of them is held out once."""
    clips = measure(tmp_path, Spread(person=0.4))
    own = np.unique(clips.sources[clips.is_person])
    others = np.unique(clips.sources[~clips.is_person])
    ways = [
        name(clips.select(~np.isin(clips.sources, [own[lost], others[lost]])), f"{lost}") for lost in (0, 1)
    ]
    comparison = compare_ways(ways, workers=1)
    for way in comparison.ways:
        figures = way.evaluation.get("video").figures
        assert (figures.person_sources, figures.other_sources) == (9, 15)


def test_an_impossible_way_is_dropped_and_says_why(tmp_path: Path) -> None:
    clips = measure(tmp_path, Spread(person=0.4))
    own = np.unique(clips.sources[clips.is_person])
    few = clips.select(~clips.is_person | np.isin(clips.sources, own[:2]))
    earlier = DroppedWay(
        signal="position", pairs="face", clip="20/10", model="svc", reason="No video is so long."
    )
    comparison = compare_ways([name(few, "10/5"), name(clips, "5/0")], dropped=[earlier], workers=1)
    assert [way.clip for way in comparison.ways] == ["5/0"]
    assert [way.clip for way in comparison.dropped] == ["20/10", "10/5"]
    assert "clips of 2 source(s) of the person" in comparison.dropped[1].reason
    assert "shorter clips" in comparison.dropped[1].reason
    assert WayComparison.model_validate_json(comparison.model_dump_json()) == comparison


def test_when_no_way_is_possible_every_reason_is_given(tmp_path: Path) -> None:
    """Together the ways have four sources of the person, each of them two."""
    clips = measure(tmp_path, Spread(person=0.4))
    own = np.unique(clips.sources[clips.is_person])
    ways = [
        name(clips.select(~clips.is_person | np.isin(clips.sources, part)), "10/5")
        for part in (own[:2], own[2:4])
    ]
    with pytest.raises(TrainingError, match="None of the ways can be evaluated") as caught:
        compare_ways(ways, workers=1)
    assert len(caught.value.problems) == 1
    assert "of 2 source(s) of the person" in caught.value.problems[0]
