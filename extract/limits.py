"""What one video may cost: a file may be hostile, or just too large for this computer."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Final

from extract.errors import InputError, VideoError

# 8K video has 7680 x 4320 = 33.2 million.
_MAX_PIXELS: Final = 36_000_000
# Reading takes about as long as the video lasts, and all day is long for one.
_TIME_LIMIT_S: Final = 6 * 3600.0


@dataclass(frozen=True)
class Limits:
    """Limits for one video; none of them changes a number that is measured.

    Attributes
    ----------
    max_pixels
        Width times height of the largest picture that is decoded, at least 1. FFmpeg checks it before it
        makes room for a picture.
    time_s
        Seconds, above 0, that reading may take; of a video that is divided among workers, each part.

    Raises
    ------
    InputError
        When a number lies outside its range.
    """

    max_pixels: int = _MAX_PIXELS
    time_s: float = _TIME_LIMIT_S

    def __post_init__(self) -> None:
        if self.max_pixels < 1:
            raise InputError(
                f"No picture has at most {self.max_pixels} pixels; give a number such as 9000000."
            )
        if not 0 < self.time_s < math.inf:
            raise InputError(f"A time limit of {self.time_s:g} s is none; give seconds above 0.")


class Clock:
    """Counts the time that reading one video takes.

    Parameters
    ----------
    video
        As messages name it.
    limit_s
        Seconds that it may take.
    """

    def __init__(self, video: str, limit_s: float) -> None:
        self._video = video
        self._limit_s = limit_s
        self._end = time.monotonic() + limit_s

    def check(self) -> None:
        """Raise VideoError when the time is over."""
        if time.monotonic() > self._end:
            raise VideoError(
                f"Reading {self._video} takes longer than the time limit of {self._limit_s:g} s, so it was "
                "given up. What is done is kept; with a longer --time-limit the same command goes on there."
            )
