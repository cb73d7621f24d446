"""Clips laid over the shots of a video, on presentation times."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from features.shots import find_shots
from ground.errors import InputError, TableError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

# To be raised when clips of other times are laid over the same frames: then what `motionsig run` made before
# is made anew. Numbers of clips of given times stay as they were, so it is no revision of theirs.
LAYING_REVISION: Final = 2
# Presentation times are differences of multiples of a time base; this absorbs their rounding, and no
# video has frames that lie closer together.
_TIME_TOLERANCE_S: Final = 1e-6
# A day without a frame, at the usual step.
_MOST_EMPTY_CLIPS: Final = 17_280


@dataclass(frozen=True)
class ClipRule:
    """Where clips begin and how long they are.

    Attributes
    ----------
    length_s
        Length of a clip in seconds, above 0.
    step_s
        Seconds from the start of one clip to the start of the next, above 0 and at most `length_s`. None
        when `step_frames` is given.
    step_frames
        The same in frames, for the dense stepping of Agarwal et al. (2019), who move by five frames.
    keep_tail
        Whether the partial clip at the end of each shot, which reaches what no full clip covers, is a clip
        too.

    Raises
    ------
    InputError
        When the numbers contradict these ranges, or both steps or none are given.
    """

    length_s: float = 10.0
    step_s: float | None = 5.0
    step_frames: int | None = None
    keep_tail: bool = False

    def __post_init__(self) -> None:
        if not (np.isfinite(self.length_s) and self.length_s > 0):
            raise InputError(f"A clip must be longer than 0 s, not {self.length_s:g} s.")
        if (self.step_s is None) == (self.step_frames is None):
            raise InputError("The step of clips is in seconds or in frames. Give only one of them.")
        if self.step_s is not None and not 0 < self.step_s <= self.length_s:
            raise InputError(
                f"Clips of {self.length_s:g} s cannot overlap by {self.length_s - self.step_s:g} s. The "
                "overlap must be at least 0 s and less than the length of a clip."
            )
        if self.step_frames is not None and self.step_frames < 1:
            raise InputError(f"Clips cannot step by {self.step_frames} frames. Give 1 or more.")


@dataclass(frozen=True)
class Clips:
    """Clips laid over one video, each within one of its shots.

    Attributes
    ----------
    first, stop : ndarray of int, shape (clips,)
        Clip k holds the frames ``first[k] <= i < stop[k]``; it may hold none where a video has a gap.
    start_s, end_s : ndarray of float64, shape (clips,)
        The time that each clip stands for: frames with ``start_s <= t < end_s`` of its shot.
    duration_s
        Time of the last frame plus one frame duration, which is the median distance of two frames; 0 for
        fewer than two frames.
    uncovered_s
        What lies in each shot between the end of its last clip and its own end, or the whole shot where it
        has no clip; less than half a frame counts as 0.
    shots
        How many shots the video has; 1 where it has no cut.
    short_shots, short_s
        How many of them have no clip, because they are shorter than one, and how long those are together.
    """

    first: NDArray[np.intp]
    stop: NDArray[np.intp]
    start_s: NDArray[np.float64]
    end_s: NDArray[np.float64]
    duration_s: float
    uncovered_s: float
    shots: int
    short_shots: int
    short_s: float

    def __len__(self) -> int:
        return len(self.first)

    def select(self, part: slice) -> Clips:
        """Return some of the clips, of the same video."""
        return replace(
            self,
            first=self.first[part],
            stop=self.stop[part],
            start_s=self.start_s[part],
            end_s=self.end_s[part],
        )


def lay_clips(time_s: ArrayLike, rule: ClipRule, cut: ArrayLike | None = None) -> Clips:
    """Lay clips over the presentation times of a video, anew in each of its shots.

    Clip k of a shot starts ``k * step_s`` after the shot, or at the time of its frame ``k * step_frames``,
    and holds the shot's frames with start <= t < start + length, however many those are. A clip is full when
    the shot reaches its end to within half a frame; only full clips are laid, and with `rule.keep_tail`
    the partial one after them when anything of the shot is left uncovered. A shot lasts until the first
    frame of the next, and the last one until its last frame plus one frame duration; the first starts at 0.

    Parameters
    ----------
    time_s : array_like of float, shape (frames,)
        Presentation times in seconds, rising, from 0.
    rule
        Length and step of the clips.
    cut : array_like of float, shape (frames,)
        1 where a frame begins another shot, see `features.shots.find_shots`; None for a video of one shot.

    Returns
    -------
    Clips
        In order of time; of length 0 when no shot is as long as one clip.

    Raises
    ------
    TableError
        When a time is missing or infinite, goes backwards or repeats, or when a gap, which damaged or
        forged times may have, would hold tens of thousands of clips.
    """
    times = np.asarray(time_s, dtype=np.float64)
    check_times(times)
    frame_s = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    duration_s = float(times[-1]) + frame_s if len(times) > 1 else 0.0
    _check_step(times, rule, duration_s)

    begins = find_shots(cut, len(times))
    ends = np.append(begins, len(times))[1:]
    # A frame is shown until the next one; the first shot starts with the video.
    begins_s = times[begins]
    ends_s = np.append(begins_s, duration_s)[1:]
    begins_s[:1] = 0.0
    shots = [
        _lay_in_shot(times[begin:end], begin_s, end_s, frame_s / 2, rule)
        for begin, end, begin_s, end_s in zip(begins, ends, begins_s.tolist(), ends_s.tolist(), strict=True)
    ]
    counts = np.array([len(shot.start_s) for shot in shots], dtype=np.intp)
    start_s, end_s = (
        np.concatenate([np.empty(0), *(getattr(shot, name) for shot in shots)])
        for name in ("start_s", "end_s")
    )
    # Half a frame of a full clip may lie beyond a cut, and its frame does not belong to it.
    stop = np.minimum(np.searchsorted(times, end_s - _TIME_TOLERANCE_S), np.repeat(ends, counts))
    return Clips(
        first=np.searchsorted(times, start_s - _TIME_TOLERANCE_S),
        stop=stop,
        start_s=start_s,
        end_s=end_s,
        duration_s=duration_s,
        uncovered_s=float(sum(shot.uncovered_s for shot in shots)),
        shots=len(shots),
        short_shots=int((counts == 0).sum()),
        short_s=float((ends_s - begins_s)[counts == 0].sum()),
    )


class _ShotClips(NamedTuple):
    """Start and end of the clips of one shot, seconds, and what they leave uncovered."""

    start_s: NDArray[np.float64]
    end_s: NDArray[np.float64]
    uncovered_s: float


def _lay_in_shot(
    times: NDArray[np.float64], begin_s: float, end_s: float, tolerance_s: float, rule: ClipRule
) -> _ShotClips:
    """Lay clips over one shot, whose frames have these times."""
    starts = _possible_starts(times, rule, begin_s, end_s)
    n_full = int((starts + rule.length_s <= end_s + tolerance_s).sum())
    ends = starts[:n_full] + rule.length_s
    covered_s = float(ends[-1]) if n_full else begin_s
    uncovered_s = end_s - covered_s if covered_s < end_s - tolerance_s else 0.0
    if rule.keep_tail and uncovered_s > 0 and n_full < len(starts):
        return _ShotClips(starts[: n_full + 1], np.append(ends, end_s), 0.0)
    return _ShotClips(starts[:n_full], ends, uncovered_s)


def _check_step(times: NDArray[np.float64], rule: ClipRule, duration_s: float) -> None:
    """Refuse steps in frames that would leave time between clips uncovered, and forged or damaged times."""
    if rule.step_frames is not None:
        starts = times[:: rule.step_frames]
        if len(starts) > 1 and np.median(np.diff(starts)) > rule.length_s:
            raise InputError(
                f"A step of {rule.step_frames} frames is {np.median(np.diff(starts)):.2f} s here. That is "
                f"longer than a clip of {rule.length_s:g} s, so footage between clips would be lost. Give "
                "fewer frames."
            )
    elif rule.step_s is not None and duration_s / rule.step_s > len(times) + _MOST_EMPTY_CLIPS:
        raise TableError(
            f"{len(times)} frames are spread over {duration_s:g} s, so nearly all clips (one every "
            f"{rule.step_s:g} s) would be empty. Extract the video again, or use a larger step."
        )


def check_times(times: NDArray[np.float64]) -> None:
    """Raise TableError when a time is missing or infinite, goes backwards or repeats; name the frame."""
    if not np.isfinite(times).all():
        row = int(np.argmin(np.isfinite(times)))
        raise TableError(
            f"The time of frame {row} is {times[row]}, but every frame needs its presentation time. Extract "
            "the video again."
        )
    rises = np.diff(times) > 0
    if not rises.all():
        row = int(np.argmin(rises)) + 1
        what = "repeats the time of" if times[row] == times[row - 1] else "is before the time of"
        raise TableError(
            f"The time of frame {row} ({times[row]:.6f} s) {what} the frame before it ({times[row - 1]:.6f} "
            "s), but presentation times must rise from frame to frame. Extract the video again."
        )


def _possible_starts(
    times: NDArray[np.float64], rule: ClipRule, begin_s: float, end_s: float
) -> NDArray[np.float64]:
    """Return the starts, as the rule spaces them, of all clips of a shot that would hold a frame."""
    if rule.step_frames is not None:
        return times[:: rule.step_frames]
    assert rule.step_s is not None
    starts = begin_s + np.arange(int((end_s - begin_s) / rule.step_s) + 1) * rule.step_s
    inside: NDArray[np.float64] = starts[starts <= times[-1]]
    return inside


def parse_clip_rules(text: str) -> list[ClipRule]:
    """Return the rules that a list such as ``20/10,10/5,2.5/1.25`` (length/overlap in seconds) names.

    Raises
    ------
    InputError
        When an entry is not two numbers, a length comes twice, or a rule is impossible.
    """
    rules = []
    for entry in text.split(","):
        try:
            length_s, overlap_s = (float(part) for part in entry.split("/"))
        except ValueError:
            raise InputError(
                f"'{entry.strip()}' does not describe clips. Write length/overlap in seconds, such as 10/5."
            ) from None
        rules.append(ClipRule(length_s, length_s - overlap_s))
    lengths = [rule.length_s for rule in rules]
    if len(set(lengths)) < len(lengths):
        raise InputError(
            f"'{text}' names a clip length twice. Name each length once, because each has its own table."
        )
    return rules
