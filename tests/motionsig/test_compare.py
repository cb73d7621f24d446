"""compare: frame tables measured by every configuration asked for, in one table."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import numpy as np
import pytest
from command_line import Run, assert_refused
from frame_tables import make_moving_frames, make_table, write_table

from classify.comparison import ConfigurationComparison
from classify.estimators import CLASSIFIERS
from extract.description import ReadingOptions
from motionsig.command_line.commands.compare import compare


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """Five videos of id0, all of whose face moves together, and of five others, whose faces do not."""
    folder = tmp_path / "tables"
    folder.mkdir()
    for number in range(10):
        frames = make_moving_frames(np.arange(500) / 25, seed=number)
        if number < 5:
            faces = [name for name in frames.columns if name.startswith("AU")]
            frames[faces] += np.random.default_rng(100 + number).normal(size=(500, 1))
        name = f"{number}_id0_pristine" if number < 5 else f"{number}_id{number}_celeb"
        write_table(make_table(frames, f"{name}.mp4"), folder)
    return folder


def test_every_configuration_has_a_row_and_the_last_says_what_picking_is_worth(
    run: Run, tables: Path
) -> None:
    arguments = (
        "--signals",
        "position,velocity",
        "--sets",
        "face,body",
        "--windows",
        "10/5",
        "--classifiers",
        "linear",
    )
    shown = run("compare", tables, "--person", "id0", *arguments)
    assert shown.code == 0
    assert "picked" in shown.out
    assert "Quote the last row" in shown.out
    result = run("compare", tables, "--person", "id0", *arguments, "--json")
    comparison = ConfigurationComparison.model_validate_json(result.out)
    configurations = {
        (one.signal, one.pairs): one.evaluation.get("clip").figures for one in comparison.configurations
    }
    assert set(configurations) == {(s, p) for s in ("position", "velocity") for p in ("face", "body")}
    assert configurations["position", "face"].auc.value > 0.95
    assert configurations["position", "body"].auc.value < 0.9, "the body says nothing of who it is"
    assert {comparison.configurations[index].pairs for index in comparison.picked} == {"face"}
    assert json.loads(result.out)["configurations"][0]["clip"] == "10/5"


def test_a_configuration_that_is_named_twice_is_run_once(run: Run, tables: Path) -> None:
    arguments = ("--signals", "position,position", "--sets", "face,face", "--classifiers", "linear,linear")
    result = run("compare", tables, "--person", "id0", *arguments, "--windows", "10/5", "--json")
    assert len(ConfigurationComparison.model_validate_json(result.out).configurations) == 1


def test_people_and_fakes_stand_apart_and_impossible_lengths_are_left_out(run: Run, tables: Path) -> None:
    for number in (10, 11, 12):
        frames = make_moving_frames(np.arange(200) / 10, seed=number)
        write_table(make_table(frames, f"{number}_id0_fake.mp4"), tables)
    arguments = (
        "--signals",
        "position",
        "--sets",
        "face",
        "--windows",
        "10/5,60/30",
        "--classifiers",
        "oneclass",
    )
    shown = run("compare", tables, "--person", "id0", *arguments)
    assert shown.code == 0
    for words in (
        "AUC, people",
        "AUC, fakes",
        "picked in each fold",
        "Left out: position face 60/30 oneclass. No ",
    ):
        assert words in shown.out
    result = run("compare", tables, "--person", "id0", *arguments, "--json")
    comparison = ConfigurationComparison.model_validate_json(result.out)
    kinds = {part.against for part in comparison.picked_comparisons}
    assert kinds == {"everybody else", "other people", "fakes of the person"}
    (dropped,) = comparison.dropped
    assert (dropped.clip, dropped.classifier) == ("60/30", "oneclass")
    assert "No video is as long as one clip of 60 s" in dropped.reason


def test_where_every_configuration_is_impossible_the_reasons_are_given(
    run: Run, tables: Path, tmp_path: Path
) -> None:
    few = ("--signals", "position", "--sets", "face", "--classifiers", "linear")
    result = run("compare", tables, "--person", "id0", *few, "--windows", "60/30,40/0")
    assert_refused(
        result,
        "No configuration can be evaluated",
        "clip of 60 s",
        "clip of 40 s",
        nothing_in=tmp_path / "out",
    )
    result = run("compare", tables, "--person", "nobody", *few, "--windows", "10/5")
    assert_refused(result, "no authentic clip of 'nobody'", nothing_in=tmp_path / "out")


def test_tables_that_were_read_otherwise_are_named_with_the_difference(
    run: Run, tables: Path, tmp_path: Path
) -> None:
    frames = make_moving_frames(np.arange(200) / 10, seed=20)
    options = ReadingOptions(sample_fps=10)
    other = write_table(make_table(frames, "20_id0_pristine.mp4", options=options), tables)
    result = run("compare", tables, "--person", "id0")
    words = f"{other} was read differently from {tables / '0_id0_pristine.parquet'}"
    assert_refused(
        result, words, "frames read: 10 frames a second instead of all", nothing_in=tmp_path / "none"
    )


def test_all_models_are_compared_unless_some_are_named() -> None:
    (models,) = (one for one in inspect.signature(compare).parameters.values() if one.name == "classifiers")
    assert tuple(models.default.split(",")) == CLASSIFIERS


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--signals", "speed"), "There is no signal 'speed'"),
        (("--sets", "hands"), "There is no feature set 'hands'"),
        (("--classifiers", "forest"), "There is no classifier 'forest'"),
        (("--windows", "10"), "does not describe clips"),
    ],
)
def test_unknown_choices_are_refused_with_those_there_are(
    run: Run, tables: Path, tmp_path: Path, arguments: tuple[str, str], words: str
) -> None:
    result = run("compare", tables, "--person", "id0", *arguments)
    assert_refused(result, words, nothing_in=tmp_path / "out")
