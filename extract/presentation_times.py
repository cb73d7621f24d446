"""When each decoded frame is shown: time stamps to seconds since the first frame.

A decoder gives frames in the order in which they are shown, so times must rise from frame to frame. Most time
stamps do, and are taken as they are. Where they do not, no frame is left out: what must have happened to the
time stamps is read from those that follow, the frame gets a time that fits, and this is counted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, auto
from fractions import Fraction
from itertools import islice, pairwise
from statistics import median_low
from typing import TYPE_CHECKING, Final, NamedTuple

from extract.time_repairs import MOST_PLACES, TimeRepairs

if TYPE_CHECKING:
    import av

# Longer pauses are no pauses but jumps of the clock, which would lay clips over nothing.
_LONGEST_PAUSE_S: Final = 600
# After a longer pause, what follows decides whether it is one.
_LONG_PAUSE_S: Final = 1
# So many frames are looked at to find out what happened: H.264 and HEVC reorder up to 16.
_WINDOW: Final = 16
# Frames that share the time between two others must not last less than this part of a usual one.
_LEAST_SHARE: Final = Fraction(1, 4)
# A usual frame lasts as long as the median of so many before it.
_STEPS: Final = 15
# Frame rates that containers claim and that may be true, frames/s; and what FFmpeg takes where there is none.
_LOWEST_RATE, _HIGHEST_RATE, _DEFAULT_RATE = Fraction(1, 10), Fraction(1000), Fraction(25)
# Times that were made are rounded to it, or their fractions grow without end.
_NANOSECOND: Final = Fraction(1, 10**9)
# The times of successive frames differ at least by it, where they were made.
_MICROSECOND: Final = Fraction(1, 10**6)


class StoredTimes(Enum):
    """Which times a container stores; FFmpeg makes the others up.

    `SHOWN` are those of presentation. `DECODED` are those of decoding alone: AVI stores frames in this order,
    at a constant rate. `NONE` is for raw streams, such as ``.h264`` and ``.mjpeg``.
    """

    SHOWN = auto()
    DECODED = auto()
    NONE = auto()


class _Held(NamedTuple):
    """A frame that waits for its time, and its stamps of presentation and decoding, seconds."""

    frame: av.VideoFrame
    shown: Fraction | None
    decoded: Fraction | None


class PresentationTimes:
    """Gives successive frames their times.

    Attributes
    ----------
    start
        Time of the first frame on the container's clock, seconds; 0 where it has no time stamp, None before
        it.

    Parameters
    ----------
    time_base
        Of the stream, for frames that carry none.
    rate
        Frame rate that the container claims, frames/s; for frames without time stamps.
    stored
        Which times the container stores.
    """

    def __init__(
        self,
        time_base: Fraction | None,
        rate: Fraction | None = None,
        stored: StoredTimes = StoredTimes.SHOWN,
    ) -> None:
        self.start: Fraction | None = None
        self._time_base = time_base
        plausible = rate is not None and _LOWEST_RATE <= rate <= _HIGHEST_RATE
        self._steps = deque([1 / (rate if rate is not None and plausible else _DEFAULT_RATE)], _STEPS)
        self._stored = stored
        self._by_decoding = False
        self._held: deque[_Held] = deque()
        self._before: _Held | None = None
        self._last = Fraction(0)
        # To be added to time stamps; None until there is one.
        self._offset: Fraction | None = None
        self._jumps = 0
        self._jumps_s: list[float] = []
        self._skipped = Fraction(0)
        self._replaced = 0
        self._guessed = 0
        self._guessed_step: Fraction | None = None

    @property
    def repairs(self) -> TimeRepairs | None:
        """What was done to the time stamps so far; None where they were taken as they are."""
        repairs = TimeRepairs(
            jumps=self._jumps,
            jumps_s=tuple(self._jumps_s),
            skipped_s=float(self._skipped),
            replaced=self._replaced,
            guessed=self._guessed,
            guessed_fps=float(1 / self._guessed_step) if self._guessed_step else None,
            in_decoding_order=self._by_decoding,
        )
        return None if repairs == TimeRepairs() else repairs

    def place(self, frames: Iterable[av.VideoFrame]) -> Iterator[tuple[av.VideoFrame, float]]:
        """Yield every frame and when it is shown, seconds since the first one; times rise throughout.

        One frame is held until the next one is there; more only where time stamps do not rise, where they
        pause, and before the first fault of a container that stores no presentation times.

        Parameters
        ----------
        frames
            Frames in the order of presentation, which is the decoder's.
        """
        source = iter(frames)
        while True:
            self._hold(source, _WINDOW if self._makes_stamps_up else 2)
            if not self._held:
                return
            time = self._find_time(source)
            held = self._held.popleft()
            if self._before is not None:
                self._steps.append(time - self._last)
            self._before, self._last = held, time
            yield held.frame, float(time)

    @property
    def _makes_stamps_up(self) -> bool:
        return self._stored is StoredTimes.DECODED and not self._by_decoding

    def _hold(self, source: Iterator[av.VideoFrame], number: int) -> None:
        for raw in islice(source, max(number - len(self._held), 0)):
            base = raw.time_base or self._time_base
            seconds = Fraction(base) if base and self._stored is not StoredTimes.NONE else None
            shown, decoded = (
                None if stamp is None or seconds is None else stamp * seconds for stamp in (raw.pts, raw.dts)
            )
            self._held.append(_Held(raw, decoded if shown is None else shown, decoded))

    def _find_time(self, source: Iterator[av.VideoFrame]) -> Fraction:
        """Return the time of the first frame that is held."""
        if self._makes_stamps_up and self._is_better_by_decoding():
            self._go_by_decoding()
        if self._before is None:
            return self._start_clock()
        times = self._read_times()
        if not self._is_plain(times):
            self._hold(source, _WINDOW)
            if not self._by_decoding and self._is_better_by_decoding():
                self._go_by_decoding()
            times = self._read_times()
            if not self._continues(times, 0):
                return self._repair(times)
        assert times[0] is not None
        return times[0]

    def _start_clock(self) -> Fraction:
        first = self._held[0]
        self.start = first.shown or Fraction(0)
        stamp = self._stamp(first)
        if stamp is not None:
            self._offset = -stamp
        else:
            self._count_guess(self._steps[0])
        return Fraction(0)

    def _stamp(self, held: _Held) -> Fraction | None:
        return held.decoded if self._by_decoding else held.shown

    def _read_times(self) -> list[Fraction | None]:
        """Return the times of the frames that are held, as their stamps give them; None where they do not."""
        if self._offset is None:
            return [None] * len(self._held)
        stamps = map(self._stamp, self._held)
        return [None if stamp is None else stamp + self._offset for stamp in stamps]

    def _is_plain(self, times: Sequence[Fraction | None]) -> bool:
        """Return whether the first time needs no second look."""
        time, following = times[0], times[1] if len(times) > 1 else None
        return (
            time is not None
            and self._fits(time)
            and time - self._last <= _LONG_PAUSE_S
            and (len(times) == 1 or (following is not None and following > time))
        )

    def _fits(self, time: Fraction) -> bool:
        return self._last < time <= self._last + _LONGEST_PAUSE_S and float(time) > float(self._last)

    def _continues(self, times: Sequence[Fraction | None], k: int) -> bool:
        """Return whether the clock goes on with frame k: its time fits, and none after it comes before it."""
        time = times[k]
        if time is None or not self._fits(time):
            return False
        return not any(later is not None and self._last < later < time for later in times[k + 1 :])

    def _repair(self, times: Sequence[Fraction | None]) -> Fraction:
        """Return a time for the first frame that is held, whose own stamp gives none that fits."""
        step = median_low(self._steps)
        next_good = next((k for k in range(1, len(times)) if self._continues(times, k)), None)
        if next_good is not None:
            good = times[next_good]
            assert good is not None
            share = (good - self._last) / (next_good + 1)
            if next_good == 1 or share >= _LEAST_SHARE * step or not self._starts_again(times):
                self._replaced += 1
                return self._make_time(min(share, step))
        time = self._make_time(step)
        stamp = self._stamp(self._held[0])
        if stamp is not None and self._offset is None:
            self._offset = time - stamp
        elif times[0] is not None and self._starts_again(times):
            self._join(times[0], time)
        else:
            self._count_guess(step)
        return time

    def _make_time(self, step: Fraction) -> Fraction:
        """Return a time that follows the last one after about `step`."""
        time = self._last + step
        if time.denominator > _NANOSECOND.denominator:
            time = round(time / _NANOSECOND) * _NANOSECOND
        return time if float(time) > float(self._last) else self._last + _MICROSECOND

    def _starts_again(self, times: Sequence[Fraction | None]) -> bool:
        """Return whether the first frame shows another clock that runs, and has no single wrong stamp."""
        time, following = times[0], times[1] if len(times) > 1 else None
        if time is None or following is None or self._last <= time <= self._last + _LONGEST_PAUSE_S:
            return False
        return 0 < following - time <= _LONGEST_PAUSE_S

    def _join(self, shown: Fraction, time: Fraction) -> None:
        """Move the clock, so that the frame that it shows at `shown` comes at `time`."""
        assert self._offset is not None
        self._offset += time - shown
        self._skipped += max(shown - time, Fraction(0))
        self._jumps += 1
        if len(self._jumps_s) < MOST_PLACES:
            self._jumps_s.append(float(time))

    def _count_guess(self, step: Fraction) -> None:
        if self._by_decoding and self._held[0].decoded is None:
            return  # a decoder has no stamps for the last frames that it holds; they come at the usual pace
        self._guessed += 1
        self._guessed_step = step

    def _is_better_by_decoding(self) -> bool:
        """Return whether times of decoding rise throughout the frames that are held, and the others do not.

        So it is where a container stores none, or a program that copied from one attached times to frames in
        the wrong order. One fault alone may be a wrong stamp.
        """
        held = [*([self._before] if self._before else []), *self._held]
        shown = [one.shown for one in held if one.shown is not None]
        decoded = [one.decoded for one in held if one.decoded is not None]
        faults = sum(later <= earlier for earlier, later in pairwise(shown))
        rises = all(later > earlier for earlier, later in pairwise(decoded))
        if self._makes_stamps_up:
            return faults >= 1 and rises
        return faults >= 2 and rises and len(decoded) >= 2

    def _go_by_decoding(self) -> None:
        self._by_decoding = True
        self._offset = None
        if self._before is not None and self._before.decoded is not None:
            self._offset = self._last - self._before.decoded
