"""What the detectors of faces and bodies find: boxes and key points, one for each face or body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from extract.networks.elementary import find_exponential
from extract.networks.interpreter import Tensor
from extract.networks.regions import Points

_LEAST_SCORE: Final = np.float32(0.5)
_LEAST_OVERLAP: Final = np.float32(0.3)
_LARGEST_LOGIT: Final = np.float32(100)


@dataclass(frozen=True)
class Detection:
    """A face or body.

    Attributes
    ----------
    box
        float32, shape (2, 2): left and top, right and bottom.
    points
        float32, shape (n, 2): its key points.
    """

    box: Points
    points: Points


def make_anchors(side: int, layers: Sequence[tuple[int, int]]) -> Points:
    """Return where the boxes of a detector are anchored, float32, shape (anchors, 2), shares of its input.

    Parameters
    ----------
    side
        Width and height of its input, px.
    layers
        Of each layer: how far its cells are apart, px, and how many boxes each has.
    """
    anchors = []
    for stride, boxes in layers:
        cells = side // stride
        middles = (np.arange(cells, dtype=np.float32) + np.float32(0.5)) / np.float32(cells)
        x, y = np.meshgrid(middles, middles)
        anchors.append(np.repeat(np.stack((x.ravel(), y.ravel()), axis=1), boxes, axis=0))
    return np.concatenate(anchors)


def decode(boxes: Tensor, logits: Tensor, anchors: Points, side: int) -> list[Detection]:
    """Return what a detector found, the surest first, as shares of its input.

    Boxes that overlap a surer one are averaged with it, weighted by how sure each is.

    Parameters
    ----------
    boxes
        Shape (anchors, 4 + 2 n): centre, size and n key points, px; the first and the last relative to the
        anchor.
    logits
        Shape (anchors,).
    anchors
        Shape (anchors, 2), of `make_anchors`.
    side
        Width and height of the input, px.
    """
    scores = sigmoid(np.clip(logits, -_LARGEST_LOGIT, _LARGEST_LOGIT))
    sure = np.flatnonzero(scores >= _LEAST_SCORE)
    scores = scores[sure]
    values = boxes[sure].reshape(len(sure), boxes.shape[1] // 2, 2) / np.float32(side)
    centres, sizes = values[:, 0] + anchors[sure], values[:, 1]
    low = centres - sizes / np.float32(2)
    sizes = (centres + sizes / np.float32(2)) - low
    points = values[:, 2:] + anchors[sure, np.newaxis]
    valid = np.flatnonzero((sizes >= 0).all(axis=1))
    order = valid[np.argsort(-scores[valid], kind="stable")]
    found = []
    while len(order):
        near = _overlap(low[order], sizes[order], low[order[0]], sizes[order[0]]) > _LEAST_OVERLAP
        group = order[near]
        if not len(group):  # a box without area overlaps nothing, not even itself
            first = order[0]
            found.append(Detection(np.stack((low[first], low[first] + sizes[first])), points[first]))
            break
        weights = scores[group]
        corners = np.stack((low[group], low[group] + sizes[group]), axis=1)
        found.append(Detection(_average(corners, weights), _average(points[group], weights)))
        order = order[~near]
    return found


def sigmoid(values: Tensor) -> Tensor:
    """Return the logistic function in single precision."""
    return np.float32(1) / (np.float32(1) + find_exponential(-values))


def _average(values: Points, weights: Tensor) -> Points:
    """Return the weighted mean over the first axis, added up one by one, as MediaPipe does."""
    total = np.add.accumulate(weights)[-1]
    weighted = np.add.accumulate(values * weights[:, np.newaxis, np.newaxis], axis=0)[-1]
    return np.asarray(weighted / total, np.float32)


def _overlap(low: Points, sizes: Points, other_low: Points, other_sizes: Points) -> Tensor:
    """Return how much boxes overlap another one: the area of both over that of either."""
    high, other_high = low + sizes, other_low + other_sizes
    shared = np.clip(np.minimum(high, other_high) - np.maximum(low, other_low), 0, None).prod(axis=1)
    either = sizes.prod(axis=1) + other_sizes.prod() - shared
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(either > 0, shared / either, np.float32(0))
