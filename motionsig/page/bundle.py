"""Everything of a verdict as one ZIP, with a list of hashes."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.responses import FileResponse

from ground.errors import InputError
from ground.files import hash_file
from motionsig.use_cases.library.layout import Library
from motionsig.use_cases.library.names import make_id
from motionsig.use_cases.library.suspects import Suspect

_PACKED: Final = frozenset({".mp4", ".parquet"})


async def give_bundle(library: Library, suspect: Suspect) -> FileResponse:
    """Return a ZIP of report, verdict, evidence, tables and overlay, and ``SHA256SUMS`` of them.

    The suspect itself, which may have gigabytes, is not among them; its SHA-256 stands in the verdict.

    Raises
    ------
    InputError
        When there is no verdict yet.
    """
    if not suspect.answers:
        raise InputError("There is no verdict on this video yet.")
    path = library.incoming / f"{make_id()}.part"
    try:
        await run_in_threadpool(_write, suspect, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    name = f"{Path(suspect.given).stem[:80]}-motionsig.zip"
    return FileResponse(
        path, media_type="application/zip", filename=name, background=BackgroundTask(path.unlink)
    )


def _write(suspect: Suspect, path: Path) -> None:
    files = [suspect.folder / name for name in suspect.files]
    files += sorted(suspect.folder.glob("*.parquet"))
    sums = []
    with zipfile.ZipFile(path, "w") as archive:
        for file in files:
            how = zipfile.ZIP_STORED if file.suffix in _PACKED else zipfile.ZIP_DEFLATED
            archive.write(file, file.name, how)
            sums.append(f"{hash_file(file)}  {file.name}\n")
        archive.writestr("SHA256SUMS", "".join(sums))
