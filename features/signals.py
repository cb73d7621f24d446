"""Frame table, and the voice beside it, to the signals that are correlated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from features.measurements import get_measurements
from features.shots import find_shots
from features.signature import FACE_FEATURES, MOUTH_FEATURES
from features.signing_space import BodyCoordinates, compute_body_positions
from ground.errors import InputError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

Signal = Literal["position", "velocity", "highpass"]
SIGNALS: Final[tuple[Signal, ...]] = get_args(Signal)

# Column of the frame table for each feature that is read from it as it is.
_FACE_COLUMNS: Final = {
    **{name: name for name in FACE_FEATURES},
    **dict(zip(MOUTH_FEATURES, ("mouth_h", "mouth_v"), strict=True)),
}
_HIGHPASS_MEAN_S: Final = 1.0
# Rounding leaves this much of a feature's size behind where it does not change at all.
ROUNDING: Final = 1e-12


def compute_positions(
    frames: pd.DataFrame,
    *,
    mouth: bool = False,
    coordinates: BodyCoordinates = "signing",
    voice: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Compute the features of every frame.

    Parameters
    ----------
    frames
        Rows of a frame table.
    mouth
        Whether `mouthH` and `mouthV` follow the 30 features.
    coordinates
        Of the body, see `features.signing_space.compute_body_positions`.
    voice : ndarray of float64, shape (frames, 8)
        The features of the voice, which come last; see `features.voice.lay_voice_over_frames`. None to leave
        them out.

    Returns
    -------
    ndarray of float64, shape (frames, features)
        30 features, or two or eight more, in the order of `features.signature.PairSet.features`; missing and
        infinite values are NaN.
    """
    names = (*FACE_FEATURES, *MOUTH_FEATURES) if mouth else FACE_FEATURES
    face = get_measurements(frames, [_FACE_COLUMNS[name] for name in names])
    parts = [compute_body_positions(frames, coordinates), face, *([] if voice is None else [voice])]
    positions = np.hstack(parts)
    positions[~np.isfinite(positions)] = np.nan
    return positions


def compute_signal(
    positions: NDArray[np.float64],
    time_s: NDArray[np.float64],
    signal: Signal,
    cut: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Turn positions into the signal whose correlations are taken.

    Parameters
    ----------
    positions : ndarray of float64, shape (frames, features)
        NaN where missing.
    time_s : ndarray of float64, shape (frames,)
        Presentation times in seconds, rising.
    signal
        ``position``: the positions themselves, as published. ``velocity``: the difference from the frame
        before over the time between both; missing in the first frame of a shot and where either is missing.
        ``highpass``: the position minus the mean of what is present from 0.5 s before to 0.5 s after, which
        is less than that at the ends of a shot.
    cut : ndarray of float64, shape (frames,)
        1 where a frame begins another shot, see `features.shots.find_shots`; no signal reaches over a cut.
        None for a video of one shot.

    Returns
    -------
    ndarray of float64, shape (frames, features)
        In the unit of the positions, for ``velocity`` per second. A whole shot is turned at once, so
        the signal in a clip's first frames may depend on the frames of its shot just before the clip.
    """
    if signal == "position":
        return positions
    begins = find_shots(cut, len(positions))
    if signal == "velocity":
        change = _clear_rounding(np.diff(positions, axis=0), positions)
        first = np.full((min(1, len(positions)), positions.shape[1]), np.nan)
        velocity = np.vstack([first, change / np.diff(time_s)[:, None]])
        velocity[begins] = np.nan
        return velocity
    if signal == "highpass":
        shots = zip(np.split(positions, begins[1:]), np.split(time_s, begins[1:]), strict=True)
        means = np.vstack([_centred_mean(*shot) for shot in shots])
        return _clear_rounding(positions - means, positions)
    raise InputError(f"There is no signal '{signal}'. Choose one of {', '.join(SIGNALS)}.")


def _centred_mean(positions: NDArray[np.float64], time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    import pandas as pd

    table = pd.DataFrame(positions, index=pd.to_timedelta(time_s, unit="s"))
    # Two microseconds more, so that rounding the times cannot drop the frame at either end.
    window = pd.Timedelta(seconds=_HIGHPASS_MEAN_S) + pd.Timedelta(microseconds=2)
    return table.rolling(window, center=True, closed="both", min_periods=1).mean().to_numpy()


def _clear_rounding(change: NDArray[np.float64], positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Set changes to 0 that are only the rounding of positions, so that a still feature stays still."""
    size = np.abs(np.nan_to_num(positions)).max(axis=0, initial=0.0)
    change[np.abs(change) <= ROUNDING * size] = 0.0
    return change
