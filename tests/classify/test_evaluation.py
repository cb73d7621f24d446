"""Evaluation on populations whose truth is known: what is not there is not found, what is there is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import classify.evaluation
from classify.estimators import PUBLISHED_GRID
from classify.evaluation import Evaluation, evaluate
from classify.published import choose_columns, run_published
from classify.training import TrainingResult
from classify.training_set import TrainingSet, select_training_set
from features.signature import PairSet
from features.tables import read_labelled_table
from ground.errors import TrainingError
from motionsig.use_cases.population_tables import write_population
from simulate.population import NULL, SEPARABLE, PopulationPlan, Spread

Make = Callable[..., TrainingSet]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def make_clips(plan: PopulationPlan, seed: int = 0) -> TrainingSet:
        write_population(tmp_path / "correlations.csv", plan, seed)
        return select_training_set(*read_labelled_table(tmp_path / "correlations.csv"), "id0")

    return make_clips


def plan(spread: Spread, **changed: int) -> PopulationPlan:
    sizes = {"person_sessions": 10, "others": 25, "methods": 3, "videos_per_method": 1, "clips": 8}
    return PopulationPlan(**{**sizes, **changed}, spread=spread)


def test_where_people_do_not_differ_nothing_is_found(make: Make) -> None:
    """Mean over populations, because one population of ten sessions scatters."""
    found = [evaluate(make(plan(NULL), seed), "linear", workers=1) for seed in range(4)]
    for level in ("clip", "video"):
        figures = [evaluation.get(level).figures for evaluation in found]
        assert np.mean([figure.auc.value for figure in figures]) == pytest.approx(0.5, abs=0.1)
        assert np.mean([figure.cllr.value for figure in figures]) == pytest.approx(1.0, abs=0.05)
        assert np.mean([figure.balanced_accuracy.value for figure in figures]) == pytest.approx(0.5, abs=0.1)
        covered = [f.auc.low is None or f.auc.low <= 0.5 <= f.auc.high for f in figures]
        assert sum(covered) >= 3


def test_the_published_protocol_flatters_where_there_is_nothing(make: Make) -> None:
    clips = make(plan(NULL))
    published = run_published(clips, workers=1)
    assert published.accuracy > 0.95
    assert published.accuracy > published.majority_accuracy + 0.15
    assert evaluate(clips, workers=1).get("clip").figures.auc.value < 0.8


@pytest.mark.parametrize("classifier", ["svc", "linear"])
def test_where_people_differ_much_they_are_told_apart(make: Make, classifier: str) -> None:
    evaluation = evaluate(make(plan(SEPARABLE)), classifier, workers=1)  # type: ignore[arg-type]
    for part in evaluation.comparisons:
        assert part.figures.auc.value > 0.99
        assert part.figures.cllr.value < 0.35, (
            "bounded by 10 sources: a perfect score of LR 11 costs log2(12/11)"
        )
        assert part.decisions.false_match.value == 0


def test_each_kind_of_others_is_reported_by_itself(make: Make) -> None:
    evaluation = evaluate(make(plan(Spread())), "linear", workers=1)
    counts = {
        (part.level, part.against): (
            part.figures.targets,
            part.figures.non_targets,
            part.figures.non_target_sources,
        )
        for part in evaluation.comparisons
    }
    assert counts == {
        ("clip", "everybody else"): (80, 25 * 8 + 3 * 8, 28),
        ("clip", "other people"): (80, 25 * 8, 25),
        ("clip", "fakes of the person"): (80, 3 * 8, 3),
        ("video", "everybody else"): (10, 28, 28),
        ("video", "other people"): (10, 25, 25),
        ("video", "fakes of the person"): (10, 3, 3),
    }
    assert Evaluation.model_validate_json(evaluation.model_dump_json()) == evaluation
    with pytest.raises(KeyError):
        evaluate(make(plan(Spread(), methods=0)), "linear", workers=1).get("clip", "fakes of the person")


def test_whole_sessions_people_and_methods_are_held_out(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    clips = make(plan(Spread(), other_sessions=2, videos_per_method=2))
    seen: list[TrainingSet] = []

    def spy(part: TrainingSet, *args: object, **kwargs: object) -> TrainingResult:
        seen.append(part)
        return train(part, *args, **kwargs)  # type: ignore[arg-type]

    train = classify.evaluation.train
    monkeypatch.setattr(classify.evaluation, "train", spy)
    evaluate(clips, "linear", workers=1)
    assert len(seen) == 5
    held_out: list[str] = []
    for part in seen:
        left = set(clips.sources) - set(part.sources)
        assert not set(clips.videos[np.isin(clips.sources, list(left))]) & set(part.videos)
        held_out += left
    assert sorted(held_out) == sorted(set(clips.sources)), "every source once"
    assert {"fakes by method 0", "fakes by method 1", "fakes by method 2", "person celeb_id1"} < set(held_out)


def test_what_is_held_out_changes_nothing_that_is_learnt(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a fold learns, from filling and scaling to calibration, is the same whatever it holds out."""
    clips = make(plan(Spread()))
    results: list[TrainingResult] = []

    def spy(part: TrainingSet, *args: object, **kwargs: object) -> TrainingResult:
        results.append(train(part, *args, **kwargs))  # type: ignore[arg-type]
        return results[-1]

    train = classify.evaluation.train
    monkeypatch.setattr(classify.evaluation, "train", spy)
    evaluate(clips, "linear", workers=1)
    first_fold = results[0]
    held_out = classify.evaluation.split_sources(clips, 5, 2)[0][1]
    clips.values[held_out] = 0.9  # noqa: PD011 - no DataFrame
    results.clear()
    evaluate(clips, "linear", workers=1)
    assert results[0].clip_scale == first_fold.clip_scale
    np.testing.assert_array_equal(results[0].pipeline["svc"].coef_, first_fold.pipeline["svc"].coef_)


@pytest.mark.slow
def test_ratios_of_people_never_seen_are_calibrated(make: Make) -> None:
    """Cllr is near its least possible, and of all LR above 4 at most one in four points the wrong way."""
    spread = Spread(person=0.08, session=0.3)
    figures = [
        evaluate(make(plan(spread, person_sessions=24, others=48), seed), "linear", workers=1)
        .get("video")
        .figures
        for seed in range(3)
    ]
    cost = np.mean([figure.cllr.value for figure in figures])
    least = np.mean([figure.min_cllr.value for figure in figures])
    assert 0.2 < least < 0.95, "neither trivial nor hopeless"
    assert cost - least < 0.2
    assert cost < 1


def test_a_class_with_two_sources_cannot_be_evaluated(make: Make) -> None:
    with pytest.raises(TrainingError, match=r"2 sources of the person and 28 of others, but at least 3"):
        evaluate(make(plan(Spread(), person_sessions=2)), workers=1)


# --- the published protocol


def test_the_published_protocol_is_the_notebook_step_by_step(tmp_path: Path) -> None:
    """The cells of the notebook, with pandas and scikit-learn as they stand there, on the same table."""
    from sklearn.impute import SimpleImputer
    from sklearn.metrics import confusion_matrix
    from sklearn.model_selection import GridSearchCV, train_test_split
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    path = tmp_path / "correlations.csv"
    table_plan = plan(Spread(person=0.05, session=0.1), clips=10)
    write_population(path, PopulationPlan(**{**vars(table_plan), "missing": True}))

    df = pd.read_csv(path, index_col="clip_name")
    df = df[df.isna().sum(axis=1) <= 0.07 * len(df.columns)]
    imputer = SimpleImputer(strategy="mean")
    for column in df.columns:
        df[column] = imputer.fit_transform(df[[column]])[:, 0]
    face = df[[col for col in df.columns if not col.endswith(("_X", "_Y"))]]
    y = pd.Series(df.index.str.contains("pristine"))
    X = StandardScaler().fit_transform(face)  # noqa: N806
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)  # noqa: N806
    grid = {"C": [0.01, 0.1, 1, 10, 100], "gamma": ["scale", "auto"], "kernel": ["rbf", "poly"]}
    search = GridSearchCV(SVC(), grid, cv=5, scoring="accuracy").fit(X_train, y_train)
    expected = confusion_matrix(y_test, search.best_estimator_.fit(X_train, y_train).predict(X_test))

    clips = select_training_set(*read_labelled_table(path), "id0")
    columns = choose_columns(PairSet().columns, "face")
    assert columns.sum() == 369
    part = TrainingSet(**{**vars(clips), "values": clips.values[:, columns]})  # noqa: PD011
    result = run_published(part, workers=1)
    assert result.hyperparameters == search.best_params_
    assert result.grid_accuracy == pytest.approx(search.best_score_)
    counts = result.confusion
    ours = [
        [counts.non_target_called_non_target, counts.non_target_called_target],
        [counts.target_called_non_target, counts.target_called_target],
    ]
    assert ours == expected.tolist()
    assert result.accuracy == pytest.approx(np.trace(expected) / expected.sum())


def test_the_published_sets_and_grid_are_the_notebooks() -> None:
    columns = PairSet().columns
    assert {name: int(choose_columns(columns, name).sum()) for name in ("full", "face", "body")} == {
        "full": 435,
        "face": 369,
        "body": 66,
    }
    assert len(PUBLISHED_GRID) == 20


def test_too_few_clips_for_the_published_protocol_are_refused(make: Make) -> None:
    clips = make(plan(Spread(), person_sessions=2, clips=2))
    with pytest.raises(TrainingError, match="at least 5 clips"):
        run_published(clips, workers=1)
