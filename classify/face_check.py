"""Whether a suspect's frame table measures the person whom a model or an enrolment knows."""

from __future__ import annotations

from typing import Literal, Self

import pydantic

from extract.people.person import SAME_PERSON
from ground.records import Record

# Whom a table was searched for: the person, by the face that the model or enrolment holds; whoever has
# another face, such as that of pictures; or a person by number.
Sought = Literal["person", "other face", "number"]


class FaceCheck(Record):
    """What the faces say of whom a frame table measures; they say nothing of what is authentic.

    Attributes
    ----------
    missed
        Whom the table was searched for and who was not found in it, so that it measures nobody; None where
        somebody was measured.
    similarity
        Cosine of the face that was measured and the face that the model or enrolment holds, -1 to 1; None
        where they were not compared.
    """

    missed: Sought | None = None
    similarity: float | None = pydantic.Field(default=None, ge=-1, le=1)

    @pydantic.model_validator(mode="after")
    def _check_face(self) -> Self:
        if self.similarity is not None and self.missed is not None:
            raise ValueError("no face was found, so it cannot be compared")
        return self

    @property
    def is_unlike(self) -> bool:
        """Whether perhaps, or surely, somebody else was measured."""
        return self.similarity is not None and self.similarity < SAME_PERSON
