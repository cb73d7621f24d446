"""Scores of two recordings to log-likelihood ratios that know how long the recordings are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pydantic

from ground.records import Record

Scores = npt.NDArray[np.float64]


class PairCalibration(Record):
    """How the scores of an enrolment and a suspect become a natural log-likelihood ratio.

    ``llr = (slope + slope_seconds * q) * score + intercept + intercept_seconds * q + sessions * log(n)``,
    where `score` is the weighted sum of the descriptors' scores, q the logarithm of the effective seconds
    (half the harmonic mean of both sides, by 10 s) and n the number of sessions enrolled.

    Attributes
    ----------
    weights
        Of each descriptor's score.
    lowest, highest
        Bounds of the result: the narrower of what so many people can support and of the empirical bounds of
        Vergeer et al. (2016).
    people_again, people
        How many people the target trials and the others are from.
    """

    weights: tuple[float, ...]
    slope: float = pydantic.Field(ge=0)
    slope_seconds: float
    intercept: float
    intercept_seconds: float
    sessions: float
    lowest: float = pydantic.Field(le=0)
    highest: float = pydantic.Field(ge=0)
    people_again: int
    people: int
