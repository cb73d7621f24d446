"""`motionsig run`: the whole way, each step left out when nothing has changed."""

from __future__ import annotations

import importlib.metadata
import json
from pathlib import Path

import pandas as pd
import pytest
from command_line import Run
from frame_tables import write_moving
from media import portrait, write_video
from tracks import SILENT
from two_people import write_picture
from voice_tables import make_speech, write_voice

import motionsig
from extract.extraction import Extraction
from extract.frame_table import read_frame_table, read_metadata
from ground.errors import TrainingError
from motionsig import Monitor
from motionsig.execution.dispatch import Outcome
from motionsig.use_cases.correlation import Correlated
from motionsig.use_cases.run import RunFiles
from motionsig.use_cases.steps import run_if_changed
from simulate.interview import render_interview
from simulate.officer import OFFICER
from simulate.placing import Place
from simulate.script import Appearance, Person, Script, Shot
from simulate.signature import Signature
from simulate.video import render_session


def write_session(path: Path, person: int, session: int) -> None:
    """Eleven seconds of a rendered person."""
    render_session(Signature(person), 11, seed=session, path=path, fps=6)


def write_interview(path: Path) -> None:
    """Eleven seconds of id0 on the left of a larger host."""
    guest, host = Person("id0", Signature(0)), Person("host", Signature(9), OFFICER)
    seats = tuple(
        Appearance(who.name, Place.of_head(who.portrait.anchors, scale, x, y))
        for who, scale, x, y in ((guest, 0.5, 160, 140), (host, 0.55, 480, 150))
    )
    shot = Shot("two-shot", 66, seats)
    render_interview(Script((guest, host), (shot,), fps=6, seed=1, size=(640, 480)), path)


@pytest.mark.slow
def test_a_second_run_does_nothing_and_one_more_video_costs_one_video(run: Run, tmp_path: Path) -> None:
    videos, out = tmp_path / "videos", tmp_path / "out"
    videos.mkdir()
    for k in range(2):
        write_session(videos / f"{k + 2}_id{k + 1}_celeb.mp4", k + 1, 0)
    write_session(videos / "0_id0_pristine.mp4", 0, 0)
    write_interview(videos / "1_id0_pristine.mp4")
    photo = write_picture(tmp_path / "id0.png", portrait())
    words = ("run", videos, "--person", "id0", "--person-photo", photo, "-o", out)
    first = run(*words)
    assert first.code == 0, first.err
    frames = read_frame_table(out / "tables" / "1_id0_pristine.parquet").frames
    assert (frames["nose_x"].dropna() < 320).all(), "the host is never measured"
    assert frames["nose_x"].notna().mean() > 0.95
    assert "Frame tables: 4 new, 0 kept, 0 failed." in first.out
    assert (out / "id0.skops").exists()
    assert len(pd.read_csv(out / "correlations.csv")) == 4
    json.loads((out / "evaluation.json").read_text())

    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}
    again = run(*words)
    assert "Frame tables: 0 new, 4 kept, 0 failed." in again.out
    assert again.out.count("is up to date and is kept.") == 2
    kept = json.loads(run(*words, "--json").out)
    assert (kept["model_changed"], kept["holds_face"]) == (False, True)
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()} == before

    write_session(videos / "9_id0_pristine.mp4", 0, 9)
    more = run(*words)
    assert "Frame tables: 1 new, 4 kept, 0 failed." in more.out
    assert "is up to date" not in more.out
    assert len(pd.read_csv(out / "correlations.csv")) == 5


def test_what_a_video_may_cost_and_the_mesh_are_options_as_of_extract(run: Run, tmp_path: Path) -> None:
    video, out = write_video(tmp_path / "1_id0_pristine.mp4", [portrait(160)] * 3), tmp_path / "out"
    words = ("run", video, "--person", "id0", "-o", out)
    assert "more than the limit of 25,599" in run(*words, "--max-pixels", 25_599).err
    # On a busy computer the process is ended before it sees itself that its time is over, in other words.
    assert "--time-limit" in run(*words, "--time-limit", 1e-6).err
    assert not list((out / "tables").glob("*.parquet"))
    run(*words, "--keep-mesh")
    assert (out / "tables" / "1_id0_pristine.mesh.parquet").exists()


def test_what_is_to_say_of_the_names_in_a_manifest_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = [write_moving(tmp_path, f"{name}.mp4", seconds=10) for name in "ab"]
    outcomes = [
        Outcome(table, Extraction(table, read_metadata(table), reused=True, sound=SILENT), error=None)
        for table in tables
    ]
    monkeypatch.setattr("motionsig.use_cases.run.extract", lambda *_, **__: outcomes)
    manifest = tmp_path / "people.csv"
    manifest.write_text("path,subject,group,session\na.parquet,Zoë,pristine,\nb.parquet,ZOË,pristine,\n")
    said: list[str] = []

    def note(correlated: Correlated | None, _: Path) -> None:
        assert correlated is not None
        said.extend(correlated.warnings)

    with pytest.raises(TrainingError):  # nobody else is there
        motionsig.run(
            tmp_path,
            "Zoë",
            tmp_path / "out",
            manifest=manifest,
            on_correlated=note,
            monitor=Monitor(on_notice=said.append),
        )
    assert sum("1 person is spelt in several ways" in sentence for sentence in said) == 1


def test_a_voice_that_is_new_is_learnt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = write_moving(tmp_path, "0_id0_pristine.mp4", seconds=10)
    outcome = Outcome(table, Extraction(table, read_metadata(table), reused=True, sound=SILENT), error=None)
    monkeypatch.setattr("motionsig.use_cases.run.extract", lambda *_, **__: [outcome])
    trained = []

    def train(files: RunFiles, *rest: object, **_: object) -> None:
        trained.append(rest)
        files.model.write_bytes(b"")
        files.evaluation.write_bytes(b"")

    monkeypatch.setattr("motionsig.use_cases.run._train", train)
    for voice, times in ((None, 1), (None, 1), (1, 2), (1, 2), (2, 3)):
        if voice:
            write_voice(make_speech(read_frame_table(table), seed=voice), table)
        motionsig.run(tmp_path, "id0", tmp_path / "out")
        assert len(trained) == times


def test_a_step_runs_again_when_input_option_or_output_changed(tmp_path: Path) -> None:
    given, made = tmp_path / "in", tmp_path / "made"
    given.write_text("a")

    def do(options: dict[str, str] | None = None, revision: int = 1) -> bool:
        return run_if_changed(
            tmp_path / "stamp.json",
            lambda: made.write_text(given.read_text().upper()),
            revision=revision,
            inputs=[given],
            options=options or {},
            outputs=[made],
        )

    assert do()
    assert not do()
    given.write_text("b")
    assert do()
    assert made.read_text() == "B"
    assert do({"how": "else"})
    assert not do({"how": "else"})
    made.write_text("changed by hand")
    assert do({"how": "else"})
    made.unlink()
    assert do({"how": "else"})
    assert do({"how": "else"}, revision=2)


def test_a_release_that_changes_no_revision_runs_no_step_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = tmp_path / "made"

    def do() -> bool:
        return run_if_changed(
            tmp_path / "stamp.json",
            lambda: made.write_text("made"),
            revision=1,
            inputs=[],
            options={},
            outputs=[made],
        )

    assert do()
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "99.0")
    assert not do()


def test_a_step_that_fails_runs_again(tmp_path: Path) -> None:
    def break_down() -> None:
        raise ValueError

    for _ in range(2):
        with pytest.raises(ValueError):  # noqa: PT011
            run_if_changed(tmp_path / "stamp.json", break_down, revision=1, inputs=[], options={}, outputs=[])
