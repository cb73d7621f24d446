"""When each decoded frame is shown: time stamps to seconds since the first frame."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ground.errors import VideoError

if TYPE_CHECKING:
    import av

# Longer pauses are no pauses but broken time stamps, which would lay clips over nothing.
_LONGEST_GAP_S: Final = 600


class PresentationTimes:
    """Turns the time stamps of successive frames into times.

    Attributes
    ----------
    start
        Time of the first frame on the container's clock, seconds; None before it.
    discarded
        How many frames were not later than the one before them.

    Parameters
    ----------
    video
        As messages name it.
    time_base
        Of the stream, for frames that carry none.
    """

    def __init__(self, video: Path, time_base: Fraction | None) -> None:
        self.start: Fraction | None = None
        self.discarded = 0
        self._video = video
        self._time_base = time_base
        self._last: Fraction | None = None

    def place(self, raw: av.VideoFrame) -> float | None:
        """Return when the next frame is shown, seconds since the first one.

        None where it is not later than the one before it (broken time stamps): it is counted, and to be left
        out.

        Raises
        ------
        VideoError
            When the frame carries no time at all, as in a raw elementary stream, or comes so long after the
            one before it that the times cannot be true.
        """
        time = self._read_stamp(raw)
        if self.start is None:
            self.start = time
        if self._last is not None and time <= self._last:
            self.discarded += 1
            return None
        if self._last is not None and time - self._last > _LONGEST_GAP_S:
            raise VideoError(
                f"The time stamps of {self._video} are broken: after {float(self._last - self.start):.1f} s "
                f"the next frame is at {float(time - self.start):.1f} s. Repair them, for example with "
                "`ffmpeg -fflags +genpts -i IN -c copy OUT.mp4`."
            )
        self._last = time
        return float(time - self.start)

    def _read_stamp(self, raw: av.VideoFrame) -> Fraction:
        stamp = raw.pts if raw.pts is not None else raw.dts
        base = raw.time_base or self._time_base
        if stamp is None or not base:
            raise VideoError(
                f"{self._video} has no presentation times. Put it into a container, for example with "
                "`ffmpeg -i IN -c copy OUT.mp4`."
            )
        return stamp * Fraction(base)
