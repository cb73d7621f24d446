"""The base of everything that is written down: fixed once made, strict about its fields, and storable."""

from __future__ import annotations

from typing import Annotated, Any

import pydantic

from ground.text import store_texts

# A part of a whole.
Share = Annotated[float, pydantic.Field(ge=0, le=1)]


class Record(pydantic.BaseModel):
    """A value with named fields that reads from and writes to JSON; unknown fields are refused.

    Texts may hold names of files, which need not be UTF-8; what is no text in them is written out, so that
    every record can be stored.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    @pydantic.model_validator(mode="before")
    @classmethod
    def _make_storable(cls, content: Any) -> Any:
        return store_texts(content)
