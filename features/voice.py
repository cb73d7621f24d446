"""Voice table to the eight voice features, at the times of frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from extract.sound.voice import BANDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from extract.sound.voice_table import VoiceTable

PITCH: Final = "voice_pitch"
VOICING: Final = "voice_voicing"
_BAND_OF: Final = dict(zip(("voice_low", "voice_middle", "voice_high"), BANDS.values(), strict=True))
VOICE_FEATURES: Final = (PITCH, VOICING, "voice_loudness", "voice_centroid", "voice_tilt", *_BAND_OF)

# The least share of a clip's frames in which a voice must be heard for it to tell of one. People who talk are
# voiced in a third to a half of the frames, so this is about half of a clip with speech.
LEAST_VOICED: Final = 0.25
_VOICED: Final = 0.5

_SEMITONES: Final = 12
_PITCH_0_HZ: Final = 100.0
# Speech has a range of some 40 dB; what lies this far below its loud moments is a pause.
_RANGE_DB: Final = 45.0
_LOUD_PERCENTILE: Final = 95
_LEAST_SHARE: Final = 0.5
# Rounding of presentation times.
_TIME_TOLERANCE_S: Final = 1e-6


def compute_voice_features(voice: VoiceTable) -> NDArray[np.float64]:
    """Compute the voice features of every hundredth of a second.

    Parameters
    ----------
    voice
        What was measured.

    Returns
    -------
    ndarray of float64, shape (moments, 8)
        In the order of `VOICE_FEATURES`, at `voice.time_s`: pitch in semitones from 100 Hz, missing where
        nothing is voiced; voicing, 0 to 1; loudness in dB, at least 45 dB below the loudest twentieth of the
        video, which is a pause; the centroid in Hz and the tilt in dB per octave; and how loud the spectrum
        is from 300 to 1,000 Hz, to 2,500 Hz and to 8,000 Hz, dB above the loudness. These five are missing in
        pauses, and a band is where the sound track does not reach its middle. All are missing where there is
        no sound.
    """
    pitch, voicing, loudness, centroid, tilt, *bands = voice.values.T
    if not np.isfinite(loudness).any():
        return np.full((len(voice.values), len(VOICE_FEATURES)), np.nan)
    pause_db = float(np.nanpercentile(loudness, _LOUD_PERCENTILE)) - _RANGE_DB
    is_pause = loudness < pause_db
    unheard = list_unheard(voice.metadata.sound.rate_hz)
    above = [
        np.full(len(band), np.nan) if name in unheard else band - loudness
        for name, band in zip(_BAND_OF, bands, strict=True)
    ]
    spectrum = np.column_stack([centroid, tilt, *above])
    spectrum[is_pause] = np.nan
    semitones = _SEMITONES * np.log2(pitch / _PITCH_0_HZ)
    semitones[is_pause] = np.nan
    voicing = np.where(is_pause, 0.0, voicing)
    return np.column_stack([semitones, voicing, np.maximum(loudness, pause_db), spectrum])


def list_unheard(rate_hz: int) -> list[str]:
    """Return the features of bands whose middle a sound track of so many samples a second does not reach."""
    return [name for name, (low, high) in _BAND_OF.items() if rate_hz < low + high]


def tell_no_voice_table(video: str) -> str:
    """Return what to do where no voice table lies beside the frame table of a video."""
    return (
        f"No voice table lies beside the frame table of {video}. Extract the video again with the same "
        "command: only its sound is read."
    )


def find_voiced(features: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which rows are voiced, of features at frames or at every hundredth of a second."""
    return np.asarray(features[:, VOICE_FEATURES.index(VOICING)] >= _VOICED)


def lay_voice_over_frames(voice: VoiceTable, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute the voice features at the times of frames.

    Parameters
    ----------
    voice
        What was measured.
    time_s : ndarray of float64, shape (frames,)
        Presentation times in seconds, rising.

    Returns
    -------
    ndarray of float64, shape (frames, 8)
        In the order of `VOICE_FEATURES`: the mean of what is present from half a usual frame's duration
        before the frame's time to half one after it, missing where that is less than half. So a frame and
        its sound are centred on the same moment, whatever the frame rate.
    """
    values = compute_voice_features(voice)
    if len(time_s) == 0 or len(values) == 0:
        return np.full((len(time_s), len(VOICE_FEATURES)), np.nan)
    half_s = float(np.median(np.diff(time_s))) / 2 if len(time_s) > 1 else 0.0
    moments = voice.time_s
    first = np.searchsorted(moments, time_s - half_s - _TIME_TOLERANCE_S)
    stop = np.searchsorted(moments, time_s + half_s - _TIME_TOLERANCE_S)
    stop = np.maximum(stop, np.minimum(first + 1, len(moments)))  # more frames a second than moments
    present = np.isfinite(values)
    counts, sums = (
        np.vstack([np.zeros(values.shape[1]), np.cumsum(what, axis=0)])
        for what in (present, np.where(present, values, 0.0))
    )
    n_present, n_moments = counts[stop] - counts[first], (stop - first)[:, None]
    enough = (n_present >= _LEAST_SHARE * n_moments) & (n_moments > 0)
    means = (sums[stop] - sums[first]) / np.maximum(n_present, 1)
    return np.where(enough, means, np.nan)
