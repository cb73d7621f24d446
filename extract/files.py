"""Files that appear under their final name only when they are complete."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from extract.errors import InputError

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def replace_when_complete(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; move it to `path` when the block ends without an error.

    Parameters
    ----------
    path
        Final name of the file. Its folder is made when it is missing.

    Yields
    ------
    Path
        ``.<name>.<pid>.part<suffix>`` in the same folder, so that the move is one atomic rename. The
        suffix is kept because libraries choose formats by it.

    Raises
    ------
    InputError
        When the folder cannot be made or written to, the disk is full, or `path` is a folder.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder; give the name of a file to write.")
    partial = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.touch()
    except OSError as error:
        raise InputError(f"Cannot write {path}: {error.strerror}. Choose another place.") from error
    try:
        yield partial
        partial.replace(path)
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise InputError(
            f"Cannot write {path}: {os.strerror(error.errno)}. Make room and try again."
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes as 64 lower-case hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
