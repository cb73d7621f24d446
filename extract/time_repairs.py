"""What was done to the time stamps of a video, so that every frame has a time of its own."""

from __future__ import annotations

from typing import Final

import pydantic

from ground.records import Record
from ground.text import count

# Of so many jumps of the clock the places are kept; of more the number says enough.
MOST_PLACES: Final = 20
_MOST_NAMED: Final = 5


class TimeRepairs(Record):
    """How the times of a video's frames differ from its time stamps.

    Attributes
    ----------
    jumps
        How often the clock started again, or jumped ahead by more than 10 minutes. Each time the frames after
        it were joined on, one usual frame's duration after the frame before.
    jumps_s
        Times of the first frames after the first of these jumps, seconds from the first frame; at most
        `MOST_PLACES`.
    skipped_s
        By how much the clock jumped ahead in all, seconds; the times go without it.
    replaced
        Frames that got a time between those around them. Their time stamp contradicted these, was that of the
        frame before, or was missing.
    guessed
        Frames without a usable time stamp on them or near them, which got a time from the frame rate.
    guessed_fps
        The frame rate that was last used for this, frames/s; None where none was.
    in_decoding_order
        Whether the times are those of decoding, because the file has no presentation times that rise from
        frame to frame. AVI files with B-frames have none.
    """

    jumps: int = pydantic.Field(default=0, ge=0)
    jumps_s: tuple[float, ...] = pydantic.Field(default=(), max_length=MOST_PLACES)
    skipped_s: float = pydantic.Field(default=0.0, ge=0)
    replaced: int = pydantic.Field(default=0, ge=0)
    guessed: int = pydantic.Field(default=0, ge=0)
    guessed_fps: float | None = pydantic.Field(default=None, gt=0)
    in_decoding_order: bool = False

    @property
    def are_doubtful(self) -> bool:
        """Whether times may differ from the true ones; those of decoding are true at a constant rate."""
        return bool(self.jumps or self.replaced or self.guessed)

    @property
    def keep_the_clock(self) -> bool:
        """Whether times are on the container's clock, as those of its sound are."""
        return not (self.jumps or self.guessed or self.in_decoding_order)

    def describe(self, video: str) -> str:
        """Return what was done to the times of `video`, in two sentences."""
        done = []
        if self.jumps:
            done.append(f"the clock jumps {self._name_places()}, where the parts were joined")
        if self.replaced:
            whose = "its" if self.replaced == 1 else "their"
            done.append(
                f"{count(self.replaced, 'frame')} without a usable time stamp got a time between {whose} "
                "neighbours'"
            )
        if self.guessed:
            rate = f" of {self.guessed_fps:.4g} frames/s" if self.guessed_fps else ""
            done.append(
                f"{count(self.guessed, 'frame')} without a usable time stamp got a time from the frame "
                f"rate{rate}"
            )
        if not done:
            return (
                f"{video} has no usable presentation times. Its frames stand in the order and at the times "
                "of decoding, which are true if the frame rate is constant."
            )
        if self.in_decoding_order:
            done.append("the other times are those of decoding")
        return (
            f"The time stamps of {video} were repaired: {'; '.join(done)}. All frames are kept, but times "
            "may differ from those that a player shows."
        )

    def _name_places(self) -> str:
        named = [f"{time_s:.1f} s" for time_s in self.jumps_s[:_MOST_NAMED]]
        more = self.jumps - len(named)
        if more:
            return f"at {', '.join(named)} and {count(more, 'more time', 'more times')}"
        return f"at {' and '.join(filter(None, (', '.join(named[:-1]), *named[-1:])))}"
