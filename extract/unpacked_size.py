"""Parquet files that unpack to far more than they hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from ground.errors import TableError

if TYPE_CHECKING:
    import pyarrow.parquet as pq

_LEAST_SUSPICIOUS_BYTES: Final = 1 << 28
_LARGEST_RATIO: Final = 100


def check_unpacked_size(contents: pq.FileMetaData, path: Path) -> None:
    """Raise TableError when a Parquet file unpacks to far more than it holds.

    A few bytes can stand for a billion equal rows. Measured numbers hardly compress, so no table of ours
    comes near the limit.
    """
    unpacked = contents.num_rows * contents.num_columns * 8
    if unpacked > max(_LEAST_SUSPICIOUS_BYTES, _LARGEST_RATIO * path.stat().st_size):
        raise TableError(
            f"{path} is refused. Its {path.stat().st_size:,} bytes unpack to {unpacked:,}, far more than a "
            "table of measurements. Extract or correlate again."
        )
