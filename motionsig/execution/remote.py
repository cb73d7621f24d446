"""Videos that lie elsewhere, such as s3://bucket/talk.mp4: the worker that reads one fetches it."""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

import pydantic

from ground.errors import DependencyError, InputError
from ground.files import replace_when_complete

# Other computers and containers may share the temporary folder, and count their processes anew.
_FETCHED: Final = f"motionsig-fetched-{os.uname().nodename}-"


@dataclass(frozen=True)
class RemoteFile:
    """A file by its address, ``protocol://...``, as fsspec understands it."""

    url: str

    @property
    def name(self) -> str:
        """Last part of the address."""
        return PurePosixPath(self.url).name

    @property
    def stem(self) -> str:
        """Name without its ending."""
        return PurePosixPath(self.url).stem

    def __str__(self) -> str:
        return self.url


Video = Path | RemoteFile


def is_address(text: str) -> bool:
    """Return whether a word on the command line is an address rather than a path."""
    return "://" in text


def find_remote_files(
    addresses: Sequence[str],
    suffixes: Collection[str],
    on_left_out: Callable[[str, Sequence[str]], None],
) -> list[RemoteFile]:
    """Return the files that addresses stand for.

    Parameters
    ----------
    addresses
        Of files, taken whatever their ending, and of folders, searched with all folders below for files with
        one of `suffixes`.
    suffixes
        Endings in lower case, with the dot.
    on_left_out
        Called with each folder that holds other files, and their names.

    Raises
    ------
    InputError
        When nothing can be found at an address.
    DependencyError
        When fsspec, or its package for the protocol, is missing.
    """
    found: dict[str, None] = {}
    for address in addresses:
        files, path = _open_file_system(address)
        try:
            is_folder = files.isdir(path)
            held = files.find(path) if is_folder else [path] if files.exists(path) else []
        except Exception as error:  # every storage has errors of its own
            raise InputError(f"{address} cannot be reached ({_describe(error)}).") from error
        matches = [one for one in held if not is_folder or PurePosixPath(one).suffix.lower() in suffixes]
        if not matches:
            raise InputError(f"There is no video at {address} (looked for {', '.join(sorted(suffixes))}).")
        others = sorted(PurePosixPath(one).name for one in set(held).difference(matches))
        if left_out := [name for name in others if not name.startswith(".")]:
            on_left_out(address, left_out)
        found.update(dict.fromkeys(files.unstrip_protocol(match) for match in sorted(matches)))
    return [RemoteFile(url) for url in found]


@contextmanager
def fetched(video: Video) -> Iterator[Path]:
    """Yield the path of a video on this computer; what had to be fetched is removed afterwards.

    Raises
    ------
    InputError
        When it cannot be fetched.
    DependencyError
        When fsspec, or its package for the protocol, is missing.
    """
    if isinstance(video, Path):
        yield video
        return
    files, path = _open_file_system(video.url)
    remove_abandoned()
    try:
        fetching = tempfile.TemporaryDirectory(prefix=f"{_FETCHED}{os.getpid()}-")
    except OSError as error:
        raise InputError(
            f"{video} cannot be fetched, because there is no place for temporary files. Set TMPDIR to a "
            "folder with room."
        ) from error
    with fetching as folder:
        local = Path(folder) / video.name
        try:
            files.get_file(path, str(local))
        except Exception as error:  # every storage has errors of its own
            raise InputError(f"{video} cannot be fetched ({_describe(error)}).") from error
        yield local


def remove_abandoned() -> None:
    """Remove what was fetched to this computer by processes of this user that were killed."""
    with suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            found = re.fullmatch(rf"{re.escape(_FETCHED)}(\d+)-\w+", entry.name)
            if found and _is_own_folder(entry) and not _is_running(int(found[1])):
                shutil.rmtree(entry.path, ignore_errors=True)


def _is_own_folder(entry: os.DirEntry[str]) -> bool:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):  # somebody else's, which has the number now
        return True
    return True


class Origin(pydantic.BaseModel):
    """Where a table's video was fetched from, so that it need not be fetched again to be told the same.

    Attributes
    ----------
    address
        Of the video.
    state
        What changes with the file at the address, as its storage tells it.
    sha256
        Of its bytes.
    """

    address: str
    state: str
    sha256: str


def look_at(video: RemoteFile) -> str | None:
    """Return what changes with a file elsewhere, without fetching it; None where that cannot be told."""
    try:
        files, path = _open_file_system(video.url)
        return f"{files.checksum(path)} {files.size(path)}"
    except Exception:  # storages differ in what they tell and how they fail; fetching tells why
        return None


def recall_hash(table: Path, address: str, state: str) -> str | None:
    """Return the SHA-256 that `keep_origin` kept beside a table, of a file still in the same state."""
    try:
        origin = Origin.model_validate_json(_origin_path(table).read_bytes())
    except (OSError, ValueError):
        return None
    return origin.sha256 if (origin.address, origin.state) == (address, state) else None


def keep_origin(table: Path, origin: Origin) -> None:
    """Keep beside a table where its video came from.

    Raises
    ------
    InputError
        When it cannot be written.
    """
    with replace_when_complete(_origin_path(table)) as partial:
        partial.write_text(origin.model_dump_json(), encoding="utf-8")


def _origin_path(table: Path) -> Path:
    return table.with_name(f".{table.stem}.origin.json")


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _open_file_system(address: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs

        files, path = url_to_fs(address)
    except ImportError as error:
        raise DependencyError(
            f"{address} cannot be read ({error}). Install fsspec with `pip install "
            "'motion-signature[dask]'`. s3:// also needs s3fs, and gs:// also needs gcsfs."
        ) from error
    except Exception as error:  # every storage has errors of its own
        raise InputError(f"{address} cannot be read ({_describe(error)}).") from error
    return files, path
