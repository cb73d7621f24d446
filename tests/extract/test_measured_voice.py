"""What is measured of a voice has known answers, and blocks do not show in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from sound_files import play_sine, play_voice

from extract.sound.sound import RATE_HZ
from extract.sound.source import SoundSource
from extract.sound.voice import BANDS, VOICE_COLUMNS, VOICE_RATE_HZ, describe_voice_reader, measure_voice
from extract.sound.voice_table import VoiceMetadata, VoiceTable
from features.voice import VOICE_FEATURES, compute_voice_features, lay_voice_over_frames

_BLOCK = 20_480


def measure(*blocks: np.ndarray) -> dict[str, np.ndarray]:
    values = measure_voice([block.astype(np.float32) for block in blocks])
    return dict(zip(VOICE_COLUMNS, values.T, strict=True))


def make_voice(samples: np.ndarray, rate_hz: int = 48000) -> VoiceTable:
    source = SoundSource(track="x", rate_hz=rate_hz, end_s=1.0)
    metadata = VoiceMetadata(video_sha256="x", start_s=0.0, reader=describe_voice_reader(), sound=source)
    return VoiceTable(measure_voice([samples.astype(np.float32)]), metadata)


def speak(seconds: float) -> np.ndarray:
    """A voice that goes up and down, with pauses and a room."""
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    phase = 2 * np.pi * np.cumsum(150 + 30 * np.sin(4 * time_s)) / RATE_HZ
    voice = sum(np.sin(k * phase) / k for k in range(1, 20)) * np.maximum(np.sin(2 * time_s), 0)
    return 0.1 * voice + np.random.default_rng(0).normal(0, 1e-3, len(time_s))


@pytest.mark.parametrize("hz", [80.0, 120.0, 200.0, 350.0])
def test_the_pitch_of_a_voice_is_its_fundamental_frequency(hz: float) -> None:
    found = measure(play_voice(1.0, RATE_HZ, hz))
    inside = slice(10, 90)
    np.testing.assert_allclose(found["pitch_hz"][inside], hz, rtol=0.01)
    assert found["voicing"][inside].min() > 0.5


@pytest.mark.parametrize(("amplitude", "level_db"), [(1.0, 0.0), (0.5, -6.02), (0.01, -40.0)])
def test_loudness_is_in_decibels_of_a_sine_of_full_scale(amplitude: float, level_db: float) -> None:
    found = measure(play_sine(0.5, RATE_HZ, 1000.0, amplitude))
    np.testing.assert_allclose(found["loudness_db"][3:-3], level_db, atol=0.02)


@pytest.mark.parametrize(("hz", "band"), [(600.0, "low_db"), (1700.0, "middle_db"), (5000.0, "high_db")])
def test_a_tone_is_in_the_band_that_holds_it_and_the_centroid_is_its_frequency(hz: float, band: str) -> None:
    found = measure(play_sine(0.5, RATE_HZ, hz))
    np.testing.assert_allclose(found["centroid_hz"][3:-3], hz, rtol=0.001)
    for name in BANDS:
        levels = found[name][3:-3]
        if name == band:
            np.testing.assert_allclose(levels, -6.02, atol=0.02)
        else:
            assert levels.max() < -60


def test_the_tilt_of_white_noise_is_none_and_of_brown_noise_is_six_decibels_an_octave() -> None:
    white = np.random.default_rng(0).normal(0, 0.1, 8 * RATE_HZ)
    brown = np.cumsum(white) * 0.02
    assert np.mean(measure(white)["tilt_db"]) == pytest.approx(0.0, abs=0.1)
    assert np.mean(measure(brown)["tilt_db"]) == pytest.approx(-6.02, abs=0.3)


def test_what_a_microphone_adds_to_all_samples_is_no_sound() -> None:
    tone = play_sine(0.5, RATE_HZ)
    for name in ("loudness_db", "centroid_hz", "low_db"):
        inside = slice(3, -3)
        np.testing.assert_allclose(measure(tone + 0.2)[name][inside], measure(tone)[name][inside], rtol=1e-4)


def test_silence_is_quiet_and_nobody_speaks_in_it() -> None:
    found = measure(np.zeros(RATE_HZ))
    assert (found["loudness_db"] == -100).all()
    assert (found["voicing"] == 0).all()
    assert np.isnan(found["pitch_hz"]).all()


def test_a_row_belongs_to_the_sound_around_its_moment() -> None:
    click = np.zeros(RATE_HZ)
    click[RATE_HZ // 2] = 0.9
    loudness = measure(click)["loudness_db"]
    assert len(loudness) == VOICE_RATE_HZ
    assert loudness.argmax() == 50
    assert np.flatnonzero(loudness > -100).tolist() == [49, 50, 51], "25 ms are looked at"


def test_a_voice_is_found_in_music_only_where_there_is_one() -> None:
    time_s = np.arange(4 * RATE_HZ) / RATE_HZ
    chord = 0.005 * sum(np.sin(2 * np.pi * hz * time_s) for hz in (220.0, 277.2, 329.6))
    voice = np.where(time_s >= 2, play_voice(4.0, RATE_HZ, 130.0), 0)
    pitch = measure(chord + voice)["pitch_hz"]
    np.testing.assert_allclose(np.nanmedian(pitch[220:380]), 130.0, rtol=0.01)


@pytest.mark.parametrize("lengths", [(_BLOCK,) * 5, (2 * _BLOCK, 2 * _BLOCK, 5000), (4 * _BLOCK, _BLOCK, 1)])
def test_blocks_do_not_show(lengths: Sequence[int]) -> None:
    sound = speak(sum(lengths) / RATE_HZ).astype(np.float32)[: sum(lengths)]
    blocks = np.split(sound, np.cumsum(lengths)[:-1])
    np.testing.assert_array_equal(measure_voice(blocks), measure_voice([sound]))


def test_nothing_is_measured_where_nothing_was_recorded() -> None:
    sound = speak(3.0)
    sound[RATE_HZ : 2 * RATE_HZ] = np.nan
    found = measure(sound)
    for name in VOICE_COLUMNS:
        assert np.isnan(found[name][101:199]).all()
    for name in set(VOICE_COLUMNS) - {"pitch_hz"}:
        assert np.isfinite(found[name][:100]).all()
        assert np.isfinite(found[name][201:]).all()


def test_sound_that_is_missing_all_over_gives_rows_without_values() -> None:
    values = measure_voice([np.full(_BLOCK, np.nan, np.float32)] * 2)
    assert values.shape == (256, len(VOICE_COLUMNS))
    assert np.isnan(values).all()


@pytest.mark.parametrize("samples", [1, 159, 161, 255, 257])
def test_sound_may_be_as_short_as_it_likes(samples: int) -> None:
    values = measure_voice([np.full(samples, 0.1, np.float32)])
    assert values.shape == (-(-samples // 160), len(VOICE_COLUMNS))


def test_no_sound_gives_no_rows() -> None:
    assert measure_voice([]).shape == (0, len(VOICE_COLUMNS))


def test_the_reader_says_which_weights_measured() -> None:
    described = describe_voice_reader()
    assert described.name == "swift-f0"
    assert len(described.weights["model.onnx"]) == 64


def test_features_of_a_voice_by_hand() -> None:
    voice = make_voice(play_voice(1.0, RATE_HZ, 220.0))
    features = dict(zip(VOICE_FEATURES, compute_voice_features(voice).T, strict=True))
    np.testing.assert_allclose(features["voice_pitch"][10:90], 12 * np.log2(2.2), atol=0.2)
    levels = [features[f"voice_{name}"][10:90] for name in ("low", "middle", "high")]
    # Of 13 harmonics with powers of 1/k^2, 2 to 4 lie from 300 to 1,000 Hz, and 5 to 11 up to 2,500 Hz.
    powers = 1 / np.arange(1, 14) ** 2
    for level, part in zip(levels, (powers[1:4], powers[4:11], powers[11:]), strict=True):
        share = 10 * np.log10(part.sum() / powers.sum())
        assert np.median(level) == pytest.approx(share, abs=0.2)


def test_nothing_is_claimed_above_what_the_track_holds() -> None:
    sound = play_voice(1.0, RATE_HZ)
    high, low = VOICE_FEATURES.index("voice_high"), VOICE_FEATURES.index("voice_low")
    for rate_hz, has_high in ((8000, False), (16000, True)):
        features = compute_voice_features(make_voice(sound, rate_hz))
        assert np.isfinite(features[10:90, high]).all() == has_high
        assert np.isnan(features[:, high]).all() != has_high
        assert np.isfinite(features[10:90, low]).all()


def test_in_pauses_only_loudness_and_voicing_are_there() -> None:
    sound = play_voice(2.0, RATE_HZ)
    sound[RATE_HZ:] = 1e-5 * np.random.default_rng(0).normal(size=RATE_HZ)
    features = compute_voice_features(make_voice(sound))[110:190]
    present = dict(zip(VOICE_FEATURES, np.isfinite(features).all(axis=0), strict=True))
    assert {name for name, has in present.items() if has} == {"voice_voicing", "voice_loudness"}
    assert (features[:, VOICE_FEATURES.index("voice_voicing")] == 0).all()


@pytest.mark.parametrize("fps", [10.0, 24.0, 25.0, 60.0, 240.0])
def test_a_frame_and_its_sound_are_centred_on_the_same_moment(fps: float) -> None:
    """Loudness that rises evenly has, around every frame, the mean that it has at the frame."""
    time_s = np.arange(3 * RATE_HZ) / RATE_HZ
    voice = make_voice(play_voice(3.0, RATE_HZ) * 10 ** (10 * (time_s - 3) / 20))
    frames_s = np.arange(0.5, 2.5, 1 / fps)
    loudness = lay_voice_over_frames(voice, frames_s)[:, VOICE_FEATURES.index("voice_loudness")]
    slope, rest = np.polyfit(frames_s, loudness, 1)
    at_frame = np.polyfit(voice.time_s[50:250], voice.values[50:250, VOICE_COLUMNS.index("loudness_db")], 1)
    late_s = (at_frame[1] - rest + (at_frame[0] - slope) * 1.5) / slope
    assert slope == pytest.approx(10.0, abs=0.1)
    assert abs(late_s) <= 0.0055, "half a moment of rounding at most"


def test_frames_beyond_the_sound_have_no_voice() -> None:
    values = lay_voice_over_frames(make_voice(play_voice(1.0, RATE_HZ)), np.arange(0, 3, 0.04))
    assert np.isnan(values[26:]).all()
    assert np.isfinite(values[1:24, VOICE_FEATURES.index("voice_loudness")]).all()
