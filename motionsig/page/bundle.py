"""Everything of a verdict as one ZIP, with a list of hashes."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse
from starlette.types import Receive, Scope, Send

from ground.errors import InputError
from motionsig.use_cases.library.files import DiskFullError, is_within
from motionsig.use_cases.library.layout import Library
from motionsig.use_cases.library.names import make_id
from motionsig.use_cases.library.suspects import Suspect

_PACKED: Final = frozenset({".mp4", ".parquet"})
_PIECE_BYTES: Final = 1 << 20


class _Once(FileResponse):
    """A file that is removed when it was given, or could not be, as for a range that it does not have."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            Path(self.path).unlink(missing_ok=True)


async def give_bundle(library: Library, suspect: Suspect) -> FileResponse:
    """Return a ZIP of report, verdict, evidence, tables and overlay, and ``SHA256SUMS`` of them.

    The suspect itself, which may have gigabytes, is not among them; its SHA-256 stands in the verdict.

    Raises
    ------
    InputError
        When there is no verdict yet, or it is deleted meanwhile.
    DiskFullError
        When the disk has no room for the ZIP.
    """
    if not suspect.answers:
        raise InputError("There is no verdict on this video yet.")
    path = library.incoming / f"{make_id()}.part"
    try:
        await run_in_threadpool(_write, suspect, path)
    except BaseException as error:
        path.unlink(missing_ok=True)
        if isinstance(error, FileNotFoundError):
            raise InputError("The files of this verdict are changing. Ask again in a moment.") from error
        if isinstance(error, OSError):
            why = f"The ZIP could not be made: {error.strerror}. Make room and try again."
            raise DiskFullError(why) from error
        raise
    name = f"{Path(suspect.given).stem[:80]}-motionsig.zip"
    return _Once(path, media_type="application/zip", filename=name)


def _write(suspect: Suspect, path: Path) -> None:
    files = [suspect.folder / name for name in suspect.files]
    files += [one for one in sorted(suspect.folder.glob("*.parquet")) if is_within(one, [suspect.folder])]
    sums: list[str] = []
    with zipfile.ZipFile(path, "w", strict_timestamps=False) as archive:
        for file in files:
            sums.append(f"{_pack(archive, file)}  {file.name}\n")
        archive.writestr("SHA256SUMS", "".join(sums))


def _pack(archive: zipfile.ZipFile, file: Path) -> str:
    """Put a file into a ZIP, and return the SHA-256 of what was put there, though it changes meanwhile."""
    entry = zipfile.ZipInfo.from_file(file, file.name, strict_timestamps=False)
    entry.compress_type = zipfile.ZIP_STORED if file.suffix in _PACKED else zipfile.ZIP_DEFLATED
    digest = hashlib.sha256()
    with file.open("rb") as source, archive.open(entry, "w") as packed:
        while piece := source.read(_PIECE_BYTES):
            digest.update(piece)
            packed.write(piece)
    return digest.hexdigest()
