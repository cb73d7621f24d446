"""Feature pairs far from the person's usual range."""

from __future__ import annotations

from typing import Annotated, Final

import numpy as np
import numpy.typing as npt
import pydantic

from classify.model import Model
from classify.words.movements import describe_deviation
from features.signature import PairSet
from ground.records import Record

DEVIATIONS: Final = 10
# A pair that hardly varied in training must not look infinitely far off.
_SMALLEST_SPREAD: Final = 0.05
# Correlations of mirrored features differ by rounding alone.
_SAME: Final = 1e-6
_PAIRS: Final = frozenset(PairSet(mouth=True).columns)


def _check_pair(pair: str) -> str:
    if pair not in _PAIRS:
        raise ValueError(f"there is no pair {pair}")
    return pair


# The name of a pair of features in a file: it is looked up when the pair is put in words.
PairName = Annotated[str, pydantic.AfterValidator(_check_pair)]


class Deviation(Record):
    """A feature pair far from the person's usual range.

    `here` is the correlation in the clip, or its mean over the video's clips; `usual` and `spread` are mean
    and standard deviation over the person's training clips; `words` says the same, as it was said.
    """

    pair: PairName
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
    distance = np.abs(values - model.usual_mean) / np.maximum(model.usual_std, _SMALLEST_SPREAD)
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
