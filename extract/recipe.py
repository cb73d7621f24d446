"""What decides the numbers of a frame table, besides the video."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Final

from extract.description import Backend, Chunking, ReadingDescription
from extract.frame_table import Counts, FrameTableMetadata, check_further_columns
from extract.people.person import ChosenPerson
from extract.source_video import SourceVideo
from ground.provenance import motionsig_version

# Of what is kept of a video until it is done; it rises when older parts no longer fit those read now.
_PARTS_REVISION: Final = 4


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
    network
        Which network tells faces apart; None where none is installed.
    reference
        Fingerprint of the face of the person to measure; None for nobody in particular.
    number
        Which person of the video is measured, where all are, each in a table of their own.
    """

    reading: ReadingDescription
    chunks: Chunking
    further_columns: tuple[str, ...]
    keep_mesh: bool
    sides: bool = False
    network: Backend | None = None
    reference: str | None = None
    number: int | None = None

    def __post_init__(self) -> None:
        check_further_columns(self.further_columns)

    def describe(
        self, source: SourceVideo, counts: Counts, person: ChosenPerson | None
    ) -> FrameTableMetadata:
        """Return the metadata of the table that this recipe makes of a video."""
        return FrameTableMetadata(
            motionsig_version=motionsig_version(),
            source=source,
            reading=self.reading,
            chunks=self.chunks,
            further_columns=self.further_columns,
            counts=counts,
            person=person,
        )

    def is_person(self, person: ChosenPerson | None) -> bool:
        """Return whether a table that measures this person measures whom the recipe asks for.

        Where nobody in particular is asked for, a table will do that was made without telling faces apart.
        """
        is_anybody = self.reference is None and self.number is None
        if person is None:
            return is_anybody
        if self.network is None and is_anybody:
            return person.asked is None  # a table made where faces can be told apart is no worse
        same_face = self.network == person.network and person.reference == self.reference
        return same_face and person.asked == self.number

    def fingerprint(self, sha256: str) -> str:
        """Return the SHA-256 of all that decides what is kept of a video with this hash until it is done."""
        content = [
            self.reading.model_dump(),
            self.chunks.model_dump(),
            self.further_columns,
            self.keep_mesh,
            None if self.network is None else self.network.label,
            self.reference,
            self.number,
            sha256,
            _PARTS_REVISION,
        ]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
