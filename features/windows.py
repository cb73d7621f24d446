"""Clips laid over a video's presentation times."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from ground.errors import InputError, TableError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

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
        Whether the partial clip at the end, which reaches what no full clip covers, is a clip too.

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
            raise InputError(f"A clip of {self.length_s:g} s cannot be cut; give a length above 0 s.")
        if (self.step_s is None) == (self.step_frames is None):
            raise InputError("Clips step either in seconds or in frames; give one of the two.")
        if self.step_s is not None and not 0 < self.step_s <= self.length_s:
            raise InputError(
                f"Clips of {self.length_s:g} s cannot overlap by {self.length_s - self.step_s:g} s;"
                " the overlap must be at least 0 s and less than the clip."
            )
        if self.step_frames is not None and self.step_frames < 1:
            raise InputError(f"Clips cannot step by {self.step_frames} frames; give 1 or more.")


@dataclass(frozen=True)
class Clips:
    """Clips laid over one video.

    Attributes
    ----------
    first, stop : ndarray of int, shape (clips,)
        Clip k holds the frames ``first[k] <= i < stop[k]``; it may hold none where a video has a gap.
    start_s, end_s : ndarray of float64, shape (clips,)
        The time that each clip stands for: frames with ``start_s <= t < end_s``.
    duration_s
        Time of the last frame plus one frame duration, which is the median distance of two frames; 0 for
        fewer than two frames.
    uncovered_s
        What lies between the end of the last clip and the end of the video; 0 when less than half a frame.
    """

    first: NDArray[np.intp]
    stop: NDArray[np.intp]
    start_s: NDArray[np.float64]
    end_s: NDArray[np.float64]
    duration_s: float
    uncovered_s: float

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


def lay_clips(time_s: ArrayLike, rule: ClipRule) -> Clips:
    """Lay clips over the presentation times of a video.

    Clip k starts at ``k * step_s``, or at the time of frame ``k * step_frames``, and holds the frames with
    start <= t < start + length, however many those are. A clip is full when the last frame plus one frame
    duration reaches its end to within half a frame; only full clips are laid, and with `rule.keep_tail`
    the partial one after them when anything is left uncovered.

    Parameters
    ----------
    time_s : array_like of float, shape (frames,)
        Presentation times in seconds, rising, from 0.
    rule
        Length and step of the clips.

    Returns
    -------
    Clips
        In order of time; of length 0 when the video is shorter than one clip.

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

    reach_s = duration_s + frame_s / 2
    starts = _possible_starts(times, rule, duration_s)
    _check_overlap(starts, rule)
    full = starts + rule.length_s <= reach_s
    n_full = int(full.sum())
    start_s = starts[full]
    end_s = start_s + rule.length_s
    covered_s = end_s[-1] if n_full else 0.0
    uncovered_s = duration_s - covered_s if covered_s < duration_s - frame_s / 2 else 0.0
    if rule.keep_tail and uncovered_s > 0 and n_full < len(starts):
        start_s = starts[: n_full + 1]
        end_s = np.append(end_s, duration_s)
        uncovered_s = 0.0

    first = np.searchsorted(times, start_s - _TIME_TOLERANCE_S)
    stop = np.searchsorted(times, end_s - _TIME_TOLERANCE_S)
    return Clips(first, stop, start_s, end_s, duration_s, uncovered_s)


def _check_overlap(starts: NDArray[np.float64], rule: ClipRule) -> None:
    """Refuse steps in frames that would leave time between clips uncovered."""
    if rule.step_frames is not None and len(starts) > 1 and np.median(np.diff(starts)) > rule.length_s:
        raise InputError(
            f"A step of {rule.step_frames} frames, {np.median(np.diff(starts)):.2f} s here, is longer than a "
            f"clip of {rule.length_s:g} s and would leave out what lies between; give fewer frames."
        )


def check_times(times: NDArray[np.float64]) -> None:
    """Raise TableError when a time is missing or infinite, goes backwards or repeats; name the frame."""
    if not np.isfinite(times).all():
        row = int(np.argmin(np.isfinite(times)))
        raise TableError(f"The time of frame {row} is {times[row]}; every frame needs its presentation time.")
    rises = np.diff(times) > 0
    if not rises.all():
        row = int(np.argmin(rises)) + 1
        what = "repeats that of" if times[row] == times[row - 1] else "goes back behind"
        raise TableError(
            f"The time of frame {row} ({times[row]:.6f} s) {what} the frame before it"
            f" ({times[row - 1]:.6f} s); presentation times must rise from frame to frame."
        )


def _possible_starts(times: NDArray[np.float64], rule: ClipRule, duration_s: float) -> NDArray[np.float64]:
    """Return the starts, as the rule spaces them, of all clips that would hold a frame."""
    if rule.step_frames is not None:
        return times[:: rule.step_frames]
    assert rule.step_s is not None
    if duration_s / rule.step_s > len(times) + _MOST_EMPTY_CLIPS:
        raise TableError(
            f"The times of {len(times)} frames reach {duration_s:g} s: nearly all clips, one every"
            f" {rule.step_s:g} s, would be empty. Extract the video again, or give clips a larger step."
        )
    starts = np.arange(int(duration_s / rule.step_s) + 1) * rule.step_s
    return starts[starts <= times[-1]] if len(times) else starts[:0]


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
                f"'{entry.strip()}' names no clips; write length/overlap in seconds, such as 10/5."
            ) from None
        rules.append(ClipRule(length_s, length_s - overlap_s))
    lengths = [rule.length_s for rule in rules]
    if len(set(lengths)) < len(lengths):
        raise InputError(f"'{text}' names a clip length twice; each length goes to a table of its own.")
    return rules
