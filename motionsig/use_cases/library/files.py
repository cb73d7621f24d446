"""How videos come into a library: sent, piece by piece, or named by the path where they lie."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from ground.errors import InputError
from ground.files import is_readable_file, to_path
from ground.text import printable
from motionsig.use_cases.library.layout import Library, MissingError
from motionsig.use_cases.library.names import make_id

# What is left free on the disk, for tables and verdicts.
_KEPT_FREE_BYTES: Final = 64 << 20


class TooLargeError(InputError):
    """A file that is larger than files may be."""


class DiskFullError(InputError):
    """A disk without room for a file."""


class Arrival:
    """A file that is being sent; a context manager. What has not arrived whole is removed.

    Parameters
    ----------
    library
        Where it goes.
    most_bytes
        How large it may be.
    promised
        How large whoever sends it says that it is; None where nobody does.

    Raises
    ------
    TooLargeError, DiskFullError
        When it would not fit.
    """

    def __init__(self, library: Library, most_bytes: int, promised: int | None) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._path: Path | None = library.incoming / f"{make_id()}.part"
        if promised is not None:
            self._check_size(promised)
            free = shutil.disk_usage(library.incoming).free
            if promised + _KEPT_FREE_BYTES > free:
                raise DiskFullError(
                    f"The disk has no room for this file: it has {promised / 1e6:,.0f} MB, and "
                    f"{free / 1e6:,.0f} MB are free. Make room and send it again, or name its path."
                )

    def __enter__(self) -> Self:
        assert self._path is not None
        self._stream: IO[bytes] = self._path.open("wb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # what was buffered may not fit either
            self._stream.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def write(self, piece: bytes | bytearray) -> None:
        """Take the next bytes; raises as the class does."""
        self._bytes += len(piece)
        self._check_size(self._bytes)
        try:
            self._stream.write(piece)
        except OSError as error:
            raise _tell_full(error) from error

    def keep(self, path: Path) -> None:
        """Put the whole file to its place.

        Raises
        ------
        InputError
            When nothing came; as the class does.
        """
        assert self._path is not None
        if not self._bytes:
            raise InputError("The file is empty. Send a video.")
        try:
            self._stream.flush()
            os.fsync(self._stream.fileno())
            path.parent.mkdir(parents=True, exist_ok=True)
            self._path.rename(path)
        except OSError as error:
            raise _tell_full(error) from error
        self._path = None

    def _check_size(self, size: int) -> None:
        if size > self._most_bytes:
            raise TooLargeError(
                f"The file is larger than {self._most_bytes / 1e9:g} GB. Name its path, or start the page "
                "with a larger --max-upload-gb."
            )


def _tell_full(error: OSError) -> DiskFullError:
    return DiskFullError(
        f"The file could not be kept: {error.strerror}. Nothing of it is left. Make room and send it again."
    )


def clear_incoming(library: Library) -> None:
    """Remove what did not arrive whole before the program ended."""
    for path in library.incoming.glob("*.part"):
        remove_folder(path)


def remove_folder(path: Path) -> None:
    """Remove a folder with all that is in it, or a file; of a link the link alone.

    Raises
    ------
    InputError
        When something of it stays.
    """
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except FileNotFoundError:  # somebody else was quicker
        pass
    except OSError as error:
        raise InputError(
            f"{path.name} could not be deleted whole: {error.strerror}. Delete it again, or remove "
            f"{path.parent.name}/{path.name} of the library."
        ) from error


def resolve_named(named: str, folders: Sequence[Path]) -> Path:
    """Return the file or folder that a path names, without any link in it.

    Parameters
    ----------
    named
        An absolute path.
    folders
        In which it must lie.

    Raises
    ------
    InputError
        When it does not lie in one of the folders, wherever links lead, or there is nothing.
    """
    refusal = InputError(
        f"{printable(named)} is in none of the folders that the page may read. Start it with --folder and "
        "the folder, or send the file."
    )
    if not folders:
        raise refusal
    try:
        path = to_path(named).expanduser()
        if not path.is_absolute():
            raise refusal
        found = _resolve(path)
    except (OSError, RuntimeError) as error:  # a loop of links, a name too long
        raise refusal from error
    if not any(found.is_relative_to(folder.resolve()) for folder in folders):
        raise refusal  # whether or not anything is there: what lies elsewhere is nobody's business
    if not found.exists():
        raise MissingError(f"{printable(named)} does not exist.")
    return found


def list_videos(path: Path, folders: Sequence[Path]) -> list[Path]:
    """Return a video, or all in a folder, with the folders below, as far as no link leads out of `folders`.

    Raises
    ------
    InputError
        When there is none.
    """
    from extract.video import VIDEO_SUFFIXES

    if not path.is_dir():
        return [path]
    hidden = {".", ".."}
    found = []
    for where, inside, names in os.walk(path):
        inside[:] = sorted(name for name in inside if name[0] not in hidden)
        files = (Path(where, name) for name in sorted(names) if name[0] not in hidden)
        found += [file for file in files if file.suffix.lower() in VIDEO_SUFFIXES]
    found = [file.resolve() for file in found if is_within(file, folders)]
    if not found:
        raise InputError(f"{printable(path.name)} holds no video.")
    return found


def link_file(target: Path, path: Path) -> None:
    """Put a link to a file into the library; nothing is copied."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def find_media(path: Path, library: Library, folders: Collection[Path]) -> Path:
    """Return the true place of a video of the library, which may be a link.

    Raises
    ------
    MissingError
        When it is no file, or a link leads out of the library and the folders.
    """
    if not is_within(path, (library.root, *folders)) or not is_readable_file(path):
        raise MissingError(f"{path.name} is no longer there.")
    return path.resolve()


def is_within(path: Path, folders: Collection[Path]) -> bool:
    """Return whether a path lies in one of the folders, wherever links lead; False for a loop of links."""
    try:
        found = _resolve(path)
    except (OSError, RuntimeError):
        return False
    return any(found.is_relative_to(one.resolve()) for one in folders)


def _resolve(path: Path) -> Path:
    """Return where links lead, also where nothing is there; a loop of links is an error on every Python."""
    try:
        return path.resolve(strict=True)
    except (FileNotFoundError, NotADirectoryError):
        return path.resolve()
