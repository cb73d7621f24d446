"""The base of everything that is written down: fixed once made, and strict about its fields."""

from __future__ import annotations

import pydantic


class Record(pydantic.BaseModel):
    """A value with named fields that reads from and writes to JSON; unknown fields are refused."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
