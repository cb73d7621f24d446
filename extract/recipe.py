"""What decides the numbers of a frame table, besides the video."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from extract.frame_table import SCHEMA_VERSION, Backend, FrameTableMetadata, SourceVideo


@dataclass(frozen=True)
class Recipe:
    """How a frame table is made; tables of equal recipes from equal bytes are equal.

    Attributes
    ----------
    motionsig_version
        Our version.
    body, face
        The readers.
    parameters
        How they are used, as JSON values.
    """

    motionsig_version: str
    body: Backend
    face: Backend
    parameters: dict[str, Any]

    def describe(self, source: SourceVideo) -> FrameTableMetadata:
        """Return the metadata of the table that this recipe makes of a video."""
        return FrameTableMetadata(
            motionsig_version=self.motionsig_version,
            source=source,
            body=self.body,
            face=self.face,
            parameters=self.parameters,
        )

    def made(self, metadata: FrameTableMetadata) -> bool:
        """Return whether a table with this metadata was made by this recipe."""
        return metadata == self.describe(metadata.source)

    def fingerprint(self, sha256: str, *, keep_mesh: bool = False) -> str:
        """Return the SHA-256 of this recipe, of the video's own hash, and of whether the mesh is kept."""
        content = [
            SCHEMA_VERSION,
            self.motionsig_version,
            self.body.model_dump(),
            self.face.model_dump(),
            self.parameters,
            sha256,
            keep_mesh,
        ]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
