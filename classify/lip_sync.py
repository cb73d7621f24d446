"""Whether the mouth goes with the sound, judged against a person's own recordings.

What is judged is how much better mouth and sound go together at the person's usual lag than at any other lag
(`features.lip_sync`). The statement stands beside the verdict on motion and is never mixed into it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from enum import StrEnum
from typing import Final, Literal, Self

import numpy as np
import numpy.typing as npt
import pydantic

from classify.calibration import Calibration, to_log10
from classify.decision import Judgement, Rule, judge_scores, judge_video
from classify.reasons import ReasonCode
from classify.thresholds import Thresholds
from extract.description import Backend
from features.lip_sync import LAGS_S, LipSync, MouthAndSound
from features.windows import Clips
from ground.records import Record, Share
from ground.time_span import TimeSpan

LipSyncLabel = Literal["fits", "shifted", "does not fit", "cannot be said"]

# The peak may lie this far from the usual lag, and other lags count from so far on; what lies between belongs
# to the slopes of the peak.
_NEAR_S: Final = 0.06
_FAR_S: Final = 0.14
_LEAST_VOICED: Final = 0.2
_LEAST_MOUTH: Final = 0.5
# Of the spread that the mouth's opening usually has: a mouth that moves less is silent.
_LEAST_MOVEMENT: Final = 0.25


class LipSyncDoubt(StrEnum):
    """Why it cannot be said whether a mouth fits the sound."""

    NO_RANGE = "no-range"
    NO_VOICE_TABLE = "no-voice-table"
    OTHER_READER = "other-reader"
    NO_SOUND = "no-sound"
    NO_MOUTH = "no-mouth"
    TOO_LITTLE_VOICE = "too-little-voice"
    MOUTH_STILL = "mouth-still"
    UNCLEAR = "unclear"
    TOO_FEW_CLIPS = "too-few-clips"
    CLIPS_CONTRADICT = "clips-contradict"


class LipSyncCheck(Record):
    """How the range does on recordings that it has not seen, each session held out in turn.

    Attributes
    ----------
    own_clips, own_fit, own_misfit
        Clips with their own sound, and of how many it is said that the mouth fits, and that it does not.
    changed_clips, changed_fit, changed_misfit
        The same of clips whose sound was moved by 0.2 s or more, or is of another recording.
    auc_moved, auc_swapped
        How well scores tell clips with their own sound from those with moved, and with other sound, 0 to 1;
        None where there were none.
    """

    own_clips: int
    own_fit: int
    own_misfit: int
    changed_clips: int
    changed_fit: int
    changed_misfit: int
    auc_moved: Share | None
    auc_swapped: Share | None


class LipSyncRange(Record):
    """How mouth and sound go together in a person's own recordings.

    Attributes
    ----------
    reader
        What measured the voice.
    lag_s
        The person's usual lag, seconds; above 0 the sound comes after the mouth.
    opening_spread
        How much the mouth usually opens and closes, median over clips, in units of the distance of the outer
        eye corners.
    clips, recordings, sessions
        What it was learnt from.
    thresholds, video_thresholds, calibration, video_calibration
        What scores of clips, and mean scores of videos, mean.
    offset_above
        The mean score, at the lag that suits a video best, up to which other sound came: only above it is
        sound called moved.
    check
        How it does on recordings that it has not seen; None for fewer than three sessions.
    """

    reader: Backend
    lag_s: float
    opening_spread: float = pydantic.Field(gt=0)
    clips: pydantic.PositiveInt
    recordings: pydantic.PositiveInt
    sessions: pydantic.PositiveInt
    thresholds: Thresholds
    video_thresholds: Thresholds
    calibration: Calibration
    video_calibration: Calibration
    offset_above: float
    check: LipSyncCheck | None = None

    @property
    def clip_rule(self) -> Rule:
        """What decides about scores of clips."""
        return Rule(self.thresholds, self.calibration)

    @property
    def video_rule(self) -> Rule:
        """What decides about mean scores of videos."""
        return Rule(self.video_thresholds, self.video_calibration)


class ClipLipSync(Record):
    """What is said of one clip.

    `score` is how much better mouth and sound go together at the person's usual lag than elsewhere.
    `log10_lr` is the bounded likelihood ratio, to base 10, for sound that belongs to the mouth against sound
    that does not. At `lag_s` they go together best. `doubt` says why nothing can be said.
    """

    span: TimeSpan
    label: Literal["fits", "does not fit", "cannot be said"]
    doubt: LipSyncDoubt | None = None
    score: float | None = None
    log10_lr: float | None = None
    lag_s: float | None = None
    voiced_share: Share

    @pydantic.model_validator(mode="after")
    def _check_doubt(self) -> Self:
        if (self.label == "cannot be said") != (self.doubt is not None):
            raise ValueError("a doubt belongs to what cannot be said, and to nothing else")
        return self


class LipSyncStatement(Record):
    """What is said of a video, by its clips together.

    `offset_s` is set where it is ``shifted``: the mouth fits if the sound is moved by so much to earlier, in
    all of the video alike. `sentence` is what was said of it.
    """

    label: LipSyncLabel
    doubt: LipSyncDoubt | None = None
    score: float | None = None
    log10_lr: float | None = None
    offset_s: float | None = None
    clips: tuple[ClipLipSync, ...] = ()
    sentence: str = ""

    @pydantic.model_validator(mode="after")
    def _check_label(self) -> Self:
        if (self.label == "cannot be said") != (self.doubt is not None):
            raise ValueError("a doubt belongs to what cannot be said, and to nothing else")
        if (self.label == "shifted") != (self.offset_s is not None):
            raise ValueError("an offset belongs to shifted sound, and to nothing else")
        return self


def judge_lip_sync(known: LipSyncRange, tracks: MouthAndSound, clips: Clips) -> LipSyncStatement:
    """Say of each clip of a video, and of the video, whether the mouth fits the sound.

    Parameters
    ----------
    known
        How they go together in the person's own recordings.
    tracks
        Of the video.
    clips
        Laid over it.
    """
    if not len(clips):
        return LipSyncStatement(label="cannot be said", doubt=LipSyncDoubt.TOO_FEW_CLIPS)
    if tracks.reader.label != known.reader.label:
        return LipSyncStatement(label="cannot be said", doubt=LipSyncDoubt.OTHER_READER)
    found = tracks.compare(clips)
    usable = is_usable(found, known.opening_spread)
    scores = score_curves(found.curves, known.lag_s)
    judged = dict(
        zip(np.flatnonzero(usable).tolist(), judge_scores(scores[usable], known.clip_rule), strict=True)
    )
    said = tuple(
        _say_of_clip(k, found, scores, judged.get(k), known, TimeSpan(start_s=start_s, end_s=end_s))
        for k, (start_s, end_s) in enumerate(zip(clips.start_s.tolist(), clips.end_s.tolist(), strict=True))
    )
    if not judged:
        ((doubt, _),) = Counter(one.doubt for one in said).most_common(1)
        return LipSyncStatement(label="cannot be said", doubt=doubt, clips=said)
    score = float(scores[usable].mean())
    judgement = judge_video(score, list(judged.values()), len(clips), known.clip_rule, known.video_rule)
    offset_s = None if judgement.decision > 0 else _find_offset(found.curves[usable], len(clips), known)
    label, doubt = _label_video(judgement, offset_s, {one.label for one in said})
    return LipSyncStatement(
        label=label,
        doubt=doubt,
        score=score,
        log10_lr=to_log10(judgement.llr),
        offset_s=offset_s,
        clips=said,
    )


def score_curves(curves: npt.NDArray[np.float64], lag_s: float) -> npt.NDArray[np.float64]:
    """Return how much better mouth and sound go together near a lag than at all others.

    Parameters
    ----------
    curves
        float64, shape (clips, lags), as of `features.lip_sync.LipSync`.
    lag_s
        The usual lag.

    Returns
    -------
    ndarray of float64, shape (clips,)
        The highest value within 0.06 s of the lag minus the highest more than 0.14 s from it; NaN where
        missing.
    """
    distance = np.abs(LAGS_S - lag_s) - 1e-9
    scores: npt.NDArray[np.float64] = curves[:, distance <= _NEAR_S].max(axis=1) - curves[
        :, distance > _FAR_S
    ].max(axis=1)
    return scores


def find_best_lag(curves: npt.NDArray[np.float64]) -> float:
    """Return the lag, seconds, at which mouth and sound go together best over clips."""
    return float(LAGS_S[curves.mean(axis=0).argmax()])


def is_usable(found: LipSync, usual_spread: float) -> npt.NDArray[np.bool_]:
    """Return which clips can be judged, shape (clips,): enough of a voice, and of a mouth that moves.

    Parameters
    ----------
    found
        What clips tell.
    usual_spread
        `LipSyncRange.opening_spread`; 0 for no limit.
    """
    usable: npt.NDArray[np.bool_] = (
        np.isfinite(found.curves).all(axis=1)
        & (found.voiced_share >= _LEAST_VOICED)
        & (found.mouth_share >= _LEAST_MOUTH)
        & (np.nan_to_num(found.opening_spread) > _LEAST_MOVEMENT * usual_spread)
    )
    return usable


def _say_of_clip(
    clip: int,
    found: LipSync,
    scores: npt.NDArray[np.float64],
    judgement: Judgement | None,
    known: LipSyncRange,
    span: TimeSpan,
) -> ClipLipSync:
    voiced_share = float(found.voiced_share[clip])
    if judgement is None:
        doubt = _doubt_clip(clip, found, known)
        return ClipLipSync(span=span, label="cannot be said", doubt=doubt, voiced_share=voiced_share)
    labels: dict[int, Literal["fits", "does not fit", "cannot be said"]]
    labels = {1: "fits", -1: "does not fit", 0: "cannot be said"}
    return ClipLipSync(
        span=span,
        label=labels[judgement.decision],
        doubt=None if judgement.decision else LipSyncDoubt.UNCLEAR,
        score=float(scores[clip]),
        log10_lr=to_log10(judgement.llr),
        lag_s=float(LAGS_S[found.curves[clip].argmax()]),
        voiced_share=voiced_share,
    )


def _doubt_clip(clip: int, found: LipSync, known: LipSyncRange) -> LipSyncDoubt:
    if found.mouth_share[clip] < _LEAST_MOUTH:
        return LipSyncDoubt.NO_MOUTH
    if not np.isfinite(found.curves[clip]).all():
        return LipSyncDoubt.NO_SOUND
    if found.voiced_share[clip] < _LEAST_VOICED:
        return LipSyncDoubt.TOO_LITTLE_VOICE
    return LipSyncDoubt.MOUTH_STILL


def _find_offset(curves: npt.NDArray[np.float64], clips: int, known: LipSyncRange) -> float | None:
    """Return by how much the sound of a video comes too late, seconds, if then it fits; None otherwise.

    It must fit as a video must that is not moved, where too few clips and clips that contradict each other do
    not: an offset is called innocent because all of the video has it.
    """
    best_s = find_best_lag(curves)
    if abs(best_s - known.lag_s) <= _NEAR_S:
        return None
    scores = score_curves(curves, best_s)
    score = float(scores.mean())
    of_clips = judge_scores(scores, known.clip_rule)
    judgement = judge_video(score, of_clips, clips, known.clip_rule, known.video_rule)
    return round(best_s - known.lag_s, 2) if judgement.decision > 0 and score > known.offset_above else None


def _label_video(
    judgement: Judgement, offset_s: float | None, of_clips: Collection[str]
) -> tuple[LipSyncLabel, LipSyncDoubt | None]:
    if judgement.decision > 0:
        return "fits", None
    if offset_s is not None:
        return "shifted", None
    if judgement.decision < 0:
        return "does not fit", None
    few = {ReasonCode.TOO_FEW_CLIPS, ReasonCode.MOST_CLIPS_UNSCORED}
    if judgement.reason.code in few:
        return "cannot be said", LipSyncDoubt.TOO_FEW_CLIPS
    if judgement.reason.code is ReasonCode.CLIPS_CONTRADICT or {"fits", "does not fit"} <= set(of_clips):
        return "cannot be said", LipSyncDoubt.CLIPS_CONTRADICT
    return "cannot be said", LipSyncDoubt.UNCLEAR
