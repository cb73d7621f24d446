"""Comparing configurations: what has more of the person in it is picked, among nothings nothing is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classify.comparison import (
    Configuration,
    ConfigurationComparison,
    DroppedConfiguration,
    compare_configurations,
    count_steps,
)
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


def get_auc(comparison: ConfigurationComparison, level: str) -> float:
    (part,) = (
        part
        for part in comparison.picked_comparisons
        if (part.level, part.against) == (level, "everybody else")
    )
    return part.figures.auc.value


def test_the_better_way_stands_first_and_is_picked_by_every_fold(tmp_path: Path) -> None:
    configurations = [
        Configuration("position", "full", "10/5", "linear", measure(tmp_path, NULL)),
        Configuration("velocity", "full", "10/5", "linear", measure(tmp_path, Spread(person=0.4))),
    ]
    calls: list[int] = []
    comparison = compare_configurations(configurations, workers=1, on_progress=lambda: calls.append(1))
    assert len(calls) == count_steps(2) == 2 * (5 + 1)
    assert [one.signal for one in comparison.configurations] == ["velocity", "position"]
    assert comparison.picked == (0,) * 5
    first = comparison.configurations[0].evaluation
    assert comparison.picked_comparisons == first.comparisons
    assert ConfigurationComparison.model_validate_json(comparison.model_dump_json()) == comparison


@pytest.mark.slow
def test_the_best_of_many_nothings_is_nothing_once_picked_inside(tmp_path: Path) -> None:
    """Eight configurations of noise: the best row looks better than .5, the picked one is .5 in the mean."""
    best, picked = [], []
    for seed in range(3):
        clips = measure(tmp_path, NULL, seed)
        rng = np.random.default_rng(seed)
        configurations = [
            Configuration(
                str(k), "full", "10/5", "linear", replace(clips, values=rng.normal(size=clips.values.shape))
            )
            for k in range(8)
        ]
        comparison = compare_configurations(configurations, workers=1)
        best.append(max(one.evaluation.get("video").figures.auc.value for one in comparison.configurations))
        picked.append(get_auc(comparison, "video"))
    assert np.mean(best) > 0.6
    assert np.mean(picked) == pytest.approx(0.5, abs=0.13)


def test_a_source_that_one_way_lacks_does_not_matter(tmp_path: Path) -> None:
    clips = measure(tmp_path, Spread(person=0.4))
    fewer = clips.select(clips.sources != "0_id0_pristine")
    comparison = compare_configurations(
        [
            Configuration("position", "full", "10/5", "linear", fewer),
            Configuration("position", "full", "5/0", "linear", clips),
        ],
        workers=1,
    )
    counts = {one.clip: one.evaluation.get("video").figures.targets for one in comparison.configurations}
    assert counts == {"10/5": 9, "5/0": 10}


def name(clips: TrainingSet, clip: str) -> Configuration:
    return Configuration("position", "full", clip, "linear", clips)


def test_a_way_without_a_clip_of_what_a_fold_holds_out_is_measured_on_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 10 and 16 sources in 5 folds one has lost all that the first fold holds out, of both classes."""
    clips = measure(tmp_path, Spread(person=0.4))
    held_out = [set(clips.sources[unseen]) for _, unseen in split_for_evaluation(clips)]
    kept = ~np.isin(clips.sources, list(held_out[0]))
    monkeypatch.setattr("classify.comparison._split_together", lambda _: held_out)
    comparison = compare_configurations([name(clips.select(kept), "10/5"), name(clips, "5/0")], workers=1)
    assert not comparison.dropped
    sources = {
        one.clip: (figures.target_sources, figures.non_target_sources)
        for one in comparison.configurations
        for figures in [one.evaluation.get("clip").figures]
    }
    assert sources["5/0"] == (10, 16)
    assert sources["10/5"] == (
        clips.select(kept).count_sources(of_target=True),
        clips.select(kept).count_sources(of_target=False),
    )
    assert comparison.configurations[comparison.picked[0]].clip == "5/0", (
        "the other cannot judge what this fold holds out"
    )
    assert comparison.picked_comparisons[0].figures.target_sources == 10


def test_folds_part_the_sources_of_all_ways_together(tmp_path: Path) -> None:
    """Each configuration has sources that the other lacks; every one of them is held out once."""
    clips = measure(tmp_path, Spread(person=0.4))
    own = np.unique(clips.sources[clips.is_target])
    others = np.unique(clips.sources[~clips.is_target])
    configurations = [
        name(clips.select(~np.isin(clips.sources, [own[lost], others[lost]])), f"{lost}") for lost in (0, 1)
    ]
    comparison = compare_configurations(configurations, workers=1)
    for one in comparison.configurations:
        figures = one.evaluation.get("video").figures
        assert (figures.target_sources, figures.non_target_sources) == (9, 15)


def test_an_impossible_way_is_dropped_and_says_why(tmp_path: Path) -> None:
    clips = measure(tmp_path, Spread(person=0.4))
    own = np.unique(clips.sources[clips.is_target])
    few = clips.select(~clips.is_target | np.isin(clips.sources, own[:2]))
    earlier = DroppedConfiguration(
        signal="position", pairs="face", clip="20/10", classifier="svc", reason="No video is so long."
    )
    comparison = compare_configurations([name(few, "10/5"), name(clips, "5/0")], dropped=[earlier], workers=1)
    assert [one.clip for one in comparison.configurations] == ["5/0"]
    assert [one.clip for one in comparison.dropped] == ["20/10", "10/5"]
    assert "clips from 2 sources of the person" in comparison.dropped[1].reason
    assert "shorter clips" in comparison.dropped[1].reason
    assert ConfigurationComparison.model_validate_json(comparison.model_dump_json()) == comparison


def test_when_no_way_is_possible_every_reason_is_given(tmp_path: Path) -> None:
    """Together the configurations have four sources of the person, each of them two."""
    clips = measure(tmp_path, Spread(person=0.4))
    own = np.unique(clips.sources[clips.is_target])
    configurations = [
        name(clips.select(~clips.is_target | np.isin(clips.sources, part)), "10/5")
        for part in (own[:2], own[2:4])
    ]
    with pytest.raises(TrainingError, match="No configuration can be evaluated:") as caught:
        compare_configurations(configurations, workers=1)
    assert len(caught.value.problems) == 1
    assert "from 2 sources of the person" in caught.value.problems[0]
