"""Work on a Dask cluster: a real scheduler and two real workers on this computer."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import pytest
from command_line import Run, assert_refused, files_below
from media import portrait, write_video
from population import make_correlations, write_correlations

from classify.model_file import load_model
from extract.extraction_options import ExtractionOptions
from extract.networks.weights import FACE_LANDMARKS, FOLDER_VARIABLE, locate_weights
from extract.people.faces import describe_networks
from extract.people.weights import are_installed
from ground.errors import InputError
from ground.provenance import motionsig_version
from motionsig.execution.cluster import connect
from motionsig.execution.dispatch import dispatch
from motionsig.execution.jobs import Job
from motionsig.execution.remote import RemoteFile
from motionsig.execution.survey import survey_videos

distributed = pytest.importorskip("distributed")

START = "import sys; from distributed.cli.dask_{0} import main; sys.argv[0] = 'dask-{0}'; main()"


@dataclass(frozen=True)
class FatalVideo(RemoteFile):
    """A video that kills whoever looks at it in a job, as a decoder with a hole does."""

    number: int = 0

    @property
    def name(self) -> str:
        if multiprocessing.current_process().name.startswith("Loky"):
            os.kill(os.getpid(), signal.SIGSEGV)
        return f"{self.number}-{super().name}"

    @property
    def stem(self) -> str:
        return f"fatal{self.number}"


class DaskHere:
    """A scheduler and workers in processes of their own."""

    def __init__(self, folder: Path, workers: int = 2, **variables: str) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        address_file = folder / "scheduler.json"
        self._start("scheduler", "--scheduler-file", address_file, "--port", "0", "--dashboard-address", ":0")
        self._wait_for(address_file.exists)
        self.client = distributed.Client(scheduler_file=str(address_file), set_as_default=False)
        self.address = self.client.scheduler.address
        self.workers = [self._start_worker(**variables) for _ in range(workers)]
        self.client.wait_for_workers(workers, timeout=300)

    def _start(self, what: str, *words: object, **variables: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **variables}
        environment["DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES"] = "3"
        call = [sys.executable, "-c", START.format(what), *map(str, words)]
        with (self.folder / f"{what}.log").open("ab") as log:
            process = subprocess.Popen(call, stdout=log, stderr=log, cwd=self.folder, env=environment)
        self.processes.append(process)
        return process

    def _start_worker(self, **variables: str) -> subprocess.Popen[bytes]:
        return self._start(
            "worker", self.address, "--nthreads", 1, "--no-nanny", "--no-dashboard", **variables
        )

    @staticmethod
    def _wait_for(condition: object, seconds: float = 300) -> None:
        until = time.monotonic() + seconds
        while not condition():  # type: ignore[operator]
            assert time.monotonic() < until
            time.sleep(0.05)

    def close(self) -> None:
        self.client.close()
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DaskHere]:
    here = DaskHere(tmp_path_factory.mktemp("dask"))
    yield here
    here.close()


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("videos")
    for k in range(4):
        frames = [portrait(200, turn_deg=6 * np.sin(k + t / 4)) for t in range(20)]
        write_video(folder / f"{k}.mp4", frames, fps=10)
    return folder


@pytest.fixture(scope="module")
def long_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("long") / "long.mp4", [portrait(200)] * 3000, fps=25)


def start_extracting(videos: Path | str, out: Path, address: str) -> subprocess.Popen[bytes]:
    call = [sys.executable, "-m", "motionsig", "extract", videos, "-o", out, "--cluster", address]
    root = Path(__file__).parents[2]
    return subprocess.Popen([*map(str, call)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=root)


def wait_for_jobs(cluster: DaskHere) -> list[psutil.Process]:
    """Return the processes of jobs as soon as there are some."""
    found: list[psutil.Process] = []

    def look() -> bool:
        workers = [psutil.Process(worker.pid) for worker in cluster.workers if worker.poll() is None]
        try:
            children = [child for worker in workers for child in worker.children(recursive=True)]
            found[:] = [child for child in children if "LokyProcess" in " ".join(child.cmdline())]
        except psutil.Error:
            return False  # one has just ended
        return bool(found)

    cluster._wait_for(look)
    return found


def tables_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.parquet")}


def test_the_cluster_makes_the_tables_that_this_computer_makes(
    run: Run, cluster: DaskHere, videos: Path, tmp_path: Path
) -> None:
    here = run("extract", videos, "-o", tmp_path / "here")
    there = run("extract", videos, "-o", tmp_path / "there", "--cluster", cluster.address)
    assert (here.code, there.code) == (0, 0), there.err
    assert there.err.startswith("Dashboard of the cluster: http://"), "results alone are on standard output"
    assert "4 done, 0 kept, 0 failed." in there.out
    assert tables_in(tmp_path / "here") == tables_in(tmp_path / "there") != {}
    again = run("extract", f"file://{videos}", "-o", tmp_path / "there", "--cluster", cluster.address)
    assert "0 done, 4 kept, 0 failed." in again.out, "fetched by its address, the same bytes"


def test_searches_run_on_the_cluster_and_give_the_same_model(
    run: Run, cluster: DaskHere, tmp_path: Path
) -> None:
    table = write_correlations(tmp_path, make_correlations({f"id{k}": 3 for k in range(4)}))
    before = len(cluster.client.get_task_stream())
    for name, where in (("here", ()), ("there", ("--cluster", cluster.address))):
        result = run("train", table, "--person", "id0", "-o", tmp_path / f"{name}.skops", *where)
        assert result.code == 0, result.err
    assert len(cluster.client.get_task_stream()) > before
    here, there = (load_model(tmp_path / f"{name}.skops").card for name in ("here", "there"))
    assert there.model_copy(update={"created_utc": here.created_utc}) == here
    evaluated = run("evaluate", table, "--person", "id0", "--cluster", cluster.address)
    assert evaluated.code == 0, evaluated.err


def test_an_address_without_a_scheduler_is_refused(
    run: Run, videos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("motionsig.execution.cluster._CONNECT_S", 0.5)
    result = run("extract", videos, "-o", tmp_path / "t", "--cluster", "tcp://127.0.0.1:9")
    assert result.code == 1
    assert "No Dask scheduler answers at tcp://127.0.0.1:9" in result.err


@pytest.mark.parametrize(
    "address", ["nonsense", "", "tcp://127.0.0.1:18786x", "tcp://127.0.0.1", "http://127.0.0.1:8786"]
)
def test_what_is_no_address_of_a_scheduler_is_refused_without_trying_to_reach_it(
    run: Run, videos: Path, tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    monkeypatch.setattr("motionsig.execution.cluster._knock", tried.append)
    out = tmp_path / "t"
    result = run("extract", videos, "-o", out, "--cluster", address)
    assert_refused(result, f"'{address}' is not the address of a Dask scheduler", nothing_in=out)
    assert not tried


def test_an_address_that_fails_in_another_way_leaves_no_client_that_hangs(
    videos: Path, tmp_path: Path
) -> None:
    # There are no certificates.
    extracting = start_extracting(videos, tmp_path / "t", "tls://127.0.0.1:9")
    _, errors = extracting.communicate(timeout=300)
    assert extracting.returncode == 1
    assert errors.startswith(b"Error: No Dask scheduler answers at tls://127.0.0.1:9 (")
    assert b"Traceback" not in errors


def test_a_server_that_is_no_scheduler_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("motionsig.execution.cluster._CONNECT_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(InputError, match="No Dask scheduler answers at"), connect(address):
            pass


def test_a_worker_that_does_not_see_a_video_says_who_and_where(cluster: DaskHere, tmp_path: Path) -> None:
    video = tmp_path / "here only.mp4"
    with connect(cluster.address) as connected, connected.share(tmp_path) as workers:
        job = Job(video, tmp_path / "t.parquet", ExtractionOptions(), None, None)
        failure = workers.submit(job).result(timeout=300)
    assert f"{os.uname().nodename} does not see {video}. Put videos where all computers" in str(failure)


def test_workers_with_another_version_are_refused(run: Run, videos: Path, tmp_path: Path) -> None:
    other = tmp_path / "site" / "motion_signature-9.9.9.dist-info"
    other.mkdir(parents=True)
    (other / "METADATA").write_text("Metadata-Version: 2.1\nName: motion-signature\nVersion: 9.9.9\n")
    path = os.pathsep.join([str(other.parent), *sys.path])
    here = DaskHere(tmp_path, workers=1, PYTHONPATH=path)
    try:
        result = run("extract", videos, "-o", tmp_path / "t", "--cluster", here.address)
    finally:
        here.close()
    (worker,) = (line for line in result.err.splitlines() if line.endswith(" has 9.9.9"))
    assert worker.startswith("  tcp://")
    assert_refused(
        result, "need the same version of motionsig", motionsig_version(), nothing_in=tmp_path / "t"
    )


def test_workers_that_tell_faces_apart_otherwise_than_this_computer_are_refused(
    run: Run, cluster: DaskHere, videos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("motionsig.execution.cluster.are_installed", lambda: not are_installed())
    result = run("extract", videos, "-o", tmp_path / "t", "--cluster", cluster.address)
    named = [line for line in result.err.splitlines() if line.startswith("  tcp://")]
    assert len(named) == 2, "each worker is named"
    there = describe_networks().label if are_installed() else "none"
    assert all(line.endswith(f" has {there}") for line in named)
    assert "Error: All computers of a cluster need the same networks that tell faces apart" in result.err
    assert result.code == 1
    assert not files_below(tmp_path / "t")


@contextmanager
def networks_in(folder: Path, cluster: DaskHere, workers: int) -> Iterator[None]:
    """Let some of the workers look for the networks of bodies and faces in another folder."""
    some = sorted(cluster.client.nthreads())[:workers]
    before = cluster.client.run(lambda: os.environ.get(FOLDER_VARIABLE), workers=some)[some[0]]
    cluster.client.run(lambda: os.environ.__setitem__(FOLDER_VARIABLE, str(folder)), workers=some)
    try:
        yield
    finally:
        cluster.client.run(
            lambda: (
                os.environ.pop(FOLDER_VARIABLE)
                if before is None
                else os.environ.__setitem__(FOLDER_VARIABLE, before)
            ),
            workers=some,
        )


def test_a_computer_without_the_networks_that_read_videos_is_refused_by_name(
    run: Run, cluster: DaskHere, videos: Path, tmp_path: Path
) -> None:
    out, empty = tmp_path / "t", tmp_path / "empty"
    with networks_in(empty, cluster, workers=1):
        result = run("extract", videos, "-o", out, "--cluster", cluster.address)
    (named,) = (line for line in result.err.splitlines() if line.startswith("  "))
    assert named.startswith(f"  {os.uname().nodename}: ")
    assert f"there is no {empty}" in named
    assert "Error: Every computer of a cluster needs the networks that find bodies and faces" in result.err
    assert "Run `motionsig fetch-networks` on these" in result.err
    assert result.code == 1
    assert not files_below(out)


def test_damaged_networks_are_refused_and_each_computer_is_named_once(
    cluster: DaskHere, tmp_path: Path
) -> None:
    damaged = tmp_path / "networks"
    shutil.copytree(locate_weights(FACE_LANDMARKS).parent, damaged)
    (damaged / locate_weights(FACE_LANDMARKS).name).write_bytes(b"damaged")
    with (
        networks_in(damaged, cluster, workers=2),
        connect(cluster.address) as connected,
        pytest.raises(InputError) as refused,
        connected.share(tmp_path),
    ):
        pass
    (problem,) = refused.value.problems
    assert problem.startswith(f"{os.uname().nodename}: {damaged}")
    assert "is damaged" in problem


def test_a_worker_that_comes_later_without_networks_names_its_computer(
    cluster: DaskHere, tmp_path: Path
) -> None:
    video = tmp_path / "v.mp4"
    video.touch()
    with connect(cluster.address) as connected, connected.share(tmp_path) as workers:
        job = Job(video, tmp_path / "t.parquet", ExtractionOptions(), None, None)
        with networks_in(tmp_path / "empty", cluster, workers=2):
            failure = workers.submit(job).result(timeout=300)
    assert str(failure).startswith(f"{os.uname().nodename}: The networks that find bodies and faces are not")
    assert "`motionsig fetch-networks`" in str(failure)


def test_a_worker_that_comes_later_and_tells_faces_apart_otherwise_fails_its_jobs(
    cluster: DaskHere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = tmp_path / "v.mp4"
    video.touch()
    with connect(cluster.address) as connected, connected.share(tmp_path) as workers:
        monkeypatch.setattr("motionsig.execution.cluster.are_installed", lambda: not are_installed())
        job = Job(video, tmp_path / "t.parquet", ExtractionOptions(), None, None)
        failure = workers.submit(job).result(timeout=300)
    assert f"{os.uname().nodename} has other networks that tell faces apart" in str(failure)


def test_old_tokens_of_runs_that_were_killed_are_removed(cluster: DaskHere, tmp_path: Path) -> None:
    old, new = tmp_path / ".run-old", tmp_path / ".run-new"
    for token in (old, new):
        token.touch()
    os.utime(old, (0, 0))
    with connect(cluster.address) as connected, connected.share(tmp_path):
        assert len(files_below(tmp_path)) == 2
    assert files_below(tmp_path) == {".run-new"}


def test_a_token_is_new_as_long_as_jobs_are_handed_over(cluster: DaskHere, tmp_path: Path) -> None:
    with connect(cluster.address) as connected, connected.share(tmp_path) as workers:
        (token,) = tmp_path.iterdir()
        os.utime(token, (0, 0))
        job = Job(tmp_path / "none.mp4", tmp_path / "t.parquet", ExtractionOptions(), None, None)
        workers.submit(job).result(timeout=300)
        assert token.stat().st_mtime > time.time() - 3600


def test_jobs_end_soon_after_the_command_was_stopped(
    cluster: DaskHere, long_video: Path, tmp_path: Path
) -> None:
    out = tmp_path / "t"
    extracting = start_extracting(long_video.as_uri(), out, cluster.address)
    jobs = wait_for_jobs(cluster)

    def find_fetched() -> list[Path]:
        mine = [f"motionsig-fetched-{os.uname().nodename}-{job.pid}-*" for job in jobs]
        return [path for name in mine for path in Path(tempfile.gettempdir()).glob(name)]

    cluster._wait_for(find_fetched)
    extracting.send_signal(signal.SIGTERM)
    _, errors = extracting.communicate(timeout=300)
    assert extracting.returncode == 128 + signal.SIGTERM
    dashboard, interrupted = errors.splitlines()
    assert dashboard.startswith(b"Dashboard of the cluster: ")
    assert (
        interrupted == b"Error: Interrupted. Finished work is kept. Run the same command again to continue."
    )
    _, alive = psutil.wait_procs(jobs, timeout=300)
    assert not alive
    assert not list(out.glob(".run-*"))
    cluster._wait_for(lambda: not find_fetched())


def test_a_scheduler_that_is_killed_is_one_sentence(long_video: Path, tmp_path: Path) -> None:
    (tmp_path / "dask").mkdir()
    here = DaskHere(tmp_path / "dask", workers=1)
    try:
        extracting = start_extracting(long_video, tmp_path / "t", here.address)
        wait_for_jobs(here)
        here.processes[0].kill()
        _, errors = extracting.communicate(timeout=300)
    finally:
        here.close()
    assert extracting.returncode == 1
    sentence = (
        f"Error: The scheduler at {here.address} does not answer any more. Finished work is kept. Start the "
        "scheduler"
    )
    dashboard, error = errors.decode().splitlines()  # nothing else is said
    assert dashboard.startswith("Dashboard of the cluster: ")
    assert error.startswith(sentence)


def test_a_video_that_crashes_its_reader_costs_no_worker_and_no_other_video(
    cluster: DaskHere, videos: Path, tmp_path: Path
) -> None:
    before = set(cluster.client.nthreads())
    fatal = [FatalVideo(f"file://{videos}/0.mp4", k) for k in range(3)]
    survey = survey_videos([*fatal, *sorted(videos.glob("*.mp4"))])
    with connect(cluster.address) as connected:
        outcomes = list(
            dispatch(
                survey,
                tmp_path / "out",
                ExtractionOptions(),
                workers=1,
                cluster=connected,
                advance=lambda frames: None,
            )
        )
    failed = {outcome.video: outcome.error for outcome in outcomes if outcome.error}
    assert set(failed) == set(fatal)
    assert all("worker process died (SIGSEGV)" in str(error) for error in failed.values())
    assert len(tables_in(tmp_path / "out")) == 3 * 4, "each with its tracks and its voice"
    assert set(cluster.client.nthreads()) == before


# Last, because it leaves one worker.
def test_a_worker_that_is_killed_costs_nothing(cluster: DaskHere, videos: Path, tmp_path: Path) -> None:
    out = tmp_path / "tables"
    extracting = start_extracting(videos, out, cluster.address)
    victim = cluster.workers[0]

    def victim_works() -> bool:
        at_work = cluster.client.processing()
        pids = cluster.client.run(os.getpid)
        return any(at_work.get(worker) for worker, pid in pids.items() if pid == victim.pid)

    cluster._wait_for(victim_works)
    victim.send_signal(signal.SIGKILL)
    output, errors = extracting.communicate(timeout=300)
    assert extracting.returncode == 0, errors
    # One that was finished, but not yet reported, when the worker died is found there by the next.
    assert b" 0 failed." in output
    assert len(tables_in(out)) == 3 * 4, "each with its tracks and its voice"
