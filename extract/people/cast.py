"""The people of one video, told apart by their faces, and which of them is measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, Literal, NamedTuple, Self

import numpy as np
import pydantic

from extract.description import Backend
from extract.people.person import (
    EMBEDDING_WIDTH,
    OTHER_PERSON,
    SAME_PERSON,
    Choice,
    Embedding,
    PersonReference,
)
from ground.records import Record

# Somebody is told from another person of the video only where they are likelier by so much: a double, a
# twin, and a person seen twice as two, are uncertain.
_MARGIN: Final = 0.08

Answer = Literal["yes", "no", "unclear"]
_Number = Annotated[float, pydantic.Field(ge=-1.001, le=1.001)]


class CastMember(Record):
    """One person of a video.

    Attributes
    ----------
    embedding
        Mean direction of their face.
    seen_s
        Seconds for which they were seen, about.
    is_still
        Whether the face never moves: a poster, a photograph, a print on a T-shirt.
    """

    embedding: tuple[_Number, ...] = pydantic.Field(min_length=EMBEDDING_WIDTH, max_length=EMBEDDING_WIDTH)
    seen_s: float = pydantic.Field(ge=0)
    is_still: bool = False

    @property
    def vector(self) -> Embedding:
        """The embedding as an array, float32."""
        return np.array(self.embedding, np.float32)


def count_moving(members: Sequence[CastMember]) -> int:
    """Return how many people there are, without those who are only seen on pictures."""
    return sum(not member.is_still for member in members)


class Recognition(NamedTuple):
    """Whose face it is.

    Attributes
    ----------
    number
        Of the member, 0 for none of them.
    is_chosen
        Whether it is the person measured.
    likeness
        Cosine of their faces; NaN where no face is known.
    """

    number: int
    is_chosen: Answer
    likeness: float

    @property
    def is_another(self) -> bool:
        """Whether it is somebody else's whom the video is known to show, and not only unlike the person's."""
        return self.is_chosen == "no" and self.number > 0


class Cast(Record):
    """The people of one video, and which of them is measured.

    Attributes
    ----------
    network
        Which network made the embeddings.
    members
        The people, those who were seen longest first, pictures of people last; member 1 is the first.
    choice
        How the person was chosen.
    reference
        By whose face, if by one.
    number
        Which person was asked for, if by number.
    chosen
        Number of the person measured; None where nobody like the reference, or nobody at all, was seen.
    """

    network: Backend
    members: tuple[CastMember, ...]
    choice: Choice
    reference: PersonReference | None = None
    number: int | None = None
    chosen: int | None = None

    @classmethod
    def choose(
        cls,
        network: Backend,
        members: tuple[CastMember, ...],
        reference: PersonReference | None = None,
        number: int | None = None,
    ) -> Self:
        """Return the cast with the person chosen: by number, by a reference, or as the one most seen."""
        chosen: int | None
        choice: Choice
        if number is not None:
            chosen, choice = (number if number <= count_moving(members) else None), "number"
        elif reference is not None:
            likeness = [float(member.vector @ reference.vector) for member in members]
            best = int(np.argmax(likeness)) if likeness else 0
            chosen, choice = (best + 1 if likeness and likeness[best] >= SAME_PERSON else None), "reference"
        else:
            moving = bool(members) and not members[0].is_still
            chosen, choice = (1 if moving else None), "most seen"
        return cls(
            network=network,
            members=members,
            choice=choice,
            reference=reference,
            number=number,
            chosen=chosen,
        )

    @pydantic.model_validator(mode="after")
    def _check_chosen(self) -> Self:
        if self.chosen is not None and not 1 <= self.chosen <= len(self.members):
            raise ValueError("the person chosen is not among the people")
        return self

    @property
    def likeness(self) -> float | None:
        """Cosine of the face of the person chosen and the reference; None without one of them."""
        if self.chosen is None or self.reference is None:
            return None
        return float(np.clip(self.members[self.chosen - 1].vector @ self.reference.vector, -1, 1))

    @property
    def target(self) -> Embedding | None:
        """The face to look for; None where anybody will do, because no face is known."""
        if self.chosen is not None:
            return self.members[self.chosen - 1].vector
        return None if self.reference is None else self.reference.vector

    @property
    def demands_face(self) -> bool:
        """Whether a person may be measured only where their face was recognised."""
        return self.choice != "most seen" or count_moving(self.members) > 1

    def recognise(self, embedding: Embedding) -> Recognition:
        """Return whose face an embedding is of."""
        likeness = np.array([float(member.vector @ embedding) for member in self.members])
        best = int(np.argmax(likeness)) if len(likeness) else -1
        number = best + 1 if best >= 0 and likeness[best] >= SAME_PERSON else 0
        target = self.target
        if target is None:
            return Recognition(number, "unclear", np.nan)
        own = float(target @ embedding)
        others = [value for k, value in enumerate(likeness, start=1) if k != self.chosen]
        other = max(others, default=-1.0)
        if own >= SAME_PERSON and own - other >= _MARGIN:
            return Recognition(number, "yes", own)
        if own < OTHER_PERSON or (other >= SAME_PERSON and other - own >= _MARGIN):
            return Recognition(number, "no", own)
        return Recognition(number, "unclear", own)
