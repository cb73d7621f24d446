"""What was done to a video's times is said when it is extracted: as a warning where they may be wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from frame_tables import make_frames, make_table
from tracks import SILENT

from extract.extraction import Extraction
from extract.time_repairs import TimeRepairs
from motionsig.command_line.commands.extract import show_outcome
from motionsig.use_cases.extraction import Outcome, summarise_outcome


def outcome(repairs: TimeRepairs) -> Outcome:
    metadata = make_table(make_frames(np.arange(30) / 30), name="x.avi").metadata
    source = metadata.source.model_copy(update={"time_repairs": repairs})
    extraction = Extraction(
        Path("x.parquet"), metadata.model_copy(update={"source": source}), reused=False, sound=SILENT
    )
    return Outcome(Path("x.avi"), extraction, None)


def test_times_that_may_be_wrong_are_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    made = outcome(TimeRepairs(jumps=1, jumps_s=(0.5,)))
    show_outcome(made)
    said = "The time stamps of x.avi were repaired: the clock jumps at 0.5 s, where the parts were joined."
    assert f"Warning: {said}" in " ".join(capsys.readouterr().err.split())
    assert str(summarise_outcome(made)["warning"]).startswith(said)


def test_the_times_of_decoding_are_said_and_no_warning(capsys: pytest.CaptureFixture[str]) -> None:
    made = outcome(TimeRepairs(in_decoding_order=True))
    show_outcome(made)
    said = " ".join(capsys.readouterr().err.split())
    assert "x.avi has no usable presentation times." in said
    assert "Warning" not in said
    assert summarise_outcome(made)["warning"] is None
