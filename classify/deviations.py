"""Feature pairs far from the person's usual range, in words."""

from __future__ import annotations

from typing import Annotated, Final

import numpy as np
import numpy.typing as npt
import pydantic

from classify.model import Model
from features.signature import PairSet
from ground.records import Record

DEVIATIONS: Final = 10
# A pair that hardly varied in training must not look infinitely far off.
_SMALLEST_SPREAD: Final = 0.05
# Correlations of mirrored features differ by rounding alone.
_SAME: Final = 1e-6
# Correlations closer to zero than this are called independent.
_RELATED: Final = 0.2

_FACE_WORDS: Final = {
    "AU01_r": "inner brow raise",
    "AU02_r": "outer brow raise",
    "AU04_r": "brow lowering",
    "AU05_r": "upper lid raise",
    "AU06_r": "cheek raise",
    "AU07_r": "lid tightening",
    "AU09_r": "nose wrinkling",
    "AU10_r": "upper lip raise",
    "AU12_r": "smile",
    "AU14_r": "dimpling",
    "AU15_r": "mouth corner drop",
    "AU17_r": "chin raise",
    "AU20_r": "lip stretching",
    "AU23_r": "lip tightening",
    "AU25_r": "lip parting",
    "AU26_r": "jaw opening",
    "pose_Rx": "head nod",
    "pose_Rz": "head tilt",
    "mouthH": "mouth width",
    "mouthV": "mouth opening",
}
_PAIRS: Final = frozenset(PairSet(mouth=True).columns)
_JOINT_WORDS: Final = {"Shoulder": "shoulder", "Elbow": "elbow", "Wrist": "wrist"}
# y grows downwards in a picture.
_AXIS_WORDS: Final = {"X": "sideways", "Y": "lowering"}


def _check_pair(pair: str) -> str:
    if pair not in _PAIRS:
        raise ValueError(f"there is no pair {pair}")
    return pair


# The name of a pair of features in a file: it is looked up when the pair is put in words.
PairName = Annotated[str, pydantic.AfterValidator(_check_pair)]


class Deviation(Record):
    """A feature pair far from the person's usual range.

    `here` is the correlation in the clip, or its mean over the video's clips; `usual` and `spread` are mean
    and standard deviation over the person's training clips; `words` says the same for everybody.
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
        found = _describe(
            model.card.pairs[i], float(values[i]), float(model.usual_mean[i]), float(model.usual_std[i])
        )
        if not any(_mirror(found, other) for other in furthest):
            furthest.append(found)
    return tuple(furthest)


def name_feature(feature: str) -> str:
    """Return a feature in words: ``AU01_r`` is "inner brow raise", ``leftWrist_X`` "left wrist sideways"."""
    if feature in _FACE_WORDS:
        return _FACE_WORDS[feature]
    joint, _, axis = feature.partition("_")
    side = "left" if joint.startswith("left") else "right"
    return f"{side} {_JOINT_WORDS[joint.removeprefix(side)]} {_AXIS_WORDS[axis]}"


def _mirror(one: Deviation, other: Deviation) -> bool:
    """Return whether two pairs share a feature and correlate alike but for the sign, here and usually."""
    return (
        abs(one.here + other.here) < _SAME
        and abs(one.usual + other.usual) < _SAME
        and abs(one.spread - other.spread) < _SAME
        and not set(one.pair.split("*")).isdisjoint(other.pair.split("*"))
    )


def _describe(pair: str, here: float, usual: float, spread: float) -> Deviation:
    first, second = (name_feature(feature) for feature in pair.split("*"))
    if usual >= _RELATED:
        relation = "usually go together"
    elif usual <= -_RELATED:
        relation = "usually go opposite ways"
    else:
        relation = "usually move independently"
    words = f"{first} and {second} {relation}: r = {_round(usual)} ± {_round(spread)}; here {_round(here)}"
    return Deviation(pair=pair, here=here, usual=usual, spread=spread, words=words)


def _round(value: float) -> str:
    """Return a correlation as papers print it: ``.62``, ``-.10``, ``1.00``."""
    text = f"{value:.2f}"
    return ".00" if text in ("0.00", "-0.00") else text.replace("0.", ".", 1) if abs(value) < 0.995 else text
