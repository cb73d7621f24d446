"""What decides the numbers of a frame table, besides the video."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Final

from extract.description import Chunking, ReadingDescription
from extract.frame_table import Counts, FrameTableMetadata, check_further_columns
from extract.source_video import SourceVideo
from ground.provenance import motionsig_version

# Of what is kept of a video until it is done; it rises when older parts no longer fit those read now.
_PARTS_REVISION: Final = 2


@dataclass(frozen=True)
class Recipe:
    """How a frame table is made; tables of equal recipes from equal bytes are equal.

    Attributes
    ----------
    reading
        How frames are read.
    chunks
        How the video is divided.
    further_columns
        What the face reader measures beyond the contract.
    keep_mesh
        Whether a mesh table is made beside it.
    sides
        Whether a table that is there already must have one-sided measures (`extract.table_sides`).
    """

    reading: ReadingDescription
    chunks: Chunking
    further_columns: tuple[str, ...]
    keep_mesh: bool
    sides: bool = False

    def __post_init__(self) -> None:
        check_further_columns(self.further_columns)

    def describe(self, source: SourceVideo, counts: Counts) -> FrameTableMetadata:
        """Return the metadata of the table that this recipe makes of a video."""
        return FrameTableMetadata(
            motionsig_version=motionsig_version(),
            source=source,
            reading=self.reading,
            chunks=self.chunks,
            further_columns=self.further_columns,
            counts=counts,
        )

    def fingerprint(self, sha256: str) -> str:
        """Return the SHA-256 of all that decides what is kept of a video with this hash until it is done."""
        content = [
            self.reading.model_dump(),
            self.chunks.model_dump(),
            self.further_columns,
            self.keep_mesh,
            sha256,
            _PARTS_REVISION,
        ]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
