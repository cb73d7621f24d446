"""Numbers of a suspect that are far from what is usual for an enrolled person."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from classify.background.enrolled import Enrolment
from classify.deviations import DEVIATIONS, EXPLAINED, SMALLEST_SPREAD, Deviation, is_known
from classify.words.movements import describe_deviation, is_spread
from features.descriptors.registry import DESCRIPTORS


def find_enrolled_deviations(
    enrolment: Enrolment, numbers: Mapping[str, npt.NDArray[np.float64]]
) -> tuple[Deviation, ...]:
    """Return the ten numbers that are the most spreads away from usual, the furthest first.

    Only descriptors are looked at whose numbers have plain words (`classify.deviations.EXPLAINED`), and whose
    scores are fused. A number that two of them share is named once.

    Parameters
    ----------
    enrolment
        The person.
    numbers
        By descriptor: float64, shape (numbers,), of a clip, or means over clips; NaN where missing, which is
        passed over.
    """
    used = [name for name in EXPLAINED if name in numbers and name in enrolment.card.background.fused]
    if not used:
        return ()
    names = [number for descriptor in used for number in DESCRIPTORS[descriptor].numbers]
    told = np.array([is_known(name) for name in names])
    here, usual, spread = (
        np.concatenate([of[descriptor] for descriptor in used])
        for of in (numbers, enrolment.usual_mean, enrolment.usual_std)
    )
    spread = np.maximum(spread, SMALLEST_SPREAD)
    distance = np.where(told, np.nan_to_num(np.abs(here - usual) / spread, nan=-1.0), -1.0)
    furthest: dict[str, Deviation] = {}
    for i in np.argsort(-distance, kind="stable"):
        if distance[i] < 0 or len(furthest) == DEVIATIONS:
            break
        if names[i] not in furthest:
            furthest[names[i]] = _measure(names[i], float(here[i]), float(usual[i]), float(spread[i]))
    return tuple(furthest.values())


def _measure(number: str, here: float, usual: float, spread: float) -> Deviation:
    """Return a deviation on the scale on which it is told: Fisher's z as the correlation that it is of."""
    if not is_spread(number):
        low, high = np.tanh((usual - spread, usual + spread))
        here, usual, spread = float(np.tanh(here)), float(np.tanh(usual)), float(high - low) / 2
    words = describe_deviation(number, here, usual, spread)
    return Deviation(pair=number, here=here, usual=usual, spread=spread, words=words)
