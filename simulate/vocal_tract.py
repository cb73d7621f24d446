"""Speech-like sound from tracks: pulses of the voice through resonators, hissing, and how loud it is.

A source and a filter (Fant 1960): the pulses are the derivative of Rosenberg's (1971), and the resonators,
one after the other, are those of Klatt (1980).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from ground.errors import InputError

Array = npt.NDArray[np.float64]

TRACK_HZ: Final = 100
ROOM_DB: Final = -70.0  # noise of the room, which never stops; root mean square against full scale

# Parts of a period in which the vocal folds open and close (Rosenberg 1971).
_OPENING, _CLOSING = 0.40, 0.16
_BREATH: Final = 0.05  # noise in the voice, against the pulses
_BANDWIDTHS_HZ: Final = (80.0, 100.0, 150.0)
# What has rung this long after a piece of the source is below -60 dB.
_RINGING_S: Final = 0.03
_HISS_HZ: Final = (2500.0, 7000.0)
# The level is held over this time, which is longer than two periods of the lowest voice.
_LEVEL_S: Final = 0.04
_LEAST_RATE_HZ: Final = 8000


@dataclass(frozen=True, eq=False)
class SpeechTracks:
    """What is to be heard, at `TRACK_HZ` moments a second, the first at 0 s.

    Attributes
    ----------
    pitch_hz
        Fundamental frequency, also where nothing is voiced, shape (moments,).
    voiced
        Whether the vocal folds swing, shape (moments,).
    level_db
        Level of the speech without the room, root mean square against full scale, shape (moments,); -inf
        where nobody speaks.
    formants_hz
        Resonances, shape (moments, 3).
    """

    pitch_hz: Array
    voiced: npt.NDArray[np.bool_]
    level_db: Array
    formants_hz: Array


def synthesise(
    rng: np.random.Generator, tracks: SpeechTracks, n_samples: int, rate_hz: int
) -> npt.NDArray[np.float32]:
    """Return the sound of tracks, with the noise of a room.

    Parameters
    ----------
    rng
        Where noise comes from.
    tracks
        What is to be heard.
    n_samples
        Length.
    rate_hz
        Samples a second, at least 8000 and a multiple of `TRACK_HZ`.

    Returns
    -------
    ndarray
        Mono, shape (samples,), full scale is 1.

    Raises
    ------
    InputError
        When the rate lies outside its range.
    """
    if rate_hz < _LEAST_RATE_HZ or rate_hz % TRACK_HZ:
        raise InputError(
            f"Speech cannot be made at {rate_hz} samples/s. Give a multiple of {TRACK_HZ} from "
            f"{_LEAST_RATE_HZ} on."
        )
    time = np.arange(n_samples) / rate_hz
    moments = np.arange(len(tracks.pitch_hz)) / TRACK_HZ
    white = rng.normal(size=(3, n_samples))
    pulses = _pulse(np.cumsum(np.interp(time, moments, tracks.pitch_hz)) / rate_hz)
    voice = _resonate(pulses + _BREATH * white[0], tracks.formants_hz, rate_hz)
    hiss = _hiss(white[1], rate_hz)
    swinging = np.interp(time, moments, tracks.voiced)
    speech = swinging * _hold_level(voice, rate_hz) + (1 - swinging) * _hold_level(hiss, rate_hz)
    loud = np.interp(time, moments, to_amplitude(tracks.level_db))
    return np.asarray(loud * speech + to_amplitude(ROOM_DB) * white[2], np.float32)


def to_amplitude(level_db: npt.ArrayLike) -> Array:
    """Return the root mean square that a level has, full scale being 1."""
    return np.asarray(10 ** (np.asarray(level_db) / 20))


def to_level(amplitude: npt.ArrayLike) -> Array:
    """Return the level of a root mean square above 0, in dB against full scale."""
    return np.asarray(20 * np.log10(amplitude))


def _pulse(periods: Array) -> Array:
    """Return the derivative of the flow through the vocal folds, where `periods` counts periods."""
    phase = periods % 1
    opening = np.sin(np.pi * phase / _OPENING) / _OPENING
    closing = -np.sin(np.pi / 2 * (phase - _OPENING) / _CLOSING) / _CLOSING
    flow = np.where(phase < _OPENING, opening, np.where(phase < _OPENING + _CLOSING, closing, 0.0))
    return np.asarray(flow / 2)


def _resonate(source: Array, formants_hz: Array, rate_hz: int) -> Array:
    """Return a source after resonators that change with every moment: pieces of it, filtered and added."""
    step = rate_hz // TRACK_HZ
    window = np.hanning(2 * step + 1)[:-1]  # such windows, half of one apart, add up to 1
    length = 2 * step + round(_RINGING_S * rate_hz)
    delay = np.exp(-2j * np.pi * np.fft.rfftfreq(length))
    delays = np.stack([np.ones_like(delay), delay, delay**2])
    c = -np.exp(-2 * np.pi * np.array(_BANDWIDTHS_HZ) / rate_hz)
    padded = np.pad(source, (step, length))
    heard = np.zeros_like(padded)
    for k, formants in enumerate((*formants_hz, formants_hz[-1])):
        b = 2 * np.sqrt(-c) * np.cos(2 * np.pi * formants / rate_hz)
        damping = np.prod(np.stack([np.ones_like(b), -b, -c], axis=1) @ delays, axis=0)
        piece = np.prod(1 - b - c) * window * padded[k * step : (k + 2) * step]
        heard[k * step : k * step + length] += np.fft.irfft(np.fft.rfft(piece, length) / damping, length)
    return heard[step : step + len(source)]


def _hiss(noise: Array, rate_hz: int) -> Array:
    """Return what a narrow gap lets through of white noise."""
    frequency_hz = np.fft.rfftfreq(len(noise), 1 / rate_hz)
    low_hz, high_hz = _HISS_HZ
    passing = (frequency_hz >= low_hz) & (frequency_hz <= high_hz)
    return np.fft.irfft(np.fft.rfft(noise) * passing, len(noise))


def _hold_level(sound: Array, rate_hz: int) -> Array:
    """Return a sound brought to a root mean square of 1 around every moment."""
    half = round(_LEVEL_S * rate_hz / 2)
    energy = np.cumsum(np.pad(sound**2, (half, half), mode="reflect"))
    power = (energy[2 * half :] - energy[: len(energy) - 2 * half]) / (2 * half)
    return sound[: len(power)] / np.sqrt(power)
