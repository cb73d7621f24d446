"""Correlations of signals over clips."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from features.signals import ROUNDING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

LEAST_SHARE: Final = 0.5
# The sums of a pair's joint frames are taken about the means of the whole clip. Where less than this
# share of such a sum of squares is left after the joint mean is taken out, digits were lost, and the sums
# are taken again about the joint mean.
_CANCELLED_SHARE: Final = 1e-4


def correlate_clips(
    signals: NDArray[np.float64],
    first: NDArray[np.intp],
    stop: NDArray[np.intp],
    pairs: Sequence[tuple[int, int]] | NDArray[np.intp],
    least_share: ArrayLike = LEAST_SHARE,
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
    least_share
        In which share of a clip's frames both features of a pair must be, above 0. Of features that differ in
        this, shape (features,), a pair needs the lesser.

    Returns
    -------
    ndarray of float64, shape (clips, pairs)
        In -1..1. NaN for a pair where

        * fewer of the clip's frames than `least_share` says, half of them by default, have both features, or
        * one of the two does not vary over the frames that have both: its standard deviation there is at
          most 1e-12 of its largest magnitude in the clip. So it is in a clip of one frame, and of none.

        A feature paired with itself gives 1, and NaN by the same two rules.
    """
    left, right = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    by_feature = np.ascontiguousarray(np.asarray(signals, dtype=np.float64).T)
    least = np.broadcast_to(np.asarray(least_share, dtype=np.float64), len(by_feature))
    least = np.minimum(least[:, None], least)
    correlations = np.empty((len(first), len(left)))
    for clip, (begin, end) in enumerate(zip(first, stop, strict=True)):
        correlations[clip] = _correlate_features(by_feature[:, begin:end], least)[left, right]
    return correlations


def _correlate_features(clip: NDArray[np.float64], least: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the (features, features) correlations of one clip of shape (features, frames).

    `least`, of the former shape, is the least share of its frames that must have both.
    """
    present = np.isfinite(clip)
    weights = present.astype(np.float64)
    values = np.where(present, clip, 0.0)
    # Signals far from 0 keep their digits when the mean is taken out before anything is squared.
    mean = values.sum(axis=1, keepdims=True) / np.maximum(weights.sum(axis=1, keepdims=True), 1.0)
    deviations = (values - mean) * weights
    if present.all():
        n_joint, products, squares = _sum_all_frames(deviations)
    else:
        n_joint, products, squares = _sum_joint_frames(deviations, weights)

    enough = n_joint >= least * max(clip.shape[1], 1)
    still = ROUNDING * np.abs(values).max(axis=1, keepdims=True, initial=0.0)
    varies = squares > still**2 * n_joint
    with np.errstate(divide="ignore", invalid="ignore"):
        correlations = products / (np.sqrt(squares) * np.sqrt(squares.T))
    return np.where(enough & varies & varies.T, np.clip(correlations, -1.0, 1.0), np.nan)


# The sums below are arrays of shape (features, features). For features a and b and the frames that have
# both: n_joint is the number of those frames; products the sum of products of a's and b's deviations from
# their means over those frames; squares the sum of squares of a's.
_Sums = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def _sum_all_frames(deviations: NDArray[np.float64]) -> _Sums:
    """Return n_joint, products and squares when nothing is missing."""
    n_features, n_frames = deviations.shape
    sums = deviations.sum(axis=1, keepdims=True)  # not quite 0: the mean was rounded
    products = deviations @ deviations.T - sums * sums.T / max(n_frames, 1)
    squares = np.broadcast_to(np.diag(products)[:, None], products.shape)
    return np.full((n_features, n_features), float(n_frames)), products, squares


def _sum_joint_frames(deviations: NDArray[np.float64], weights: NDArray[np.float64]) -> _Sums:
    """Return n_joint, products and squares when frames with weight 0 are missing."""
    n_joint = weights @ weights.T
    at_least_one = np.maximum(n_joint, 1.0)
    sums = deviations @ weights.T
    raw_squares = deviations**2 @ weights.T
    squares = raw_squares - sums**2 / at_least_one
    products = deviations @ deviations.T - sums * sums.T / at_least_one
    cancelled = squares < _CANCELLED_SHARE * raw_squares
    for feature in np.flatnonzero(cancelled.any(axis=1)).tolist():
        _sum_again(feature, deviations, weights > 0, products, squares)
    return n_joint, products, squares


def _sum_again(
    feature: int,
    deviations: NDArray[np.float64],
    present: NDArray[np.bool_],
    products: NDArray[np.float64],
    squares: NDArray[np.float64],
) -> None:
    """Take one feature's sums again, about the means over its joint frames with every other, in place."""
    with_feature = present[feature]
    joint = present[:, with_feature]
    count = np.maximum(joint.sum(axis=1, keepdims=True), 1)
    own = np.where(joint, deviations[feature, with_feature], 0.0)
    others = np.where(joint, deviations[:, with_feature], 0.0)
    own = np.where(joint, own - own.sum(axis=1, keepdims=True) / count, 0.0)
    others = np.where(joint, others - others.sum(axis=1, keepdims=True) / count, 0.0)
    products[feature] = products[:, feature] = (own * others).sum(axis=1)
    squares[feature] = (own**2).sum(axis=1)
    squares[:, feature] = (others**2).sum(axis=1)
