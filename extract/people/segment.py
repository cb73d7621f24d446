"""Stretches of frames in which one body is followed, and whether it is the person's."""

from __future__ import annotations

import numpy as np


class Segment:
    """A stretch of frames in which one body is followed, and nothing suggests that it is not the same.

    Parameters
    ----------
    first_row
        Number of its first frame.
    """

    def __init__(self, first_row: int) -> None:
        self.first_row = first_row
        self.stop_row = first_row
        self.first_verified: int | None = None
        self.verified_row: int | None = None
        self.verified_s = -np.inf
        self.refuted = False

    def refute_all(self) -> None:
        """Note that none of its rows is the person's."""
        self.first_verified = self.verified_row = None
        self.refuted = True

    def verify(self, row: int, time_s: float) -> None:
        """Note that the face in a row was recognised as the person's."""
        if self.first_verified is None:
            self.first_verified = row
        self.verified_row, self.verified_s = row, time_s

    def end(self, row: int) -> None:
        """Note that it ended before a row: who was recognised later says nothing of the rows before."""
        self.stop_row = min(self.stop_row, max(row, self.first_row))
        if self.first_verified is not None and self.first_verified >= self.stop_row:
            self.first_verified = self.verified_row = None
