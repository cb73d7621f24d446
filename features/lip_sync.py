"""How well the movements of the mouth go with the sound, at every shift of one against the other.

For a clip, mouth (opening, width, and how fast both change) and sound (loudness, voicing, and how its spectrum
lies) are brought to 50 values a second, and slow changes are taken out. At each lag of up to half a second their
correlation is the sum of the squared canonical correlations (Pillai's trace), with regularised covariances. So
nothing is learnt about which movement makes which sound, and a curve over lags tells by itself: sound that belongs
to the mouth gives a peak at the person's own small lag; any other sound gives none, or one elsewhere.

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
from features.voice import VOICE_FEATURES, compute_voice_features

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from extract.sound.voice_table import VoiceTable
    from features.windows import Clips

RATE_HZ: Final = 50
MOST_LAG: Final = 25  # samples: half a second
# In seconds: above 0, the sound comes after the mouth.
LAGS_S: Final = np.arange(-MOST_LAG, MOST_LAG + 1) / RATE_HZ

_SOUND: Final = ("voice_loudness", "voice_voicing", "voice_low", "voice_middle", "voice_high")
_SOUND_PLACES: Final = [VOICE_FEATURES.index(name) for name in _SOUND]
_VOICING, _LOUDNESS = VOICE_FEATURES.index("voice_voicing"), VOICE_FEATURES.index("voice_loudness")
_LONGEST_GAP_S: Final = 0.2
_MEAN: Final = 51  # samples, about a second: what changes more slowly is posture, or the room
_SMOOTH: Final = 3  # samples, 60 ms
_RIDGE: Final = 0.3
_VOICED: Final = 0.5


@dataclass(frozen=True)
class LipSync:
    """What clips tell of mouth and sound.

    Attributes
    ----------
    curves
        float64, shape (clips, lags): how well both go together at each of `LAGS_S`, from 0 to 4; missing where
        less than half of the clip can be compared.
    voiced_share
        float64, shape (clips,): the share of the clip's time in which a voice is heard.
    mouth_share
        float64, shape (clips,): the share of its time in which the mouth was measured.
    opening_spread
        float64, shape (clips,): standard deviation of the mouth's opening, in units of the distance of the outer
        eye corners; missing without a mouth.
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
        float64, shape (samples, 4): opening, width and their velocities, without slow changes; NaN where missing.
    sound
        float64, shape (samples, 5): without slow changes; NaN where there is no sound.
    voiced
        bool, shape (samples,): where a voice is heard.
    """

    mouth: NDArray[np.float64]
    sound: NDArray[np.float64]
    voiced: NDArray[np.bool_]

    @classmethod
    def of_video(cls, frames: pd.DataFrame, voice: VoiceTable) -> MouthAndSound:
        """Return those of a video, from the rows of its frame table and from its voice table."""
        sound, voiced = _prepare_sound(voice)
        return cls(_prepare_mouth(frames), sound, voiced)

    def compare(self, clips: Clips) -> LipSync:
        """Compare mouth and sound within each clip.

        Parameters
        ----------
        clips
            Laid over the video. The sound may be from up to half a second before or after a clip.
        """
        parts = [self._compare_clip(*times) for times in zip(clips.start_s, clips.end_s, strict=True)]
        curves, voiced, mouth, spread = zip(*parts, strict=True) if parts else ((), (), (), ())
        return LipSync(
            np.array(curves).reshape(len(parts), len(LAGS_S)),
            np.array(voiced),
            np.array(mouth),
            np.array(spread),
        )

    def _compare_clip(self, start_s: float, end_s: float) -> tuple[NDArray[np.float64], float, float, float]:
        first, stop = round(start_s * RATE_HZ), round(end_s * RATE_HZ)
        mouth, voiced = _cut_out(self.mouth, first, stop), self.voiced[first:stop]
        sound = _cut_out(self.sound, first - MOST_LAG, stop + MOST_LAG)
        seen = np.isfinite(mouth).all(axis=1)
        spread = float(mouth[seen, 0].std()) if seen.any() else float("nan")
        curve = np.array([_correlate(mouth, sound[lag : lag + len(mouth)]) for lag in range(len(LAGS_S))])
        return curve, float(voiced.sum() / len(mouth)), float(seen.mean()), spread


def _cut_out(values: NDArray[np.float64], first: int, stop: int) -> NDArray[np.float64]:
    """Return rows from `first` to `stop`; missing where there are none."""
    rows = np.full((stop - first, values.shape[1]), np.nan)
    begin, end = max(first, 0), min(stop, len(values))
    if begin < end:
        rows[begin - first : end - first] = values[begin:end]
    return rows


def _correlate(mouth: NDArray[np.float64], sound: NDArray[np.float64]) -> float:
    """Return Pillai's trace of two sets of signals, shape (samples, signals), in the samples that have all."""
    both = np.isfinite(mouth).all(axis=1) & np.isfinite(sound).all(axis=1)
    if 2 * both.sum() < len(mouth):
        return float("nan")
    x, y = _standardise(mouth[both]), _standardise(sound[both])
    n = len(x)
    cross = x.T @ y / n
    within_x = x.T @ x / n + _RIDGE * np.eye(x.shape[1])
    within_y = y.T @ y / n + _RIDGE * np.eye(y.shape[1])
    return float(np.trace(np.linalg.solve(within_x, cross) @ np.linalg.solve(within_y, cross.T)))


def _standardise(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return signals of mean 0 and standard deviation 1; one that does not change stays 0."""
    centred = values - values.mean(axis=0)
    spread = centred.std(axis=0)
    return centred / np.where(spread > 0, spread, 1.0)


def _prepare_mouth(frames: pd.DataFrame) -> NDArray[np.float64]:
    width, opening = get_measurements(frames, list(MOUTH)).T
    times = frames["time_s"].to_numpy(dtype=np.float64)
    begins = find_shots(frames[CUT].to_numpy(dtype=np.float64), len(frames))
    length = int(times[-1] * RATE_HZ) + 1 if len(times) else 0
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
    return sound[::step], (values[:, _VOICING] >= _VOICED)[::step]


def _average(values: NDArray[np.float64], samples: int) -> NDArray[np.float64]:
    """Return the mean of what is present in a window around each sample; missing where the sample is."""
    import pandas as pd

    means = pd.DataFrame(values).rolling(samples, center=True, min_periods=1).mean().to_numpy()
    return np.where(np.isfinite(values), means, np.nan)
