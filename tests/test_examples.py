"""The notebooks of examples/: they run, they are stripped, and they say what they show."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from classify import metrics

EXAMPLES = Path(__file__).parents[1] / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))


def read_cells(path: Path) -> list[dict[str, Any]]:
    content = json.loads(path.read_text(encoding="utf-8"))
    assert (content["nbformat"], content["nbformat_minor"]) == (4, 5)
    return list(content["cells"])


def run_cells(path: Path) -> dict[str, Any]:
    """Run the cells of a notebook in one namespace, as a kernel does, and return what they leave there."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in read_cells(path):
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"{path.name} {cell['id']}", "exec"), names)
    return names


def test_both_notebooks_are_there() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["first_case", "published_experiment"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stripped_and_names_no_place_of_a_computer(path: Path) -> None:
    cells = read_cells(path)
    assert len({cell["id"] for cell in cells}) == len(cells)
    for cell in cells:
        text = "".join(cell["source"])
        assert cell["metadata"] == {}
        assert not re.search(r"""["'(](?:/|~|[A-Za-z]:\\)""", text), f"an absolute path: {text}"
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_links_of_a_notebook_lead_to_pages(path: Path) -> None:
    text = "".join("".join(cell["source"]) for cell in read_cells(path))
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (EXAMPLES / link).exists(), link


def test_the_published_experiment_flatters_where_there_is_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(metrics, "_RESAMPLES", 100)  # rougher intervals in a fraction of the time
    names = run_cells(EXAMPLES / "published_experiment.ipynb")
    assert list(names["both"]) == ["full", "face", "body"]
    assert names["left"] < len(names["correlations"]), "some clips miss too much"
    published, grouped = names["none"]["full"].published, names["none"]["full"].grouped
    assert published.accuracy > published.majority_accuracy + 0.1, "it finds what is not there"
    auc = grouped.get("clip").figures.auc
    assert auc.low is not None
    assert auc.low <= 0.5, "held out as a whole, recordings of nobody in particular tell nothing"


@pytest.mark.slow
def test_the_first_case_ends_with_a_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = run_cells(EXAMPLES / "first_case.ipynb")
    assert names["listed"].count_by_group() == [("pristine", 4, 3, 4)]
    assert names["model"].card.footage.target_sources == 2
    assert names["judged"].verdict.videos[0].label in ("inconsistent", "inconclusive")
    page = (tmp_path / names["page"]).read_text(encoding="utf-8")
    assert "suspect.mp4" in page
