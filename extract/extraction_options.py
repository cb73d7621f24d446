"""What may be chosen about the reading of videos."""

from __future__ import annotations

from typing import Any, Final, Self

import numpy as np
import pydantic

from extract.chunks import CHUNK_S
from extract.description import EXTRACTION_REVISION, Backend, ReadingDescription, ReadingOptions
from extract.limits import Limits
from extract.people.person import PersonReference
from ground.errors import InputError

_SMALLEST_HEIGHT: Final = 64  # px; smaller is a mistyped number
_DEFAULT_LIMITS: Final = Limits()


class ExtractionOptions(ReadingOptions):
    """How videos are read: what is chosen about reading frames, and how the work is done.

    Rows keep the index and time that the frames have in the whole video, and landmarks are given in its
    pixels, whatever is chosen.

    Attributes
    ----------
    face
        Name of the face reader, one of `extract.face.FACE_READERS`.
    device
        Where the face reader's network runs, one of `extract.face.DEVICES`.
    body
        Name of the body reader, one of `extract.body.BODY_READERS`.
    chunk_s
        Length in seconds of the chunks that are read, and kept, one by one; above 0.
    keep_mesh
        Whether the mesh of every frame is written beside the frame table (`extract.mesh_table`).
    sides
        Whether one-sided measures are needed. They are always measured, but a table of an earlier version
        that has none, and no mesh table to take them from (`extract.table_sides`), is then made anew.
    person
        The face of the person to measure; None for the person who is seen most.
    person_number
        Which person of the video to measure instead, where all are, each in a table of their own; from 1.
    limits
        What a video may cost.

    Raises
    ------
    InputError
        When a number lies outside its range.
    """

    face: str = "mesh"
    device: str = "auto"
    body: str = "pose"
    chunk_s: float = CHUNK_S
    keep_mesh: bool = False
    sides: bool = False
    person: PersonReference | None = None
    person_number: int | None = pydantic.Field(default=None, ge=1)
    limits: Limits = _DEFAULT_LIMITS

    @pydantic.model_validator(mode="wrap")
    @classmethod
    def _refuse_in_words(
        cls, content: Any, build: pydantic.ModelWrapValidatorHandler[ExtractionOptions]
    ) -> ExtractionOptions:
        try:
            return build(content)
        except pydantic.ValidationError as error:
            problems = [": ".join([*map(str, one["loc"][-1:]), one["msg"]]) for one in error.errors()]
            raise InputError("Videos cannot be read with these options:", problems) from error

    @pydantic.field_validator("sample_fps", mode="before")
    @classmethod
    def _check_rate(cls, fps: Any) -> Any:
        number = _to_number(fps)
        if number is not None and not 0 < number < np.inf:
            raise InputError(f"--sample-fps must be above 0, such as 10, not {number:g}.")
        return fps

    @pydantic.field_validator("chunk_s", mode="before")
    @classmethod
    def _check_length(cls, chunk_s: Any) -> Any:
        number = _to_number(chunk_s)
        if number is not None and not 0 < number < np.inf:
            raise InputError(f"The length of a chunk must be above 0 s, not {number:g} s.")
        return chunk_s

    @pydantic.field_validator("max_height", mode="before")
    @classmethod
    def _check_height(cls, height: Any) -> Any:
        number = _to_number(height)
        if number is not None and not number >= _SMALLEST_HEIGHT:
            raise InputError(
                f"No face can be read at a height of {height} px. Give {_SMALLEST_HEIGHT} px or more."
            )
        return height

    @pydantic.model_validator(mode="after")
    def _check_person(self) -> Self:
        if self.person is not None and self.person_number is not None:
            raise ValueError("a person is chosen by a face or by a number, not by both")
        return self

    def describe(self, body: Backend, face: Backend) -> ReadingDescription:
        """Return how these options and readers read frames, for the metadata of a frame table."""
        chosen = {name: getattr(self, name) for name in ReadingOptions.model_fields}
        options = ReadingOptions(**chosen)
        return ReadingDescription(revision=EXTRACTION_REVISION, body=body, face=face, options=options)


def _to_number(value: Any) -> float | None:
    """Return the number that the value of an option stands for, in digits too; None for all else."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None
