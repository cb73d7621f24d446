"""The shots of a video, which clips never leave, and those of them that are too short for a clip."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Self

import numpy as np
import pydantic

from ground.records import Record

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from features.windows import ClipRule, Clips


def find_shots(cut: ArrayLike | None, frames: int) -> NDArray[np.intp]:
    """Return the first frame of each shot of a video, in order.

    Parameters
    ----------
    cut : array_like of float, shape (frames,)
        The column of the frame table: 1 where a frame begins another shot. Missing, as in tables of 0.1.0, is
        no cut; None for a video that is one shot.
    frames
        How many frames the video has.

    Returns
    -------
    ndarray of int, shape (shots,)
        Starts with 0; empty for a video without frames.
    """
    begins = np.zeros(frames, dtype=np.bool_) if cut is None else np.asarray(cut, dtype=np.float64) == 1
    begins[:1] = True
    return np.flatnonzero(begins)


# Seconds from which they are said without decimals.
_WHOLE_S: Final = 10.0


class ShortShots(Record):
    """The shots of a video that are shorter than a clip, so that nothing in them is described.

    Attributes
    ----------
    shots, of_shots
        How many they are, and how many shots the video has.
    seconds
        How long they are together.
    clip_s
        The length of a clip.
    """

    shots: pydantic.PositiveInt
    of_shots: pydantic.PositiveInt
    seconds: float = pydantic.Field(gt=0)
    clip_s: float = pydantic.Field(gt=0)

    @pydantic.model_validator(mode="after")
    def _check_shots(self) -> Self:
        if not self.shots <= self.of_shots > 1:
            raise ValueError("a video has no more short shots than shots, and at least two of these")
        return self

    @classmethod
    def find(cls, clips: Clips, rule: ClipRule) -> Self | None:
        """Return what of a video lies in shots that are too short; None for nothing, and for a single shot.

        A video that is too short as a whole gives no clip, which is another matter.
        """
        if clips.shots < 2 or clips.short_shots == 0:
            return None
        return cls(shots=clips.short_shots, of_shots=clips.shots, seconds=clips.short_s, clip_s=rule.length_s)

    def describe(self) -> str:
        """Return how many shots are too short, as a clause."""
        are = "is" if self.shots == 1 else "are"
        which = f"all {self.shots}" if self.shots == self.of_shots else f"{self.shots} of the {self.of_shots}"
        seconds = f"{self.seconds:.0f}" if self.seconds >= _WHOLE_S else f"{self.seconds:.1f}"
        return f"{which} shots of the video ({seconds} s) {are} shorter than a clip of {self.clip_s:g} s"


def describe_too_short(video: str, duration_s: float, short_shots: ShortShots | None, clip_s: float) -> str:
    """Return why a video without any clip has none, as a clause.

    Parameters
    ----------
    video
        Name of the video.
    duration_s
        How long it is.
    short_shots
        Its shots; None where it is a single one.
    clip_s
        The length of a clip.
    """
    if short_shots is None:
        return f"{video} is {duration_s:.1f} s long, shorter than one clip of {clip_s:g} s"
    return (
        f"{video} is {duration_s:.1f} s long, but each of its {short_shots.of_shots} shots is shorter than "
        f"one clip of {clip_s:g} s"
    )
