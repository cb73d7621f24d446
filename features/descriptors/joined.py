"""Several descriptors as one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from features.descriptors.descriptor import Descriptor, Region

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Joined:
    """The numbers of several descriptors, one after the other; no two may share a number.

    Made of descriptors of one region's signals, it is what the same descriptors of all signals see in that
    region: so each region can be scored by itself.
    """

    name: str
    parts: tuple[Descriptor, ...]
    revision: int = 1

    @cached_property
    def signals(self) -> tuple[str, ...]:
        """Those of all parts, each once."""
        return tuple(dict.fromkeys(signal for part in self.parts for signal in part.signals))

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Those of all parts."""
        return tuple(number for part in self.parts for number in part.numbers)

    def describe(self, time_s: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Describe one clip, see `Descriptor.describe`, by each part."""
        columns = ([self.signals.index(signal) for signal in part.signals] for part in self.parts)
        return np.concatenate(
            [
                part.describe(time_s, values[:, places])
                for part, places in zip(self.parts, columns, strict=True)
            ]
        )

    def explain(self, number: str) -> str:
        """Return what the number's part says."""
        return self._part_of[number].explain(number)

    def region(self, number: str) -> Region | None:
        """Return what the number's part says."""
        return self._part_of[number].region(number)

    @cached_property
    def _part_of(self) -> dict[str, Descriptor]:
        return {number: part for part in self.parts for number in part.numbers}
