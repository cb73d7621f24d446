"""A part of a video's time."""

from __future__ import annotations

from typing import Self

import pydantic

from ground.records import Record


class TimeSpan(Record):
    """From `start_s` until before `end_s`, seconds from the first frame of a video; the start comes first."""

    start_s: float
    end_s: float

    @pydantic.model_validator(mode="after")
    def _check_order(self) -> Self:
        if not self.start_s < self.end_s:
            raise ValueError("the span ends before it begins")
        return self

    @property
    def middle_s(self) -> float:
        """The moment half-way, seconds."""
        return (self.start_s + self.end_s) / 2

    @property
    def length_s(self) -> float:
        """How long it is, seconds."""
        return self.end_s - self.start_s

    def __contains__(self, time_s: float) -> bool:
        return self.start_s <= time_s < self.end_s
