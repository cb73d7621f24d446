"""Files that appear under their final name only when they are complete."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from ground.errors import InputError, MotionsigError
from ground.text import storable

_LONGEST_NAME: Final = 255  # bytes, on the file systems of Linux and macOS
# How file systems without such a promise answer who asks them to put bytes on the disk.
_CANNOT_FLUSH: Final = frozenset({errno.EINVAL, errno.ENOTSUP, errno.ENOSYS})
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def replace_when_complete(path: Path, *, growing_in: Path | None = None) -> Iterator[Path]:
    """Yield a temporary path beside `path`; move it to `path` when the block ends without an error.

    Parameters
    ----------
    path
        Final name of the file. Its folder is made when it is missing.
    growing_in
        An existing folder of the same disk for the temporary path, so that a process which is killed leaves
        nothing beside `path`.

    Yields
    ------
    Path
        ``.<name>.<random>.part<suffix>`` in that folder, or in the same as `path`, so that the move is one
        atomic rename. The suffix is kept because libraries choose formats by it, and the name is random
        because other computers may write into the same folder. The bytes are on the disk before the move, so
        that a power cut leaves the old file or the whole new one, as far as the file system promises it.

    Raises
    ------
    InputError
        When the folder cannot be made or written to, the disk is full, or `path` is a folder or has too long
        a name.
    """
    refuse_long_name(path)
    ending = f".{secrets.token_hex(4)}.part{path.suffix}"
    # The name may be as long as names may be, and this one says more.
    stem = os.fsencode(path.stem)[: _LONGEST_NAME - len(os.fsencode(f".{ending}"))]
    whole_characters = stem.decode(errors="ignore").encode()
    name = f".{os.fsdecode(whole_characters)}{ending}"
    partial = (growing_in or path.parent) / name
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder. Give the name of a file to write.")
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.touch()
    except OSError as error:
        raise _refuse_writing(path, error) from error
    try:
        yield partial
        _put_in_place(partial, path)
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise  # it may be about another file
        raise _refuse_writing(path, error) from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


@contextmanager
def growing_folder(folder: Path) -> Iterator[Path]:
    """Yield a hidden folder in `folder`, which is made, for files that other processes are writing.

    It is removed with all that is in it when the block ends, so a process that is ended in the middle leaves
    nothing behind.

    Raises
    ------
    InputError
        When nothing can be written into `folder`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        growing = tempfile.TemporaryDirectory(prefix=".growing-", dir=folder, ignore_cleanup_errors=True)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise InputError(f"Cannot write into {folder}: {why}. Choose another folder.") from error
    with growing as name:
        yield Path(name)


def to_path(name: str | Path) -> Path:
    """Return a path that a caller names as text or as a path.

    Raises
    ------
    InputError
        When it is anything else, or can be no name of a file.
    """
    if not isinstance(name, str | Path):
        raise InputError(f"Give a file or a folder as text or as a path, not {name!r}.")
    if "\0" in str(name):
        raise InputError(f"{str(name)!r} cannot be the name of a file. Take out the null byte.")
    return Path(name)


def _put_in_place(partial: Path, path: Path) -> None:
    """Move a complete file to its name, and wait until bytes and name are on the disk."""
    try:
        try:
            _flush(partial)
        except OSError as error:
            if error.errno not in _CANNOT_FLUSH:
                raise
        partial.replace(path)
    except OSError as error:
        raise _refuse_writing(path, error) from error
    # The file is there and whole. Many shares refuse to flush a folder (CIFS and VirtualBox with EINVAL,
    # Windows drives in WSL with EIO), and a folder that may be written into need not be open to be read.
    with suppress(OSError):
        _flush(path.parent)


def _refuse_writing(path: Path, error: OSError) -> InputError:
    advice = "Make room and try again" if error.errno in _NO_ROOM else "Choose another place"
    return InputError(f"Cannot write {path}: {error.strerror or error}. {advice}.")


def _flush(path: Path) -> None:
    """Wait until the bytes of a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def refuse_long_name(path: Path) -> None:
    """Raise InputError when the name of a path is longer than file systems allow, or cannot be one here."""
    try:
        length = len(os.fsencode(path.name))
    except UnicodeEncodeError as error:
        raise InputError(
            f"{path} cannot be written, because the language settings of this system lack characters of its "
            "name. Set the environment variable PYTHONUTF8 to 1 and try again."
        ) from error
    if length > _LONGEST_NAME:
        raise InputError(
            f"{path} cannot be written, because its name has more than {_LONGEST_NAME} bytes. If the name "
            "comes from a video, give the video a shorter name."
        )


def refuse_closed_folder(path: Path, error: type[MotionsigError]) -> None:
    """Raise `error` when a path is a folder that may not be looked into; a search for files names it so."""
    if path.is_dir() and not os.access(path, os.R_OK | os.X_OK):
        raise error(
            f"You do not have permission to open the folder {path}, so its files are left out. Allow it, "
            "for example with `chmod u+rx`, or give only other files."
        )


def refuse_special_file(path: Path, error: type[MotionsigError]) -> None:
    """Raise `error` when a path is a pipe, a device or a folder: reading the first two may never end.

    What cannot be looked at, or is not there, is left to whoever opens it, which tells why.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return
    refuse_closed_folder(path, error)
    if not stat.S_ISREG(mode):
        raise error(f"{path} is not a regular file. Give a file, not a folder, a pipe or a device.")


def is_readable_file(path: Path) -> bool:
    """Return whether a path is a regular file; False for what cannot be looked at, however odd its name."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def find_stored(text: str) -> Path:
    """Return the path that `ground.text.storable` made this text of, or the text itself as a path.

    Bytes of a name that are no text are written out in everything that is stored, so the file must be looked
    for among its neighbours.
    """
    path = Path(text)
    if os.path.lexists(path) or not path.name:
        return path
    folder = find_stored(str(path.parent))
    try:
        return next((file for file in folder.iterdir() if storable(file.name) == path.name), path)
    except OSError:
        return path


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as 64 lower-case hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
