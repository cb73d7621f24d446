"""How frames were read: what decides whether the numbers of two frame tables can be compared."""

from __future__ import annotations

from typing import Annotated, Final, Self

import pydantic

from ground.descriptions import Told
from ground.records import Record

# Of the code that every reader shares: decoding, head boxes, following, chunks. To be raised when numbers
# change by it, and never otherwise: tables of another revision are made anew, and are not compared. What a
# reader itself changes is its own revision, in the version of its `Backend`.
EXTRACTION_REVISION: Final = 1


class Backend(Record):
    """A reader of bodies, faces or voices.

    `version` is that of the library and, after a dash, our own revision of what is measured with it: numbers
    of different versions are not comparable, and those of one version are, so a version tells other weights
    apart too. `weights` holds the SHA-256 of each weights file, by file name;
    flat tables do not keep it.
    """

    name: str
    version: str
    weights: dict[str, str] = pydantic.Field(default_factory=dict)

    @property
    def label(self) -> str:
        """The reader as tables and messages name it, ``name version``."""
        return f"{self.name} {self.version}".rstrip()

    @classmethod
    def from_label(cls, label: str) -> Self:
        """Return the reader that a label names, without its weights."""
        name, _, version = label.partition(" ")
        return cls(name=name, version=version)


def tell_reader(what: str, column: str) -> Told:
    """Return how a reader is told, which stands in a column as its label."""

    def label(backend: Backend) -> str:
        return backend.label

    return Told(what, column, label, write=label, read=Backend.from_label)


class ReadingOptions(Record):
    """What may be chosen about reading frames, whichever the readers; each choice changes numbers.

    A new choice is a field here and the code that obeys it. Its default is what was done before there was
    one, which is how tables that do not record it are read.

    Attributes
    ----------
    sample_fps
        How many frames of a second are read; None for all. What changes from frame to frame changes with it.
    max_height
        Pictures that are higher are made smaller for reading, px; None to leave them.
    """

    sample_fps: Annotated[
        float | None,
        pydantic.Field(gt=0),
        Told("frames read", "sample_fps", "{:g} frames a second".format, none="all", none_cell=0),
    ] = None
    max_height: Annotated[
        int | None,
        pydantic.Field(gt=0),
        Told("pictures", "max_height", "at most {} px high".format, none="unchanged", none_cell=0),
    ] = None


class ReadingDescription(Record):
    """How the frames of a video were read.

    Attributes
    ----------
    revision
        The `EXTRACTION_REVISION` of the code; 1 for tables of 0.1.0, which do not record it.
    body, face
        The readers.
    options
        What was chosen.
    """

    revision: Annotated[int, Told("extraction revision", "extraction_revision")] = 1
    body: Annotated[Backend, tell_reader("body reader", "body_backend")]
    face: Annotated[Backend, tell_reader("face reader", "face_backend")]
    options: ReadingOptions = ReadingOptions()


class Chunking(Record):
    """How a video was divided for reading, which moves numbers a little at the borders.

    Tables that were divided differently are comparable, but not equal.

    Attributes
    ----------
    chunk_s
        Length of a chunk by presentation time, seconds.
    warm_up_frames
        Frames of the chunk before that are read first, and thrown away.
    """

    chunk_s: float
    warm_up_frames: int
