"""A compact trace of how head and mouth move over a video: its fingerprint, by which copies are recognised.

Encoding, scaling, cropping and trimming change every byte of a video, and hardly how its person moves.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from extract.frame_table import HEAD_ROTATION, MOUTH
from features.measurements import get_measurements
from ground.errors import TableError

if TYPE_CHECKING:
    import pandas as pd

    from features.windows import Clips

# int8, shape (samples, signals): one row for each fifth of a second of the video's time, from 0.
Trace: TypeAlias = npt.NDArray[np.int8]

RATE_HZ: Final = 5
# None depends on the size of the picture: radians, and distances between the outer eye corners. Readers of
# other programs' files have no mouth distances: theirs are missing, and the head counts alone.
SIGNALS: Final = (*HEAD_ROTATION, *MOUTH)
# Radians, or eye-corner distances, of 1: a tenth of what people move from one moment to the next.
STEP: Final = 0.01
MISSING: Final = -128
# To be raised when traces change: those of different revisions are not compared.
TRACE_REVISION: Final = 1
TRACE_COLUMN: Final = "motion_trace"

# Whatever times a damaged or forged table has, a trace fits into memory: ten days are 22 MB.
_LONGEST_S: Final = 10 * 86_400
# Presentation times are rounded by some containers.
_TIME_TOLERANCE: Final = 1e-3
_PREFIX: Final = f"{TRACE_REVISION}:"


def trace_motion(frames: pd.DataFrame) -> Trace:
    """Trace the motion of a video.

    Parameters
    ----------
    frames
        The rows of a frame table; what a reader does not measure is missing.

    Returns
    -------
    Trace
        The mean of each signal over the frames of each fifth of a second, in steps of `STEP` and at most 127
        of them from 0; `MISSING` where no frame has it. Longer videos are traced for ten days.
    """
    times = frames["time_s"].to_numpy(dtype=np.float64)
    values = get_measurements(frames, SIGNALS)
    inside = (times >= 0) & (times < _LONGEST_S)
    bins = np.floor(times[inside] * RATE_HZ + _TIME_TOLERANCE).astype(np.intp)
    trace = _blank(int(bins.max(initial=-1)) + 1)
    for column, signal in enumerate(values[inside].T):
        known = np.isfinite(signal)
        counts = np.bincount(bins[known], minlength=len(trace))
        sums = np.bincount(bins[known], signal[known], minlength=len(trace))
        means = sums[counts > 0] / counts[counts > 0]
        trace[counts > 0, column] = np.clip(np.rint(means / STEP), -127, 127).astype(np.int8)
    return trace


def write_traces(trace: Trace, clips: Clips, begin: int, stop: int) -> list[str | None]:
    """Return, of some of a video's clips, what its trace holds from the clip's start to the next one's.

    So overlapping clips repeat nothing. The last clip holds the trace to its end.

    Parameters
    ----------
    trace
        Of the video.
    clips
        All clips of the video.
    begin, stop
        The first of the clips, and the one after the last.

    Returns
    -------
    list of str
        Text of a cell of the clip table; None where nothing was measured.
    """
    ends_s = np.minimum(np.append(clips.start_s[1:], np.inf), clips.end_s)[begin:stop]
    starts = map(_first_sample, clips.start_s[begin:stop])
    return [_write(trace[first : _first_sample(end)]) for first, end in zip(starts, ends_s, strict=True)]


def read_traces(clips: pd.DataFrame) -> dict[str, Trace]:
    """Read the traces of the videos of a clip table, as far as it has them.

    Parameters
    ----------
    clips
        A clip table; rows may be missing, and what they covered is then missing in the trace.

    Returns
    -------
    dict
        By video; none for videos without a trace, or with one of another revision.

    Raises
    ------
    TableError
        When a trace is damaged.
    """
    if TRACE_COLUMN not in clips.columns or "start_s" not in clips.columns:
        return {}
    parts: dict[str, list[tuple[int, Trace]]] = {}
    cells = clips[TRACE_COLUMN]
    rows = clips[cells.notna() & clips["start_s"].notna()]
    for name, video, start_s, text in zip(
        rows.index, rows["video"], rows["start_s"], rows[TRACE_COLUMN], strict=True
    ):
        if str(text).startswith(_PREFIX):
            samples = _read(str(text), str(name))
            if not 0 <= start_s <= _LONGEST_S:
                raise _damaged(str(name))
            parts.setdefault(str(video), []).append((_first_sample(start_s), samples))
    return {video: _join(found) for video, found in parts.items()}


def _first_sample(start_s: float) -> int:
    """Return the first sample of a trace that does not begin before a time."""
    return int(np.ceil(min(start_s, 2 * _LONGEST_S) * RATE_HZ - _TIME_TOLERANCE))


def _join(parts: list[tuple[int, Trace]]) -> Trace:
    trace = _blank(max(first + len(samples) for first, samples in parts))
    for first, samples in parts:
        trace[first : first + len(samples)] = samples
    return trace


def _blank(samples: int) -> Trace:
    return np.full((samples, len(SIGNALS)), MISSING, dtype=np.int8)


def _write(samples: Trace) -> str | None:
    if (samples == MISSING).all():
        return None
    return _PREFIX + base64.b64encode(samples.tobytes()).decode("ascii")


def _read(text: str, clip: str) -> Trace:
    try:
        content = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise _damaged(clip) from None
    if len(content) % len(SIGNALS):
        raise _damaged(clip)
    return np.frombuffer(content, dtype=np.int8).reshape(-1, len(SIGNALS))


def _damaged(clip: str) -> TableError:
    return TableError(
        f"The clip table holds a damaged {TRACE_COLUMN} for {clip}. Write it again with "
        "`motionsig correlate`."
    )
