"""Training: which clips count, sources kept whole, thresholds, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from population import PAIRS, make_correlations, write_correlations
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, cross_val_score

import classify.training
from classify.estimators import CLASSIFIERS, GRIDS, ClassifierName, build_pipeline
from classify.evaluation import evaluate
from classify.person_model import train_person
from classify.sufficiency import Shortfall, ShortfallCode, count_footage, find_shortfalls
from classify.thresholds import choose_thresholds
from classify.training import fit_model, split_sources, train
from classify.training_set import is_complete, name_sources, select_training_set
from features.tables import read_labelled_table
from ground.errors import TrainingError
from motionsig.use_cases.population_tables import write_population
from simulate.population import PopulationPlan

PEOPLE = {"id0": 4, "id1": 2, "id2": 2, "id3": 2}


def labelled(tmp_path: Path, correlations: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    return read_labelled_table(write_correlations(tmp_path, correlations))


def test_seven_percent_of_435_pairs_are_30_and_31_are_too_many() -> None:
    values = np.zeros((3, 435))
    values[1, :30] = np.nan
    values[2, :31] = np.nan
    assert is_complete(pd.DataFrame(values)).tolist() == [True, True, False]


def test_labels_and_sources_come_from_clip_names(tmp_path: Path) -> None:
    chosen = select_training_set(*labelled(tmp_path, make_correlations(PEOPLE)), "id0")
    assert chosen.is_target.sum() == 4 * 6
    assert (~chosen.is_target).sum() == 6 * 6
    assert chosen.count_sources(of_target=True) == 4
    assert chosen.count_sources(of_target=False) == 3, "two videos of one other person are one source"


def test_every_clip_knows_its_subject_whatever_its_source_is_called(tmp_path: Path) -> None:
    table = pd.concat([make_correlations(PEOPLE), make_correlations({"id0": 2}, group="fake", seed=7)])
    chosen = select_training_set(*labelled(tmp_path, table), "id0")
    assert (chosen.subjects[chosen.is_target] == "id0").all()
    assert (chosen.subjects[chosen.kinds == "fakes of the person"] == "id0").all()
    others = chosen.select(chosen.kinds == "other people")
    assert sorted(set(others.subjects)) == ["celeb_id1", "celeb_id2", "celeb_id3"]
    assert count_footage(chosen).other_people == 3


def test_a_fake_of_the_person_counts_as_another(tmp_path: Path) -> None:
    table = pd.concat([make_correlations(PEOPLE), make_correlations({"id0": 2}, group="fake", seed=7)])
    chosen = select_training_set(*labelled(tmp_path, table), "id0")
    assert chosen.is_target.sum() == 4 * 6
    assert (~chosen.is_target).sum() == 8 * 6


def test_sources_of_the_person_are_sessions_else_videos_and_of_others_whole_people() -> None:
    clips = pd.DataFrame(
        [
            ("v1", "id0", "pristine", "evening"),
            ("v2", "id0", "pristine", "evening"),
            ("v3", "id0", "pristine", ""),
            ("v4", "id0", "pristine", None),
            ("v5", "ann", "celeb", "evening"),
            ("v6", "ann", None, None),
            ("v7", None, None, None),
        ],
        columns=["video", "subject", "group", "session"],
    )
    assert name_sources(clips, "id0").tolist() == [
        "evening", "evening", "v3", "v4", "person ann", "person ann", "v7",
    ]  # fmt: skip


def test_fakes_are_one_source_a_method_and_one_where_nobody_named_it() -> None:
    """Named by the convention, a fake's session is its own video, which says nothing of the method."""
    clips = pd.DataFrame(
        [
            ("16_id0_fake.mp4", "id0", "fake", "16_id0_fake"),
            ("17_id0_fake", "id0", "fake", "17_id0_fake"),
            ("v3.mp4", "id0", "fake", None),
            ("v4.mp4", "ann", "fake", ""),
            ("v5.mp4", "id0", "fake", "swap"),
            ("v6.mp4", "ann", "fake", "swap"),
            ("v7.mp4", "ann", "celeb", "v7"),
        ],
        columns=["video", "subject", "group", "session"],
    )
    assert name_sources(clips, "id0").tolist() == [
        *["fakes, method unknown"] * 4, "fakes by swap", "fakes by swap", "person ann",
    ]  # fmt: skip


def test_fakes_teach_what_the_person_is_not_but_are_no_other_people(tmp_path: Path) -> None:
    people = make_correlations({"id0": 2, "id1": 2, "id2": 2})
    fakes = [make_correlations({name: 12}, group="fake", seed=7) for name in ("id0", "id9")]
    chosen = select_training_set(*labelled(tmp_path, pd.concat([people, *fakes])), "id0")
    counts = dict(zip(*np.unique(chosen.kinds, return_counts=True), strict=True))
    assert counts == {
        "the person": 12, "other people": 24, "fakes of the person": 72, "fakes of others": 72,
    }  # fmt: skip
    footage = count_footage(chosen)
    assert (footage.other_people, footage.non_target_sources, footage.fake_methods) == (2, 3, 0)
    assert footage.fakes_of_unknown_method
    lacking = {one.code: (one.found, one.needed) for one in find_shortfalls(footage)}
    assert lacking[ShortfallCode.OTHER_PEOPLE] == (2, 10)


def test_a_fake_that_the_person_drives_teaches_nothing_and_is_said(tmp_path: Path) -> None:
    fakes = [make_correlations({name: 2}, group="fake", seed=7) for name in ("id0", "id9")]
    correlations, clips = labelled(tmp_path, pd.concat([make_correlations(PEOPLE), *fakes]))
    driver_of = {"id0": "id5", "id9": " ID0"}  # in any spelling
    is_fake = clips["group"] == "fake"
    clips = clips.assign(driver=clips["subject"].map(driver_of).where(is_fake))
    said: list[str] = []
    chosen = select_training_set(correlations, clips, "id0", said.append)
    assert (chosen.kinds == "fakes of the person").sum() == 12
    assert (chosen.kinds == "fakes of others").sum() == 0
    assert said == ["12 clips of fakes left out, because id0 drives them: what moves in them is the person."]


def test_two_fakes_of_unknown_method_are_a_single_source(tmp_path: Path) -> None:
    table = pd.concat([make_correlations({"id0": 3}), make_correlations({"id0": 2}, group="fake", seed=7)])
    with pytest.raises(
        TrainingError, match=r"only one source of others.*Fakes without a named method count as a single"
    ):
        select_training_set(*labelled(tmp_path, table), "id0")


def test_clips_of_videos_that_nobody_labelled_teach_nothing(tmp_path: Path) -> None:
    """They may show the person; as "others" they would teach the model the opposite."""
    correlations, clips = labelled(tmp_path, make_correlations(PEOPLE))
    clips.loc[clips["subject"] == "celeb_id3", "subject"] = None
    chosen = select_training_set(correlations, clips, "id0")
    assert chosen.unlabelled == 12
    assert chosen.left_out == 0
    assert len(chosen.values) == len(correlations) - 12
    assert chosen.count_sources(of_target=False) == 2


def test_videos_of_one_session_are_one_source(tmp_path: Path) -> None:
    correlations, clips = labelled(tmp_path, make_correlations(PEOPLE))
    clips.loc[clips["subject"] == "id0", "session"] = "the same evening"
    with pytest.raises(TrainingError, match="only one source of 'id0'"):
        select_training_set(correlations, clips, "id0")


def test_no_fold_trains_on_a_source_that_it_tests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    splits = []

    class Spy(StratifiedGroupKFold):
        def split(self, X, y=None, groups=None):  # noqa: N803
            for fold in super().split(X, y, groups):
                splits.append((fold, np.asarray(y), np.asarray(groups)))
                yield fold

    monkeypatch.setattr(classify.training, "StratifiedGroupKFold", Spy)
    train(select_training_set(*labelled(tmp_path, make_correlations(PEOPLE)), "id0"), workers=1)
    assert len(splits) == 3, "the search, thresholds and calibration use the same folds"
    for (fit, held_out), labels, groups in splits:
        assert not set(groups[fit]) & set(groups[held_out])
        assert set(labels[fit]) == set(labels[held_out]) == {0, 1}


@pytest.mark.parametrize("sizes", [(40, 1, 1), (1, 1, 40), (7, 5, 2)])
def test_folds_hold_both_classes_even_when_sources_differ_much_in_size(sizes: tuple[int, ...]) -> None:
    """`train` relies on this of StratifiedGroupKFold: no more folds than sources of a class."""
    groups = np.concatenate(
        [np.repeat(f"p{k}", n) for k, n in enumerate(sizes)] + [np.repeat(list("abc"), 9)]
    )
    labels = np.char.startswith(groups, "p").astype(int)
    for fit, held_out in StratifiedGroupKFold(3).split(labels, labels, groups):
        assert set(labels[fit]) == set(labels[held_out]) == {0, 1}


def test_two_folds_that_uneven_sources_do_not_allow_ask_for_more_folds(tmp_path: Path) -> None:
    """Four sessions, one of them as long as all others: a half holds out three of them."""
    own = pd.concat([make_correlations({"id0": 1}, clips=n, seed=k) for k, n in enumerate((30, 3, 3, 3))])
    table = pd.concat([own, make_correlations({f"id{k}": 1 for k in range(1, 5)})])
    clips = select_training_set(*labelled(tmp_path, table), "id0")
    with pytest.raises(TrainingError, match=r"With 2 folds, .* differ in length.*at least 3 folds") as caught:
        evaluate(clips, "linear", folds=2, workers=1)
    assert "Add videos" not in str(caught.value)
    assert len(split_sources(clips, 3, fewest_left=2)) == 3


def test_people_who_differ_are_told_apart_on_held_out_sources(tmp_path: Path) -> None:
    clips = select_training_set(*labelled(tmp_path, make_correlations(PEOPLE)), "id0")
    measured = evaluate(clips, workers=1).get("clip")
    assert measured.figures.auc.value > 0.99
    assert measured.decisions.false_match.value == 0


@pytest.mark.parametrize("classifier", CLASSIFIERS)
def test_every_kind_of_model_scores_the_person_higher(tmp_path: Path, classifier: ClassifierName) -> None:
    clips = select_training_set(*labelled(tmp_path, make_correlations(PEOPLE)), "id0")
    result = train(clips, classifier, workers=1)
    assert result.hyperparameters in GRIDS[classifier]
    own, other = (
        result.pipeline.decision_function(make_correlations({name: 1}, seed=9).to_numpy())
        for name in ("id0", "id7")
    )
    assert own.min() > other.max()


def test_a_one_class_model_has_seen_the_person_alone(tmp_path: Path) -> None:
    """Whatever the other people are, it is the same model."""
    scores = []
    for others in (("id1", "id2", "id3"), ("id4", "id5", "id6")):
        table = make_correlations({"id0": 4, **dict.fromkeys(others, 2)})
        clips = select_training_set(*labelled(tmp_path, table), "id0")
        hyperparameters = GRIDS["oneclass"][0]
        fitted = fit_model("oneclass", hyperparameters, clips)
        scores.append(fitted.decision_function(make_correlations({"id7": 1}).to_numpy()))
    np.testing.assert_array_equal(*scores)


def test_people_who_move_alike_are_not_told_apart(tmp_path: Path) -> None:
    """No signal, many sources: held-out AUC is near one half, whatever the training data look like."""
    table = make_correlations({f"id{k}": 8 if k == 0 else 2 for k in range(9)}, spread=0.0)
    measured = evaluate(select_training_set(*labelled(tmp_path, table), "id0"), workers=1).get("clip")
    assert 0.25 < measured.figures.auc.value < 0.75


def test_a_source_with_a_look_of_its_own_does_not_flatter(tmp_path: Path) -> None:
    """Clips of a source share an offset (as they share half their frames) and people do not differ:
    a split over clips finds the sources again and looks perfect, the split over sources does not."""
    table = make_correlations({f"id{k}": 8 if k == 0 else 2 for k in range(9)}, spread=0.0, noise=0.05)
    rng = np.random.default_rng(3)
    videos = table.index.str.replace(r"_clip_\d+$", "", regex=True)
    offsets = {video: rng.normal(0, 0.3, len(PAIRS)) for video in sorted(set(videos))}
    table += np.array([offsets[video] for video in videos])
    chosen = select_training_set(*labelled(tmp_path, table.clip(-1, 1)), "id0")
    assert evaluate(chosen, workers=1).get("clip").figures.auc.value < 0.75
    over_clips = StratifiedKFold(5, shuffle=True, random_state=0)
    leaky = cross_val_score(
        build_pipeline("svc", {}), chosen.values, chosen.is_target, cv=over_clips, scoring="roc_auc"
    )
    assert leaky.mean() > 0.95


def test_imputation_and_scaling_are_fitted_inside_the_folds() -> None:
    assert [name for name, _ in build_pipeline("svc", {}).steps] == ["impute", "scale", "svc"]
    values = np.array([[0.0, np.nan], [0.5, 0.2], [1.0, 0.4], [0.2, 0.6]])
    fitted = build_pipeline("svc", {}).fit(values, [0, 1, 0, 1])
    np.testing.assert_allclose(fitted["impute"].statistics_, [0.425, 0.4])


def test_thresholds_leave_what_lies_between_undecided() -> None:
    person, others = np.linspace(1, 2, 100), np.linspace(-2, -1, 100)
    scores, is_target = np.concatenate([person, others]), np.repeat([True, False], 100)
    sources = np.arange(200).astype(str)
    far_apart = choose_thresholds(scores, is_target, sources)
    assert far_apart.no_match_below == pytest.approx(-1.05, abs=0.02)
    assert far_apart.match_above == pytest.approx(1.05, abs=0.02)
    overlapping = choose_thresholds(np.concatenate([person - 1.2, others + 1.2]), is_target, sources)
    assert overlapping.no_match_below < overlapping.match_above
    assert ((others + 1.2) > overlapping.match_above).mean() <= 0.05
    assert ((person - 1.2) < overlapping.no_match_below).mean() <= 0.05


@pytest.mark.parametrize(
    ("people", "words"),
    [
        ({"id1": 3, "id2": 3}, r"no authentic clip of 'id0'\. Its people are: celeb_id1, celeb_id2"),
        ({"id0": 3}, "All labelled clips of the table show 'id0'"),
        ({"id0": 1, "id1": 3}, "only one source of 'id0'"),
        ({"id0": 3, "id1": 3}, "only one source of others"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused_with_the_way_out(
    tmp_path: Path, people: dict[str, int], words: str
) -> None:
    table = write_correlations(tmp_path, make_correlations(people))
    with pytest.raises(TrainingError, match=words):
        train_person(table, "id0")


def test_when_every_clip_of_the_person_lacks_too_much_it_is_refused(tmp_path: Path) -> None:
    correlations = make_correlations(PEOPLE)
    correlations.iloc[:24, :40] = np.nan
    with pytest.raises(TrainingError, match="no usable clip of 'id0'"):
        train_person(write_correlations(tmp_path, correlations), "id0")


def test_a_pair_that_is_missing_everywhere_and_the_old_label_column_do_no_harm(tmp_path: Path) -> None:
    correlations = make_correlations(PEOPLE)
    correlations.iloc[:, 5] = np.nan
    correlations.insert(0, "pristine", correlations.index.str.contains("pristine"))
    model = train_person(write_correlations(tmp_path, correlations), "id0")
    assert model.card.pairs == PAIRS
    assert np.isnan(model.usual_mean[5])
    assert model.card.evaluation
    assert model.card.evaluation.get("clip").figures.auc.value > 0.99


def test_the_card_says_what_the_model_stands_on(tmp_path: Path) -> None:
    correlations = make_correlations(PEOPLE)
    correlations.iloc[0, :40] = np.nan
    card = train_person(write_correlations(tmp_path, correlations), "id0").card
    footage = card.footage
    assert (footage.target_clips, footage.target_sources) == (23, 4)
    assert (footage.non_target_clips, footage.non_target_sources) == (36, 3)
    assert footage.clips_left_out == 1
    assert footage.target_minutes is None, "a table without a clip table does not say when its clips are"
    assert (card.classifier, card.hyperparameters in GRIDS["svc"]) == ("svc", True)


def test_overlapping_clips_count_once_in_the_minutes(tmp_path: Path) -> None:
    """Videos of 4 clips of 10 s, each starting 5 s after the last: 25 s each."""
    plan = PopulationPlan(person_sessions=6, others=4, methods=0, clips=4)
    write_population(tmp_path / "correlations.csv", plan)
    clips = select_training_set(*read_labelled_table(tmp_path / "correlations.csv"), "id0")
    assert clips.measure_minutes(of_target=True) == pytest.approx(6 * 25 / 60)
    assert clips.measure_minutes(of_target=False) == pytest.approx(4 * 25 / 60)


def test_two_sources_suffice_to_train_but_not_to_say_how_well(tmp_path: Path) -> None:
    card = train_person(
        write_correlations(tmp_path, make_correlations({"id0": 2, "id1": 2, "id2": 2})), "id0"
    ).card
    assert card.evaluation is None
    assert card.calibration is None
    assert card.shortfalls[0] == Shortfall(code=ShortfallCode.TARGET_SOURCES, found=2, needed=5)


@pytest.mark.parametrize("rate", [0.05, 0.2])
@pytest.mark.parametrize("count", [10, 19, 20, 30, 59])
def test_thresholds_let_the_next_source_err_at_the_stated_rate(count: int, rate: float) -> None:
    """Scores of sources are uniform, so the next one errs with the probability that lies beyond a threshold.

    Those of the person lie 10 below those of others, so that each threshold stands on one class alone.
    """
    rng = np.random.default_rng(count)
    is_target = np.repeat([True, False], count)
    false_matches, false_no_matches = [], []
    for _ in range(400):
        scores = rng.uniform(size=2 * count) - 10 * is_target
        clips = rng.integers(1, 5, size=2 * count)  # all clips of a source are alike
        sources = np.repeat(np.arange(2 * count).astype(str), clips)
        found = choose_thresholds(np.repeat(scores, clips), np.repeat(is_target, clips), sources, rate)
        false_matches.append(1 - found.match_above)
        false_no_matches.append(found.no_match_below + 10)
    for errors, promised in (
        (false_matches, found.false_match_rate),
        (false_no_matches, found.false_no_match_rate),
    ):
        assert promised == max(rate, 1 / (count + 1))
        uncertainty = 3 * np.std(errors) / 20
        assert promised - 1 / (count + 1) - uncertainty < np.mean(errors) < promised + uncertainty


def test_a_threshold_of_pairs_of_thirty_people_is_that_of_thirty_sources() -> None:
    """435 pairs score 1 to 435. Of 30 sources a share of .95 * 31 / 30 stays within: 427.03 pairs, so 428.

    Of 435 sources it would be .95 * 436 = 414.2, so 415. Ten recordings of the person score 501 to 510, and
    of so few the least bounds the next one.
    """
    scores = np.concatenate([np.arange(1.0, 436.0), np.arange(501.0, 511.0)])
    is_target, sources = scores > 500, np.arange(445)
    found = choose_thresholds(scores, is_target, sources, 0.05, independent=(10, 30))
    assert (found.no_match_below, found.match_above) == (428.0, 501.0)
    assert (found.target_sources, found.non_target_sources) == (10, 30)
    assert choose_thresholds(scores, is_target, sources, 0.05).no_match_below == 415.0


def test_the_thresholds_of_mean_scores_need_as_many_clips_as_most_videos_had() -> None:
    """One video of a single clip among twenty vouches for none as short."""
    scores, is_target = np.arange(40.0), np.repeat([True, False], 20)
    sources = np.arange(40).astype(str)
    clips = np.where(is_target, 10, 60)
    clips[[0, 20]] = 1
    assert choose_thresholds(scores, is_target, sources, clips=clips).fewest_clips == 60
    clips[20:25] = 3
    assert choose_thresholds(scores, is_target, sources, clips=clips).fewest_clips == 10
    assert choose_thresholds(scores, is_target, sources).fewest_clips == 1


def test_each_source_counts_the_same_in_a_threshold_however_long_it_is() -> None:
    """Nine people with a clip each at 0..8 and one with 991 clips at 9: the last is a tenth of the weight."""
    others = np.concatenate([np.arange(9.0), np.full(991, 9.0)])
    scores, is_target = np.append(others, [20.0, 21.0]), np.repeat([False, True], [1000, 2])
    sources = np.concatenate([np.arange(9), np.full(991, 9), [10, 11]]).astype(str)
    thresholds = choose_thresholds(scores, is_target, sources, 0.2)
    assert thresholds.no_match_below == 8.0
    assert choose_thresholds(scores, is_target, np.arange(1002).astype(str), 0.2).no_match_below == 9.0


def test_few_sources_promise_no_smaller_rate_than_one_in_one_more() -> None:
    scores, is_target = np.arange(14.0), np.repeat([False, True], [10, 4])
    few = choose_thresholds(scores, is_target, np.arange(14).astype(str), 0.05)
    assert (few.false_match_rate, few.false_no_match_rate) == pytest.approx((1 / 11, 1 / 5))
    assert choose_thresholds(scores, is_target, np.arange(14).astype(str), 0.3).false_match_rate == 0.3


def test_training_twice_gives_the_same_model(tmp_path: Path) -> None:
    table = write_correlations(tmp_path, make_correlations(PEOPLE))
    first, second = train_person(table, "id0"), train_person(table, "id0")
    probe = make_correlations({"id0": 1}, seed=5).to_numpy()
    np.testing.assert_array_equal(
        first.pipeline.decision_function(probe), second.pipeline.decision_function(probe)
    )
    assert first.card.thresholds == second.card.thresholds
