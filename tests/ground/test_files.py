"""Files appear whole, on file systems that promise less than local ones too."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from ground.errors import InputError
from ground.files import replace_when_complete


def refuse_to_flush(monkeypatch: pytest.MonkeyPatch, number: int, *, folders: bool) -> None:
    """Answer as a file system does that cannot put folders, or files, on the disk at once."""
    flush = os.fsync

    def answer(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode) == folders:
            raise OSError(number, os.strerror(number))
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", answer)


@pytest.mark.parametrize("number", [errno.EINVAL, errno.EIO, errno.ENOTSUP, errno.EACCES])
def test_a_share_that_refuses_to_flush_a_folder_gets_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    refuse_to_flush(monkeypatch, number, folders=True)
    with replace_when_complete(tmp_path / "a.txt") as partial:
        partial.write_text("whole")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.txt", "whole")]


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP, errno.ENOSYS])
def test_a_share_that_cannot_flush_at_all_gets_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    refuse_to_flush(monkeypatch, number, folders=False)
    with replace_when_complete(tmp_path / "a.txt") as partial:
        partial.write_text("whole")
    assert (tmp_path / "a.txt").read_text() == "whole"


@pytest.mark.parametrize(
    ("number", "advice"), [(errno.EIO, "Choose another place."), (errno.ENOSPC, "Make room and try again.")]
)
def test_bytes_that_do_not_reach_the_disk_are_an_error_and_the_old_file_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, advice: str
) -> None:
    (tmp_path / "a.txt").write_text("old")
    refuse_to_flush(monkeypatch, number, folders=False)
    with (
        pytest.raises(InputError, match=rf"a\.txt: {os.strerror(number)}\. {advice}"),
        replace_when_complete(tmp_path / "a.txt") as partial,
    ):
        partial.write_text("new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.txt", "old")]


def test_an_error_about_another_file_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), replace_when_complete(tmp_path / "a.txt"):
        (tmp_path / "gone").read_text()
    assert not list(tmp_path.iterdir())


def test_a_name_that_the_system_has_no_characters_for_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsencode", lambda name: name.encode("ascii"))
    with pytest.raises(InputError, match="PYTHONUTF8"), replace_when_complete(tmp_path / "Zoë.skops"):
        pass
