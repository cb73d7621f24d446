"""evaluate, train, show, classify and identify on simulated people: figures, cards, and bad input."""

from __future__ import annotations

import dataclasses
import json
import os
import pickle
import shutil
from pathlib import Path

import pandas as pd
import pytest
from command_line import Run, assert_refused
from population import make_correlations, write_correlations
from suspects import keep_table, train_model, write_suspect

import motionsig.use_cases.suspects
from classify.evaluation import Evaluation
from classify.identification import Identification
from classify.model_file import load_model, save_model
from classify.person_model import train_person
from classify.reasons import ReasonCode
from classify.suspect_facts import SuspectFacts
from classify.verdict import Verdict
from extract.damage import Damage
from features.description import ClipDescription
from features.signature import PairSet
from features.tables import open_tables, read_labelled_table
from ground.descriptions import flatten, unflatten
from motionsig.use_cases.population_tables import write_population
from simulate.population import NULL, PopulationPlan

PLAN = PopulationPlan(person_sessions=7, others=10, methods=2, videos_per_method=1, clips=8)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("population") / "correlations.csv"
    write_population(path, PLAN)
    return path


@pytest.fixture(scope="module")
def suspects(table: Path) -> Path:
    """The same videos in a table that no model was trained on: one clip is missing."""
    path = table.with_name("suspects.csv")
    with open_tables(path, PairSet()) as write:
        write(*(part.iloc[:-1] for part in read_labelled_table(table)))
    return path


@pytest.fixture(scope="module")
def model(table: Path) -> Path:
    path = table.with_name("id0.skops")
    save_model(train_person(table, "id0", classifier="linear", workers=1), path)
    return path


def test_evaluate_prints_every_figure_with_its_interval_beside_the_baseline(run: Run, table: Path) -> None:
    result = run("evaluate", table, "--person", "id0", "--classifier", "linear")
    assert result.code == 0
    for words in (
        "Held out as a whole: sessions of the person, other people, methods of faking.",
        "clips against", "videos against", "everybody else", "other people", "fakes of the person",
        "AUC", "equal error rate", "balanced accuracy", "recall, person", "recall, others", "Cllr:",
        "min Cllr", "majority answer", "person -> person", "false match", "aim at 5% false matches",
    ):  # fmt: skip
        assert words in result.out
    assert "7 / 12" in result.out
    tables = [line for line in result.out.splitlines() if "[" in line and not line.startswith("AUC:")]
    assert len(tables) == 2 * 16
    assert max(map(len, tables)) <= 80, "three columns of figures fit a terminal"


def test_evaluate_prints_json_for_scripts(run: Run, table: Path) -> None:
    result = run("evaluate", table, "--person", "id0", "--classifier", "linear", "--folds", 3, "--json")
    evaluation = Evaluation.model_validate_json(result.out)
    assert evaluation.folds == 3
    assert len(evaluation.comparisons) == 6


def test_both_protocols_stand_side_by_side_and_show_the_leak(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "correlations.csv"
    write_population(path, PopulationPlan(7, 10, methods=0, clips=10, spread=NULL))
    arguments = ("evaluate", path, "--person", "id0", "--protocol", "published", "--classifier", "linear")
    shown = run(*arguments)
    for words in (
        "published  ",
        "grouped",
        "Cllr: cost of",
        "Published grid search, body",
        "full (435 pairs)",
        "face (369",
        "body (66",
    ):
        assert words in shown.out
    found = json.loads(run(*arguments, "--json").out)
    for name in ("full", "face"):
        published, grouped = found[name]["published"], Evaluation.model_validate(found[name]["grouped"])
        assert published["accuracy"] > 0.9
        assert published["accuracy"] - grouped.get("clip").figures.accuracy.value > 0.2


def test_evaluate_draws_likelihood_ratios_where_it_is_asked_to(run: Run, table: Path, tmp_path: Path) -> None:
    plots = tmp_path / "plots"
    result = run("evaluate", table, "--person", "id0", "--classifier", "linear", "--plots", plots)
    assert result.code == 0, result.err
    assert f"Plots: {plots}" in result.out
    names = ["ece.svg", "pav.svg", "reliability.svg", "tippett.svg"]
    assert sorted(path.name for path in plots.iterdir()) == names
    assert "Tippett, videos of id0" in (plots / "tippett.svg").read_text(encoding="utf-8")


def test_evaluate_refuses_what_it_cannot_evaluate(run: Run, table: Path, tmp_path: Path) -> None:
    assert_refused(
        run("evaluate", table, "--person", "id9"), "no authentic clip of 'id9'", "Its people are",
        nothing_in=tmp_path,
    )  # fmt: skip
    assert_refused(
        run("evaluate", table, "--person", "id0", "--folds", 8), "one side has only 7", nothing_in=tmp_path
    )
    assert_refused(
        run("evaluate", table, "--person", "id0", "--classifier", "forest"), "svc, linear, oneclass",
        nothing_in=tmp_path,
    )  # fmt: skip
    assert_refused(
        run("evaluate", table, "--person", "id0", "--protocol", "random"), "grouped or published",
        nothing_in=tmp_path,
    )  # fmt: skip
    few = write_correlations(tmp_path, make_correlations({"id0": 2, "id1": 1, "id2": 1}))
    result = run("evaluate", few, "--person", "id0")
    assert result.code == 1
    assert "at least 3 of each are needed" in result.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--learning-curve", "--protocol", "published"), "only with the grouped protocol"),
        (("--learning-curve", "--plots", "p"), "Leave out --learning-curve"),
        (("--protocol", "published", "--plots", "p"), "Leave out --protocol published"),
        (("--learning-curve", "--folds", 8), "one side has only 7"),
    ],
)
def test_evaluate_refuses_options_that_it_would_pass_over(
    run: Run, table: Path, tmp_path: Path, options: tuple[object, ...], words: str
) -> None:
    assert_refused(run("evaluate", table, "--person", "id0", *options), words, nothing_in=tmp_path)


def test_a_learning_curve_takes_the_folds_asked_for(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    write_population(path, PopulationPlan(4, 4, methods=0, clips=3))
    arguments = ("evaluate", path, "--person", "id0", "--classifier", "linear", "--folds", 2)
    points = json.loads(run(*arguments, "--learning-curve", "--json").out)
    assert points[-1]["sources"] == 2, "half of the four"
    assert "averaged over 2 folds" in run(*arguments, "--learning-curve").out


def test_two_backends_in_one_table_are_refused(run: Run, table: Path, tmp_path: Path) -> None:
    correlations, clips = read_labelled_table(table)
    clips = clips.assign(face_backend=["openface 2"] * 40 + ["mesh 1"] * (len(clips) - 40))
    with open_tables(tmp_path / "mixed.csv", PairSet()) as write:
        write(correlations, clips)
    for command in ("train", "evaluate"):
        result = run(command, tmp_path / "mixed.csv", "--person", "id0")
        assert result.code == 1
        assert "face_backend (openface 2, mesh 1)" in result.err
        assert result.err.count("\n") == 1


def test_train_and_show_print_the_card(run: Run, table: Path, tmp_path: Path) -> None:
    out = tmp_path / "id0.skops"
    trained = run("train", table, "--person", "id0", "--classifier", "linear", "-o", out)
    shown = run("show", out)
    assert trained.code == shown.code == 0
    for words in (
        "id0: 56 clips (5.2 minutes) from 7 sources, compared with 96 clips (9.0 minutes) of 10 other people",
        "10 other people and fakes by 2 methods.",
        "body reader: simulated 1; face reader: simulated 1; frames read: all; pictures: unchanged; ",
        "signal: position; body coordinates: signing; clip length: 10 s; clip step: 5 s; ",
        "Classifier: linear SVC with C=", "Held-out ones support likelihood ratios between 0.",
        "at least 8 scored clips", "by motionsig",
        "Error rates on held-out recordings:",
    ):  # fmt: skip
        assert words in trained.out
        assert words in shown.out
    card = json.loads(run("show", out, "--json").out)
    assert card == json.loads(load_model(out).card.model_dump_json()) | {"holds_face": False}


def test_too_few_sources_are_not_called_calibrated_and_say_what_is_missing(run: Run, tmp_path: Path) -> None:
    table = write_correlations(tmp_path, make_correlations({"id0": 3, "id1": 1, "id2": 1, "id3": 1}))
    result = run("train", table, "--person", "id0", "-o", tmp_path / "m.skops")
    assert result.code == 0
    assert (
        "Not calibrated, so there are no likelihood ratios. Still needed: 2 more sources of the person (3 of "
        "5; add videos of other sessions)" in result.out
    )
    assert load_model(tmp_path / "m.skops").card.video_calibration is None


def test_the_stated_false_alarm_rate_is_in_the_model_and_the_verdict(
    run: Run, table: Path, tmp_path: Path
) -> None:
    out = tmp_path / "m.skops"
    options = ("--classifier", "linear", "--false-alarm-rate", 0.2)
    assert run("train", table, "--person", "id0", "-o", out, *options).code == 0
    assert run("classify", table, "-m", out, "-o", tmp_path).code == 0
    verdict = Verdict.model_validate_json((tmp_path / "verdict.json").read_text())
    assert verdict.card == load_model(out).card
    assert verdict.card.thresholds.error_rate == verdict.card.video_thresholds.error_rate == 0.2


def test_a_calibrated_verdict_says_the_ratio_in_words_and_discloses_the_scale(
    run: Run, suspects: Path, model: Path, tmp_path: Path
) -> None:
    result = run("classify", suspects, "-m", model, "-o", tmp_path)
    assert result.code == 0
    for words in ("times more probable if it is id0's", "ENFSI 2015", "usually", "weak from 2", "r = "):
        assert words in result.out
    verdict = Verdict.model_validate_json((tmp_path / "verdict.json").read_text())
    assert verdict.calibrated
    rows = pd.read_csv(tmp_path / "verdict.csv")
    assert rows["log10_lr"].notna().all()


def test_methods_are_called_held_out_only_where_they_are_known(run: Run, table: Path, tmp_path: Path) -> None:
    correlations, clips = read_labelled_table(table)
    clips["session"] = clips["session"].mask(clips["group"] == "fake", clips["video"].str[:-4])
    with open_tables(tmp_path / "c.csv", PairSet()) as write:
        write(correlations, clips)
    result = run("evaluate", tmp_path / "c.csv", "--person", "id0", "--classifier", "linear")
    assert "methods of faking" not in result.out
    assert "Fakes of unknown method count as one source" in result.out
    assert "[few]" in result.out, "one source of fakes gives no interval"


def test_a_name_that_a_spreadsheet_would_run_is_disarmed_in_the_csv_alone(
    run: Run, table: Path, model: Path, tmp_path: Path
) -> None:
    correlations, clips = (part.iloc[:2].copy() for part in read_labelled_table(table))
    names = ["=HYPERLINK(1)_clip_0", "@x_clip_0"]
    correlations.index = clips.index = pd.Index(names, name="clip_name")
    clips["video"] = ["=HYPERLINK(1).mp4", "@x.mp4"]
    with open_tables(tmp_path / "c.csv", PairSet()) as write:
        write(correlations, clips)
    assert run("classify", tmp_path / "c.csv", "-m", model, "-o", tmp_path / "out").code == 0
    rows = pd.read_csv(tmp_path / "out" / "verdict.csv")
    assert rows["video"].tolist() == ["'=HYPERLINK(1).mp4", "'@x.mp4"]
    assert rows["clip_name"].tolist() == [f"'{name}" for name in names]
    assert rows["score"].dtype == float, "a number below 0 begins with - and stays a number"
    verdict = Verdict.model_validate_json((tmp_path / "out" / "verdict.json").read_text())
    assert [video.video for video in verdict.videos] == ["=HYPERLINK(1).mp4", "@x.mp4"]


def test_a_verdict_of_an_earlier_run_does_not_stay_beside_a_failure(
    run: Run, table: Path, model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    for failing in ((write_correlations(tmp_path, pd.DataFrame({"a": [1]})), model), (table, table)):
        assert run("classify", table, "-m", model, "-o", out).code == 0
        assert (out / "verdict.json").exists()
        assert_refused(run("classify", failing[0], "-m", failing[1], "-o", out), nothing_in=out)


def test_a_suspect_is_not_written_over_by_its_verdict(
    run: Run, table: Path, model: Path, tmp_path: Path
) -> None:
    suspect = Path(shutil.copy(table, tmp_path / "verdict.csv"))
    result = run("classify", suspect, "-m", model, "-o", tmp_path)
    assert result.code == 1
    assert "is one of the inputs and would be overwritten" in result.err
    assert suspect.read_bytes() == table.read_bytes()


def test_when_all_clips_are_rejected_the_verdict_is_inconclusive(
    run: Run, table: Path, model: Path, tmp_path: Path
) -> None:
    correlations, clips = read_labelled_table(table)
    correlations.iloc[:, :60] = float("nan")
    with open_tables(tmp_path / "c.csv", PairSet()) as write:
        write(correlations, clips)
    result = run("classify", tmp_path / "c.csv", "-m", model, "-o", tmp_path)
    assert result.code == 0
    assert "is inconclusive for id0: no clip shows enough to be compared" in result.out
    refused = run("train", tmp_path / "c.csv", "--person", "id0", "-o", tmp_path / "m.skops")
    assert refused.code == 1
    assert "no usable clip of 'id0'" in refused.err


class _Bomb:
    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.marker),)


def test_show_and_identify_run_nothing_that_a_file_holds(run: Run, table: Path, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "evil.skops").write_bytes(pickle.dumps(_Bomb(tmp_path / "it-ran")))
    for arguments in (("show", folder / "evil.skops"), ("identify", table, "--models", folder)):
        result = run(*arguments)
        assert result.code == 1
        assert "is not a model of motionsig" in result.err
    assert not (tmp_path / "it-ran").exists()


@pytest.fixture
def models(table: Path, model: Path, tmp_path: Path) -> Path:
    """Models of the person and of another one, each against everybody else."""
    folder = tmp_path / "models"
    folder.mkdir()
    shutil.copy(model, folder)
    correlations, clips = read_labelled_table(table)
    clips["subject"] = clips["subject"].replace("celeb_id1", "ann")
    clips.loc[clips["video"] == "7_id1_celeb.mp4", "session"] = ["a"] * 4 + ["b"] * 4
    with open_tables(tmp_path / "other.csv", PairSet()) as write:
        write(correlations, clips)
    save_model(
        train_person(tmp_path / "other.csv", "ann", classifier="linear", workers=1), folder / "ann.skops"
    )
    return folder


def test_the_training_table_is_no_suspect(run: Run, table: Path, model: Path, tmp_path: Path) -> None:
    """It records no hashes of videos, so the table itself is what can be known again."""
    assert run("classify", table, "-m", model, "-o", tmp_path).code == 0
    verdict = Verdict.model_validate_json((tmp_path / "verdict.json").read_text())
    assert {video.label for video in verdict.videos} == {"inconclusive"}
    assert "it is in the table that the model learnt from" in verdict.videos[0].sentence


def test_where_there_are_no_other_people_none_are_named(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "c.csv"
    write_population(table, PopulationPlan(3, 1, methods=3, videos_per_method=1, clips=3))
    correlations, clips = read_labelled_table(table)
    rows = (clips["group"] != "celeb").to_numpy()
    with open_tables(tmp_path / "fakes.csv", PairSet()) as write:
        write(correlations[rows], clips[rows])
    result = run(
        "train", tmp_path / "fakes.csv", "--person", "id0", "--classifier", "linear", "-o", tmp_path / "m"
    )
    assert result.code == 0
    assert "Held out as a whole: sessions of the person, methods of faking." in result.out
    assert "minutes) of fakes by 3 methods." in result.out
    assert "A video needs at least 3 scored clips." in result.out


def test_identify_ranks_the_enrolled_people(run: Run, suspects: Path, models: Path, tmp_path: Path) -> None:
    result = run("identify", suspects, "--models", models, "-o", tmp_path / "out")
    assert result.code == 0
    found = Identification.model_validate_json((tmp_path / "out" / "identification.json").read_text())
    firsts = {video.video: video.candidates[0].person for video in found.videos}
    assert len(firsts) == 19
    assert all(firsts[f"{k}_id0_pristine.mp4"] == "id0" for k in range(7))
    assert firsts["7_id1_celeb.mp4"] == "ann"
    assert "may be none of these people" in result.out


def test_identify_shows_one_spelling_of_a_person_with_several_models(
    run: Run, table: Path, models: Path, tmp_path: Path
) -> None:
    ann = load_model(models / "ann.skops")
    save_model(
        dataclasses.replace(ann, card=ann.card.model_copy(update={"person": "ANN"})), models / "ann2.skops"
    )
    result = run("identify", table, "--models", models, "-o", tmp_path / "out")
    found = Identification.model_validate_json((tmp_path / "out" / "identification.json").read_text())
    people = [sorted(one.person for one in video.candidates) for video in found.videos]
    assert people == [["ann", "ann", "id0"]] * 19
    assert "1 person is spelt in several ways, and each counts as one: 'ann' also as 'ANN'." in result.err


def test_identify_names_models_that_do_not_fit_and_uses_the_others(
    run: Run, table: Path, models: Path, tmp_path: Path
) -> None:
    (models / "broken.skops").write_bytes(b"PK")
    result = run("identify", table, "--models", models, "-o", tmp_path / "out", "--json")
    assert result.code == 1
    assert "broken.skops is not a model of motionsig" in result.err
    assert len(Identification.model_validate_json(result.out).videos) == 19


def test_identify_keeps_videos_of_one_name_in_different_files_apart(
    run: Run, table: Path, models: Path, tmp_path: Path
) -> None:
    """Two tables of one name hold a video of one name: in one it is id0, in the other ann."""
    correlations, clips = read_labelled_table(table)
    for folder, video in (("a", "0_id0_pristine.mp4"), ("b", "7_id1_celeb.mp4")):
        (tmp_path / folder).mkdir()
        rows = (clips["video"] == video).to_numpy()
        with open_tables(tmp_path / folder / "suspect.csv", PairSet()) as write:
            write(correlations[rows], clips[rows].assign(video="speech.mp4"))
    tables = [tmp_path / folder / "suspect.csv" for folder in ("a", "b")]
    result = run("identify", *tables, "--models", models, "-o", tmp_path / "out")
    assert result.code == 0
    assert f"{tables[0]}, speech.mp4:" in result.out
    found = Identification.model_validate_json((tmp_path / "out" / "identification.json").read_text())
    firsts = {video.suspect: [one.person for one in video.candidates] for video in found.videos}
    assert firsts == {str(tables[0]): ["id0", "ann"], str(tables[1]): ["ann", "id0"]}
    rows = pd.read_csv(tmp_path / "out" / "identification.csv")
    assert list(rows["suspect"]) == [str(tables[0])] * 2 + [str(tables[1])] * 2
    assert list(rows["rank"]) == [1, 2, 1, 2]


def test_identify_carries_the_warnings_of_the_verdict(
    run: Run, table: Path, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = motionsig.use_cases.suspects.read_suspect
    damage = Damage(name="x.mp4", read_s=12.0, promised_s=20.0)
    monkeypatch.setattr(
        "motionsig.use_cases.judging.read_suspect",
        lambda *given, **more: read(*given, **more)._replace(facts=SuspectFacts(damage)),
    )
    result = run("identify", table, "--models", models, "-o", tmp_path / "out")
    assert "Warning: x.mp4 is damaged or cut off: only 12.0 s of 20.0 s could be read" in result.err
    found = Identification.model_validate_json((tmp_path / "out" / "identification.json").read_text())
    first = {one.warnings[0] for video in found.videos for one in video.candidates}
    assert {(warning.code, warning.damage.read_s) for warning in first} == {("damaged", 12.0)}
    rows = pd.read_csv(tmp_path / "out" / "identification.csv")
    assert rows["warnings"].str.startswith("x.mp4 is damaged or cut off").all()
    assert rows["warning_codes"].str.split().str[0].eq("damaged").all()
    assert rows["reason"].isin(list(ReasonCode)).all()


def test_identify_judges_videos_by_the_models_that_fit_and_names_the_foreign_ones(
    run: Run, tmp_path: Path
) -> None:
    """The first model in the folder needs readers that there are none of; the second one's are here."""
    models = tmp_path / "models"
    models.mkdir()
    foreign = load_model(train_model(tmp_path / "ann.skops", "ann"))
    cells = flatten(foreign.card.measured) | {"face_backend": "openface 2"}
    card = foreign.card.model_copy(update={"measured": unflatten(ClipDescription, cells)})
    save_model(dataclasses.replace(foreign, card=card), models / "ann.skops")
    train_model(tmp_path / "id0.skops").rename(models / "id0.skops")
    video, table = write_suspect(tmp_path)
    keep_table(table, tmp_path / "out")
    result = run("identify", video, "--models", models, "-o", tmp_path / "out", "--json")
    assert result.code == 1
    assert result.err.count("Error: ") == 1
    assert "The model of 'ann' needs footage read by" in result.err
    assert "openface 2" in result.err
    found = Identification.model_validate_json(result.out)
    assert {one.person for video in found.videos for one in video.candidates} == {"id0"}
    assert found.refused[0][0] == str(models / "ann.skops")


def test_identify_needs_a_folder_with_models(run: Run, table: Path, tmp_path: Path) -> None:
    assert_refused(run("identify", table, "--models", tmp_path), "holds no model", nothing_in=tmp_path)
    missing = run("identify", table, "--models", tmp_path / "none")
    assert_refused(missing, "is not a folder", nothing_in=tmp_path)


def test_a_simulated_population_is_a_table_to_evaluate(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "c.csv"
    sizes = ("--people", 5, "--sessions", 4, "--clips", 3, "--fakes", 1)
    result = run("population", "-o", out, *sizes, "--spread", "null")
    assert result.code == 0
    assert f"{(4 + 4 + 2) * 3} clips of 5 simulated people" in result.out
    assert run("evaluate", out, "--person", "id0", "--classifier", "linear").code == 0
    refused = run("population", "-o", tmp_path / "other.csv", "--spread", "wide")
    assert refused.code == 1
    assert "real, null, separable" in refused.err


def test_simulated_people_in_several_recordings_are_frame_tables_with_a_manifest(
    run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "people"
    result = run("population", "--recordings", folder, "--people", 3, "--sessions", 2)
    assert result.code == 0
    assert "6 recordings of 3 simulated people" in result.out
    assert run("correlate", folder / "unseen", "-o", tmp_path / "c.csv").code == 0
    for foreign in (("--clips", 3), ("--fakes", 1), ("-o", tmp_path / "none.csv")):
        refused = run("population", "--recordings", tmp_path / "none", *foreign)
        assert_refused(refused, "cannot be used with --recordings", nothing_in=tmp_path / "none")
