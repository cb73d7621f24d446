"""Whether the mouth fits the sound, against a person's own recordings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pydantic
import pytest
from mouths import FPS, draw_opening, show, speak, voice

from classify import lip_sync_learning
from classify.lip_sync import (
    ClipLipSync,
    LipSyncDoubt,
    LipSyncRange,
    LipSyncStatement,
    judge_lip_sync,
    score_curves,
)
from classify.lip_sync_learning import LipSyncRecording, learn_lip_sync
from classify.words.lip_sync import describe_clip, describe_doubt, describe_lip_sync, describe_range
from extract.description import Backend
from features.lip_sync import LAGS_S, MouthAndSound
from features.windows import ClipRule, Clips, lay_clips
from ground.time_span import TimeSpan

SECONDS = 30.0


def lay(seconds: float = SECONDS) -> Clips:
    return lay_clips(np.arange(int(seconds * FPS)) / FPS, ClipRule())


def record(seed: int, *, session: str | None = None, lag_s: float = 0.06) -> LipSyncRecording:
    return LipSyncRecording(f"{seed}.mp4", session or f"s{seed}", speak(SECONDS, seed, lag_s=lag_s), lay())


@pytest.fixture(scope="module")
def known() -> LipSyncRange:
    found = learn_lip_sync([record(seed) for seed in range(5)], 0.05, pytest.fail)
    assert found is not None
    return found


def judge(known: LipSyncRange, tracks: MouthAndSound) -> LipSyncStatement:
    return judge_lip_sync(known, tracks, lay())


def test_the_range_says_the_persons_lag_and_what_it_was_learnt_from(known: LipSyncRange) -> None:
    assert known.lag_s == pytest.approx(0.06, abs=0.03)
    assert (known.clips, known.recordings, known.sessions) == (25, 5, 5)
    assert "learnt from 25 clips of 5 recordings, 5 sessions" in describe_range(known)


def test_pairs_of_mouths_and_sounds_promise_no_more_than_sessions(known: LipSyncRange) -> None:
    """There are 25 pairs of 5 sessions, with 50 sounds that do not belong to their mouths."""
    for calibration in (known.calibration, known.video_calibration):
        assert -np.log(6) <= calibration.lowest < 0 < calibration.highest <= np.log(6)
        assert (calibration.target_sources, calibration.non_target_sources) == (5, 5)
    for thresholds in (known.thresholds, known.video_thresholds):
        assert thresholds.false_match_rate == thresholds.false_no_match_rate == pytest.approx(1 / 6)
    assert "With so few sessions, 17% is the lowest rate that can be promised." in describe_range(known)


def test_neither_the_mouth_nor_the_sound_of_a_held_out_session_is_learnt_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    learnt_from: list[tuple[set[int], set[int]]] = []
    fit = lip_sync_learning._fit

    def note(trials: lip_sync_learning._Trials, error_rate: float) -> lip_sync_learning._Fitted:
        learnt_from.append((set(trials.session.tolist()), set(trials.heard.tolist())))
        return fit(trials, error_rate)

    monkeypatch.setattr(lip_sync_learning, "_fit", note)
    learn_lip_sync([record(seed) for seed in range(3)], 0.05, pytest.fail)
    everything, *without = learnt_from
    assert everything == ({0, 1, 2}, {0, 1, 2})
    assert without == [({1, 2}, {1, 2}), ({0, 2}, {0, 2}), ({0, 1}, {0, 1})]


def test_sessions_that_are_held_out_are_told_from_changed_sound(known: LipSyncRange) -> None:
    check = known.check
    assert check is not None
    assert check.own_clips == 25
    # Each recording with 6 shifts and 4 other sounds; at a shift of 1 s some clips lack too much sound.
    assert 5 * 10 * 3 <= check.changed_clips <= 5 * 10 * 5
    assert (check.own_misfit, check.changed_fit) == (0, 0)
    assert check.own_fit >= 23
    assert (check.auc_moved, check.auc_swapped) == (1.0, 1.0)


def test_a_new_recording_fits_and_is_told_with_a_ratio_above_1(known: LipSyncRange) -> None:
    said = judge(known, speak(SECONDS, 20))
    assert (said.label, said.doubt, said.offset_s) == ("fits", None, None)
    assert said.log10_lr is not None
    assert said.log10_lr > np.log10(2)
    assert {one.label for one in said.clips} == {"fits"}


def test_the_sound_of_another_recording_does_not_fit_and_nothing_is_said_of_who_did_it(
    known: LipSyncRange,
) -> None:
    said = judge(known, replace(speak(SECONDS, 20), sound=speak(SECONDS, 21).sound))
    assert said.label == "does not fit"
    assert said.log10_lr is not None
    assert said.log10_lr < -np.log10(2)
    words = describe_lip_sync(said, "Ada")
    assert "does not fit the sound as it does in Ada's own recordings" in words
    assert "an interpreter or a narrator" in words
    assert "sound that comes more than half a second too early or too late" in words
    assert "for sound that belongs to the mouth against sound that does not)" in words


@pytest.mark.parametrize("offset_s", [-0.3, -0.2, 0.2, 0.3])
def test_a_constant_offset_is_found_and_called_innocent(known: LipSyncRange, offset_s: float) -> None:
    said = judge(known, speak(SECONDS, 20, lag_s=0.06 + offset_s))
    assert said.label == "shifted"
    assert said.offset_s == pytest.approx(offset_s, abs=0.05)
    words = describe_lip_sync(said, "Ada")
    assert f"about {abs(said.offset_s or 0):.2f} s {'later' if offset_s > 0 else 'earlier'} than" in words
    assert "common and innocent" in words


def test_an_offset_of_too_few_clips_is_not_called_innocent(known: LipSyncRange) -> None:
    tracks = speak(12.0, 20, lag_s=0.36)
    said = judge_lip_sync(known, tracks, lay(12.0))
    assert (said.label, said.doubt, said.offset_s) == ("cannot be said", LipSyncDoubt.TOO_FEW_CLIPS, None)


@pytest.mark.parametrize("dubbed_from", [1200, 2000])
def test_an_offset_that_not_all_of_the_video_has_is_not_called_innocent(
    known: LipSyncRange, dubbed_from: int
) -> None:
    tracks = speak(60.0, 20, lag_s=0.36)
    sound = tracks.sound.copy()
    sound[dubbed_from:] = speak(60.0, 21).sound[dubbed_from:]
    said = judge_lip_sync(known, replace(tracks, sound=sound), lay(60.0))
    assert said.label != "shifted"


def test_an_offset_must_fit_better_than_the_best_lag_of_other_sound_does(known: LipSyncRange) -> None:
    tracks = speak(SECONDS, 20, lag_s=0.36)
    assert judge(known, tracks).label == "shifted"
    stricter = known.model_copy(update={"offset_above": 2.0})
    assert judge(stricter, tracks).label == "does not fit"


def test_a_voice_that_was_measured_otherwise_is_not_compared(known: LipSyncRange) -> None:
    other = Backend(name="drawn", version="2")
    said = judge(known, replace(speak(SECONDS, 20), reader=other))
    assert (said.label, said.doubt) == ("cannot be said", LipSyncDoubt.OTHER_READER)
    notices: list[str] = []
    first, second, third = (record(seed) for seed in range(3))
    third = replace(third, tracks=replace(third.tracks, reader=other))
    found = learn_lip_sync([first, second, third], 0.05, notices.append)
    assert found is not None
    assert (found.recordings, found.reader.version) == (2, "1")
    (notice,) = notices
    assert notice.startswith(
        "In 1 recording the voice was not measured by drawn 1, as in most: 2.mp4 (drawn 2). They are left out"
    )


def test_other_sound_of_the_persons_own_sessions_is_never_called_moved(known: LipSyncRange) -> None:
    recordings = [record(seed) for seed in range(5)]
    pairs = [(one, other) for one in recordings for other in recordings if one is not other]
    curves = [one.tracks.compare(one.clips, other.tracks).curves for one, other in pairs]
    best = [score_curves(curve, float(LAGS_S[curve.mean(axis=0).argmax()])).mean() for curve in curves]
    assert known.offset_above == pytest.approx(max(best))


def test_the_sound_of_the_same_session_is_not_taken_for_other_sound() -> None:
    """A second camera hears the same: its sound goes with the mouth as its own does."""
    cameras = [replace(record(0, session="s0"), video=name) for name in ("left.mp4", "right.mp4")]
    found = learn_lip_sync([*cameras, record(1), record(2)], 0.05, pytest.fail)
    assert found is not None
    assert found.check is not None
    assert found.check.auc_swapped == 1.0


def test_a_video_without_clips_is_too_short(known: LipSyncRange) -> None:
    said = judge_lip_sync(known, speak(3.0, 20), lay(3.0))
    assert (said.label, said.doubt) == ("cannot be said", LipSyncDoubt.TOO_FEW_CLIPS)


def test_a_dubbed_passage_is_named_and_the_video_is_left_open(known: LipSyncRange) -> None:
    tracks = speak(SECONDS, 20)
    sound = tracks.sound.copy()
    sound[600:] = speak(SECONDS, 21).sound[600:]
    said = judge(known, replace(tracks, sound=sound))
    assert [one.label for one in said.clips if one.span.end_s <= 12] == ["fits"]
    assert [one.label for one in said.clips if one.span.start_s >= 20] == ["does not fit"]
    assert (said.label, said.doubt) == ("cannot be said", LipSyncDoubt.CLIPS_CONTRADICT)


def test_a_narrator_over_a_mouth_that_is_still_is_no_misfit(known: LipSyncRange) -> None:
    said = judge(known, speak(SECONDS, 20, size=0.002))
    assert (said.label, said.doubt) == ("cannot be said", LipSyncDoubt.MOUTH_STILL)


def test_silence_music_and_missing_mouths_are_told_apart(known: LipSyncRange) -> None:
    opening = draw_opening(SECONDS, 20)
    frames = show(opening)
    music = MouthAndSound.of_video(frames, voice(opening, voiced=False))
    assert judge(known, music).doubt is LipSyncDoubt.TOO_LITTLE_VOICE
    silent = voice(opening)
    silent.values[:] = np.nan
    assert judge(known, MouthAndSound.of_video(frames, silent)).doubt is LipSyncDoubt.NO_SOUND
    hidden = frames.assign(mouth_v=np.nan, mouth_h=np.nan)
    assert judge(known, MouthAndSound.of_video(hidden, voice(opening))).doubt is LipSyncDoubt.NO_MOUTH


def test_recordings_of_one_session_teach_nothing_and_that_is_said() -> None:
    notices: list[str] = []
    recordings = [record(seed, session="studio") for seed in range(3)]
    assert learn_lip_sync(recordings, 0.05, notices.append) is None
    (notice,) = notices
    assert notice.endswith("at least 2 sessions in which the person speaks, and there is 1.")


def test_nothing_is_said_where_nobody_speaks() -> None:
    opening = draw_opening(SECONDS, 0)
    music = MouthAndSound.of_video(show(opening), voice(opening, voiced=False))
    recordings = [LipSyncRecording(name, name, music, lay()) for name in "ab"]
    assert learn_lip_sync(recordings, 0.05, pytest.fail) is None


def test_two_sessions_give_a_range_without_a_check() -> None:
    found = learn_lip_sync([record(0), record(1)], 0.05, pytest.fail)
    assert found is not None
    assert found.check is None


def test_a_recording_whose_sound_was_moved_is_named_and_left_out() -> None:
    notices: list[str] = []
    recordings = [*(record(seed) for seed in range(3)), record(9, lag_s=0.4)]
    found = learn_lip_sync(recordings, 0.05, notices.append)
    assert found is not None
    assert found.recordings == 3
    (notice,) = notices
    assert "9.mp4 (+0.38 s)" in notice


def test_a_recording_whose_mouth_and_sound_hardly_go_together_is_learnt_from() -> None:
    """Otherwise the range would know the good recordings alone, and the next weak one would not fit."""
    weak = record(10)  # with this sound it has a low peak at -0.48 s
    weak = replace(weak, tracks=replace(weak.tracks, sound=record(13).tracks.sound))
    found = learn_lip_sync([*(record(seed) for seed in range(3)), weak], 0.05, pytest.fail)
    assert found is not None
    assert found.recordings == 4


def test_the_score_is_the_peak_at_the_lag_minus_the_highest_that_is_far_from_it() -> None:
    curve = np.zeros((1, len(LAGS_S)))

    def put(lag_s: float, value: float) -> None:
        curve[0, np.abs(LAGS_S - lag_s).argmin()] = value

    put(0.12, 0.9)  # within 0.06 s of 0.06 s
    put(0.2, 5.0)  # a slope of the peak: neither near nor far
    put(0.22, 0.3)
    assert score_curves(curve, 0.06).tolist() == pytest.approx([0.6])
    curve[0, 0] = np.nan
    assert np.isnan(score_curves(curve, 0.06)).all()


@pytest.mark.parametrize("doubt", LipSyncDoubt)
def test_every_doubt_has_words_that_end_without_a_full_stop(doubt: LipSyncDoubt) -> None:
    words = describe_doubt(doubt, "Ada")
    assert "{" not in words
    assert not words.endswith(".")
    assert words in describe_lip_sync(LipSyncStatement(label="cannot be said", doubt=doubt), "Ada")


def test_a_statement_contradicts_neither_its_doubt_nor_its_offset() -> None:
    with pytest.raises(pydantic.ValidationError, match="a doubt belongs to"):
        LipSyncStatement(label="fits", doubt=LipSyncDoubt.UNCLEAR)
    with pytest.raises(pydantic.ValidationError, match="an offset belongs to"):
        LipSyncStatement(label="shifted")
    span = TimeSpan(start_s=0, end_s=10)
    with pytest.raises(pydantic.ValidationError, match="a doubt belongs to"):
        ClipLipSync(span=span, label="cannot be said", voiced_share=0.5)
    fits = ClipLipSync(span=span, label="fits", voiced_share=0.5)
    assert describe_clip(fits) == "the mouth fits the sound"
