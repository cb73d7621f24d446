"""How all movements of a clip go together at once: the logarithm of their correlation matrix."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Final

import numpy as np

from features.descriptors.missing import LEAST_SHARE
from features.descriptors.pairs import correlate_clip
from features.signal_words import name_signal

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PREFIX: Final = "covariance:"
# Toward the identity: a clip has too few independent frames for the small eigenvalues of 42 signals.
_SHRINKAGE: Final = 0.1


@dataclass(frozen=True)
class LogCovariance:
    """The correlation matrix in log-Euclidean form: its upper triangle, named ``covariance:first*second``.

    A correlation matrix lies in a curved space, where straight means are none. The matrix logarithm maps it
    to a flat one. Numbers off the diagonal are multiplied by the root of 2, as they stand for two entries:
    Euclidean distances of the numbers are the log-Euclidean distances of the matrices.

    References
    ----------
    Arsigny, V., Fillard, P., Pennec, X. and Ayache, N. (2006). Log-Euclidean metrics for fast and simple
    calculus on diffusion tensors. Magnetic Resonance in Medicine 56, 411-421.
    """

    name: str
    signals: tuple[str, ...]
    revision: int = 1

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """The upper triangle row by row, the diagonal in it."""
        pairs = combinations_with_replacement(self.signals, 2)
        return tuple(f"{_PREFIX}{first}*{second}" for first, second in pairs)

    def describe(self, time_s: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Describe one clip, see `Descriptor.describe`; the times do not matter.

        Only frames that have every signal count. All numbers are missing where fewer than half of the frames
        do, or a signal does not vary in them: a matrix has no logarithm in part.
        """
        n_signals = len(self.signals)
        complete = values[np.isfinite(values).all(axis=1)]
        if len(complete) < max(LEAST_SHARE * len(values), 1):
            return np.full(len(self.numbers), np.nan)
        rows, columns = np.triu_indices(n_signals)
        correlations = correlate_clip(complete, np.column_stack([rows, columns]))
        if np.isnan(correlations).any():
            return np.full(len(self.numbers), np.nan)
        matrix = np.empty((n_signals, n_signals))
        matrix[rows, columns] = matrix[columns, rows] = correlations
        shrunk = (1 - _SHRINKAGE) * matrix + _SHRINKAGE * np.eye(n_signals)
        eigenvalues, vectors = np.linalg.eigh(shrunk)  # at least the shrinkage, but for rounding
        logarithm = (vectors * np.log(eigenvalues)) @ vectors.T
        upper: NDArray[np.float64] = logarithm[rows, columns] * np.where(rows == columns, 1.0, np.sqrt(2.0))
        return upper

    def explain(self, number: str) -> str:
        """Return which two movements, or how independent of all others one is."""
        first, second = number.removeprefix(_PREFIX).split("*")
        if first == second:
            return f"how far the {name_signal(first)} goes its own way"
        return (
            f"whether the {name_signal(first)} and the {name_signal(second)} go together, with all other "
            "movements taken into account"
        )

    def region(self, number: str) -> None:
        """Return None: every number depends on all signals."""
