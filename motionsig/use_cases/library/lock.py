"""One server a library: a file that says who has it, locked as long as that process lives."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from ground.errors import InputError
from motionsig.use_cases.library.layout import Library

_SERVER: Final = ".server.json"


@contextmanager
def hold_library(library: Library, address: str, token: str) -> Iterator[None]:
    """Keep other servers out of a library while the block runs.

    ``.server.json``, which only its owner may read, says the process, the address and the token, for programs
    on this computer. The system lets go of the lock when the process ends, however it ends; so what is left
    by one that was killed is noticed and taken over.

    Raises
    ------
    InputError
        When another server has the library.
    """
    path = library.root / _SERVER
    with _open(path) as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InputError(
                f"{library.root} is used by another `motionsig serve`{_tell_owner(path)}. Open that page, or "
                "end that process first."
            ) from error
        stream.seek(0)
        stream.truncate()
        stream.write(json.dumps({"pid": os.getpid(), "address": address, "token": token}) + "\n")
        stream.flush()
        try:
            yield
        finally:
            stream.seek(0)
            stream.truncate()


@contextmanager
def hold_lane(library: Library, lane: int) -> Iterator[None]:
    """Wait until no other worker has this number, and keep others out while the block runs."""
    with _open(library.root / f".worker-{lane}.lock") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


@contextmanager
def changing_people(library: Library) -> Iterator[None]:
    """Keep others from changing what the library knows of people while the block runs; it must be short.

    The page, with several browsers, and the workers read a record, change it, and write it.
    """
    with _open(library.root / ".people.lock") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


@contextmanager
def holding_queue(library: Library) -> Iterator[None]:
    """Let no worker take work while the block runs: what is deleted in it is not begun.

    It must be short, and does not go into itself.
    """
    with _open(library.root / ".queue.lock") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _open(path: Path) -> IO[str]:
    try:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from error


def _tell_owner(path: Path) -> str:
    try:
        said = json.loads(path.read_bytes())
        return f" (process {int(said['pid'])}, {str(said['address'])[:80]})"
    except (OSError, ValueError, LookupError, TypeError):
        return ""
