"""Correlations tables after a spreadsheet, or another program, has written them again."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from frame_tables import make_moving_frames, make_table
from population import make_correlations

from features.clips import correlate_frame_table
from features.signature import PairSet
from features.tables import open_tables, read_correlations, read_labelled_table
from ground.errors import TableError


def write(path: Path, table: pd.DataFrame, *, sep: str, decimal: str, quoted: bool = False) -> Path:
    table.to_csv(path, sep=sep, decimal=decimal, quoting=1 if quoted else 0)
    return path


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    made = make_correlations({"id0": 2}, clips=2)
    made.iloc[0, :3] = [np.nan, 1.25e-05, -1.0]
    return made


@pytest.mark.parametrize(
    ("sep", "decimal", "quoted"),
    [(";", ",", False), (";", ".", False), ("\t", ",", False), (",", ",", True), (";", ",", True)],
)
def test_semicolons_and_decimal_commas_give_the_same_numbers(
    tmp_path: Path, table: pd.DataFrame, sep: str, decimal: str, quoted: bool
) -> None:
    path = write(tmp_path / "correlations.csv", table, sep=sep, decimal=decimal, quoted=quoted)
    pd.testing.assert_frame_equal(read_correlations(path), table, check_names=False)


def test_a_clip_table_with_semicolons_is_read_too(tmp_path: Path, table: pd.DataFrame) -> None:
    write(tmp_path / "correlations.csv", table, sep=";", decimal=",")
    _, labelled = read_labelled_table(tmp_path / "correlations.csv")
    assert labelled["subject"].tolist() == ["id0"] * 4


def test_decimal_commas_between_commas_are_refused_with_the_reason(
    tmp_path: Path, table: pd.DataFrame
) -> None:
    lines = write(tmp_path / "c.csv", table, sep=";", decimal=",").read_text().replace(";", ",")
    (tmp_path / "c.csv").write_text(lines)
    with pytest.raises(
        TableError, match="If its numbers have decimal commas, write the table with semicolons"
    ):
        read_correlations(tmp_path / "c.csv")


def test_numbers_of_both_kinds_in_one_table_are_refused_with_the_cell(
    tmp_path: Path, table: pd.DataFrame
) -> None:
    mixed = table.astype(object)
    mixed.iloc[1, 0], mixed.iloc[2, 0] = "0,5", "0.5"
    with pytest.raises(TableError, match="invalid value '0,5'"):
        read_correlations(write(tmp_path / "c.csv", mixed, sep=";", decimal="."))


def test_clips_whose_letters_another_program_composed_still_belong_together(tmp_path: Path) -> None:
    block = correlate_frame_table(make_table(make_moving_frames(np.arange(150) / 10))).block
    names = [f"Zoe\u0308_clip_{k}" for k in range(len(block.correlations))]
    correlations = block.correlations.set_axis(pd.Index(names, name="clip_name"))
    with open_tables(tmp_path / "correlations.csv", PairSet()) as append:
        append(correlations, block.clips.set_axis(correlations.index))
    path = tmp_path / "clips.csv"
    path.write_text(unicodedata.normalize("NFC", path.read_text(encoding="utf-8")), encoding="utf-8")
    read, labelled = read_labelled_table(tmp_path / "correlations.csv")
    assert labelled.index.tolist() == read.index.tolist() == names


def test_spellings_in_a_clip_table_are_united_and_said(tmp_path: Path) -> None:
    block = correlate_frame_table(make_table(make_moving_frames(np.arange(250) / 10))).block
    spelt = block.clips.assign(subject=["Zoë", "Zoe\u0308", "ZOË", "\u00a0"], group="Pristine", session="1")
    with open_tables(tmp_path / "c.csv", PairSet()) as append:
        append(block.correlations, spelt)
    warnings: list[str] = []
    _, labelled = read_labelled_table(tmp_path / "c.csv", on_warning=warnings.append)
    assert labelled["subject"].tolist() == ["Zoë", "Zoë", "Zoë", ""]
    assert set(labelled["group"]) == {"pristine"}
    assert ["1 person is spelt" in warnings[0], "1 group is spelt" in warnings[1]] == [True, True]
    assert len(warnings) == 2
