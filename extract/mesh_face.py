"""The face through a video as its measures see it: points of the mesh after the rigid fit.

Axes and unit are those of the reference face (`extract.reference_face`): x to the person's left, y down, z
away from the camera, in distances between the outer eye corners.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Indices = tuple[int, ...]


class Face:
    """Points of an aligned face through a whole video.

    Parameters
    ----------
    points
        float64, shape (frames, len(`indices`), 3), aligned (`RigidFit.align`); NaN in frames without a face.
    indices
        Which points of MediaPipe's canonical face mesh they are.
    """

    def __init__(self, points: Values, indices: Sequence[int]) -> None:
        self._points = points
        self._row = {index: row for row, index in enumerate(indices)}

    def height(self, indices: Indices) -> Values:
        """Return how high points lie on average, shape (frames,)."""
        return -self._middle(indices)[:, 1]

    def depth(self, indices: Indices) -> Values:
        """Return how far back points lie on average, shape (frames,)."""
        return self._middle(indices)[:, 2]

    def across(self, indices: Indices) -> Values:
        """Return how far points lie to the person's left of the middle on average, shape (frames,)."""
        return self._middle(indices)[:, 0]

    def width(self, pair: tuple[Indices, Indices]) -> Values:
        """Return how far points of the left side lie from those of the right side, across the face."""
        right, left = (self.across(indices) for indices in pair)
        return left - right

    def distance(self, some: Indices, others: Indices) -> Values:
        """Return the distance in space between the middles of two groups of points."""
        return np.asarray(np.linalg.norm(self._middle(some) - self._middle(others), axis=1))

    def _middle(self, indices: Indices) -> Values:
        return np.asarray(self._points[:, [self._row[index] for index in indices]].mean(axis=1))


def neutral(values: Values) -> float:
    """Return what is neutral for a person: the median of what is present, NaN where nothing is."""
    present = values[~np.isnan(values)]
    return float(np.median(present)) if present.size else np.nan
