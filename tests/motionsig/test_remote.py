"""Videos that lie elsewhere: how storages fail, and what stays of what was fetched."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import fsspec
import pytest
from command_line import Run, assert_refused, files_below
from fsspec.implementations.local import LocalFileSystem

from extract.extraction_options import ExtractionOptions
from ground.errors import InputError
from motionsig.execution.jobs import Failure, Job, run_job
from motionsig.execution.remote import RemoteFile, fetched, find_remote_files, remove_abandoned


class NoCredentialsError(Exception):
    """As of botocore, neither an OSError nor a ValueError."""


class ClosedStorage(LocalFileSystem):
    """A storage that asks for credentials."""

    protocol = "closed"

    def isdir(self, path: str) -> bool:
        raise NoCredentialsError("Unable to locate credentials")

    def get_file(self, *args: object, **kwargs: object) -> None:
        raise NoCredentialsError("Unable to locate credentials")


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of the system for this test alone."""
    folder = tmp_path / "system"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture(autouse=True)
def closed_storage() -> None:
    fsspec.register_implementation("closed", ClosedStorage, clobber=True)


@pytest.mark.parametrize(
    "use",
    [
        lambda: find_remote_files(["closed:///v"], {".mp4"}, lambda *_: None),
        lambda: fetched(RemoteFile("closed:///v.mp4")).__enter__(),
    ],
)
def test_whatever_a_storage_raises_names_the_address(use: Callable[[], object]) -> None:
    with pytest.raises(InputError, match=r"closed:///v.*NoCredentialsError: Unable to locate credentials"):
        use()


def test_a_storage_that_fails_is_an_error_on_the_command_line_and_a_failure_of_a_job(
    run: Run, tmp_path: Path
) -> None:
    refused = run("extract", "closed:///v", "-o", tmp_path / "t")
    assert_refused(refused, "closed:///v cannot be reached", nothing_in=tmp_path / "t")
    job = Job(RemoteFile("closed:///v.mp4"), tmp_path / "v.parquet", ExtractionOptions(), None, None)
    failure = run_job(job)
    assert isinstance(failure, Failure)
    assert "closed:///v.mp4 cannot be fetched" in failure.message
    assert "report it" not in failure.message


FETCHING = """
import sys, tempfile, time
from motionsig.execution.remote import RemoteFile, fetched
tempfile.tempdir = sys.argv[1]
with fetched(RemoteFile(sys.argv[2])) as path:
    print(path, flush=True)
    time.sleep(60)
"""


def test_what_a_killed_process_fetched_is_removed_and_what_a_living_one_did_is_kept(
    tmp_path: Path, temporary: Path
) -> None:
    video = tmp_path / "v.mp4"
    video.write_bytes(b"some")
    call = [sys.executable, "-c", FETCHING, str(temporary), video.as_uri()]
    with subprocess.Popen(call, stdout=subprocess.PIPE, text=True) as fetching:
        assert fetching.stdout is not None
        path = Path(fetching.stdout.readline().strip())
        remove_abandoned()
        assert path.read_bytes() == b"some"
        fetching.kill()
    assert path.exists(), "nothing of the process itself could remove it"
    with fetched(RemoteFile(video.as_uri())) as own:
        assert not path.parent.exists()
        remove_abandoned()
        assert own.exists()
    assert not files_below(temporary)


def test_only_folders_of_this_computer_and_not_behind_links_are_removed(
    tmp_path: Path, temporary: Path
) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    here = f"motionsig-fetched-{os.uname().nodename}-{ended.pid}-"
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "precious").touch()
    (temporary / f"{here}link").symlink_to(kept, target_is_directory=True)
    (temporary / f"motionsig-fetched-elsewhere-{ended.pid}-abc").mkdir()
    (temporary / f"motionsig-fuzz-{ended.pid}-abc").mkdir()
    (temporary / f"{here}abc").mkdir()
    before = files_below(temporary)
    remove_abandoned()
    assert before - files_below(temporary) == {f"{here}abc"}
    assert files_below(kept) == {"precious"}
