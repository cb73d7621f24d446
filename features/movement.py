"""How much movement clips show, in multiples of the readers' noise, and how often it was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from features.held_pictures import find_held
from features.signature import BODY_FEATURES, FACE_FEATURES, FEATURES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from extract.description import ReadingDescription
    from features.signals import Signal
    from features.windows import Clips

# The columns of a clip table that say it.
MOVEMENT_COLUMNS: Final = ("observed_share", "face_motion", "body_motion")

# Between frames that are further apart nothing was observed: 5, 10 and 20 frames/s. With fewer, sampling
# moves correlations by half or more of what clips of one recording differ by: docs/measurements/evidence.md.
LONGEST_GAP_S: Final[Mapping[Signal, float]] = {"position": 0.2, "highpass": 0.1, "velocity": 0.05}
# Presentation times are rounded to a millisecond by some containers.
_TIME_TOLERANCE_S: Final = 2e-3
# People pause, so movement is looked for in pieces of a clip; one of fewer frames than these tells nothing.
_PIECE_S: Final = 1.0
_FEWEST_FRAMES: Final = 3

# What readers report of a still photograph that comes slowly nearer: the standard deviation of each feature
# within a second, by the reader's name (`bench/still_noise.py`). Others' are not known.
FACE_NOISE: Final[Mapping[str, Mapping[str, float]]] = {
    "mediapipe-face-mesh": {
        "AU01_r": 0.0007, "AU02_r": 0.0007, "AU04_r": 0.0013, "AU05_r": 0.0005, "AU06_r": 0.0004,
        "AU07_r": 0.0004, "AU09_r": 0.0010, "AU10_r": 0.0013, "AU12_r": 0.0012, "AU14_r": 0.0009,
        "AU15_r": 0.0006, "AU17_r": 0.0011, "AU20_r": 0.0013, "AU23_r": 0.0010, "AU25_r": 0.0020,
        "AU26_r": 0.0016, "pose_Rx": 0.0019, "pose_Rz": 0.0009,
    },
}  # fmt: skip
# Smaller faces are noisier: by the 0.6th power of the side of the box that a face is read in, below this one.
_FACE_PX: Final = 200.0
_NOISE_POWER: Final = 0.6
# Without the shoulders' X, which signing space holds still.
BODY_NOISE: Final[Mapping[str, Mapping[str, float]]] = {
    "mediapipe-pose": {
        "leftElbow_X": 0.0020, "rightElbow_X": 0.0019, "leftWrist_X": 0.0042, "rightWrist_X": 0.0038,
        "leftShoulder_Y": 0.0013, "rightShoulder_Y": 0.0010, "leftElbow_Y": 0.0026, "rightElbow_Y": 0.0028,
        "leftWrist_Y": 0.0042, "rightWrist_Y": 0.0060,
    },
}  # fmt: skip


@dataclass(frozen=True)
class Movement:
    """How much movement clips show, and how often it was looked at.

    Attributes
    ----------
    observed_share
        float64, shape (clips,), 0..1: in which share of the clip's time measurements follow each other
        closely enough (`LONGEST_GAP_S`). Frames that show the picture before them again count as no frames:
        those whose measurements all repeat, and those of a picture that is held (`features.held_pictures`),
        as far as the face reader's noise is known.
    face_motion, body_motion
        float64, shape (clips,): how many times as much features vary as in a still photograph that comes
        slowly nearer: the median over the clip's seconds of the median over the features of the face, or of
        the body. So half of the features move as much or more in half of the seconds. NaN where too little
        was measured, and for readers whose noise is not known.
    """

    observed_share: NDArray[np.float64]
    face_motion: NDArray[np.float64]
    body_motion: NDArray[np.float64]


class MovementMeter:
    """Measures the movement in clips of one video.

    Parameters
    ----------
    time_s : ndarray of float64, shape (frames,)
        Presentation times, rising.
    positions : ndarray of float64, shape (frames, 30)
        The features in the order of `features.signature.FEATURES`, the body in signing space; NaN where
        missing.
    face_px : ndarray of float64, shape (frames,)
        Side of the box that the face was read in; NaN where missing.
    reading
        Which readers measured them.
    longest_gap_s
        Longest time between two frames over which movement counts as observed.
    """

    def __init__(
        self,
        time_s: NDArray[np.float64],
        positions: NDArray[np.float64],
        face_px: NDArray[np.float64],
        reading: ReadingDescription,
        longest_gap_s: float,
    ) -> None:
        self._time_s = time_s
        noise = FACE_NOISE.get(reading.face.name)
        held = find_held(time_s, _measure_moves(positions, face_px, noise or {}), _TIME_TOLERANCE_S)
        self._observed_until_s = _ObservedTime(time_s, positions, held, longest_gap_s + _TIME_TOLERANCE_S)
        self._face = _Spreads(positions, FACE_FEATURES, noise)
        self._face_px = _sum_up(np.column_stack([np.isfinite(face_px), np.nan_to_num(face_px)]))
        self._body = _Spreads(positions, BODY_FEATURES, BODY_NOISE.get(reading.body.name))

    def measure(self, clips: Clips) -> Movement:
        """Measure clips that were laid over the video."""
        length_s = clips.end_s - clips.start_s
        observed_s = self._observed_until_s(clips.end_s) - self._observed_until_s(clips.start_s)
        starts = np.arange(0.0, np.max(length_s, initial=0.0), _PIECE_S)
        edges_s = np.minimum(clips.start_s[:, None] + np.append(starts, np.inf), clips.end_s[:, None])
        # As in `features.windows.lay_clips`, rounded times belong to the piece that they were meant for.
        edges = np.minimum(np.searchsorted(self._time_s, edges_s - 1e-6), clips.stop[:, None])
        faces, total_px = np.moveaxis(_take(self._face_px, edges), -1, 0)
        # Without a face nothing is compared, whatever its size.
        noisier = _find_noisier(np.where(faces > 0, total_px / np.maximum(faces, 1), _FACE_PX))
        return Movement(
            np.clip(observed_s / length_s, 0.0, 1.0),
            self._face.compare(edges, noisier),
            self._body.compare(edges, np.ones_like(noisier)),
        )


def _find_noisier(face_px: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how many times the noise of faces of a size is the reader's."""
    return np.maximum(_FACE_PX / np.maximum(face_px, 1.0), 1.0) ** _NOISE_POWER


def _measure_moves(
    positions: NDArray[np.float64], face_px: NDArray[np.float64], noise: Mapping[str, float]
) -> NDArray[np.float64]:
    """Return how far the face moves from frame to frame in multiples of its noise, shape (frames - 1,).

    The median over its features; NaN where none is measured, and throughout where no noise is known.
    """
    if not noise:
        return np.full(max(len(positions) - 1, 0), np.nan)
    values = positions[:, [FEATURES.index(name) for name in noise]]
    noisier = _find_noisier(np.where(np.isfinite(face_px), face_px, _FACE_PX))[1:]
    return _median(np.abs(np.diff(values, axis=0)) / np.array([*noise.values()])) / noisier


class _ObservedTime:
    """How much of the time up to a moment of the video was observed, seconds."""

    def __init__(
        self,
        time_s: NDArray[np.float64],
        positions: NDArray[np.float64],
        held: NDArray[np.bool_],
        longest_gap_s: float,
    ) -> None:
        missing = np.isnan(positions)
        repeated = (positions[1:] == positions[:-1]) | (missing[1:] & missing[:-1])
        fresh = ~missing.all(axis=1) & ~held
        fresh[1:] &= ~repeated.all(axis=1)
        times = time_s[fresh]
        # The last frame lasts as long as frames usually do.
        usual_s = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 0.0
        self._times = np.append(times, times[-1:] + usual_s)
        gaps_s = np.diff(self._times)
        self._observed_s = np.append(0.0, np.cumsum(np.where(gaps_s <= longest_gap_s, gaps_s, 0.0)))

    def __call__(self, until_s: NDArray[np.float64]) -> NDArray[np.float64]:
        if len(self._times) == 0:
            return np.zeros(len(until_s))
        return np.asarray(np.interp(until_s, self._times, self._observed_s))


class _Spreads:
    """How much features vary in pieces of a video, in multiples of a reader's noise."""

    def __init__(
        self, positions: NDArray[np.float64], names: tuple[str, ...], noise: Mapping[str, float] | None
    ) -> None:
        chosen = [name for name in names if noise and name in noise]
        self._noise = np.array([noise[name] for name in chosen]) if noise else np.empty(0)
        values = positions[:, [FEATURES.index(name) for name in chosen]]
        present = np.isfinite(values)
        counts = np.maximum(present.sum(axis=0), 1)
        values = np.where(present, values - np.where(present, values, 0.0).sum(axis=0) / counts, 0.0)
        self._sums = _sum_up(np.stack([present, values, values**2], axis=-1))

    def compare(self, edges: NDArray[np.intp], noisier: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the medians over features and pieces, shape (clips,).

        `edges`, shape (clips, pieces + 1), are the first frames of the pieces and the end of the last;
        `noisier`, shape (clips, pieces), is how many times the noise there is the reader's.
        """
        if not len(self._noise):
            return np.full(len(edges), np.nan)
        n, total, squares = np.moveaxis(_take(self._sums, edges), -1, 0)
        variance = np.maximum(squares - total**2 / np.maximum(n, 1), 0.0) / np.maximum(n, 1)
        multiples = np.where(n >= _FEWEST_FRAMES, np.sqrt(variance) / self._noise, np.nan)
        return _median(_median(multiples) / noisier)


def _sum_up(values: NDArray[np.generic]) -> NDArray[np.float64]:
    """Return the sums over the frames before each, shape (frames + 1, ...)."""
    start = np.zeros((1, *values.shape[1:]))
    return np.concatenate([start, np.cumsum(values, axis=0, dtype=np.float64)])


def _take(sums: NDArray[np.float64], edges: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the sums over the frames of each piece, shape (clips, pieces, ...)."""
    return np.asarray(sums[edges[:, 1:]] - sums[edges[:, :-1]])


def _median(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the median of what is present along the last axis; NaN where nothing is."""
    present = np.isfinite(values)
    nothing = np.asarray(~present.any(axis=-1))
    return np.where(nothing, np.nan, np.nanmedian(np.where(nothing[..., None], 0.0, values), axis=-1))
