"""How well the movements of the mouth go with the sound, at every shift of one against the other.

For a clip, mouth (opening, width, and how fast both change) and sound (loudness, voicing, and how its
spectrum lies) are brought to 50 values a second, and slow changes are taken out. At each lag of up to half a
second their correlation is the sum of the squared canonical correlations (Pillai's trace), with regularised
covariances. So nothing is learnt about which movement makes which sound, and the curve over lags tells by
itself: sound that belongs to the mouth gives a peak at the person's own small lag, any other sound gives
none, or one elsewhere.

References
----------
H. Hotelling, "Relations between two sets of variates", Biometrika 28, 1936. M. E. Sargin et al., "Audiovisual
synchronization and fusion using canonical correlation analysis", IEEE Transactions on Multimedia 9, 2007.
C. Chandrasekaran et al., "The natural statistics of audiovisual speech", PLoS Computational Biology 5, 2009.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from extract.frame_table import CUT, MOUTH
from extract.sound.voice import VOICE_RATE_HZ
from features.measurements import get_measurements
from features.shots import find_shots
from features.voice import VOICE_FEATURES, compute_voice_features, find_voiced

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from extract.description import Backend
    from extract.sound.voice_table import VoiceTable
    from features.windows import Clips

RATE_HZ: Final = 50
MOST_LAG: Final = 25  # samples: half a second
# In seconds: above 0, the sound comes after the mouth.
LAGS_S: Final = np.arange(-MOST_LAG, MOST_LAG + 1) / RATE_HZ

_SOUND: Final = ("voice_loudness", "voice_voicing", "voice_low", "voice_middle", "voice_high")
_SOUND_PLACES: Final = [VOICE_FEATURES.index(name) for name in _SOUND]
_LOUDNESS: Final = VOICE_FEATURES.index("voice_loudness")
_LONGEST_GAP_S: Final = 0.2
_MEAN: Final = 51  # samples, about a second: what changes more slowly is posture, or the room
_SMOOTH: Final = 3  # samples, 60 ms
_RIDGE: Final = 0.3
_ROUNDING: Final = 1e-18  # variance that rounding leaves behind


@dataclass(frozen=True)
class LipSync:
    """What clips tell of mouth and sound.

    Attributes
    ----------
    curves
        float64, shape (clips, lags): how well both go together at each of `LAGS_S`, from 0 to 4; missing
        where less than half of the clip can be compared.
    voiced_share
        float64, shape (clips,): the share of the clip's time in which a voice is heard.
    mouth_share
        float64, shape (clips,): the share of its time in which the mouth was measured.
    opening_spread
        float64, shape (clips,): standard deviation of the mouth's opening, in units of the distance of
        the outer eye corners; missing without a mouth.
    """

    curves: NDArray[np.float64]
    voiced_share: NDArray[np.float64]
    mouth_share: NDArray[np.float64]
    opening_spread: NDArray[np.float64]


@dataclass(frozen=True)
class MouthAndSound:
    """Mouth and sound of a whole video, 50 values a second from time 0.

    Attributes
    ----------
    mouth
        float64, shape (samples, 4): opening, width and their velocities, without slow changes; NaN where
        missing.
    sound
        float64, shape (samples, 5), without slow changes; NaN where there is no sound.
    voiced
        bool, shape (samples,): where a voice is heard.
    reader
        What measured the voice.
    """

    mouth: NDArray[np.float64]
    sound: NDArray[np.float64]
    voiced: NDArray[np.bool_]
    reader: Backend

    @classmethod
    def of_video(cls, frames: pd.DataFrame, voice: VoiceTable) -> MouthAndSound:
        """Return those of a video, from the rows of its frame table and from its voice table."""
        return cls(_prepare_mouth(frames), *_prepare_sound(voice), voice.metadata.reader)

    def compare(self, clips: Clips, other: MouthAndSound | None = None, *, later_s: float = 0.0) -> LipSync:
        """Compare mouth and sound within each clip.

        Parameters
        ----------
        clips
            Laid over the video. The sound may be from up to half a second before or after a clip.
        other
            The video whose sound is heard instead; None for this one's own.
        later_s
            By how much the sound is moved to later, a multiple of 0.02 s.
        """
        heard = other or self
        shift = round(later_s * RATE_HZ)
        first, stop = (np.rint(times * RATE_HZ).astype(np.intp) for times in (clips.start_s, clips.end_s))
        curves = np.full((len(clips), len(LAGS_S)), np.nan)
        voiced, seen, spread = np.zeros(len(clips)), np.zeros(len(clips)), np.full(len(clips), np.nan)
        for clip, (begin, end) in enumerate(zip(first.tolist(), stop.tolist(), strict=True)):
            mouth = _cut_out(self.mouth, begin, end)
            sound = _cut_out(heard.sound, begin - shift - MOST_LAG, end - shift + MOST_LAG)
            has_mouth = np.isfinite(mouth).all(axis=1)
            curves[clip] = _correlate_at_lags(mouth, sound)
            voiced[clip] = heard.voiced[max(begin - shift, 0) : max(end - shift, 0)].sum() / (end - begin)
            seen[clip] = has_mouth.mean()
            spread[clip] = mouth[has_mouth, 0].std() if has_mouth.any() else np.nan
        return LipSync(curves, voiced, seen, spread)


def _cut_out(values: NDArray[np.float64], first: int, stop: int) -> NDArray[np.float64]:
    """Return rows from `first` to `stop`; missing where there are none."""
    rows = np.full((stop - first, values.shape[1]), np.nan)
    begin, end = max(first, 0), min(stop, len(values))
    if begin < end:
        rows[begin - first : end - first] = values[begin:end]
    return rows


def _correlate_at_lags(mouth: NDArray[np.float64], sound: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Pillai's trace at each lag, in the samples that have all signals, if they are at least half.

    Parameters
    ----------
    mouth
        Shape (samples, signals).
    sound
        Shape (samples + 2 `MOST_LAG`, signals).
    """
    windows = np.lib.stride_tricks.sliding_window_view(sound, len(mouth), axis=0)  # (lags, signals, samples)
    both = np.isfinite(mouth).all(axis=1) & np.isfinite(windows).all(axis=1)
    n = both.sum(axis=1)
    weights = both / np.maximum(n, 1)[:, None]
    x, y = np.where(np.isfinite(mouth), mouth, 0.0), np.where(np.isfinite(windows), windows, 0.0)
    weighted = y * weights[:, None, :]
    mean_x, mean_y = weights @ x, weighted.sum(axis=2)
    within_x = np.einsum("ln,np,nq->lpq", weights, x, x, optimize=True) - _outer(mean_x, mean_x)
    within_y = weighted @ y.transpose(0, 2, 1) - _outer(mean_y, mean_y)
    cross = (weighted @ x).transpose(0, 2, 1) - _outer(mean_x, mean_y)
    scale_x, scale_y = _invert_spread(within_x), _invert_spread(within_y)
    cross = cross * _outer(scale_x, scale_y)
    within_x = within_x * _outer(scale_x, scale_x) + _RIDGE * np.eye(x.shape[1])
    within_y = within_y * _outer(scale_y, scale_y) + _RIDGE * np.eye(sound.shape[1])
    left, right = np.linalg.solve(within_x, cross), np.linalg.solve(within_y, cross.transpose(0, 2, 1))
    trace: NDArray[np.float64] = np.einsum("lpq,lqp->l", left, right)
    trace[2 * n < len(mouth)] = np.nan
    return trace


def _outer(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    return left[:, :, None] * right[:, None, :]


def _invert_spread(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 1 / the standard deviation of each signal; 0 for one that does not change."""
    variance = np.diagonal(covariance, axis1=1, axis2=2)
    changes = variance > _ROUNDING
    return np.where(changes, 1 / np.sqrt(np.where(changes, variance, 1.0)), 0.0)


def _prepare_mouth(frames: pd.DataFrame) -> NDArray[np.float64]:
    width, opening = get_measurements(frames, list(MOUTH)).T
    times = frames["time_s"].to_numpy(dtype=np.float64)
    begins = find_shots(frames[CUT].to_numpy(dtype=np.float64), len(frames))
    length = int(times[-1] * RATE_HZ + 1e-6) + 1 if len(times) else 0
    mouth = np.full((length, 4), np.nan)
    for first, stop in zip(begins, np.append(begins, len(frames))[1:], strict=True):
        start = int(np.ceil(times[first] * RATE_HZ - 1e-6))
        grid = np.arange(start, int(times[stop - 1] * RATE_HZ + 1e-6) + 1)
        shot = _interpolate(grid / RATE_HZ, times[first:stop], np.column_stack([opening, width])[first:stop])
        if len(shot) < 2:
            continue
        shot = _average(shot, _SMOOTH)
        shot = np.hstack([shot, np.gradient(shot, 1 / RATE_HZ, axis=0)])
        mouth[grid] = shot - _average(shot, _MEAN)
    return mouth


def _interpolate(
    grid_s: NDArray[np.float64], times_s: NDArray[np.float64], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Draw straight lines between frames that have all values and are at most 0.2 s apart; NaN elsewhere."""
    has = np.isfinite(values).all(axis=1)
    known_s, known = times_s[has], values[has]
    drawn = np.full((len(grid_s), values.shape[1]), np.nan)
    if len(known_s) < 2:
        return drawn
    right = np.clip(np.searchsorted(known_s, grid_s), 1, len(known_s) - 1)
    near = known_s[right] - known_s[right - 1] <= _LONGEST_GAP_S
    near &= (grid_s >= known_s[0] - 1e-6) & (grid_s <= known_s[-1] + 1e-6)
    for column in range(values.shape[1]):
        drawn[near, column] = np.interp(grid_s[near], known_s, known[:, column])
    return drawn


def _prepare_sound(voice: VoiceTable) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    step = VOICE_RATE_HZ // RATE_HZ
    values = compute_voice_features(voice)
    sound = values[:, _SOUND_PLACES]
    heard = np.isfinite(values[:, _LOUDNESS])
    sound = _average(sound, step * _SMOOTH - 1)
    sound = sound - _average(sound, step * _MEAN - 1)
    # The spectrum of a pause tells nothing: it lies where the voice's usually does.
    sound = np.where(np.isfinite(sound), sound, 0.0)
    sound[~heard] = np.nan
    return sound[::step], find_voiced(values)[::step]


def _average(values: NDArray[np.float64], samples: int) -> NDArray[np.float64]:
    """Return the mean of what is present in a window around each sample; missing where the sample is."""
    import pandas as pd

    means = pd.DataFrame(values).rolling(samples, center=True, min_periods=1).mean().to_numpy()
    return np.where(np.isfinite(values), means, np.nan)
