"""The voice at the times of frames, and how it goes together with what moves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from frame_tables import make_moving_frames, make_table, write_moving, write_table
from numpy.typing import NDArray
from voice_tables import NO_SOUND, make_speech, make_voice, write_speaking, write_voice

from extract.frame_table import FrameTable
from extract.sound.source import SoundSource
from features.clips import CorrelationOptions, correlate_frame_table
from features.dataset import DataSetOptions, write_correlations
from features.description import NO_VOICE, read_description
from features.signals import Signal
from features.signature import PairSet, SetName
from features.tables import read_clips, read_labelled_table
from features.voice import VOICE_FEATURES, compute_voice_features, find_voiced, lay_voice_over_frames
from ground.errors import TableError

PITCH, VOICING, LOUDNESS = range(3)
TWELVE_SECONDS = np.arange(300) / 25
VOICE, BOTH, FULL = (CorrelationOptions(pairs=PairSet(name)) for name in ("voice", "full+voice", "full"))
# Of each hundredth of a second, to the frame of 25 a second whose time it lies nearest to.
NEAREST = (np.arange(1250) + 2) // 4


def of_frames(course: NDArray[np.float64]) -> NDArray[np.float64]:
    """A course of frames at 25 a second as one of hundredths whose means over the frames it is."""
    return course[np.minimum(NEAREST, len(course) - 1)]


# The features themselves


def test_pitch_is_in_semitones_from_100_hz_and_bands_are_above_the_loudness() -> None:
    voice = make_voice(moments=3, pitch_hz=[100.0, 200.0, 50.0], low_db=-23.0, loudness_db=-20.0)
    features = compute_voice_features(voice)
    assert features[:, PITCH].tolist() == [0.0, 12.0, -12.0]
    assert features[0].tolist() == [0.0, 0.9, -20.0, 900.0, -6.0, -3.0, -10.0, -20.0]


def test_what_is_45_db_below_the_loud_moments_is_a_pause_without_pitch_and_spectrum() -> None:
    loudness = np.full(100, -20.0)
    loudness[:2] = -66.0, -64.0
    features = compute_voice_features(make_voice(moments=100, loudness_db=loudness))
    assert features[0, :3].tolist() == pytest.approx([np.nan, 0.0, -65.0], nan_ok=True)
    assert np.isnan(features[0, 3:]).all()
    assert np.isfinite(features[1:]).all()
    assert features[1, LOUDNESS] == -64.0


@pytest.mark.parametrize(
    ("rate_hz", "missing"), [(10_500, []), (8_000, ["voice_high"]), (3_000, ["voice_middle", "voice_high"])]
)
def test_a_band_whose_middle_the_track_does_not_reach_is_missing(rate_hz: int, missing: list[str]) -> None:
    features = compute_voice_features(make_voice(moments=5, sound=SoundSource(rate_hz=rate_hz)))
    found = [name for name, column in zip(VOICE_FEATURES, features.T, strict=True) if np.isnan(column).all()]
    assert found == missing


def test_where_nothing_was_recorded_all_is_missing() -> None:
    nothing = make_voice(moments=7, **dict.fromkeys(("loudness_db", "voicing", "pitch_hz"), np.nan))
    assert np.isnan(compute_voice_features(nothing)).all()


# At the times of frames


def test_a_frame_has_the_mean_from_half_a_frame_before_to_half_a_frame_after_it() -> None:
    voice = make_voice(moments=12, loudness_db=-np.arange(12.0))
    laid = lay_voice_over_frames(voice, np.array([0.0, 0.04, 0.08]))
    # Moments 0 and 1; 2 to 5; 6 to 9.
    assert laid[:, LOUDNESS].tolist() == pytest.approx([-0.5, -3.5, -7.5])


def test_a_mean_is_of_what_is_there_and_missing_where_that_is_less_than_half() -> None:
    pitch = np.full(12, 100.0)
    pitch[[2, 3, 6, 7, 8]] = np.nan
    pitch[5] = 200.0
    laid = lay_voice_over_frames(make_voice(moments=12, pitch_hz=pitch), np.array([0.0, 0.04, 0.08]))
    assert laid[:, PITCH].tolist() == pytest.approx([0.0, 6.0, np.nan], nan_ok=True)


def test_with_more_frames_a_second_than_moments_each_frame_has_one_moment() -> None:
    voice = make_voice(moments=4, loudness_db=-np.arange(4.0))
    laid = lay_voice_over_frames(voice, np.arange(6) / 200)
    assert laid[:, LOUDNESS].tolist() == [0.0, -1.0, -1.0, -2.0, -2.0, -3.0]


def test_frames_after_the_end_of_the_sound_have_no_voice() -> None:
    laid = lay_voice_over_frames(make_voice(moments=4), np.array([0.0, 0.04, 0.08]))
    assert np.isfinite(laid[:2]).all()
    assert np.isnan(laid[2]).all()
    assert find_voiced(laid).tolist() == [True, True, False]


def test_no_frames_and_no_sound_give_no_voice() -> None:
    assert lay_voice_over_frames(make_voice(moments=4), np.empty(0)).shape == (0, 8)
    assert np.isnan(lay_voice_over_frames(make_voice(sound=NO_SOUND), np.arange(3) / 25)).all()
    assert np.isfinite(lay_voice_over_frames(make_voice(moments=2), np.array([0.0]))).all()


# Pairs


@pytest.fixture(scope="module")
def nodding() -> FrameTable:
    """Somebody whose head nods as the pitch goes, and whose brows fall as the voice gets louder."""
    frames = make_moving_frames(TWELVE_SECONDS)
    rng = np.random.default_rng(3)
    frames["pose_Rx"], frames["AU01_r"] = rng.normal(size=(2, 300))
    return make_table(frames)


def correlate(
    table: FrameTable, options: CorrelationOptions = BOTH, **columns: NDArray[np.float64]
) -> dict[str, float]:
    """The correlations of the only clip."""
    voice = make_voice(table, 1250, **{name: of_frames(course) for name, course in columns.items()})
    (row,) = correlate_frame_table(table, options, voice=voice).block.correlations.to_dict("records")
    return row


@pytest.mark.parametrize("signal", ["position", "velocity", "highpass"])
@pytest.mark.parametrize("name", ["voice", "full+voice"])
def test_a_head_that_nods_as_the_pitch_goes_correlates_with_it(
    nodding: FrameTable, signal: Signal, name: SetName
) -> None:
    nod, brow = (nodding.frames[feature].to_numpy() for feature in ("pose_Rx", "AU01_r"))
    found = correlate(
        nodding,
        CorrelationOptions(pairs=PairSet(name), signal=signal),
        pitch_hz=100 * 2 ** (nod / 12),
        loudness_db=-20 - brow,
    )
    assert found["pose_Rx*voice_pitch"] == pytest.approx(1)
    assert found["AU01_r*voice_loudness"] == pytest.approx(-1)
    assert np.isnan(found["AU01_r*voice_voicing"]), "a voicing that does not vary goes together with nothing"


def test_a_pair_of_a_voice_and_a_movement_is_pearsons_over_the_frames_that_have_both(
    nodding: FrameTable,
) -> None:
    pitch = np.random.default_rng(8).normal(size=300)
    pitch[np.arange(300) % 3 > 0] = np.nan
    found = correlate(nodding, pitch_hz=100 * 2 ** (pitch / 12))
    both = np.flatnonzero(np.isfinite(pitch[:250]))
    expected = np.corrcoef(pitch[both], nodding.frames["AU12_r"].to_numpy()[both])[0, 1]
    assert found["AU12_r*voice_pitch"] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("voiced_frames", "missing"), [(32, False), (31, True)])
def test_a_pitch_needs_half_of_the_least_share_of_voiced_frames(
    nodding: FrameTable, voiced_frames: int, missing: bool
) -> None:
    """A quarter of the 250 frames, and half of that, are 31.25."""
    pitch = np.random.default_rng(8).normal(size=300)
    pitch[voiced_frames:] = np.nan
    found = correlate(nodding, pitch_hz=100 * 2 ** (pitch / 12))
    assert np.isnan(found["AU12_r*voice_pitch"]) == missing


def test_the_published_pairs_are_the_same_with_a_voice_beside_them(nodding: FrameTable) -> None:
    voice = make_speech(nodding, voiced=0.5)
    alone = correlate_frame_table(nodding, FULL).block
    both = correlate_frame_table(nodding, BOTH, voice=voice).block
    pd.testing.assert_frame_equal(
        both.correlations[alone.correlations.columns], alone.correlations, atol=1e-12, rtol=0
    )
    only = correlate_frame_table(nodding, VOICE, voice=voice).block.correlations
    pd.testing.assert_frame_equal(both.correlations[only.columns], only, atol=1e-12, rtol=0)
    known = correlate_frame_table(nodding, FULL, voice=voice).block
    pd.testing.assert_frame_equal(known.correlations, alone.correlations)


def test_the_clip_table_says_how_much_of_a_clip_was_voiced_whatever_the_set(nodding: FrameTable) -> None:
    voicing = np.where(np.arange(300) % 5 < 2, 0.7, 0.2)
    voice = make_voice(nodding, 1250, voicing=of_frames(voicing))
    for options in (FULL, VOICE):
        clips = correlate_frame_table(nodding, options, voice=voice).block.clips
        assert clips["voiced_share"].tolist() == [0.4]
    unknown = correlate_frame_table(nodding, FULL).block.clips
    assert unknown["voiced_share"].isna().all(), "there is no voice table"
    silent = correlate_frame_table(nodding, FULL, voice=make_voice(nodding, sound=NO_SOUND)).block.clips
    assert silent["voiced_share"].tolist() == [0.0], "it is known that there is no voice"


def test_a_table_says_what_measured_the_voice_where_that_counts(nodding: FrameTable) -> None:
    voice = make_speech(nodding)
    described = [
        read_description(correlate_frame_table(nodding, options, voice=voice).block.clips).voice
        for options in (FULL, VOICE, BOTH)
    ]
    assert described == [NO_VOICE, voice.metadata.reader, voice.metadata.reader]


# Tables of many videos


def write(
    folder: Path, *tables: Path, name: SetName = "full+voice"
) -> tuple[pd.DataFrame, pd.DataFrame, list[str]]:
    """Correlate frame tables; return both tables as they are read back, and what was said."""
    said: list[str] = []
    options = DataSetOptions(CorrelationOptions(pairs=PairSet(name)))
    write_correlations(tables, folder / "correlations.csv", options, on_warning=said.append)
    return *read_labelled_table(folder / "correlations.csv"), said


def test_a_table_with_the_voice_is_written_and_read_back(tmp_path: Path) -> None:
    path = write_speaking(tmp_path, voiced=0.5)
    correlations, clips, said = write(tmp_path, path)
    assert correlations.shape == (3, 703)
    assert tuple(correlations.columns) == PairSet("full+voice").columns
    assert correlations.notna().all(axis=None)
    assert clips["voiced_share"].tolist() == [0.5] * 3
    assert (clips["voice_backend"] == "ear 1").all()
    assert said == []


def test_a_frame_table_without_voice_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = write_moving(tmp_path)
    table = make_table(make_moving_frames(TWELVE_SECONDS))
    advice = "No voice table lies beside .* Extract the video again with the same command: only its sound"
    with pytest.raises(TableError, match=advice):
        write(tmp_path, path)
    with pytest.raises(TableError, match=advice):
        correlate_frame_table(table, VOICE)
    write_voice(make_voice(make_table(table.frames, sha256="another"), 10), path)
    with pytest.raises(TableError, match=advice):
        write(tmp_path, path)
    assert not (tmp_path / "correlations.csv").exists()
    assert len(write(tmp_path, path, name="full")[0]) == 3, "the published pairs need no voice"


def test_voices_that_were_measured_otherwise_are_not_put_together(tmp_path: Path) -> None:
    paths = [write_speaking(tmp_path, f"{k}.mp4", seed=k, reader=str(k)) for k in (1, 2)]
    with pytest.raises(TableError, match=r"the voice of .*2\.parquet was measured by ear 2 instead of ear 1"):
        write(tmp_path, *paths)
    assert len(write(tmp_path, *paths, name="full")[0]) == 6


@pytest.mark.parametrize(
    ("sound", "voiced", "sentence", "missing"),
    [
        (NO_SOUND, None, "has no sound to read (no sound track). So its pairs with the voice are mis", 1.0),
        (
            SoundSource(rate_hz=8000),
            1.0,
            "has only 8,000 samples a second. So its pairs with voice_high",
            37 / 268,
        ),
        (None, 0.1, "a voice is heard in less than 25% of the frames", 37 / 268),
    ],
)
def test_what_is_missing_of_a_voice_is_missing_and_said(
    tmp_path: Path, sound: SoundSource | None, voiced: float | None, sentence: str, missing: float
) -> None:
    """37 pairs have a feature in common, as it goes with 30 movements and seven others of the voice."""
    table = make_table(make_moving_frames(np.arange(230) / 10))
    voice = (
        make_voice(table, sound=sound) if voiced is None else make_speech(table, voiced=voiced, sound=sound)
    )
    path = write_table(table, tmp_path)
    write_voice(voice, path)
    correlations, clips, said = write(tmp_path, path, name="voice")
    assert correlations.isna().mean(axis=1).tolist() == pytest.approx([missing] * 3)
    assert clips["voiced_share"].tolist() == pytest.approx([voiced or 0.0] * 3)
    assert len(said) == 1
    assert sentence in said[0]
    assert not any("face and body were found in too few frames" in one for one in said)


def test_a_silent_track_has_features_that_do_not_vary_and_that_is_said(tmp_path: Path) -> None:
    table = make_table(make_moving_frames(np.arange(230) / 10))
    path = write_table(table, tmp_path)
    silence = dict.fromkeys(("loudness_db", "low_db", "middle_db", "high_db"), -100.0)
    write_voice(make_voice(table, 2300, pitch_hz=np.nan, voicing=0.0, **silence), path)
    correlations, _, said = write(tmp_path, path, name="voice")
    assert correlations.isna().all(axis=None)
    assert any("some features do not vary (voice_voicing, voice_loudness" in one for one in said)


def test_clip_tables_of_earlier_versions_are_read_and_say_nothing_of_voices(tmp_path: Path) -> None:
    write(tmp_path, write_speaking(tmp_path), name="full")
    path = tmp_path / "clips.csv"
    pd.read_csv(path).drop(columns=["voiced_share", "voice_backend"]).to_csv(path, index=False)
    clips = read_clips(path)
    assert clips["voiced_share"].isna().all()
    assert read_description(clips).voice == NO_VOICE
