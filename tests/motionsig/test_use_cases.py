"""Use cases called by a program: odd values, callbacks that raise, a stop at every stage, two at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from command_line import files_below
from frame_tables import write_moving
from media import portrait, write_video
from suspects import keep_table, train_model, write_mesh, write_suspect

import motionsig
from features.windows import ClipRule
from ground.errors import MotionsigError, StoppedError
from motionsig import Monitor, Progress


def write_person(path: Path, frames: int, *, start: float = 0.0) -> Path:
    return write_video(
        path, [portrait(160, turn_deg=6 * np.sin(start + k / 4)) for k in range(frames)], fps=10
    )


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("videos")
    for k in range(2):
        write_person(folder / f"{k}_id{k}_pristine.mp4", 6, start=k)
    return folder


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Frame tables of four sessions of id0 and of four others."""
    folder = tmp_path_factory.mktemp("tables")
    for k in range(8):
        name = f"{k}_id0_pristine.mp4" if k < 4 else f"{k}_id{k}_celeb.mp4"
        write_moving(folder, name, seconds=30, seed=k)
    return folder


@pytest.fixture(scope="module")
def correlations(tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("correlations") / "correlations.csv"
    motionsig.correlate(tables, path)
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train_model(tmp_path_factory.mktemp("model") / "id0.skops")


# --- values that no command would send

ODD_CALLS: dict[str, Callable[[Path], object]] = {
    "a number for videos": lambda p: motionsig.extract(5, p),  # type: ignore[arg-type]
    "nothing for videos": lambda p: motionsig.extract([], p),
    "a number among videos": lambda p: motionsig.extract([3.5], p),  # type: ignore[list-item]
    "a name with a null byte": lambda p: motionsig.extract("a\0b.mp4", p),
    "a number for a table": lambda p: motionsig.evaluate(5, "id0"),  # type: ignore[arg-type]
    "nothing for a model": lambda p: motionsig.classify(p, None, p / "out"),  # type: ignore[arg-type]
    "a number for a folder": lambda p: motionsig.correlate(p, 7),  # type: ignore[arg-type]
    "several names for a page": lambda p: motionsig.explore(p / "c.csv", ["a", "b"]),  # type: ignore[arg-type]
    "a confidence in words": lambda p: motionsig.import_openface(p, p, p, "high"),  # type: ignore[arg-type]
    "a confidence above all": lambda p: motionsig.import_openface(p, p, p, 1.5),
    "frame tables into their own folder": lambda p: motionsig.import_openface(
        next(p.glob("0_*.parquet")), p / "c.csv", p
    ),
    "no workers": lambda p: motionsig.extract(p, p, workers=0),
    "half a worker": lambda p: motionsig.extract(p, p, workers=0.5),  # type: ignore[arg-type]
    "a rate that is no number": lambda p: motionsig.ExtractionOptions(sample_fps=float("nan")),
    "an unknown reader": lambda p: motionsig.extract(p, p, motionsig.ExtractionOptions(face="none")),
    "frame tables that are none": lambda p: motionsig.correlate(p / "missing.parquet", p / "c.csv"),
    "a table of another ending": lambda p: motionsig.correlate(p, p / "c.xlsx"),
    "a clip without length": lambda p: motionsig.CorrelationOptions(ClipRule(0.0, 0.0)),
    "an unknown set of pairs": lambda p: motionsig.PairSet("half"),  # type: ignore[arg-type]
    "an unknown classifier": lambda p: motionsig.train(p / "c.csv", "id0", classifier="forest"),
    "an error rate above all": lambda p: motionsig.train(p / "c.csv", "id0", error_rate=2.0),
    "an error rate that is no number": lambda p: motionsig.train(p / "c.csv", "id0", error_rate=float("nan")),
    "a person who is a path": lambda p: motionsig.train(p / "c.csv", "../id0"),
    "a person without a name": lambda p: motionsig.train(p / "c.csv", ""),
    "a table that is missing": lambda p: motionsig.evaluate(p / "c.csv", "id0"),
    "one fold": lambda p: motionsig.evaluate(p / "c.csv", "id0", folds=1),
    "a page that is no page": lambda p: motionsig.explore(p / "c.csv", p / "page.pdf"),
    "a model that is missing": lambda p: motionsig.classify(p, p / "m.skops", p / "out"),
    "models that are a file": lambda p: motionsig.identify(p, p / "c.csv", p / "out"),
    "a verdict that is missing": lambda p: motionsig.report(p / "verdict.json"),
    "an unknown reader to stress": lambda p: motionsig.stress(p, p / "out", face="none"),
    "an unknown signal to compare": lambda p: motionsig.compare(p, "id0", signals=["wobble"]),
    "an address of nothing": lambda p: motionsig.extract("nowhere://x/y.mp4", p),
}


@pytest.mark.parametrize("what", ODD_CALLS)
def test_a_value_that_no_command_would_send_is_an_error_of_ours(
    what: str, tables: Path, correlations: Path, tmp_path: Path
) -> None:
    for path in (*tables.glob("*.parquet"), *correlations.parent.glob("c*.csv")):
        (tmp_path / path.name.replace("correlations", "c")).write_bytes(path.read_bytes())
    (tmp_path / "clips.csv").rename(tmp_path / "c_clips.csv")
    before = files_below(tmp_path)
    if what == "a table that is missing":
        (tmp_path / "c.csv").unlink()
        before.discard("c.csv")
    with pytest.raises(MotionsigError) as caught:
        ODD_CALLS[what](tmp_path)
    assert str(caught.value).strip()
    assert files_below(tmp_path) <= before | {"out"}, "nothing is written"


# --- callbacks that raise, and a stop at every stage


class TooMuchError(Exception):
    """What a caller's own callback raises."""


def run_stages(
    folder: Path, videos: Path, tables: Path, correlations: Path, model: Path, suspect: Path
) -> dict[str, Callable[[Monitor], object]]:
    """Every use case by the stage of it that is to be stopped."""
    out = folder / "out"
    return {
        "Reading": lambda m: motionsig.extract(videos, out, workers=1, monitor=m),
        "Correlating": lambda m: motionsig.correlate(tables, out / "c.csv", monitor=m),
        "Training": lambda m: motionsig.train(
            correlations, "id0", out / "m.skops", classifier="linear", monitor=m
        ),
        "Evaluating": lambda m: motionsig.evaluate(correlations, "id0", classifier="linear", monitor=m),
        "Comparing": lambda m: motionsig.compare(
            tables,
            "id0",
            signals=["position"],
            sets=["face"],
            windows="10/5",
            classifiers=["linear"],
            monitor=m,
        ),
        "Judging": lambda m: motionsig.classify(suspect, model, out, report=out / "report.html", monitor=m),
        "Arranging": lambda m: motionsig.explore(correlations, out / "explore.html", monitor=m),
        "Encoding": lambda m: motionsig.stress(videos / "0_id0_pristine.mp4", out, workers=1, monitor=m),
        "Drawing": lambda m: motionsig.classify(suspect, model, out, overlay=out / "overlay.mp4", monitor=m),
    }


STAGES = (
    "Reading",
    "Correlating",
    "Training",
    "Evaluating",
    "Comparing",
    "Judging",
    "Arranging",
    "Encoding",
    "Drawing",
)
# What a stopped use case may leave: finished work, and what was there before the stage.
KEPT = {
    "Reading": {".parquet"},
    "Encoding": {".parquet", ".mp4"},
    "Drawing": {".parquet", ".json", ".csv"},
    "Judging": {".parquet"},
}


@pytest.fixture
def call(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    videos: Path,
    tables: Path,
    correlations: Path,
    model: Path,
) -> Callable[[str, Monitor], object]:
    video, table = write_suspect(tmp_path)
    write_mesh(table, 320.0, 240.0)
    keep_table(table, tmp_path / "out")
    stages = run_stages(tmp_path, videos, tables, correlations, model, video)
    return lambda stage, monitor: stages[stage](monitor)


def assert_nothing_half_written(stage: str, folder: Path) -> None:
    files = [Path(name) for name in files_below(folder) if (folder / name).is_file()]
    seen = {path.suffix for path in files if not any(part.startswith(".") for part in path.parts)}
    assert seen <= KEPT.get(stage, set()) | {".parquet"}
    assert not [path for path in files if ".part" in path.name and path.suffix != ".npz"]


@pytest.mark.parametrize("stage", STAGES)
def test_what_a_callback_raises_reaches_the_caller(
    stage: str, call: Callable[[str, Monitor], object], tmp_path: Path
) -> None:
    reached = []

    def fail(progress: Progress) -> None:
        if progress.stage.startswith(stage):
            reached.append(progress)
            raise TooMuchError

    with pytest.raises(TooMuchError):
        call(stage, Monitor(on_progress=fail))
    assert len(reached) == 1, "it is not called again"
    assert_nothing_half_written(stage, tmp_path / "out")


@pytest.mark.parametrize("stage", STAGES)
def test_a_stop_is_obeyed_in_every_stage(
    stage: str, call: Callable[[str, Monitor], object], tmp_path: Path
) -> None:
    stop = threading.Event()

    def stop_then(progress: Progress) -> None:
        if progress.stage.startswith(stage):
            stop.set()

    with pytest.raises(StoppedError, match="Stopped"):
        call(stage, Monitor(on_progress=stop_then, stop=stop))
    assert_nothing_half_written(stage, tmp_path / "out")


def test_nothing_begins_when_the_stop_is_set_already(tables: Path, tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(StoppedError):
        motionsig.correlate(tables, tmp_path / "c.csv", monitor=Monitor(stop=stop))
    assert not files_below(tmp_path)


def test_a_stopped_extraction_goes_on_where_it_was(videos: Path, tmp_path: Path) -> None:
    stop = threading.Event()
    with pytest.raises(StoppedError):
        motionsig.extract(
            videos, tmp_path, workers=1, on_outcome=lambda _: stop.set(), monitor=Monitor(stop=stop)
        )
    assert len(list(tmp_path.glob("*.parquet"))) == 1
    outcomes = motionsig.extract(videos, tmp_path, workers=1)
    assert sorted(outcome.extraction.reused for outcome in outcomes if outcome.extraction) == [False, True]


def test_progress_counts_every_unit_once_and_from_nothing(tables: Path, tmp_path: Path) -> None:
    seen: list[Progress] = []
    motionsig.correlate(tables, tmp_path / "c.csv", monitor=Monitor(on_progress=seen.append))
    assert [progress.done for progress in seen] == list(range(9))
    assert {(progress.total, progress.unit) for progress in seen} == {(8, "videos")}


def test_a_callback_may_give_a_notice_in_turn() -> None:
    notices: list[str] = []
    monitor = Monitor(on_progress=lambda _: monitor.notice("seen"), on_notice=notices.append)
    with monitor.stage("Counting", 1, "sheep") as advance:
        advance(1)
    assert notices == ["seen", "seen"]


# --- two at once, as a server does


def test_two_extractions_at_once_in_one_process_give_what_each_gives_alone(
    videos: Path, tmp_path: Path
) -> None:
    motionsig.extract(videos, tmp_path / "alone", workers=1)
    frames: dict[int, list[int]] = {0: [], 1: []}

    def work(k: int) -> None:
        monitor = Monitor(on_progress=lambda progress: frames[k].append(progress.done))
        motionsig.extract(videos, tmp_path / f"{k}", workers=1, monitor=monitor)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(work, range(2)))
    for k in range(2):
        for table in (tmp_path / "alone").glob("*.parquet"):
            assert (tmp_path / f"{k}" / table.name).read_bytes() == table.read_bytes()
        assert frames[k][-1] == 12, "each counts its own frames"


def test_use_cases_of_several_kinds_at_once_give_what_each_gives_alone(
    tables: Path, correlations: Path, tmp_path: Path
) -> None:
    def evaluate(_: int) -> Any:
        return motionsig.evaluate(correlations, "id0", classifier="linear")

    def correlate(k: int) -> bytes:
        motionsig.correlate(tables, tmp_path / f"{k}.csv")
        return (tmp_path / f"{k}.csv").read_bytes()

    alone = evaluate(0), correlations.read_bytes()
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda k: (evaluate, correlate)[k % 2](k), range(4)))
    assert found == [alone[k % 2] for k in range(4)]


def test_a_use_case_in_a_thread_touches_no_signal_handler(videos: Path, tmp_path: Path) -> None:
    """`signal.signal` works in the main thread alone, so it would raise."""
    with ThreadPoolExecutor(1) as thread:
        (outcome, _) = thread.submit(motionsig.extract, videos, tmp_path, workers=1).result()
    assert outcome.extraction


# --- values that come back


def test_what_comes_back_is_tables_of_pandas(videos: Path, correlations: Path, tmp_path: Path) -> None:
    frame = motionsig.tabulate_outcomes(motionsig.extract(videos, tmp_path, workers=1))
    assert isinstance(frame, pd.DataFrame)
    assert frame["frames"].tolist() == [6, 6]
    values, clips = motionsig.read_labelled_table(correlations)
    assert values.shape == (8 * 5, 435)
    assert clips.index.equals(values.index)
    assert set(dir(motionsig)) == set(motionsig.api.__all__)
