"""Options that have another name now are refused, and the new name is one that the command has."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Run, assert_refused

from motionsig.command_line.old_spellings import refuse_old_spellings

OLD = {
    ("train", "c.csv", "--person", "id0", "--model", "linear"): "--classifier",
    ("evaluate", "c.csv", "--person", "id0", "--model=linear"): "--classifier",
    ("run", "videos", "--person", "id0", "-o", "out", "--model", "svc"): "--classifier",
    ("compare", "tables", "--person", "id0", "--models", "svc,linear"): "--classifiers",
    ("correlate", "tables", "--openface", "openface.csv"): "import-openface",
    ("correlate", "tables", "--confidence", "0.9"): "import-openface",
    ("correlate", "--frames", "tables"): "correlate TABLES",
}


@pytest.mark.parametrize("words", OLD, ids=" ".join)
def test_an_old_option_is_refused_with_the_new_one(words: tuple[str, ...], run: Run, tmp_path: Path) -> None:
    result = run(*words)
    assert_refused(result, OLD[words], "any more", nothing_in=tmp_path)
    new = OLD[words].split()[0]
    helped = run(*((new,) if new == "import-openface" else words[:1]), "--help")
    assert helped.code == 0
    assert new in helped.out


@pytest.mark.parametrize(
    "words",
    [
        ("classify", "v.mp4", "--model", "m.skops"),
        ("identify", "v.mp4", "--models", "folder"),
        ("train",),
        (),
    ],
)
def test_options_that_mean_a_model_file_stay(words: tuple[str, ...]) -> None:
    refuse_old_spellings(words)
