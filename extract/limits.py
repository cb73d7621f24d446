"""What one video may cost: a file may be hostile, or just too large for this computer."""

from __future__ import annotations

import math
import resource
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ground.errors import InputError, VideoError

# 8K video has 7680 x 4320 = 33.2 million.
_MAX_PIXELS: Final = 36_000_000
# Reading takes about as long as the video lasts, and all day is long for one.
_TIME_LIMIT_S: Final = 6 * 3600.0
_bounding: Final = threading.Lock()  # the limit is the whole process's


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
        if not isinstance(self.max_pixels, int) or not isinstance(self.time_s, int | float):
            raise InputError(
                f"Limits are a whole number of pixels and a number of seconds, not {self.max_pixels!r} and "
                f"{self.time_s!r}."
            )
        if self.max_pixels < 1:
            raise InputError(f"--max-pixels must be above 0, such as 9000000, not {self.max_pixels}.")
        if not 0 < self.time_s < math.inf:
            raise InputError(f"--time-limit must be above 0 s, not {self.time_s:g} s.")

    def check_picture(self, video: Path, width: int, height: int) -> None:
        """Raise VideoError when a picture of `video` has more pixels than the limit."""
        if width * height > self.max_pixels:
            raise VideoError(
                f"The pictures of {video} have {width} x {height} pixels, more than the limit of "
                f"{self.max_pixels:,}. If you trust the video, raise the limit with --max-pixels."
            )


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
                f"Reading {self._video} took longer than the time limit of {self._limit_s:g} s and was "
                "stopped. The finished part is kept. Run the same command with a larger --time-limit to "
                "continue."
            )


@contextmanager
def memory_bounded(more: int) -> Iterator[None]:
    """Let this process take at most so many bytes more in the block; past that there are none for it.

    The bound holds for all threads, and is put back afterwards. Where the system does not tell how much a
    process has, which is anywhere but on Linux, there is no bound.
    """
    with _bounding:
        taken = _data_bytes()
        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if taken is None or soft != resource.RLIM_INFINITY:  # whoever set a limit meant it
            yield
            return
        bound = taken + more if hard == resource.RLIM_INFINITY else min(taken + more, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (bound, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _data_bytes() -> int | None:
    """Return the size of this process's private writable memory, which RLIMIT_DATA limits."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("VmData:")), None)
