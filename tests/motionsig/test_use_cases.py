"""Use cases called by a program: odd values, callbacks that raise, a stop at every stage, two at once."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import threading
import time
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
from suspects import classify_suspect, keep_table, train_model, write_mesh, write_suspect

import motionsig
import motionsig.api
import motionsig.use_cases
from extract.frame_table import ACTION_UNITS, HEAD_ROTATION
from extract.tables_beside import is_beside
from extract.video import VideoReader
from features.windows import ClipRule
from ground.errors import MotionsigError, StoppedError
from motionsig import Monitor, Progress
from motionsig.use_cases.demonstration import plan_demo, render_demo
from motionsig.use_cases.reencoding import DEGRADATIONS
from motionsig.use_cases.stress import _reencode


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
    "no options": lambda p: motionsig.extract(p, p, None),  # type: ignore[arg-type]
    "options as a dict": lambda p: motionsig.correlate(p, p / "d.csv", {}),  # type: ignore[arg-type]
    "a rule in words": lambda p: motionsig.correlate(p, p / "d.csv", rules="10/5"),  # type: ignore[arg-type]
    "no rule": lambda p: motionsig.correlate(p, p / "d.csv", rules=[]),
    "an output with a null byte": lambda p: motionsig.correlate(p, f"{p}/a\0.csv"),
    "a model with a null byte": lambda p: motionsig.train(p / "c.csv", "id0", "a\0"),
    "limits of half a pixel": lambda p: motionsig.Limits(0.5),  # type: ignore[arg-type]
    "limits in words": lambda p: motionsig.Limits("many"),  # type: ignore[arg-type]
    "no limits": lambda p: motionsig.classify(p, p / "m", p / "out", limits=None),  # type: ignore[arg-type]
    "no command": lambda p: motionsig.classify(p, p / "m", p / "out", command=None),  # type: ignore[arg-type]
    "a number for a person": lambda p: motionsig.train(p / "c.csv", 5),  # type: ignore[arg-type]
    "an error rate in words": lambda p: motionsig.train(
        p / "c.csv",
        "id0",
        error_rate="low",  # type: ignore[arg-type]
    ),
    "half a fold": lambda p: motionsig.evaluate(p / "c.csv", "id0", folds=2.5),  # type: ignore[arg-type]
    "no signals": lambda p: motionsig.compare(p, "id0", signals=None),  # type: ignore[arg-type]
    "windows as numbers": lambda p: motionsig.compare(p, "id0", windows=[(10, 5)]),  # type: ignore[arg-type]
    "a number for a cluster": lambda p: motionsig.extract(p, p, cluster=5),  # type: ignore[arg-type]
    "a stop that is no signal": lambda p: Monitor(stop=True),  # type: ignore[arg-type]
    "progress that cannot be called": lambda p: Monitor(on_progress=5),  # type: ignore[arg-type]
    "nothing for a model file": lambda p: motionsig.load_model(None),  # type: ignore[arg-type]
    "nothing for a frame table": lambda p: motionsig.read_frame_table(None),  # type: ignore[arg-type]
    "an unknown body reader": lambda p: motionsig.extract(p, p, motionsig.ExtractionOptions(body="none")),
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
    "a layout that is none": lambda p: motionsig.manifest(["folders"], p),  # type: ignore[arg-type]
    "a benchmark in its own data set": lambda p: motionsig.benchmark("folders", p, p / "out"),
    "people as text": lambda p: motionsig.benchmark("folders", p, p, people="id0"),
    "pairs that are missing": lambda p: motionsig.verify_pairs(p, p / "pairs.csv"),
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


def write_openface(path: Path, frames: int) -> None:
    """An OpenFace file of a video at 10 frames/s, in which nothing moves."""
    numbers = np.arange(1, frames + 1)
    columns = {"frame": numbers, "timestamp": (numbers - 1) / 10, "confidence": 0.98, "success": 1}
    columns |= dict.fromkeys((*ACTION_UNITS, *HEAD_ROTATION), 0.5)
    pd.DataFrame(columns).to_csv(path, index=False)


# --- callbacks that raise, and a stop at every stage


class TooMuchError(Exception):
    """What a caller's own callback raises."""


def run_stages(
    folder: Path,
    videos: Path,
    tables: Path,
    correlations: Path,
    model: Path,
    suspect: Path,
    openface: Path,
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
        "Rendering": lambda m: render_demo(plan_demo(out), monitor=m),
        "Importing": lambda m: motionsig.import_openface(tables, openface, out, monitor=m),
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
    "Rendering",
    "Importing",
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
    openface = tmp_path / "openface"
    openface.mkdir()
    for path in tables.glob("*.parquet"):
        write_openface(openface / f"{path.stem}.csv", 300)
    stages = run_stages(tmp_path, videos, tables, correlations, model, video, openface)
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


def test_a_stop_while_copies_are_being_written_leaves_none_of_them_half_written(
    videos: Path, tmp_path: Path
) -> None:
    """The stop comes when a process has a file open."""
    out, stop = tmp_path / "out", threading.Event()
    noise = np.random.default_rng(0).integers(0, 255, (90, 480, 640, 3), dtype=np.uint8)
    long = write_video(tmp_path / "long.mp4", noise)

    class StopWhenWriting:
        def is_set(self) -> bool:
            if any(out.rglob("*.part.mp4")):
                stop.set()
            return stop.is_set()

    copies = {long: {way.name: out / f"{way.name}.mp4" for way in DEGRADATIONS}}
    with pytest.raises(StoppedError):
        _reencode(copies, 2, motionsig.Limits(), {}, Monitor(stop=StopWhenWriting()))
    assert not [name for name in files_below(out) if not name.endswith(".mp4") or "part" in name]
    for path in out.glob("*.mp4"):
        with VideoReader(path) as reader:
            assert len(list(reader)) > 40, "what is there is whole"


def test_what_is_wrong_with_a_call_does_not_cost_the_earlier_verdict(model: Path, tmp_path: Path) -> None:
    video, table = write_suspect(tmp_path)
    classify_suspect(video, table, model, tmp_path / "out")
    before = files_below(tmp_path / "out")
    stop = threading.Event()
    stop.set()
    calls: list[dict[str, Any]] = [
        {"workers": 0},
        {"command": None},
        {"limits": None},
        {"monitor": Monitor(stop=stop)},
    ]
    for wrong in calls:
        with pytest.raises((MotionsigError, StoppedError)):
            motionsig.classify(video, model, tmp_path / "out", **wrong)
    assert files_below(tmp_path / "out") == before


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
    made = {path.name for path in tmp_path.glob("*.parquet") if not is_beside(path)}
    assert made, "what was finished is kept"
    outcomes = motionsig.extract(videos, tmp_path, workers=1)
    kept = {outcome.extraction.table.name for outcome in outcomes if outcome.extraction.reused}
    assert kept == made


def test_progress_counts_every_unit_once_and_from_nothing(tables: Path, tmp_path: Path) -> None:
    seen: list[Progress] = []
    motionsig.correlate(tables, tmp_path / "c.csv", monitor=Monitor(on_progress=seen.append))
    assert [progress.done for progress in seen] == [*range(9), 8]
    assert [progress.is_over for progress in seen] == [False] * 9 + [True]
    assert {(progress.total, progress.unit) for progress in seen} == {(8, "videos")}


def test_a_callback_may_give_a_notice_in_turn() -> None:
    notices: list[str] = []
    monitor = Monitor(on_progress=lambda _: monitor.notice("seen"), on_notice=notices.append)
    with monitor.stage("Counting", 1, "sheep") as advance:
        advance(1)
    assert notices == ["seen"] * 3, "it begins, goes on, and ends"


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
    assert motionsig.tabulate_outcomes([])["frames"].tolist() == []


def test_the_package_names_what_its_api_gives() -> None:
    assert set(motionsig.__all__) == set(motionsig.api.__all__) == set(dir(motionsig))
    names: dict[str, object] = {}
    exec("from motionsig import *", names)
    assert set(motionsig.__all__) <= set(names)


def test_examples_in_docstrings_of_use_cases_run() -> None:
    tried = 0
    for module in pkgutil.iter_modules(motionsig.use_cases.__path__, "motionsig.use_cases."):
        found = doctest.testmod(importlib.import_module(module.name))
        assert not found.failed, module.name
        tried += found.attempted
    assert tried > 3


def test_callbacks_are_never_called_two_at_a_time(tables: Path, tmp_path: Path) -> None:
    inside, most = 0, 0

    def note(_: Progress) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        time.sleep(0.002)
        inside -= 1

    monitor = Monitor(on_progress=note)
    with ThreadPoolExecutor(4) as threads:
        list(
            threads.map(
                lambda k: motionsig.correlate(tables, tmp_path / f"{k}.csv", monitor=monitor), range(4)
            )
        )
    assert most == 1
