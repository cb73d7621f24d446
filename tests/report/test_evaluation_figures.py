"""Pictures of likelihood ratios: drawn once for pages and files; reliability is what they ought to say."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from classify.evaluation import FoldOutcome, HeldOut, run_folds, split_for_evaluation
from classify.reliability import compute_reliability
from classify.training_set import select_training_set
from features.tables import read_labelled_table
from motionsig.use_cases.population_tables import write_population
from report.evaluation_figures import draw_evaluation, write_ratio_plots
from simulate.population import PopulationPlan

SVG = "{http://www.w3.org/2000/svg}"


def held_out(llrs: np.ndarray, is_target: np.ndarray) -> HeldOut:
    names = np.arange(len(llrs)).astype(str)
    kinds = np.where(is_target, "the person", "other people")
    return HeldOut(llrs, llrs, np.zeros(len(llrs), dtype=np.int64), kinds, names)


@pytest.mark.parametrize("ratio_of_classes", [1, 5])
def test_true_ratios_lie_on_the_diagonal_whatever_the_mixture(ratio_of_classes: int) -> None:
    rng = np.random.default_rng(0)
    is_target = np.repeat([True, False], [20_000, 20_000 * ratio_of_classes])
    scores = rng.normal(size=len(is_target)) + is_target
    stated, observed = compute_reliability(held_out(scores - 0.5, is_target))  # the true LLR
    np.testing.assert_allclose(stated, observed, atol=0.04)
    stated, observed = compute_reliability(held_out(3 * (scores - 0.5), is_target))  # far too sure
    assert stated[0] < observed[0] - 0.05
    assert stated[-1] > observed[-1] + 0.05


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[FoldOutcome]:
    table = tmp_path_factory.mktemp("population") / "correlations.csv"
    write_population(table, PopulationPlan(4, 4, methods=0, clips=4))
    clips = select_training_set(*read_labelled_table(table), "id0")
    return run_folds(clips, "linear", split_for_evaluation(clips), workers=1)


def test_files_hold_the_drawings_of_the_pages(outcomes: list[FoldOutcome], tmp_path: Path) -> None:
    paths = write_ratio_plots(outcomes, "id0", tmp_path / "plots")
    assert [path.name for path in paths] == ["tippett.svg", "ece.svg", "pav.svg", "reliability.svg"]
    drawn = {figure.title: figure for figure in draw_evaluation(outcomes, "id0")}
    *by_level, reliability = (path.read_text(encoding="utf-8") for path in paths)
    for what, file in zip(("Tippett", "ECE", "PAV"), by_level, strict=True):
        for title in (f"{what}, clips", f"{what}, videos"):
            assert str(drawn[title].picture) in file
    assert str(drawn["Reliability"].picture) in reliability


def test_a_file_stands_alone_and_can_be_read_aloud(outcomes: list[FoldOutcome], tmp_path: Path) -> None:
    """Drawing programs know no variables of CSS, and a person's name is nothing but text."""
    for path in write_ratio_plots(outcomes, "</title><script>x\u202e", tmp_path):
        text = path.read_text(encoding="utf-8")
        assert "var(" not in text
        assert "\u202e" not in text
        root = ElementTree.fromstring(text)
        names = {element.tag.removeprefix(SVG) for element in root.iter()}
        assert "script" not in names
        assert not [value for element in root.iter() for name, value in element.items() if "href" in name]
        for picture in root.iter(f"{SVG}svg"):
            if picture.get("role") == "img":
                assert "</title><script>x" in picture.findtext(f"{SVG}title")
        assert all(element.text for element in root.iter(f"{SVG}desc"))
