"""What is far from the person's usual range: pairs of features, and numbers of an enrolled person."""

from __future__ import annotations

from typing import Annotated, Final

import numpy as np
import numpy.typing as npt
import pydantic

from classify.model import Model
from classify.words.movements import describe_deviation
from features.descriptors.registry import DESCRIPTORS, name_region
from features.signature import PairSet
from ground.records import Record

DEVIATIONS: Final = 10
# What hardly varied in training must not look infinitely far off.
SMALLEST_SPREAD: Final = 0.05
# Correlations of mirrored features differ by rounding alone.
_SAME: Final = 1e-6
# Descriptors whose numbers have words that a person can check in the video.
EXPLAINED: Final = (
    "face-pairs",
    "side-pairs",
    "spreads",
    name_region("mouth"),
    name_region("brows and lids"),
)
_KNOWN: Final = frozenset(PairSet("full+voice", mouth=True).columns).union(
    *(DESCRIPTORS[descriptor].numbers for descriptor in ("face-pairs", "side-pairs", "spreads"))
)


def is_known(name: str) -> bool:
    """Return whether a number has words of its own; those of a region's spreads say what the face's say."""
    return name in _KNOWN


def _check_name(name: str) -> str:
    if not is_known(name):
        raise ValueError(f"there is no pair and no number {name}")
    return name


# The name of a pair of features, or of a number of a descriptor, in a file: it is looked up when it is put in
# words.
NumberName = Annotated[str, pydantic.AfterValidator(_check_name)]


class Deviation(Record):
    """A pair of movements, or how much one moves, far from the person's usual range.

    Attributes
    ----------
    pair
        ``first*second`` for the correlation of two signals; ``spread:signal`` for how much one moves.
    here
        In the clip, or its mean over the video's clips. Correlations as such, spreads as natural logarithms.
    usual, spread
        Mean and standard deviation over the person's training clips. For an enrolled person, the mean of the
        enrolment and the standard deviation from clip to clip of anybody in the background.
    words
        The same, as it was said.
    """

    pair: NumberName
    here: float
    usual: float
    spread: float
    words: str


def find_deviations(model: Model, values: npt.NDArray[np.float64]) -> tuple[Deviation, ...]:
    """Return the ten pairs that are the most spreads away from usual, the furthest first.

    Of pairs that mirror each other the first is named. In signing space the shoulders' sideways motions are
    exact opposites, so every pair of the one says again what the same pair of the other says.

    Parameters
    ----------
    model
        The person's model.
    values
        float64, shape (pairs,): correlations, NaN where missing; missing ones are passed over.
    """
    distance = np.abs(values - model.usual_mean) / np.maximum(model.usual_std, SMALLEST_SPREAD)
    distance = np.nan_to_num(distance, nan=-1.0)
    furthest: list[Deviation] = []
    for i in np.argsort(-distance, kind="stable"):
        if distance[i] < 0 or len(furthest) == DEVIATIONS:
            break
        found = _measure(model, i, float(values[i]))
        if not any(_mirror(found, other) for other in furthest):
            furthest.append(found)
    return tuple(furthest)


def _mirror(one: Deviation, other: Deviation) -> bool:
    """Return whether two pairs share a feature and correlate alike but for the sign, here and usually."""
    return (
        abs(one.here + other.here) < _SAME
        and abs(one.usual + other.usual) < _SAME
        and abs(one.spread - other.spread) < _SAME
        and not set(one.pair.split("*")).isdisjoint(other.pair.split("*"))
    )


def _measure(model: Model, index: int, here: float) -> Deviation:
    pair, usual, spread = (
        model.card.pairs[index],
        *map(float, (model.usual_mean[index], model.usual_std[index])),
    )
    words = describe_deviation(pair, here, usual, spread)
    return Deviation(pair=pair, here=here, usual=usual, spread=spread, words=words)
