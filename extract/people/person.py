"""Whom a frame table measures: how the person was chosen, and the face that they were known by."""

from __future__ import annotations

import hashlib
from typing import Annotated, Final, Literal

import numpy as np
import numpy.typing as npt
import pydantic

from extract.description import Backend
from ground.records import Record

Embedding = npt.NDArray[np.float32]

EMBEDDING_WIDTH: Final = 128
# Cosines of embeddings: from the first on two faces are one person's, below the second they are not; between
# them it cannot be told. docs/measurements/people.md: how often either is wrong.
SAME_PERSON: Final = 0.45
OTHER_PERSON: Final = 0.35
Choice = Literal["most seen", "reference", "number"]
_Number = Annotated[float, pydantic.Field(ge=-1, le=1)]


class PersonReference(Record):
    """The face that a person is known by: the mean direction of embeddings of pictures of them.

    Attributes
    ----------
    network
        Which network made the embeddings; those of others cannot be compared.
    embedding
        `EMBEDDING_WIDTH` numbers of length 1.
    origin
        Where it comes from: pictures or videos that the user gave, or a model or an enrolment.
    name
        Who it is, as messages say it; None where nobody said.
    """

    network: Backend
    embedding: tuple[_Number, ...] = pydantic.Field(min_length=EMBEDDING_WIDTH, max_length=EMBEDDING_WIDTH)
    origin: Literal["pictures", "model"] = "pictures"
    name: str | None = None

    @property
    def vector(self) -> Embedding:
        """The embedding as an array, float32."""
        return np.array(self.embedding, np.float32)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the embedding: tables of one fingerprint measure the same person."""
        return hashlib.sha256(self.vector.tobytes()).hexdigest()


class ChosenPerson(Record):
    """Whom a frame table measures, among those whom the video shows.

    Attributes
    ----------
    choice
        ``most seen`` without a reference, ``reference`` with one, ``number`` where all people of the video
        are measured, each in a table of their own.
    network
        Which network told the faces apart.
    reference
        Fingerprint of the reference; None without one.
    number
        Which person of the video it is, 1 for the one most seen; None where nobody like the reference was
        seen.
    people
        How many people were told apart in the video.
    shots
        How many shots the video has.
    asked
        Which person was asked for, where all are measured.
    likeness
        Cosine of the person's face in the video and the reference, -1 to 1; None without one.
    double_s
        For how many seconds two faces at once were like the person's, about: a double or twin, a picture of
        them, a second view of them.
    """

    choice: Choice
    network: Backend
    reference: str | None = None
    number: int | None = pydantic.Field(default=None, ge=1)
    people: int = pydantic.Field(ge=0)
    shots: int = pydantic.Field(ge=1)
    asked: int | None = pydantic.Field(default=None, ge=1)
    likeness: _Number | None = None
    double_s: float = pydantic.Field(default=0.0, ge=0)
