"""Whether each region of a person moves like the person, and regions that contradict each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, Literal, Self

import pydantic

from features.descriptors.descriptor import Region
from ground.records import Record

RegionLabel = Literal["moves like the person", "does not move like the person", "cannot be said"]

# The likelihood ratio, or its inverse, from which a region is said to move like the person, or not to.
# Measured on real people (docs/signature.md): with 3, a mouth of somebody else in the person's own recording
# is told from the brows or the head in half of the cases, and in one of a hundred genuine recordings; 2 would
# tell more and err three times as often, and the few people of a usual background support no ratio of 10.
REGION_SUPPORT: Final = 3


class RegionStatement(Record):
    """What is said of one region of the person by itself; it never decides about the video.

    Attributes
    ----------
    region
        Which one.
    log10_lr
        Its own log10 likelihood ratio; None where too little of it was measured.
    label
        Like the person from a ratio of `REGION_SUPPORT` on, unlike from its inverse down.
    words
        What was said of it.
    """

    region: Region
    log10_lr: float | None
    label: RegionLabel
    words: str

    @pydantic.model_validator(mode="after")
    def _check_label(self) -> Self:
        if self.label != label_region(self.log10_lr):
            raise ValueError(f"a region with this ratio is not said to be one that {self.label}")
        return self


class RegionConflict(Record):
    """Regions that move like the person beside others that do not; there is at least one of each."""

    like: tuple[Region, ...] = pydantic.Field(min_length=1)
    unlike: tuple[Region, ...] = pydantic.Field(min_length=1)


def label_region(log10_lr: float | None) -> RegionLabel:
    """Return what is said of a region with such a likelihood ratio."""
    # A ratio of exactly 3 counts, however its logarithm is rounded.
    least = math.log10(REGION_SUPPORT) - 1e-12
    if log10_lr is None or abs(log10_lr) < least:
        return "cannot be said"
    return "moves like the person" if log10_lr > 0 else "does not move like the person"


def find_conflict(statements: Sequence[RegionStatement]) -> RegionConflict | None:
    """Return the regions that contradict each other; None where none do."""
    like, unlike = (
        tuple(statement.region for statement in statements if statement.label == label)
        for label in ("moves like the person", "does not move like the person")
    )
    return RegionConflict(like=like, unlike=unlike) if like and unlike else None
