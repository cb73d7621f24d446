"""Systems that lack shared memory, a place for temporary files, or a terminal for all letters."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from command_line import Run, assert_refused
from media import marked_frames, write_video
from population import make_correlations, write_correlations

from ground.errors import InputError
from motionsig.command_line import terminal
from motionsig.execution.remote import RemoteFile, fetched


def fail(*_: object, **__: object) -> None:
    raise OSError(errno.EROFS, os.strerror(errno.EROFS))


@pytest.fixture
def no_shared_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Containers without /dev/shm: no semaphore can be made, so no executor either."""
    monkeypatch.setattr("joblib.externals.loky.process_executor.ProcessPoolExecutor.__init__", fail)


@pytest.mark.usefixtures("no_shared_memory")
def test_without_shared_memory_reading_a_video_is_refused_with_what_to_do(run: Run, tmp_path: Path) -> None:
    video, out = write_video(tmp_path / "v.mp4", marked_frames(3)), tmp_path / "t"
    assert_refused(run("extract", video, "-o", out), "/dev/shm", "Read-only file system", nothing_in=out)


@pytest.mark.usefixtures("no_shared_memory")
def test_without_shared_memory_models_are_trained(run: Run, tmp_path: Path) -> None:
    table = write_correlations(tmp_path, make_correlations({"id0": 3, "id1": 1, "id2": 1, "id3": 1}, clips=2))
    words = ("train", table, "--person", "id0", "--classifier", "oneclass", "-o", tmp_path / "m.skops")
    assert run(*words).code == 0


def test_without_a_place_for_temporary_files_the_output_of_libraries_is_lost_and_no_more(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tempfile, "TemporaryFile", fail)
    with terminal.native_output_set_aside() as set_aside:
        os.write(2, b"a library mutters")
        terminal.warn("ours is shown")
        assert set_aside() == ""
    assert capfd.readouterr().err == "Warning: ours is shown\n"


def test_without_a_place_for_temporary_files_nothing_is_fetched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "TemporaryDirectory", fail)
    video = write_video(tmp_path / "v.mp4", marked_frames(3))
    with pytest.raises(InputError, match="Set TMPDIR to a folder"), fetched(RemoteFile(video.as_uri())):
        pass


def test_an_ascii_terminal_gets_letters_that_it_lacks_written_out(tmp_path: Path) -> None:
    table = write_correlations(tmp_path, make_correlations({"id0": 1}, clips=2), "Zoë_correlations.csv")
    done = subprocess.run(
        [sys.executable, "-m", "motionsig", "inspect", str(table)],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Zo\\xeb_correlations.csv" in done.stdout
