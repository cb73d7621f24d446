"""Who is in a suspect video and whom it was measured by, as far as a report needs it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from extract.frame_table import FrameTable
from extract.people.person import ChosenPerson, PersonReference
from extract.people.presence import Presence, measure_presence
from ground.files import hash_file
from ground.records import Record


class TracksFile(Record):
    """A table of tracks: where it lay, which a page does not say, and the SHA-256 of its bytes."""

    path: str | None = None
    sha256: str


class PeopleEvidence(Record):
    """Who is in one suspect video.

    Attributes
    ----------
    chosen
        Whom the frame table measures.
    by
        Whose face decided, where one did: that of ``pictures``, or the one that the ``model`` keeps.
    presence
        How much of the video shows them.
    tracks
        The table of tracks, which holds the faces; None where there was none that can be read. They are not
        kept with the evidence: whoever removes that table removes the faces.
    """

    chosen: ChosenPerson
    by: Literal["pictures", "model"] | None = None
    presence: Presence
    tracks: TracksFile | None


def gather_people(table: FrameTable, tracks: Path, known: PersonReference | None) -> PeopleEvidence | None:
    """Return who is in a suspect video; None where faces were not told apart.

    Parameters
    ----------
    table
        Its frame table.
    tracks
        Where its table of tracks would lie.
    known
        The face that the model keeps of its person; None for none.
    """
    chosen = table.metadata.person
    if chosen is None:
        return None
    by: Literal["pictures", "model"] | None = None
    if chosen.reference is not None:
        by = "model" if known is not None and known.fingerprint == chosen.reference else "pictures"
    presence = measure_presence(table.frames)
    return PeopleEvidence(chosen=chosen, by=by, presence=presence, tracks=_find_tracks(tracks))


def _find_tracks(path: Path) -> TracksFile | None:
    try:
        return TracksFile(path=str(path.resolve()), sha256=hash_file(path)) if path.is_file() else None
    except OSError:
        return None
