"""Learning from a person's own recordings how mouth and sound go together.

The negatives need no fakes: they are the same recordings with their sound moved, and with the sound of
another of the person's recordings. Anyone can make such from authentic footage.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from classify.calibration import Calibration, fit_calibration
from classify.decision import Rule, judge_scores
from classify.lip_sync import (
    LipSyncCheck,
    LipSyncRange,
    find_best_lag,
    is_usable,
    score_curves,
)
from classify.thresholds import Thresholds, choose_thresholds
from classify.training_set import average_by_video
from features.lip_sync import LAGS_S, LipSync, MouthAndSound
from features.windows import ClipRule, Clips
from ground.text import count

# Lags of more than this are no person's, but the recording's.
_LARGEST_OWN_LAG_S: Final = 0.2
# A recording whose own peak lies so far from those of the person's others was put together later.
_ODD_LAG_S: Final = 0.1
# Of the score that the person's recordings usually have where they fit best.
_CLEAR_PEAK: Final = 0.5
_LEAST_SESSIONS: Final = 2
# Sound that does not belong: moved so far, and of so many others of the person's recordings.
_SHIFTS_S: Final = (-1.0, -0.5, -0.2, 0.2, 0.5, 1.0)
_MOST_OTHERS: Final = 5
# Of each recording, so that hours of one do not take hours.
_MOST_CLIPS: Final = 40

_Kind = Literal["own", "moved", "swapped"]


class SpokenVideo(NamedTuple):
    """A video that may be learnt from: its name, its SHA-256, and what reads its mouth, sound and clips.

    `read` returns None where it has no sound or no mouth.
    """

    video: str
    sha256: str
    read: Callable[[ClipRule], tuple[MouthAndSound, Clips] | None]


@dataclass(frozen=True)
class LipSyncRecording:
    """A recording of the person with its sound: its name, its session, its tracks and its clips."""

    video: str
    session: str
    tracks: MouthAndSound
    clips: Clips


def learn_lip_sync(
    recordings: Sequence[LipSyncRecording], error_rate: float, on_notice: Callable[[str], None]
) -> LipSyncRange | None:
    """Learn how mouth and sound go together in a person's own recordings.

    Parameters
    ----------
    recordings
        Authentic ones; those in which hardly anybody speaks do not count.
    error_rate
        As of `classify.thresholds.choose_thresholds`.
    on_notice
        Called with a sentence on recordings that are left out, and where nothing can be learnt although there
        is sound.

    Returns
    -------
    LipSyncRange or None
        None for fewer than two sessions with a voice.
    """
    recordings = _leave_out_other_readers(recordings, on_notice)
    spoken = [(one, one.tracks.compare(_thin(one.clips))) for one in recordings]
    spreads = [found.opening_spread[is_usable(found, 0.0)] for _, found in spoken]
    usual = float(np.median(np.concatenate(spreads))) if any(map(len, spreads)) else 0.0
    used = [(one, found) for one, found in spoken if is_usable(found, usual).any()]
    used = _leave_out_odd(used, usual, on_notice)
    sessions = {one.session for one, _ in used}
    if len(sessions) < _LEAST_SESSIONS or usual <= 0:
        if used:
            on_notice(
                "Whether the mouth fits the sound is not learnt: that takes recordings of at least "
                f"{_LEAST_SESSIONS} sessions in which the person speaks, and there "
                f"{'is 1' if len(sessions) == 1 else f'are {len(sessions)}'}."
            )
        return None
    trials = _make_trials([one for one, _ in used], usual)
    fitted = _fit(trials, error_rate)
    return LipSyncRange(
        reader=used[0][0].tracks.reader,
        opening_spread=usual,
        clips=int((trials.kind == "own").sum()),
        recordings=len(used),
        sessions=len(sessions),
        **vars(fitted),
        check=_check(trials, error_rate) if len(sessions) > _LEAST_SESSIONS else None,
    )


@dataclass(frozen=True)
class _Trials:
    """Clips with their own sound and with other sound: a row each.

    `session` numbers that of the mouth, `heard` that of the sound. `video` tells the clips of one recording
    with one sound from all others.
    """

    curves: npt.NDArray[np.float64]
    kind: npt.NDArray[np.str_]
    session: npt.NDArray[np.intp]
    heard: npt.NDArray[np.intp]
    video: npt.NDArray[np.intp]

    def select(self, rows: npt.NDArray[np.bool_]) -> _Trials:
        return _Trials(
            self.curves[rows], self.kind[rows], self.session[rows], self.heard[rows], self.video[rows]
        )


@dataclass(frozen=True)
class _Fitted:
    """What is learnt of trials: fields of `LipSyncRange`."""

    lag_s: float
    thresholds: Thresholds
    video_thresholds: Thresholds
    calibration: Calibration
    video_calibration: Calibration
    offset_above: float


def _make_trials(recordings: Sequence[LipSyncRecording], usual_spread: float) -> _Trials:
    parts: list[tuple[npt.NDArray[np.float64], _Kind, int, int, int]] = []
    names = sorted({one.session for one in recordings})
    number_of = {name: number for number, name in enumerate(names)}

    def add(found: LipSync, kind: _Kind, one: LipSyncRecording, other: LipSyncRecording) -> None:
        curves = found.curves[is_usable(found, usual_spread)]
        if len(curves):
            of_mouth, of_sound = number_of[one.session], number_of[other.session]
            parts.append((curves, kind, of_mouth, of_sound, len(parts)))

    for place, one in enumerate(recordings):
        clips = _thin(one.clips)
        add(one.tracks.compare(clips), "own", one, one)
        for shift_s in _SHIFTS_S:
            add(one.tracks.compare(clips, later_s=shift_s), "moved", one, one)
        others = [*recordings[place + 1 :], *recordings[:place]]
        for other in [one_more for one_more in others if one_more.session != one.session][:_MOST_OTHERS]:
            add(one.tracks.compare(clips, other.tracks), "swapped", one, other)
    curves, *others_of_part = zip(*parts, strict=True)
    lengths = [len(part) for part in curves]
    return _Trials(np.concatenate(curves), *(np.repeat(what, lengths) for what in others_of_part))


def _thin(clips: Clips) -> Clips:
    """Return at most `_MOST_CLIPS` of the clips, evenly spread."""
    return clips.select(slice(None, None, -(-len(clips) // _MOST_CLIPS) or 1))


def _fit(trials: _Trials, error_rate: float) -> _Fitted:
    """Learn what scores mean, where each session's mouth with each session's sound counts the same.

    What a mouth and a sound have in common by chance differs from pair to pair. But pairs are no independent
    sources: neither rates nor ratios may be finer than the sessions allow.
    """
    own = trials.kind == "own"
    lag_s = _find_usual_lag(trials.curves[own])
    scores = score_curves(trials.curves, lag_s)
    rows = average_by_video(scores, trials.video)
    pairs = trials.session * (trials.heard.max() + 1) + trials.heard
    is_own, video_pairs = own[rows.first], pairs[rows.first]
    sessions = len(np.unique(trials.session))
    counts = (sessions, sessions)
    return _Fitted(
        lag_s=lag_s,
        thresholds=choose_thresholds(scores, own, pairs, error_rate, independent=counts),
        video_thresholds=choose_thresholds(rows.scores, is_own, video_pairs, error_rate, rows.clips, counts),
        calibration=_calibrate(scores, own, pairs, sessions),
        video_calibration=_calibrate(rows.scores, is_own, video_pairs, sessions),
        offset_above=_bound_offsets(trials),
    )


def _calibrate(
    scores: npt.NDArray[np.float64], own: npt.NDArray[np.bool_], pairs: npt.NDArray[np.intp], sessions: int
) -> Calibration:
    """Learn what scores mean, with ratios from 1 / (n + 1) to n + 1 for n sessions."""
    fitted = fit_calibration(scores, own, pairs)
    widest = float(np.log1p(sessions))
    return fitted.model_copy(
        update={
            "lowest": max(fitted.lowest, -widest),
            "highest": min(fitted.highest, widest),
            "target_sources": sessions,
            "non_target_sources": sessions,
        }
    )


def _bound_offsets(trials: _Trials) -> float:
    """Return the highest mean score, at the lag that suits it best, of a mouth with other sound.

    The best of many lags scores higher by chance than the usual one does.
    """
    swapped = trials.select(trials.kind == "swapped")
    curves = [swapped.curves[swapped.video == video] for video in np.unique(swapped.video)]
    return max((float(score_curves(one, find_best_lag(one)).mean()) for one in curves), default=0.0)


def _find_usual_lag(curves: npt.NDArray[np.float64]) -> float:
    near = np.abs(LAGS_S) <= _LARGEST_OWN_LAG_S + 1e-9
    return float(LAGS_S[near][curves[:, near].mean(axis=0).argmax()])


def _leave_out_other_readers(
    recordings: Sequence[LipSyncRecording], on_notice: Callable[[str], None]
) -> Sequence[LipSyncRecording]:
    """Return the recordings whose voice was measured as that of most; the others are named."""
    read = [(one, one.tracks.reader.label) for one in recordings]
    counts = Counter(reader for _, reader in read)
    if len(counts) < 2:
        return recordings
    ((usual, _),) = counts.most_common(1)
    others = [f"{one.video} ({reader})" for one, reader in read if reader != usual]
    on_notice(
        f"In {count(len(others), 'recording')} the voice was not measured by {usual}, as in most: "
        f"{', '.join(others)}. They are left out where it is learnt how mouth and sound go together."
    )
    return [one for one, reader in read if reader == usual]


def _leave_out_odd(
    used: list[tuple[LipSyncRecording, LipSync]], usual_spread: float, on_notice: Callable[[str], None]
) -> list[tuple[LipSyncRecording, LipSync]]:
    """Return the recordings without those whose sound lies elsewhere than in most; these are named.

    One whose mouth and sound hardly go together at any lag is kept: so may those of the person's next
    recording.
    """
    if not used:
        return used
    curves = [found.curves[is_usable(found, usual_spread)] for _, found in used]
    lags = np.array([find_best_lag(one) for one in curves])
    usual = float(np.median(lags))
    peaks = np.array([score_curves(one, lag).mean() for one, lag in zip(curves, lags.tolist(), strict=True)])
    kept = (np.abs(lags - usual) <= _ODD_LAG_S) | (peaks < _CLEAR_PEAK * np.median(peaks))
    named = zip(used, lags, kept, strict=True)
    odd = [f"{one.video} ({lag:+.2f} s)" for (one, _), lag, keeps in named if not keeps]
    if odd:
        on_notice(
            f"In {count(len(odd), 'recording')} the sound goes best with the mouth at another lag than in "
            f"the others ({usual:+.2f} s): {', '.join(odd)}. They are left out where it is learnt how mouth "
            "and sound go together."
        )
    return [one for one, keeps in zip(used, kept, strict=True) if keeps]


def _check(trials: _Trials, error_rate: float) -> LipSyncCheck:
    decisions = np.zeros(len(trials.kind), np.int64)
    scores = np.full(len(trials.kind), np.nan)
    for session in np.unique(trials.session):
        held_out = trials.session == session
        # Neither its mouth nor its sound may have been learnt from.
        fitted = _fit(trials.select(~held_out & (trials.heard != session)), error_rate)
        scores[held_out] = score_curves(trials.curves[held_out], fitted.lag_s)
        judged = judge_scores(scores[held_out], Rule(fitted.thresholds, fitted.calibration))
        decisions[held_out] = [one.decision for one in judged]
    own = trials.kind == "own"

    def rank(kind: _Kind) -> float | None:
        rows = own | (trials.kind == kind)
        return None if own[rows].all() else float(roc_auc_score(own[rows], scores[rows]))

    return LipSyncCheck(
        own_clips=int(own.sum()),
        own_fit=int((decisions[own] > 0).sum()),
        own_misfit=int((decisions[own] < 0).sum()),
        changed_clips=int((~own).sum()),
        changed_fit=int((decisions[~own] > 0).sum()),
        changed_misfit=int((decisions[~own] < 0).sum()),
        auc_moved=rank("moved"),
        auc_swapped=rank("swapped"),
    )
