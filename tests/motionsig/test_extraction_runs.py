"""Runs over many videos: what dies, what is kept, and what a second run does."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pytest
from command_line import Run, files_below, tables_of
from fsspec.implementations.local import LocalFileSystem
from media import portrait, write_video
from two_people import officer, sway

from extract.chunks import ChunkRange
from extract.extraction import Extraction
from extract.extraction_options import ExtractionOptions
from extract.people.weights import are_installed
from extract.tables_beside import SUFFIXES_BESIDE
from motionsig.execution.dispatch import Outcome, dispatch
from motionsig.execution.jobs import Job, run_job
from motionsig.execution.remote import RemoteFile
from motionsig.execution.survey import (
    _DECODING,
    Survey,
    SurveyedVideo,
    _place_borders,
    plan_jobs,
    survey_videos,
)
from motionsig.use_cases.extraction import extract

# The command itself, with chunks short enough to be interrupted in.
EXTRACT = """
import signal, sys
import extract.extraction
from motionsig.command_line.cli import main
# Whoever runs these tests in the background has Ctrl-C ignored by all that comes of it.
signal.signal(signal.SIGINT, signal.default_int_handler)
options = extract.extraction.ExtractionOptions
make = options.__init__
options.__init__ = lambda self, **named: make(self, **named, chunk_s=0.5)
main()
"""


def write_person(path: Path, frames: int, *, start: float = 0.0, fps: int = 10, width: int = 160) -> Path:
    return write_video(
        path, [portrait(width, turn_deg=6 * np.sin(start + k / 4)) for k in range(frames)], fps=fps
    )


def start_extracting(*videos: Path | str, out: Path, workers: int = 2) -> subprocess.Popen[str]:
    call = [sys.executable, "-c", EXTRACT, "extract", "-o", str(out), "--workers", str(workers)]
    call += map(str, videos)
    return subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def extract_here(videos: list[Path], out: Path, workers: int = 2, **options: float) -> list[Outcome]:
    return extract(videos, out, ExtractionOptions(**options), workers=workers)  # type: ignore[arg-type]


def tables_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("[!.]*.parquet")}


def wait_for_workers_to_end(started: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(started, timeout=300)
    assert not alive, "workers end soon after the process that started them"


@pytest.mark.slow
def test_a_run_over_12_videos_killed_three_times_ends_with_the_bytes_of_an_undisturbed_one(
    tmp_path: Path,
) -> None:
    videos = tmp_path / "videos"
    videos.mkdir()
    for k in range(12):
        write_person(videos / f"{k}.mp4", 7, start=k)
    extract_here([videos], tmp_path / "undisturbed", chunk_s=0.5)
    expected = tables_in(tmp_path / "undisturbed")
    assert set(expected) == tables_of(*map(str, range(12)))
    out, random = tmp_path / "out", np.random.default_rng(7)
    for kills in range(3):
        extracting = start_extracting(videos, out=out)
        enough = kills * 5 + int(random.integers(1, 5))  # of 24: each video has a table of its tracks too
        while len(tables_in(out)) < enough:
            assert extracting.poll() is None
            time.sleep(float(random.uniform(0, 0.05)))
        workers = psutil.Process(extracting.pid).children(recursive=True)
        extracting.kill()
        extracting.communicate()
        wait_for_workers_to_end(workers)
        partial = tables_in(out)
        assert all(expected[name] == content for name, content in partial.items())
        assert len(partial) < len(expected)
    output, _ = start_extracting(videos, out=out).communicate(timeout=300)
    done, reused = (int(re.search(rf"(\d+) {what}", output)[1]) for what in ("done", "kept"))  # type: ignore[index]
    assert done > 0
    assert reused > 0
    assert tables_in(out) == expected
    assert files_below(out) == set(expected), "nothing is left but the tables"


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_ctrl_c_and_sigterm_are_one_sentence_and_what_is_done_is_kept(
    tmp_path: Path, stop: signal.Signals, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "system"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    video, bad, out = write_person(tmp_path / "v.mp4", 120), tmp_path / "bad.mp4", tmp_path / "out"
    bad.write_text("no video")
    out.mkdir()
    (out / "failures.csv").write_text("video,error\nof an earlier run,x\n")
    extracting = start_extracting(bad.as_uri(), video.as_uri(), out=out, workers=1)
    while not any(name.endswith(".npz") for name in files_below(out)):
        assert extracting.poll() is None
        time.sleep(0.02)
    started = psutil.Process(extracting.pid).children(recursive=True)
    for process in (*started, extracting):  # a terminal, and a batch system, reach all of them
        with suppress(psutil.NoSuchProcess):
            process.send_signal(stop)
    _, errors = extracting.communicate(timeout=300)
    assert extracting.returncode == code
    assert not list(temporary.glob("motionsig-*")), "what was fetched is gone"
    assert "Error: Interrupted. Finished work is kept. Run the same command again to continue.\n" in errors
    assert not tables_in(out)
    assert any(name.endswith(".npz") for name in files_below(out))
    assert pd.read_csv(out / "failures.csv")["video"].tolist() == [bad.as_uri()]
    output, _ = start_extracting(video, out=out).communicate(timeout=300)
    assert "v.mp4: 120 frames" in output
    assert files_below(out) == tables_of("v")


def test_failures_are_listed_while_the_run_goes_on(tmp_path: Path) -> None:
    video, bad, out = write_person(tmp_path / "v.mp4", 240), tmp_path / "bad.mp4", tmp_path / "out"
    bad.write_text("no video")
    # By its address it is of unknown length, and so the first.
    extracting = start_extracting(video, bad.as_uri(), out=out, workers=1)
    while not (out / "failures.csv").exists():
        assert extracting.poll() is None
        time.sleep(0.02)
    workers = psutil.Process(extracting.pid).children(recursive=True)
    extracting.kill()
    extracting.communicate()
    wait_for_workers_to_end(workers)
    assert not tables_in(out), "the run was not over"
    assert pd.read_csv(out / "failures.csv")["video"].tolist() == [bad.as_uri()]


def test_the_list_of_failures_is_kept_when_no_work_begins(run: Run, tmp_path: Path) -> None:
    video, out = write_person(tmp_path / "v.mp4", 4), tmp_path / "out"
    out.mkdir()
    (out / "failures.csv").write_text("video,error\nof an earlier run,x\n")
    assert run("extract", video, "-o", out, "--cluster", "tcp://mistyped").code == 1
    assert pd.read_csv(out / "failures.csv")["video"].tolist() == ["of an earlier run"]


@pytest.mark.parametrize(("chunks", "parts"), [(1000, 16), (60, 2), (7, 7), (3, 3), (20, 16)])
def test_parts_of_one_video_take_equally_long_and_leave_nothing_out(chunks: int, parts: int) -> None:
    borders = _place_borders(chunks, parts)
    assert (borders[0], borders[-1]) == (0, chunks)
    assert borders == sorted(set(borders))
    assert len(borders) <= parts + 1
    times = [stop - start + _DECODING * start for start, stop in pairwise(borders)]
    assert max(times) - min(times) < 2, "but for whole chunks"


@dataclass(frozen=True)
class FatalVideo(RemoteFile):
    """A video that kills whoever looks at it closely, as a decoder with a hole does."""

    test: int = 0

    @property
    def name(self) -> str:
        if os.getpid() != self.test:
            os.kill(os.getpid(), signal.SIGSEGV)
        return super().name


def test_a_crash_costs_its_own_video_only(tmp_path: Path) -> None:
    good = [write_person(tmp_path / f"{k}.mp4", 4, start=k) for k in range(4)]
    fatal = [FatalVideo(f"file://{tmp_path}/fatal{k}.mp4", os.getpid()) for k in range(2)]
    for video in fatal:
        write_person(Path(video.url.removeprefix("file://")), 2)
    survey = survey_videos([good[0], fatal[0], *good[1:], fatal[1]])
    outcomes = list(
        dispatch(survey, tmp_path / "out", ExtractionOptions(), workers=2, advance=lambda frames: None)
    )
    failed = {outcome.video: outcome.error for outcome in outcomes if outcome.error}
    assert set(failed) == set(fatal)
    assert all("worker process died (SIGSEGV)" in str(failed[video]) for video in fatal)
    frame_tables = {name for name in tables_in(tmp_path / "out") if not name.endswith(SUFFIXES_BESIDE)}
    assert frame_tables == {"0.parquet", "1.parquet", "2.parquet", "3.parquet"}


def test_one_long_video_is_shared_and_gives_the_same_bytes(tmp_path: Path) -> None:
    video = write_person(tmp_path / "v.mp4", 40)
    assert len(plan_jobs(survey_videos([video]), tmp_path, ExtractionOptions(chunk_s=0.5), 2)[0]) == 2
    for workers in (1, 2):
        (outcome,) = extract_here([video], tmp_path / f"{workers}", workers, chunk_s=0.5)
        assert outcome.extraction is not None
        assert outcome.extraction.frames == 40
    assert tables_in(tmp_path / "1") == tables_in(tmp_path / "2")
    assert files_below(tmp_path / "2") == tables_of("v")


@pytest.mark.skipif(not are_installed(), reason="the networks that tell faces apart are not installed")
def test_a_shared_video_that_is_read_twice_is_shared_twice(tmp_path: Path) -> None:
    """The only key frame shows somebody who is there for 1 s; the person seen most comes after."""
    shots = [sway(officer(320), k) for k in range(6)] + [sway(portrait(320), k) for k in range(20)]
    video = write_video(tmp_path / "v.mp4", shots, fps=5)
    for workers in (1, 2):
        frames: list[int] = []
        (outcome,) = dispatch(
            survey_videos([video]),
            tmp_path / f"{workers}",
            ExtractionOptions(chunk_s=1.0),
            workers=workers,
            advance=frames.append,
        )
        assert outcome.extraction is not None
        assert sum(frames) == 2 * 26
    assert tables_in(tmp_path / "1") == tables_in(tmp_path / "2")


@pytest.mark.parametrize("kept", [False, True])
def test_all_frames_of_a_shared_video_are_counted_once(tmp_path: Path, kept: bool) -> None:
    video, out = write_person(tmp_path / "v.mp4", 40), tmp_path / "out"
    if kept:
        extract_here([video], out, chunk_s=0.5)
    frames: list[int] = []
    survey = survey_videos([video])
    (outcome,) = dispatch(survey, out, ExtractionOptions(chunk_s=0.5), workers=2, advance=frames.append)
    assert outcome.extraction is not None
    assert outcome.extraction.reused == kept
    assert sum(frames) == survey.frames == 40


def test_a_second_run_reuses_and_a_changed_file_or_option_is_read_again(run: Run, tmp_path: Path) -> None:
    videos, out = tmp_path / "videos", tmp_path / "out"
    videos.mkdir()
    for k in range(2):
        write_person(videos / f"{k}.mp4", 4, start=k)
    assert "2 done, 0 kept, 0 failed." in run("extract", videos, "-o", out).out
    assert "0 done, 2 kept, 0 failed." in run("extract", videos, "-o", out).out
    write_person(videos / "0.mp4", 6, start=5)
    assert "1 done, 1 kept, 0 failed." in run("extract", videos, "-o", out).out
    assert len(pd.read_parquet(out / "0.parquet")) == 6
    assert "2 done, 0 kept, 0 failed." in run("extract", videos, "-o", out, "--sample-fps", 5).out
    assert pd.read_parquet(out / "0.parquet")["frame"].tolist() == [0, 2, 4]
    (videos / "2.mp4").write_text("no video")
    assert run("extract", videos, "-o", out, "--sample-fps", 5).code == 1
    assert (out / "failures.csv").exists()
    (videos / "2.mp4").unlink()
    assert run("extract", videos, "-o", out, "--sample-fps", 5).code == 0
    assert not (out / "failures.csv").exists(), "it lists the failures of the last run"


def test_the_list_of_failures_is_that_of_the_last_run_with_one_video_too(run: Run, tmp_path: Path) -> None:
    good, bad, out = write_person(tmp_path / "good.mp4", 4), tmp_path / "bad.mp4", tmp_path / "out"
    bad.write_text("no video")
    assert run("extract", bad, "-o", out).code == 1
    assert pd.read_csv(out / "failures.csv")["video"].tolist() == [str(bad)]
    assert run("extract", good, "-o", out).code == 0
    assert files_below(out) == tables_of("good")


def test_a_video_elsewhere_that_has_not_changed_is_not_fetched_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video, out = write_person(tmp_path / "v.mp4", 4), tmp_path / "out"
    job = Job(RemoteFile(video.as_uri()), out / "v.parquet", ExtractionOptions(), None, None)
    fetches: list[str] = []
    fetch = LocalFileSystem.get_file

    def count(self: LocalFileSystem, path: str, *args: object, **kwargs: object) -> None:
        fetches.append(path)
        fetch(self, path, *args, **kwargs)

    monkeypatch.setattr(LocalFileSystem, "get_file", count)
    made, again = run_job(job), run_job(job)
    assert isinstance(made, Extraction)
    assert isinstance(again, Extraction)
    assert (made.reused, again.reused, len(fetches)) == (False, True, 1)
    assert replace(again, reused=False) == made
    other = run_job(replace(job, options=ExtractionOptions(sample_fps=5)))
    assert isinstance(other, Extraction)
    assert (other.frames, len(fetches)) == (2, 2), "another option needs the video"
    write_person(video, 6, start=3)
    changed = run_job(job)
    assert isinstance(changed, Extraction)
    assert (changed.frames, changed.reused, len(fetches)) == (6, False, 3)


def test_what_joblib_needs_to_replace_grown_workers_is_installed_with_motionsig() -> None:
    project = tomllib.loads(Path(__file__).parents[2].joinpath("pyproject.toml").read_text())["project"]
    assert any(needed.startswith("psutil") for needed in project["dependencies"])


# --- planning


def surveyed(**seconds: float | None) -> Survey:
    return Survey(
        tuple(
            SurveyedVideo(Path(f"{name}.mp4"), None if length is None else round(length * 25), length)
            for name, length in seconds.items()
        )
    )


def test_the_longest_video_comes_first_and_unknown_ones_before_it() -> None:
    videos = surveyed(short=10, unknown=None, long=30, middle=20)
    jobs = plan_jobs(videos, Path("out"), ExtractionOptions(), 2)
    assert [job[0].video.stem for job in jobs] == ["unknown", "long", "middle", "short"]


def test_only_a_video_longer_than_its_share_is_divided_and_at_chunks() -> None:
    plan = plan_jobs(surveyed(a=3600, b=600, c=600), Path("out"), ExtractionOptions(), 4)
    assert [len(jobs) for jobs in plan] == [3, 1, 1]
    assert [job.chunks for job in plan[0]] == [ChunkRange(0, 10), ChunkRange(10, 20), ChunkRange(20, None)]
    assert sum(job.frames or 0 for job in plan[0]) == 3600 * 25
    same = plan_jobs(surveyed(a=600, b=600), Path("out"), ExtractionOptions(), 2)
    assert [job.chunks for jobs in same for job in jobs] == [None, None]
    short = plan_jobs(surveyed(a=90), Path("out"), ExtractionOptions(), 8)
    assert [job.chunks for job in short[0]] == [None], "one chunk has one reader"
