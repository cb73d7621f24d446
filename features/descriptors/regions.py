"""Where on a person signals are seen."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from extract.frame_table import HEAD_ROTATION, SIDES
from features.descriptors.descriptor import Region
from features.signature import BODY_FEATURES

_PARTS: Final[dict[Region, tuple[str, ...]]] = {
    "mouth": ("corner", "lip", "chin"),
    "brows and lids": ("brow", "lid", "gaze"),
}
# The cheeks (AU06) and the nose (AU09) move with both the mouth and the lids, and belong to neither.
_ACTION_UNITS: Final[dict[Region, tuple[int, ...]]] = {
    "mouth": (10, 12, 14, 15, 17, 20, 23, 25, 26),
    "brows and lids": (1, 2, 4, 5, 7),
}
# Signals that are not listed, those of cheeks and nose, belong to no region.
REGION_OF_SIGNAL: Final[dict[str, Region]] = {
    **{
        name: region
        for region, parts in _PARTS.items()
        for name in SIDES
        if any(part in name.split("_") for part in parts)
    },
    **{f"AU{number:02d}_r": region for region, numbers in _ACTION_UNITS.items() for number in numbers},
    **dict.fromkeys(HEAD_ROTATION, "head"),
    **dict.fromkeys(BODY_FEATURES, "body"),
}


def find_region(signals: Iterable[str]) -> Region | None:
    """Return the region that all signals belong to; None where they belong to several, or one to none."""
    regions = {REGION_OF_SIGNAL.get(signal) for signal in signals}
    return regions.pop() if len(regions) == 1 else None


def list_region(region: Region, signals: Iterable[str]) -> tuple[str, ...]:
    """Return those of the signals that belong to a region, in their order."""
    return tuple(signal for signal in signals if REGION_OF_SIGNAL.get(signal) == region)
