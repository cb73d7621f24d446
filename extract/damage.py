"""What of a video could not be read, or not as it is."""

from __future__ import annotations

from typing import Final, Self

import pydantic

from extract.source_video import SourceVideo
from extract.time_repairs import TimeRepairs
from ground.records import Record
from ground.text import count

# A container's own duration is rounded, and edit lists trim frames; less than this is no shortfall.
_SHORTFALL_S: Final = 0.5
_SHORTFALL_SHARE: Final = 0.01


class Damage(Record):
    """What a file promises and does not hold, or holds wrongly; each None, or 0, where nothing is wrong.

    Attributes
    ----------
    name
        Of the file.
    read_s, promised_s
        How much of it was read, and how long it claims to be, seconds; where that is less.
    frames, promised_frames
        How many frames were decoded, and how many it claims to have; where these are fewer.
    decode_errors
        Packets that could not be decoded.
    frames_discarded
        Frames that an older version left out, because their time was not after that of the frame before.
    time_repairs
        What was done to its time stamps, where they were wrong.
    """

    name: str
    read_s: float | None = None
    promised_s: float | None = None
    frames: int | None = None
    promised_frames: int | None = None
    decode_errors: int = 0
    frames_discarded: int = 0
    time_repairs: TimeRepairs | None = None

    @pydantic.model_validator(mode="after")
    def _check_promises(self) -> Self:
        for found, promised in ((self.read_s, self.promised_s), (self.frames, self.promised_frames)):
            if (found is None) != (promised is None):
                raise ValueError("what was read comes with what was promised")
        return self

    def describe(self) -> str:
        """Return what is wrong, and what was done about it, in a few sentences."""
        said = [self._describe_missing()] if self._lacks_something() else []
        if self.frames_discarded:
            said.append(
                f"An older version of motionsig left out {count(self.frames_discarded, 'frame')} of "
                f"{self.name} because of the time stamps. Extract the video again."
            )
        if self.time_repairs is not None:
            said.append(self.time_repairs.describe(self.name))
        return " ".join(said)

    def _lacks_something(self) -> bool:
        missing = (self.read_s, self.frames, self.decode_errors or None)
        return any(number is not None for number in missing)

    def _describe_missing(self) -> str:
        found = []
        if self.read_s is not None:
            found.append(f"only {self.read_s:.1f} s of {self.promised_s:.1f} s could be read")
        if self.frames is not None:
            found.append(f"{self.frames} of {self.promised_frames} frames could be decoded")
        if self.decode_errors:
            found.append(f"{count(self.decode_errors, 'part')} of the data could not be decoded")
        return f"{self.name} is damaged or cut off: {'; '.join(found)}. Only the readable part was used."


def find_damage(source: SourceVideo, read_s: float) -> Damage | None:
    """Return what of a video could not be read; None when all could.

    Parameters
    ----------
    source
        What the file promises and what was counted.
    read_s
        How much was read, seconds.
    """
    repairs = source.time_repairs if source.time_repairs and source.time_repairs.are_doubtful else None
    if source.container_fps:
        # Where frames are missing, the average one lasts too long, and so does the last.
        read_s -= max(read_s / max(source.frames_decoded, 1) - 1 / source.container_fps, 0.0)
    if repairs is not None:
        read_s += repairs.skipped_s  # the container's duration is counted on the clock that jumps
    is_short = source.duration_s is not None and source.duration_s - read_s >= _SHORTFALL_S
    promised = max((source.frames_promised or 0) - source.frames_hidden, 0)
    readable = source.frames_decoded + source.frames_discarded
    lacks_frames = promised - readable > _SHORTFALL_SHARE * promised + 1
    if not (is_short or lacks_frames or source.decode_errors or source.frames_discarded or repairs):
        return None
    return Damage(
        name=source.name,
        read_s=read_s if is_short else None,
        promised_s=source.duration_s if is_short else None,
        frames=source.frames_decoded if lacks_frames else None,
        promised_frames=promised if lacks_frames else None,
        decode_errors=source.decode_errors,
        frames_discarded=source.frames_discarded,
        time_repairs=repairs,
    )
