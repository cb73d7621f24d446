"""`motionsig serve` as a program: its port, its library, and what happens when it is killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest
from suspects import train_model

from motionsig.use_cases.library import queue, suspects
from motionsig.use_cases.library.layout import Library, open_library

QUEUED = 10


@contextmanager
def served(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the page; the process, and its address with the token."""
    call = [
        sys.executable,
        "-m",
        "motionsig",
        "serve",
        str(folder),
        "--port",
        "0",
        "--no-browser",
        "--workers",
        "1",
    ]
    process = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("Open http://127.0.0.1:"), process.communicate()[1]
        yield process, line.removeprefix("Open ").strip()
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)


def serve_in_vain(*words: object) -> str:
    """Start a page that refuses to start; what it says."""
    call = [sys.executable, "-m", "motionsig", "serve", *map(str, words), "--no-browser"]
    done = subprocess.run(call, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert len(done.stderr.splitlines()) == 1
    return done.stderr


def ask(address: str, path: str) -> Any:
    base, token = address.split("?token=")
    request = urllib.request.Request(base + path, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = serve_in_vain(tmp_path / "library", "--port", port)
    assert f"Port {port} is in use by another program. Give another with --port" in said


def test_a_folder_to_name_files_in_must_be_one(tmp_path: Path) -> None:
    assert "is not a folder" in serve_in_vain(tmp_path / "library", "--folder", tmp_path / "nothing")


def test_ctrl_c_ends_it_and_leaves_no_process(tmp_path: Path) -> None:
    with served(tmp_path / "library") as (process, _):
        children = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, "")
        assert "goes on at the next start" in out
        gone, alive = psutil.wait_procs(children, timeout=20)
        assert gone
        assert alive == []


@pytest.mark.slow
def test_ten_queued_videos_survive_kill_9_and_go_on(tmp_path: Path) -> None:
    """Of files that are no videos, so that each is read in a moment."""
    library = open_library(tmp_path / "library")
    train_model(library.models / "id0.skops")
    for k in range(QUEUED):
        (tmp_path / f"{k}.mp4").write_bytes(b"no video")
        suspects.add_suspect(library, f"{k}.mp4", tmp_path / f"{k}.mp4", "id0")
    with served(library.root) as (process, address):
        assert len(ask(address, "api/v1/jobs")["jobs"]) == QUEUED
        wait_for(library, 1)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    left = QUEUED - count_ended(library)
    assert left > 0  # otherwise it was killed too late to prove anything
    with served(library.root) as (_, address):
        assert "is used by another `motionsig serve` (process" in serve_in_vain(library.root, "--port", 0)
        wait_for(library, QUEUED)
        jobs = ask(address, "api/v1/jobs")["jobs"]
    assert [job["name"] for job in jobs] == [f"{k}.mp4" for k in range(QUEUED)]
    assert {job["state"] for job in jobs} == {"failed"}
    assert all("It is not a video" in job["message"] for job in jobs)


def count_ended(library: Library) -> int:
    return sum(job.ended_utc is not None for job in queue.list_jobs(library))


def wait_for(library: Library, ended: int) -> None:
    until = time.monotonic() + 120
    while count_ended(library) < ended:
        assert time.monotonic() < until
        time.sleep(0.05)
