"""Correlations of signals over clips."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from features.signals import ROUNDING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_LEAST_SHARE: Final = 0.5
# The sums of a pair's joint frames are taken about the means of the whole clip. Where less than this
# share of such a sum of squares is left after the joint mean is taken out, digits were lost, and the sums
# are taken again about the joint mean.
_CANCELLED_SHARE: Final = 1e-4


def correlate_clips(
    signals: NDArray[np.float64],
    first: NDArray[np.intp],
    stop: NDArray[np.intp],
    pairs: Sequence[tuple[int, int]],
) -> NDArray[np.float64]:
    """Compute Pearson's correlation of pairs of features over clips.

    It equals `pandas.DataFrame.corr` of each clip wherever it is not NaN.

    Parameters
    ----------
    signals : ndarray of float64, shape (frames, features)
        NaN and infinite values count as missing.
    first, stop : ndarray of int, shape (clips,)
        Clip k holds the frames ``first[k] <= i < stop[k]``.
    pairs
        Columns of `signals` to correlate with each other, one entry a pair.

    Returns
    -------
    ndarray of float64, shape (clips, pairs)
        In -1..1. NaN for a pair where

        * fewer than half of the clip's frames have both features, or
        * one of the two does not vary over the frames that have both: its standard deviation there is at
          most 1e-12 of its largest magnitude in the clip. So it is in a clip of one frame, and of none.

        A feature paired with itself gives 1, and NaN by the same two rules.
    """
    left, right = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    correlations = np.empty((len(first), len(left)))
    for clip, (begin, end) in enumerate(zip(first, stop, strict=True)):
        correlations[clip] = _correlate_features(signals[begin:end])[left, right]
    return correlations


def _correlate_features(clip: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the (features, features) correlations of one clip of shape (frames, features)."""
    present = np.isfinite(clip)
    deviations, still = _deviations(clip, present)
    if present.all():
        n_joint = np.full((clip.shape[1],) * 2, len(clip), dtype=np.float64)
        products = deviations.T @ deviations
        squares = np.broadcast_to(np.diag(products)[:, None], products.shape)
    else:
        n_joint, products, squares = _sum_joint_frames(deviations, present)
    enough = n_joint >= _LEAST_SHARE * max(len(clip), 1)
    varies = squares > still[:, None] ** 2 * n_joint
    with np.errstate(divide="ignore", invalid="ignore"):
        correlations = products / np.sqrt(squares * squares.T)
    return np.where(enough & varies & varies.T, np.clip(correlations, -1.0, 1.0), np.nan)


def _deviations(
    clip: NDArray[np.float64], present: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the deviations from each feature's mean, 0 where missing, in units of the largest of them.

    Taking the mean out first keeps the digits of signals that lie far from 0; the unit keeps squares of
    very small or large numbers representable. The second array is, in the same unit, the standard deviation
    up to which a feature counts as constant.
    """
    values = np.where(present, clip, 0.0)
    mean = values.sum(axis=0) / np.maximum(present.sum(axis=0), 1)
    deviations = np.where(present, values - mean, 0.0)
    # Once more: the first mean of values far from 0 is itself rounded.
    deviations -= np.where(present, deviations.sum(axis=0) / np.maximum(present.sum(axis=0), 1), 0.0)
    unit = np.abs(deviations).max(axis=0, initial=0.0)
    unit[unit == 0.0] = 1.0
    return deviations / unit, ROUNDING * np.abs(values).max(axis=0, initial=0.0) / unit


def _sum_joint_frames(
    deviations: NDArray[np.float64], present: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return, for all pairs (a, b) of features, sums over the frames that have both.

    Returns
    -------
    n_joint, products, squares : ndarray of float64, shape (features, features)
        The number of those frames; the sum of products of a's and b's deviations from their means over
        those frames; the sum of squares of a's.
    """
    weights = present.astype(np.float64)
    n_joint = weights.T @ weights
    at_least_one = np.maximum(n_joint, 1.0)
    sums = deviations.T @ weights
    raw_squares = (deviations**2).T @ weights
    squares = raw_squares - sums**2 / at_least_one
    products = deviations.T @ deviations - sums * sums.T / at_least_one
    cancelled = squares < _CANCELLED_SHARE * raw_squares
    for feature in np.flatnonzero(cancelled.any(axis=1)):
        _sum_again(feature, deviations, present, products, squares)
    return n_joint, products, squares


def _sum_again(
    feature: int,
    deviations: NDArray[np.float64],
    present: NDArray[np.bool_],
    products: NDArray[np.float64],
    squares: NDArray[np.float64],
) -> None:
    """Take one feature's sums again, about the means over its joint frames with every other, in place."""
    with_feature = present[:, feature]
    joint = present[with_feature]
    n_joint = np.maximum(joint.sum(axis=0), 1)
    own = np.where(joint, deviations[with_feature, feature, None], 0.0)
    others = np.where(joint, deviations[with_feature], 0.0)
    own = np.where(joint, own - own.sum(axis=0) / n_joint, 0.0)
    others = np.where(joint, others - others.sum(axis=0) / n_joint, 0.0)
    products[feature] = products[:, feature] = (own * others).sum(axis=0)
    squares[feature] = (own**2).sum(axis=0)
    squares[:, feature] = (others**2).sum(axis=0)
