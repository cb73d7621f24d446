"""What a folder of evidence may hold besides videos, and disks and rights that fail: said, not hung on."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from command_line import Run, assert_refused, files_below, tables_of
from frame_tables import write_moving
from media import cut_off, marked_frames, portrait, write_video

from extract.description import Backend, ReadingDescription
from extract.extraction_options import ExtractionOptions
from extract.limits import Limits
from motionsig.execution.dispatch import dispatch
from motionsig.execution.isolation import Isolated, LostCallError
from motionsig.execution.survey import SurveyedVideo, _survey_video, survey_videos

HANG_S = 300


def test_odd_names_and_dead_links_cost_themselves_only(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    good = write_video(folder / "-o good\n'\"$(id).mp4", [portrait(160)] * 3)
    bad = folder / os.fsdecode(b"\xff\xfebad.mp4")
    bad.write_bytes(b"no video at all")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "a.mp4").symlink_to(folder / "b.mp4")
    (folder / "b.mp4").symlink_to(folder / "a.mp4")
    os.mkfifo(folder / "pipe.mp4")
    result = run("extract", folder, "-o", tmp_path / "tables", "--json")
    assert result.code == 1
    videos = json.loads(result.out)["videos"]
    assert [video["error"] is None for video in videos].count(True) == len(videos) - 1 == 1
    assert "bad.mp4 as a video (" in result.err
    assert files_below(tmp_path / "tables") == tables_of(good.stem) | {"failures.csv"}


READING = {
    "extract": ("extract", "{}.mp4"),
    "inspect": ("inspect", "{}.parquet"),
    "correlate": ("correlate", "{}.parquet", "--manifest", "{}.csv"),
    "correlate OpenFace": (
        "import-openface",
        "{folder}/good.parquet",
        "--openface",
        "{}.csv",
        "-o",
        "{folder}/out",
    ),
    "train": ("train", "{}.csv", "--person", "x", "--manifest", "{}.csv"),
    "classify": ("classify", "{}.parquet", "--model", "{}.skops"),
    "show": ("show", "{}.skops"),
    "stress": ("stress", "{}.csv"),
}


@pytest.mark.parametrize("what", READING)
def test_a_pipe_is_refused_and_not_waited_for(run: Run, tmp_path: Path, what: str) -> None:
    write_moving(tmp_path, "good.mp4", seconds=11)
    for suffix in ("mp4", "parquet", "csv", "skops"):
        os.mkfifo(tmp_path / f"pipe.{suffix}")
    words = [word.format(tmp_path / "pipe", folder=tmp_path) for word in READING[what]]
    result = run(*words) if what in ("inspect", "show") else run(*words, "-o", tmp_path / "out" / "out.csv")
    assert_refused(result, "pipe.", "not a regular file", nothing_in=tmp_path / "out")


WITHOUT_RIGHTS = """
import os, sys
from motionsig.command_line.cli import main
import av, pandas, pyarrow.parquet, sklearn.svm, skops.io
import extract.extraction, motionsig.use_cases.inputs, motionsig.execution.survey
if os.geteuid() == 0:
    os.seteuid(65534)
sys.argv = ["motionsig", *sys.argv[1:]]
main()
"""


@pytest.mark.parametrize(
    "words",
    [
        ("inspect", "{}/closed.parquet"),
        ("show", "{}/closed.skops"),
        ("inspect", "{}/shut/t.parquet"),
        ("show", "{}/shut/m.skops"),
    ],
)
def test_what_may_not_be_read_is_refused(tmp_path: Path, words: tuple[str, str]) -> None:
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)  # pytest's own folders are closed to others
    for name in ("closed.parquet", "closed.skops"):
        (tmp_path / name).write_bytes(b"x")
        (tmp_path / name).chmod(0)
    (tmp_path / "shut").mkdir(mode=0)
    call = [sys.executable, "-c", WITHOUT_RIGHTS, *(word.format(tmp_path) for word in words)]
    done = subprocess.run(call, capture_output=True, text=True, timeout=HANG_S, check=False)
    assert done.returncode == 1, done.stderr
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
    assert str(tmp_path) in done.stderr


# Root may look into every folder, and no other user may look into where root keeps its Python.
WITHOUT_OVERRIDE = (
    ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]
    if os.geteuid() == 0
    else []
)


@pytest.mark.skipif(bool(WITHOUT_OVERRIDE) and not shutil.which("setpriv"), reason="root sees everything")
@pytest.mark.parametrize(
    ("mode", "named"),
    [(0, "You do not have permission to open the folder {}/shut,"), (0o644, "{}/shut/hidden.mp4")],
)
def test_a_closed_folder_is_named_and_the_other_videos_are_read(
    tmp_path: Path, mode: int, named: str
) -> None:
    videos, out = tmp_path / "videos", tmp_path / "out"
    shut = videos / "shut"
    shut.mkdir(parents=True)
    for path in (videos / "good.mp4", videos / "shut.mp4", shut / "hidden.mp4"):
        write_video(path, [portrait(160)] * 3)
    shut.chmod(mode)
    call = [*WITHOUT_OVERRIDE, sys.executable, "-m", "motionsig", "extract", str(videos), "-o", str(out)]
    done = subprocess.run(call, capture_output=True, text=True, timeout=HANG_S, check=False)
    shut.chmod(0o755)
    assert done.returncode == 1, done.stderr
    assert f"Error: {named.format(videos)}" in done.stderr
    assert "1 of 3 videos" in done.stderr
    assert files_below(out) == tables_of("good", "shut") | {"failures.csv"}


def test_the_longest_names_are_written_and_longer_ones_refused(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "v"
    folder.mkdir()
    longest, longer = (folder / ("\N{GREEK SMALL LETTER ALPHA}" * 120 + "x" * k + ".mp4") for k in (0, 1))
    for path in (longest, longer):
        write_video(path, [portrait(160)] * 3)
    result = run("extract", folder, "-o", tmp_path / "out")
    assert result.code == 1
    assert "give the video a shorter name" in result.err
    assert "unexpectedly" not in result.err
    assert files_below(tmp_path / "out") == tables_of(longest.stem) | {"failures.csv"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting a small file system is not allowed here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def motionsig(*words: object, before: Callable[[], None] | None = None) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "motionsig", *map(str, words)]
    return subprocess.run(
        call, capture_output=True, text=True, timeout=HANG_S, check=False, preexec_fn=before
    )


def limit_files_to_4_kib() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


@pytest.mark.parametrize("command", ["extract", "correlate"])
def test_where_no_more_can_be_written_that_is_said_and_nothing_stays(tmp_path: Path, command: str) -> None:
    table = write_moving(tmp_path, "t.mp4", seconds=11)
    video = write_video(tmp_path / "v.mp4", [portrait(160)] * 12)
    inputs = {
        "extract": (video, "-o", tmp_path / "out"),
        "correlate": (table, "-o", tmp_path / "out" / "c.csv"),
    }
    done = motionsig(command, *inputs[command], before=limit_files_to_4_kib)
    assert done.returncode == 1
    assert "Make room and try again" in done.stderr
    assert "Traceback" not in done.stderr
    left = {name for name in files_below(tmp_path / "out") if not name.startswith(".")}
    assert left <= {"failures.csv"}


def test_a_full_disk_is_said_and_nothing_stays(tmp_path: Path, small_disk: Path) -> None:
    write_moving(tmp_path, "t.mp4", seconds=60)
    done = motionsig("correlate", tmp_path / "t.parquet", "-o", small_disk / "c.csv")
    assert done.returncode == 1
    assert "No space left on device. Make room and try again." in done.stderr
    assert not files_below(small_disk)


class HangingOptions(ExtractionOptions):
    """Options with which the reading process hangs as a decoder does, where no exception reaches."""

    def describe(self, body: Backend, face: Backend) -> ReadingDescription:
        import threading

        threading.Lock().acquire()
        threading.Event().wait()
        return super().describe(body, face)


def test_a_decoder_that_hangs_costs_its_own_video_and_no_more_than_the_limit(tmp_path: Path) -> None:
    video = write_video(tmp_path / "v.mp4", marked_frames(3))
    options = HangingOptions(limits=Limits(time_s=0.5))
    (outcome,) = dispatch(
        survey_videos([video]), tmp_path / "out", options, workers=1, advance=lambda frames: None
    )
    assert outcome.extraction is None
    assert f"{video} was not finished: its decoder did not answer before the time limit ended" in str(
        outcome.error
    )


def _crash() -> None:
    os.abort()


def test_a_call_that_crashes_is_lost_and_the_next_one_is_made() -> None:
    with Isolated(limit_s=300) as isolated:
        with pytest.raises(LostCallError):
            isolated.call(_crash)
        assert isolated.call(abs, -1) == 1


def test_a_call_ends_soon_after_the_process_that_made_it_was_killed() -> None:
    program = (
        "import time\n"
        "from motionsig.execution.isolation import Isolated\n"
        "with Isolated(limit_s=3600) as isolated:\n"
        "    print(isolated.call(int, 1), flush=True)\n"
        "    isolated.call(time.sleep, 3600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as calling:
        assert calling.stdout is not None
        calling.stdout.readline()
        started = psutil.Process(calling.pid).children(recursive=True)
        calling.kill()
    assert started
    _, alive = psutil.wait_procs(started, timeout=300)
    assert not alive


def test_ctrl_c_is_left_to_the_process_that_made_the_call() -> None:
    with Isolated(limit_s=300) as isolated:
        assert isolated.call(signal.getsignal, signal.SIGINT) == signal.SIG_IGN


def test_a_survey_survives_what_no_one_thought_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path, limits: Limits) -> None:
        raise OverflowError

    monkeypatch.setattr("motionsig.execution.survey.VideoReader", fail)
    assert _survey_video(tmp_path / "v.mp4", Limits()) == SurveyedVideo(tmp_path / "v.mp4", 0, 0.0)


def test_a_damaged_video_beside_a_good_one(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "v"
    folder.mkdir()
    write_video(folder / "good.mp4", [portrait(160)] * 3)
    cut_off(write_video(folder / "cut.mp4", [portrait(160)] * 20), 0.5)
    result = run("extract", folder, "-o", tmp_path / "out", "--max-pixels", 25_600, "--time-limit", 600)
    assert result.code == 1
    assert "as a video (" in result.err
    assert files_below(tmp_path / "out") == tables_of("good") | {"failures.csv"}
    refused = run("extract", folder / "good.mp4", "-o", tmp_path / "none", "--max-pixels", 25_599)
    assert_refused(refused, "160 x 160 pixels", "--max-pixels", nothing_in=tmp_path / "none")
