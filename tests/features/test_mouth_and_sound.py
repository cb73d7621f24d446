"""Mouth against sound, at every lag."""

from __future__ import annotations

import numpy as np
import pytest
from mouths import FPS, draw_opening, show, speak, voice

from extract.description import Backend
from extract.frame_table import CUT
from extract.sound.voice import VOICE_COLUMNS
from features.lip_sync import LAGS_S, MouthAndSound
from features.windows import ClipRule, Clips, lay_clips

SECONDS = 30.0


def lay(seconds: float = SECONDS) -> Clips:
    return lay_clips(np.arange(int(seconds * FPS)) / FPS, ClipRule())


def find_best_lags(curves: np.ndarray) -> np.ndarray:
    return LAGS_S[curves.argmax(axis=1)]


@pytest.mark.parametrize("lag_s", [-0.2, 0.0, 0.06, 0.3])
def test_the_curve_is_highest_where_the_sound_comes_after_the_mouth(lag_s: float) -> None:
    curves = speak(SECONDS, 1, lag_s=lag_s).compare(lay()).curves
    assert np.abs(find_best_lags(curves) - lag_s).max() <= 0.02 + 1e-9


@pytest.mark.parametrize("later_s", [-0.2, 0.2, 0.34])
def test_sound_that_is_moved_moves_the_peak_by_just_that(later_s: float) -> None:
    tracks = speak(SECONDS, 2)
    own, moved = (tracks.compare(lay(), later_s=by).curves[1:-1] for by in (0.0, later_s))
    assert find_best_lags(moved) == pytest.approx(find_best_lags(own) + later_s)


def test_the_share_of_a_voice_is_that_of_the_sound_as_it_was_moved() -> None:
    opening = draw_opening(SECONDS, 2)
    heard = voice(opening)
    heard.values[1000:, VOICE_COLUMNS.index("voicing")] = 0.0
    tracks = MouthAndSound.of_video(show(opening), heard)
    first = lay().select(slice(0, 1))
    for later_s, share in ((0.0, 1.0), (-2.0, 0.8), (2.0, 0.8)):
        assert tracks.compare(first, later_s=later_s).voiced_share == pytest.approx(share, abs=0.01)


def test_the_sound_of_somebody_else_goes_far_less_well_with_the_mouth() -> None:
    tracks, other = speak(SECONDS, 3), speak(SECONDS, 4)
    own, swapped = tracks.compare(lay()), tracks.compare(lay(), other)
    assert own.curves.max(axis=1).min() > 2 * swapped.curves.max(axis=1).max()


def test_two_sets_that_say_the_same_have_the_trace_that_the_ridge_leaves() -> None:
    # One moving signal on either side (the others are constant): correlation 1, so 1 / (1 + ridge)^2.
    times = np.arange(500) / 50
    signal = np.sin(2 * np.pi * 1.5 * times)
    mouth = np.zeros((500, 4))
    sound = np.zeros((500, 5))
    mouth[:, 0], sound[:, 2] = signal, -3 * signal
    tracks = MouthAndSound(mouth, sound, np.ones(500, np.bool_), Backend(name="drawn", version="1"))
    curves = tracks.compare(lay_clips(times, ClipRule(8.0, 2.0))).curves
    assert curves[0].max() == pytest.approx(1 / 1.3**2, rel=1e-3)


def test_a_clip_without_half_of_the_mouth_or_of_the_sound_is_missing_and_says_how_much_was_seen() -> None:
    opening = draw_opening(SECONDS, 5)
    frames, heard = show(opening), voice(opening)
    frames.loc[frames["time_s"] < 7, ["mouth_v", "mouth_h"]] = np.nan
    heard.values[2200:] = np.nan
    found = MouthAndSound.of_video(frames, heard).compare(lay())
    assert np.isnan(found.curves).all(axis=1).tolist() == [True, False, False, False, True]
    assert found.mouth_share[0] == pytest.approx(0.3, abs=0.02)
    assert found.voiced_share[4] == pytest.approx(0.2, abs=0.02)


def test_short_gaps_of_the_mouth_are_drawn_over_and_longer_ones_and_cuts_are_not() -> None:
    frames = show(draw_opening(4.0, 6))
    frames.loc[30:33, ["mouth_v", "mouth_h"]] = np.nan  # 1.0 s to 1.1 s
    frames.loc[60:67, ["mouth_v", "mouth_h"]] = np.nan  # 2.0 s to 2.23 s
    mouth = MouthAndSound.of_video(frames, voice(draw_opening(4.0, 6))).mouth
    missing = np.isnan(mouth).any(axis=1)
    assert not missing[:98].any()
    assert missing[101:111].all()
    frames[CUT] = 0.0
    frames.loc[105, CUT] = 1.0  # at 3.5 s, between the frames at 3.467 s and 3.5 s
    cut = MouthAndSound.of_video(frames, voice(draw_opening(4.0, 6))).mouth
    assert np.isnan(cut[174]).all()
    assert np.isfinite(cut[[173, 175]]).all()


def test_what_changes_slowly_counts_neither_in_the_mouth_nor_in_the_sound() -> None:
    opening = draw_opening(SECONDS, 7)
    plain = MouthAndSound.of_video(show(opening), voice(opening))
    frames, heard = show(opening), voice(opening)
    frames["mouth_v"] += 0.06 * np.sin(2 * np.pi * frames["time_s"] / 20)  # somebody who smiles now and then
    heard.values[:, 2] += 6 * np.sin(2 * np.pi * heard.time_s / 20)  # a room that gets louder and quieter
    drifting = MouthAndSound.of_video(frames, heard)
    assert drifting.compare(lay()).curves == pytest.approx(plain.compare(lay()).curves, abs=0.05)


def test_a_voice_that_reaches_beyond_the_clip_is_used() -> None:
    tracks = speak(20.0, 8, lag_s=0.4)
    (curve,) = tracks.compare(lay(20.0).select(slice(0, 1))).curves
    assert LAGS_S[curve.argmax()] == pytest.approx(0.4, abs=0.02)
