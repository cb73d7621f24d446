"""What a page was started with, which every answer needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from motionsig.page.reader import Reader
from motionsig.use_cases.library.layout import Library

MOST_UPLOAD_BYTES = 50 * 10**9


@dataclass(frozen=True)
class Settings:
    """The library, the folders in which files may be named, how large a file may be, and who reads models."""

    library: Library
    folders: tuple[Path, ...] = ()
    most_upload_bytes: int = MOST_UPLOAD_BYTES
    reader: Reader = field(default_factory=Reader)
