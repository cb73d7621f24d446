"""What a descriptor is: signals of a clip go in, named numbers come out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Where on a person a number is seen; None for numbers that join two regions.
Region = Literal["mouth", "brows and lids", "head", "body"]


class Descriptor(Protocol):
    """One way of describing a clip by numbers that can be averaged over clips and compared.

    Attributes
    ----------
    name
        Of the way, as it stands in files.
    revision
        To be raised when its numbers change, and never otherwise.
    signals
        Names of the frame signals that it needs, see `features.frame_signals`.
    numbers
        Names of what it returns, in order.
    """

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def revision(self) -> int: ...  # noqa: D102
    @property
    def signals(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def numbers(self) -> tuple[str, ...]: ...  # noqa: D102

    def describe(self, time_s: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Describe one clip.

        Parameters
        ----------
        time_s : ndarray of float64, shape (frames,)
            Presentation times in seconds, rising.
        values : ndarray of float64, shape (frames, signals)
            The columns `signals`; NaN where missing.

        Returns
        -------
        ndarray of float64, shape (numbers,)
            On a scale on which means over clips make sense (correlations as Fisher's z, spreads and shares as
            logarithms). NaN where a signal of the number is present in fewer than half of the frames, or
            where the number is not defined.
        """

    def explain(self, number: str) -> str:
        """Return what a number is in plain words, such as "how much the left brow moves"."""

    def region(self, number: str) -> Region | None:
        """Return where the number is seen; None where it joins two regions."""
