"""An enrolled person, and what is said of recordings and clips with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from classify.background.card import EnrolmentCard
from features.descriptors.descriptor import Region
from features.recordings import Recording

Llrs = npt.NDArray[np.float64]


class Judged(NamedTuple):
    """Natural log-likelihood ratios of a suspect recording, bounded.

    Attributes
    ----------
    clip_llrs
        float64, shape (clips,): of each clip by itself, NaN where too much is missing.
    llr
        Of the clips with a ratio, pooled before scoring; None where there are none.
    regions
        Of each region by itself, pooled alike; None where it cannot be said.
    """

    clip_llrs: Llrs
    llr: float | None
    regions: dict[Region, float | None]


@dataclass(frozen=True)
class Enrolment:
    """A person enrolled with a background.

    Attributes
    ----------
    card
        Who, from what, with which background.
    usual_mean, usual_std
        By descriptor: float64, shape (numbers,): the person's mean of each number, and how much it changes
        from clip to clip of anybody (standard deviation within recordings of the background).
    """

    card: EnrolmentCard
    usual_mean: dict[str, npt.NDArray[np.float64]]
    usual_std: dict[str, npt.NDArray[np.float64]]

    def judge(self, recording: Recording) -> Judged:
        """Compare a suspect recording, described by the background's descriptors, with the person."""
        raise NotImplementedError

    def check_fits(self, recording: Recording) -> None:
        """Raise ModelError, naming every difference, unless a suspect was read as the background was."""
        raise NotImplementedError
