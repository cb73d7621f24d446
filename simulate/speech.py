"""Sound that belongs to a rendered mouth, with the truth about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
import numpy.typing as npt

from ground.errors import InputError
from simulate.controls import CONTROL_NAMES, read_controls
from simulate.mouth import measure_mouth
from simulate.signature import BAND_HZ, Signature, check_seed, draw_band_limited, tabulate_controls
from simulate.sound import Sound
from simulate.vocal_tract import ROOM_DB, TRACK_HZ, SpeechTracks, synthesise, to_amplitude, to_level
from simulate.voice import Voice, draw_voice

if TYPE_CHECKING:
    import pandas as pd

Array = npt.NDArray[np.float64]
Value = TypeVar("Value", bound=np.generic)

DEFAULT_RATE_HZ: Final = 48000
# Sound follows the mouth by this. In running speech it comes from 0.02 s before to 0.07 s after (Schwartz and
# Savariaux 2014), and 0.1 to 0.3 s after where an utterance begins (Chandrasekaran et al. 2009).
LAG_S: Final = 0.05
# Level of silence in a file, where there is not even a room.
SILENCE_DB: Final = -100.0

# Lips further apart than in the photograph by these, px, are closed and wide open. The photograph smiles.
_CLOSED_PX, _OPEN_PX = -3.0, 10.0
# Level of speech with lips that just part, and with a mouth wide open; root mean square against full scale.
_QUIETEST_DB, _LOUDEST_DB = -54.0, -16.0
# The level has a little of its own: standard deviation, band, and no more than this many deviations.
_OWN_LEVEL_DB, _OWN_LEVEL_HZ, _OWN_LEVEL_LIMIT = 1.5, (0.5, 6.0), 2.0
# Hissing comes where a signal of its own is above this many standard deviations, a seventh of the time.
_HISS_HZ, _HISS_ABOVE, _HISS_DB = (1.0, 5.0), 1.1, -6.0
# Share of the pitch's variance that comes with no control, and where the pitch levels off, in deviations.
_OWN_PITCH_SHARE, _PITCH_LIMIT = 0.3, 2.5
# Of a vocal tract of usual length: first resonance with closed and with wide open lips; second with lips of
# usual width, and how many octaves higher it is with lip corners `_WIDE_PX` further apart; third.
_F1_HZ: Final = (300.0, 800.0)
_F2_HZ, _F2_OCTAVES, _WIDE_PX = 1500.0, 0.6, 25.0
_F3_HZ: Final = 2700.0
# Shorter than this, not all bands of what is drawn hold a frequency.
_LEAST_S: Final = 1.0
_SPEECH_STREAM: Final = 4


@dataclass(frozen=True, eq=False)
class Speech:
    """Speech-like sound, and the truth about it.

    Attributes
    ----------
    sound
        What is heard.
    truth
        Its table, 100 rows a second: ``time_s`` from 0 on, ``pitch_hz`` (fundamental frequency, NaN where
        nothing is voiced), ``voiced``, and ``loudness_db`` (root mean square against full scale, with the
        noise of the room).
    """

    sound: Sound
    truth: pd.DataFrame


def speak(
    signature: Signature, controls: pd.DataFrame, *, seed: int, rate_hz: int = DEFAULT_RATE_HZ
) -> Speech:
    """Return what is heard when somebody moves by given controls.

    Sound follows controls by `LAG_S`: the wider the mouth, the louder and the higher the first resonance; the
    further apart its corners, the higher the second; and the pitch goes with head and brows in the person's
    own way. With closed lips only the room is heard.

    Parameters
    ----------
    signature
        Whose voice it is.
    controls
        What moves, of at least 1 s (`simulate.signature.draw_session`), of this person or of another.
    seed
        Which session: decides noise, hissing, and what of pitch and level comes with no control. At least 0.
    rate_hz
        Samples a second, one of `simulate.sound.RATES_HZ`.

    Returns
    -------
    Speech
        As long as the frames; the same arguments give the same samples.

    Raises
    ------
    InputError
        When a control is missing, a value is not a finite number, or a number lies outside its range.
    """
    check_seed(seed)
    rng = np.random.default_rng((_SPEECH_STREAM, signature.seed, seed))
    at_moments, seconds = _follow(controls)
    tracks = _plan(rng, draw_voice(signature), at_moments)
    samples = synthesise(rng, tracks, round(seconds * rate_hz), rate_hz)
    return Speech(Sound(samples, rate_hz), _tabulate(tracks))


def shift(speech: Speech, seconds: float) -> Speech:
    """Return speech that is heard later, with silence where nothing is left, and of the same length.

    Parameters
    ----------
    speech
        What is heard, and its truth.
    seconds
        How much later, below 0 for earlier; whole hundredths of a second.

    Raises
    ------
    InputError
        When it is not a whole number of hundredths, or nothing would be left.
    """
    rows = round(seconds * TRACK_HZ)
    if abs(rows - seconds * TRACK_HZ) > 1e-6 or abs(rows) >= len(speech.truth):
        raise InputError(
            f"Speech cannot be shifted by {seconds:g} s. Give whole hundredths of a second, fewer than it "
            "lasts."
        )
    samples = _move(speech.sound.samples, rows * speech.sound.rate_hz // TRACK_HZ, 0.0)
    truth = speech.truth.assign(
        pitch_hz=_move(speech.truth["pitch_hz"].to_numpy(), rows, np.nan),
        voiced=_move(speech.truth["voiced"].to_numpy(), rows, False),
        loudness_db=_move(speech.truth["loudness_db"].to_numpy(), rows, SILENCE_DB),
    )
    return Speech(replace(speech.sound, samples=samples), truth)


def _follow(controls: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """Return the controls that belong to each moment of the sound, and how long the frames last, s."""
    values = read_controls(controls)
    times = controls["time_s"].to_numpy(dtype=np.float64)
    n_frames = len(times)
    seconds = times[-1] * n_frames / (n_frames - 1) if n_frames > 1 else 0.0
    if seconds < _LEAST_S:
        raise InputError(f"Speech must be at least {_LEAST_S:g} s long, not {seconds:g} s.")
    moments = np.arange(int(np.ceil(round(seconds * TRACK_HZ, 6)))) / TRACK_HZ
    # Between frames everything goes straight on; before the first and after the last it stands still.
    moved = np.stack([np.interp(moments - LAG_S, times, column) for column in values.T], axis=1)
    return tabulate_controls(moved, TRACK_HZ), float(seconds)


def _plan(rng: np.random.Generator, voice: Voice, controls: pd.DataFrame) -> SpeechTracks:
    """Return what is heard when somebody moves by controls, one row a moment."""
    opening_px, width_px = measure_mouth(controls).T
    n_moments = len(controls)
    openness = np.clip((opening_px - _CLOSED_PX) / (_OPEN_PX - _CLOSED_PX), 0, 1)
    speaking = openness > 0
    hissing = _draw(rng, n_moments, _HISS_HZ) > _HISS_ABOVE
    own = np.clip(_draw(rng, n_moments, _OWN_LEVEL_HZ), -_OWN_LEVEL_LIMIT, _OWN_LEVEL_LIMIT)
    level_db = _QUIETEST_DB + (_LOUDEST_DB - _QUIETEST_DB) * openness + _OWN_LEVEL_DB * own
    level_db += np.where(hissing, _HISS_DB, 0)

    moving = voice.weigh(controls[list(CONTROL_NAMES)].to_numpy())
    own = _draw(rng, n_moments, BAND_HZ)
    deviation = np.sqrt(1 - _OWN_PITCH_SHARE) * moving + np.sqrt(_OWN_PITCH_SHARE) * own
    deviation = _PITCH_LIMIT * np.tanh(deviation / _PITCH_LIMIT)
    semitones = voice.pitch_spread_st * deviation

    f1 = np.interp(openness, (0, 1), _F1_HZ)
    f2 = _F2_HZ * 2 ** (_F2_OCTAVES * np.clip(width_px / _WIDE_PX, -1, 1))
    return SpeechTracks(
        pitch_hz=voice.mean_pitch_hz * 2 ** (semitones / 12),
        voiced=speaking & ~hissing,
        level_db=np.where(speaking, level_db, -np.inf),
        formants_hz=voice.formant_scale * np.stack([f1, f2, np.full(n_moments, _F3_HZ)], axis=1),
    )


def _tabulate(tracks: SpeechTracks) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(
        {
            "time_s": np.arange(len(tracks.voiced)) / TRACK_HZ,
            "pitch_hz": np.where(tracks.voiced, tracks.pitch_hz, np.nan),
            "voiced": tracks.voiced,
            "loudness_db": to_level(np.hypot(to_amplitude(tracks.level_db), to_amplitude(ROOM_DB))),
        }
    )


def _draw(rng: np.random.Generator, n_moments: int, band_hz: tuple[float, float]) -> Array:
    return draw_band_limited(rng, n_moments, TRACK_HZ, 1, band_hz)[:, 0]


def _move(values: npt.NDArray[Value], n: int, filling: float) -> npt.NDArray[Value]:
    """Return values moved n places on, or back, with others where none are left."""
    moved = np.roll(values, n)
    moved[slice(n) if n > 0 else slice(len(moved) + n, None)] = filling
    return moved
