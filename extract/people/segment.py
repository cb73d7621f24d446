"""Stretches of frames in which one body is followed, and whether it is the person's."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from extract.orientation import RgbImage
from extract.people.cast import Recognition


class UntoldFace(NamedTuple):
    """The face of a followed body in a row that was looked at: aligned, and not told from others yet."""

    row: int
    time_s: float
    aligned: RgbImage


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
        self._untold: list[UntoldFace] = []

    def refute_all(self) -> None:
        """Note that none of its rows is the person's."""
        self.first_verified = self.verified_row = None
        self.refuted = True
        self._untold = []

    def verify(self, row: int, time_s: float) -> None:
        """Note that the face in a row was recognised as the person's."""
        if self.first_verified is None:
            self.first_verified = row
        self.verified_row, self.verified_s = row, time_s
        self._untold = []

    def keep(self, face: UntoldFace) -> None:
        """Keep a face that may have to be told from others when the segment ends."""
        self._untold.append(face)

    def settle(self, recognise: Callable[[RgbImage], Recognition]) -> None:
        """Tell whose face it was in the rows since it was recognised, the last one first.

        A picture may turn into one of somebody else slowly, where they were alike in place and size, so that
        nothing but their face tells it.

        Parameters
        ----------
        recognise
            Whose an aligned face is.
        """
        for face in reversed(self._untold):
            answer = recognise(face.aligned)
            self.refuted |= answer.is_another
            if answer.is_chosen == "yes":
                self.verify(face.row, face.time_s)
                break
        self._untold = []

    def end(self, row: int) -> None:
        """Note that it ended before a row: who was recognised later says nothing of the rows before."""
        self.stop_row = min(self.stop_row, max(row, self.first_row))
        self._untold = [face for face in self._untold if face.row < self.stop_row]
        if self.first_verified is not None and self.first_verified >= self.stop_row:
            self.first_verified = self.verified_row = None
