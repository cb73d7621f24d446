"""Which of the several video tracks of a file was read."""

from __future__ import annotations

from typing import Annotated, Self

import pydantic

from extract.source_video import SourceVideo
from ground.records import Record
from ground.text import count


class TrackChoice(Record):
    """A choice that people may want to check: the tracks may show different things.

    Attributes
    ----------
    name
        Of the file.
    read
        The track that was read, in words.
    others
        Those that were not, at least one.
    """

    name: str
    read: str
    others: Annotated[tuple[str, ...], pydantic.Field(min_length=1)]

    def describe(self) -> str:
        """Return in two sentences how many tracks there are, and which was read."""
        others = " and ".join(f"({other})" for other in self.others)
        return (
            f"{self.name} holds {count(1 + len(self.others), 'video track')}. Only the one that players show "
            f"was read ({self.read}), not {others}."
        )

    @classmethod
    def find(cls, source: SourceVideo) -> Self | None:
        """Return the choice that was made of a video; None where there was none to make."""
        if source.track is None:
            return None
        return cls(name=source.name, read=source.track, others=source.other_tracks)
