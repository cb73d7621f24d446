"""Rendered speech belongs to the mouth, and its truth is true."""

import numpy as np
import pandas as pd
import pytest

from ground.errors import InputError
from simulate.controls import CONTROL_NAMES
from simulate.mouth import measure_mouth
from simulate.signature import Signature, draw_session, tabulate_controls
from simulate.speech import LAG_S, SILENCE_DB, shift, speak
from simulate.vocal_tract import ROOM_DB, TRACK_HZ
from simulate.voice import MEAN_PITCH_HZ, draw_voice

RATE_HZ = 16000
SECONDS, FPS = 10, 24


def draw(person, session):
    return draw_session(Signature(person), SECONDS, FPS, session)


@pytest.fixture(scope="module")
def speeches():
    """What three people say in a session each."""
    return [speak(Signature(who), draw(who, 1), seed=1, rate_hz=RATE_HZ) for who in range(3)]


def hold_mouth(opening, seconds=2):
    """Return a session in which jaw and lips are held still."""
    controls = tabulate_controls(np.zeros((seconds * FPS, len(CONTROL_NAMES))), FPS)
    return controls.assign(jaw_drop=opening, lips_part=opening)


def measure_period(samples, middle, rate_hz=RATE_HZ):
    """Return the shift, in samples, by which sound around a place is most like itself."""
    half = round(0.025 * rate_hz)
    shifts = np.arange(rate_hz // 450, rate_hz // 60)
    alike = []
    for n in shifts:
        first, second = (samples[middle + at - half : middle + at + half] for at in (-(n // 2), n - n // 2))
        alike.append(first @ second / np.sqrt((first @ first) * (second @ second)))
    alike = np.array(alike)
    # Whole multiples of the period are as good: the first top is meant, and its height between samples.
    tops = np.flatnonzero((alike[1:-1] >= alike[:-2]) & (alike[1:-1] > alike[2:])) + 1
    top = next(k for k in tops if alike[k] > 0.9 * alike.max())
    before, at, after = alike[top - 1 : top + 2]
    return shifts[top] + 0.5 * (before - after) / (before - 2 * at + after)


def measure_level(samples, rate_hz=RATE_HZ):
    """Return the level of every hundredth of a second, dB against full scale."""
    pieces = samples.astype(float).reshape(-1, rate_hz // TRACK_HZ)
    return 10 * np.log10(np.mean(pieces**2, axis=1))


def correlate_with_mouth(controls, speech, lag_s=LAG_S):
    opening = np.interp(speech.truth["time_s"] - lag_s, controls["time_s"], measure_mouth(controls)[:, 0])
    return np.corrcoef(opening, speech.truth["loudness_db"])[0, 1]


def test_the_same_seeds_say_the_same_and_others_something_else():
    controls = draw(0, 1)
    first, again = (speak(Signature(0), controls, seed=1, rate_hz=RATE_HZ) for _ in range(2))
    assert first.sound.samples.tobytes() == again.sound.samples.tobytes()
    pd.testing.assert_frame_equal(first.truth, again.truth, check_exact=True)
    for signature, seed in ((Signature(1), 1), (Signature(0), 2)):
        other = speak(signature, controls, seed=seed, rate_hz=RATE_HZ)
        assert not np.array_equal(other.sound.samples, first.sound.samples)


@pytest.mark.parametrize("rate_hz", [8000, 44100, 48000])
def test_speech_lasts_as_long_as_the_frames_with_a_row_every_hundredth(rate_hz):
    controls = draw_session(Signature(0), 1.25, 29.97, 0)  # 37 frames
    speech = speak(Signature(0), controls, seed=0, rate_hz=rate_hz)
    assert len(speech.sound.samples) == round(37 / 29.97 * rate_hz)
    assert speech.sound.samples.dtype == np.float32
    np.testing.assert_array_equal(speech.truth["time_s"], np.arange(124) / 100)  # 1.2346 s
    assert list(speech.truth) == ["time_s", "pitch_hz", "voiced", "loudness_db"]


def test_the_true_pitch_is_found_in_the_samples(speeches):
    for speech in speeches:
        voiced = speech.truth["voiced"].to_numpy()
        inside = [k for k in range(6, len(voiced) - 6, 5) if voiced[k - 5 : k + 6].all()]
        assert len(inside) > 50
        samples = speech.sound.samples.astype(float)
        found = [RATE_HZ / measure_period(samples, round(k * RATE_HZ / TRACK_HZ)) for k in inside]
        error = np.abs(found / speech.truth["pitch_hz"].to_numpy()[inside] - 1)
        assert np.median(error) < 0.005
        assert np.mean(error < 0.02) > 0.85  # the pitch goes on within the piece that is looked at
        assert error.max() < 0.08


def test_pitch_is_given_exactly_where_something_is_voiced(speeches):
    for speech in speeches:
        np.testing.assert_array_equal(speech.truth["pitch_hz"].notna(), speech.truth["voiced"])
        assert 0.4 < speech.truth["voiced"].mean() < 0.85


def test_the_true_loudness_is_found_in_the_samples(speeches):
    for speech in speeches:
        # A piece begins at its moment, the row stands for what is around it.
        loudness = speech.truth["loudness_db"].to_numpy()
        measured = measure_level(speech.sound.samples)
        between = (loudness[:-1] + loudness[1:]) / 2
        assert np.median(np.abs(measured[:-1] - between)) < 0.5
        assert np.corrcoef(measured[:-1], between)[0, 1] > 0.99


def test_hissing_is_heard_and_not_voiced(speeches):
    speech = speeches[0]
    spoken = speech.truth["loudness_db"] > ROOM_DB + 10
    pieces = speech.sound.samples.reshape(-1, RATE_HZ // TRACK_HZ)
    power = np.abs(np.fft.rfft(pieces * np.hanning(pieces.shape[1]), axis=1)) ** 2
    high = power[:, 25:].sum(axis=1) / power.sum(axis=1)  # above 2500 Hz
    hissing = (spoken & ~speech.truth["voiced"]).to_numpy()
    assert hissing.sum() > 30
    assert np.median(high[hissing]) > 0.9
    assert np.median(high[speech.truth["voiced"].to_numpy()]) < 0.1


@pytest.mark.parametrize("who", range(6))
def test_loudness_follows_the_mouth_and_that_of_another_session_does_not(who):
    controls = draw(who, 1)
    assert correlate_with_mouth(controls, speak(Signature(who), controls, seed=1, rate_hz=8000)) > 0.85
    swapped = speak(Signature(who), draw(who, 2), seed=2, rate_hz=8000)
    assert abs(correlate_with_mouth(controls, swapped)) < 0.3


def test_loudness_follows_the_mouth_by_the_stated_lag():
    controls = draw(3, 1)
    speech = speak(Signature(3), controls, seed=1, rate_hz=8000)
    lags = np.arange(-50, 51) / 100
    best = max(lags, key=lambda lag: correlate_with_mouth(controls, speech, lag))
    assert best == pytest.approx(LAG_S, abs=0.01)


def test_only_the_room_is_heard_while_the_lips_are_closed():
    speech = speak(Signature(0), hold_mouth(-1), seed=0, rate_hz=RATE_HZ)
    np.testing.assert_allclose(speech.truth["loudness_db"], ROOM_DB)
    assert not speech.truth["voiced"].any()
    assert measure_level(speech.sound.samples).max() < ROOM_DB + 3


def test_a_wide_open_mouth_is_more_than_30_db_louder_than_lips_that_just_part():
    just, wide = (
        speak(Signature(0), hold_mouth(opening), seed=0, rate_hz=RATE_HZ).truth.query("voiced")
        for opening in (-0.14, 0.6)
    )
    assert 30 < wide["loudness_db"].median() - just["loudness_db"].median() < 40


def test_the_mouth_opens_by_jaw_and_lips_and_widens_by_its_corners():
    # The fields of simulate.controls at the anchors: jaw and lips carry each lip, and what is near it.
    at_rest, opened, stretched = (
        measure_mouth(hold_mouth(0).assign(**controls))[0]
        for controls in ({}, {"jaw_drop": 1.0, "lips_part": 1.0}, {"lip_stretch": 1.0})
    )
    np.testing.assert_array_equal(at_rest, 0)
    assert opened == pytest.approx([19, 0], abs=1)
    assert stretched == pytest.approx([0, 24], abs=1)


def test_head_and_trunk_do_not_open_the_mouth():
    moved = hold_mouth(0).assign(head_pitch=1.0, head_roll=-1.0, lean=1.0)
    np.testing.assert_array_equal(measure_mouth(moved), 0)


@pytest.mark.parametrize(
    ("lower", "higher", "band_hz"),
    [
        ({"jaw_drop": 0.0}, {"jaw_drop": 1.0}, (100, 1000)),
        ({"lip_stretch": -0.8}, {"lip_stretch": 0.8}, (1000, 2600)),
    ],
)
def test_the_resonances_rise_with_opening_and_width(lower, higher, band_hz):
    middles = []
    for held in (lower, higher):
        controls = hold_mouth(0.0, 4).assign(**held)
        samples = speak(Signature(0), controls, seed=0, rate_hz=RATE_HZ).sound.samples
        power = np.abs(np.fft.rfft(samples)) ** 2
        frequency = np.fft.rfftfreq(len(samples), 1 / RATE_HZ)
        band = (frequency > band_hz[0]) & (frequency < band_hz[1])
        middles.append(np.average(frequency[band], weights=power[band]))
    assert middles[1] > 1.2 * middles[0]


def test_a_persons_pitch_goes_with_their_head_and_brows_in_their_own_way():
    for who in range(3):
        controls = draw_session(Signature(who), 30, FPS, 1)
        truth = speak(Signature(who), controls, seed=1, rate_hz=8000).truth.query("voiced")
        columns = {name: np.interp(truth["time_s"] - LAG_S, controls["time_s"], controls[name])
                   for name in draw_voice(Signature(who)).pitch_weights}  # fmt: skip
        weights, *_ = np.linalg.lstsq(
            np.column_stack([*columns.values(), np.ones(len(truth))]),
            12 * np.log2(truth["pitch_hz"].to_numpy()),
            rcond=None,
        )
        true = np.array(list(draw_voice(Signature(who)).pitch_weights.values()))
        assert np.corrcoef(weights[:-1], true)[0, 1] > 0.8


def test_voices_differ_and_stay_within_the_stated_range():
    voices = [draw_voice(Signature(who)) for who in range(30)]
    pitches = [voice.mean_pitch_hz for voice in voices]
    assert MEAN_PITCH_HZ[0] <= min(pitches) < 120
    assert 190 < max(pitches) <= MEAN_PITCH_HZ[1]
    assert draw_voice(Signature(7)) == draw_voice(Signature(7))


@pytest.mark.parametrize("who", range(12))
def test_speech_stays_below_full_scale(who):
    shouting = 3 * draw_session(Signature(who), 2, FPS, who)  # three times as slow, and as far
    assert np.abs(speak(Signature(who), shouting, seed=0, rate_hz=8000).sound.samples).max() < 1


@pytest.mark.parametrize("seconds", [0.2, -0.35])
def test_a_shift_moves_samples_and_truth_by_exactly_that(speeches, seconds):
    speech, rows = speeches[0], round(abs(seconds) * TRACK_HZ)
    n = rows * RATE_HZ // TRACK_HZ
    shifted = shift(speech, seconds)
    before, after = (speech, shifted) if seconds > 0 else (shifted, speech)
    np.testing.assert_array_equal(after.sound.samples[n:], before.sound.samples[:-n])
    for column in ("pitch_hz", "voiced", "loudness_db"):
        np.testing.assert_array_equal(after.truth[column][rows:], before.truth[column][:-rows])
    kept, filled = (slice(n, None), slice(n)) if seconds > 0 else (slice(-n), slice(-n, None))
    assert not shifted.sound.samples[filled].any()
    assert shifted.sound.samples[kept].any()
    silent = shifted.truth[:rows] if seconds > 0 else shifted.truth[-rows:]
    assert not silent["voiced"].any()
    assert (silent["loudness_db"] == SILENCE_DB).all()
    np.testing.assert_array_equal(shifted.truth["time_s"], speech.truth["time_s"])


def test_no_shift_changes_nothing(speeches):
    pd.testing.assert_frame_equal(shift(speeches[0], 0.0).truth, speeches[0].truth, check_exact=True)
    np.testing.assert_array_equal(shift(speeches[0], 0.0).sound.samples, speeches[0].sound.samples)


@pytest.mark.parametrize("seconds", [0.005, 10.0, -11.0])
def test_a_shift_is_of_whole_hundredths_and_leaves_something(speeches, seconds):
    with pytest.raises(InputError, match="hundredths"):
        shift(speeches[0], seconds)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": -1}, "not a seed"),
        ({"rate_hz": 4000}, "samples/s"),
        ({"rate_hz": 22050 + 1}, "samples/s"),
        ({"controls": draw(0, 0)[:20]}, "at least 1 s"),
        ({"controls": draw(0, 0)[:1]}, "at least 1 s"),
        ({"controls": draw(0, 0).drop(columns="jaw_drop")}, "jaw_drop"),
        ({"controls": draw(0, 0).assign(jaw_drop=np.nan)}, "finite"),
    ],
)
def test_what_cannot_be_spoken_says_why(change, message):
    arguments = {"controls": draw(0, 0), "seed": 0, "rate_hz": RATE_HZ, **change}
    with pytest.raises(InputError, match=message):
        speak(Signature(0), **arguments)
