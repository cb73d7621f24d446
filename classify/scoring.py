"""Scoring: a model and a suspect's clips to clip and video verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from classify.calibration import Calibration
from classify.deviations import find_deviations
from classify.model import Model
from classify.thresholds import Thresholds
from classify.training_set import is_usable
from classify.verbal_scale import describe_support
from classify.verdict import ClipLabel, ClipVerdict, VideoLabel, VideoVerdict
from features.quality import MISSING_LIMIT

_CLIP_LABELS: Final[dict[int, ClipLabel]] = {1: "match", -1: "no match", 0: "insufficient evidence"}
_VIDEO_LABELS: Final[dict[int, VideoLabel]] = {1: "consistent", -1: "inconsistent", 0: "inconclusive"}
_BETWEEN: Final = "the score lies between the two thresholds"
# A video of which most could not be measured is not judged by the rest.
_LEAST_SCORED_SHARE: Final = 0.5
_MOST_TIMES: Final = 5
_CONTRADICTED: Final = "the likelihood ratio does not bear the score out"


def judge_videos(
    model: Model, correlations: pd.DataFrame, clips: pd.DataFrame, damage: str | None = None
) -> tuple[VideoVerdict, ...]:
    """Judge every video of a table.

    Parameters
    ----------
    model
        The person's model; the table must fit it (`Model.check_fits`).
    correlations
        One row a clip, one column a pair.
    clips
        The clip table, row for row, indexed by clip name, with at least `video`.
    damage
        What of the video could not be read, in one sentence, for the table of a single video.

    Returns
    -------
    tuple of VideoVerdict
        In the order in which the videos first appear.
    """
    values = correlations.to_numpy(dtype=np.float64)
    usable = is_usable(correlations)
    verdicts = _judge_clips(model, values, usable, clips)
    places = pd.Series(range(len(clips)), index=clips["video"]).groupby(level=0, sort=False)
    return tuple(
        _judge_video(
            model,
            str(video),
            clips.iloc[rows],
            [verdicts[i] for i in rows],
            values[rows][usable[rows]],
            (damage,) if damage else (),
        )
        for video, rows in places
    )


class _Judgement(NamedTuple):
    """1 for the person, -1 for somebody else, 0 for neither; then `doubt` says why."""

    decision: int
    llr: float | None
    doubt: str | None


def _judge(score: float, thresholds: Thresholds, calibration: Calibration | None) -> _Judgement:
    decision = int(thresholds.decide(np.array([score]))[0])
    if calibration is None:
        return _Judgement(decision, None, None if decision else _BETWEEN)
    llr = float(calibration.to_llr(np.array([score]))[0])
    if decision == 0:
        return _Judgement(0, llr, _BETWEEN)
    # A calibration that finds nothing in the scores, or the opposite, outweighs a threshold.
    if decision * llr <= 0:
        return _Judgement(0, llr, _CONTRADICTED)
    return _Judgement(decision, llr, None)


def _judge_clips(
    model: Model, values: npt.NDArray[np.float64], usable: npt.NDArray[np.bool_], clips: pd.DataFrame
) -> list[ClipVerdict]:
    scores = np.full(len(values), np.nan)
    if usable.any():
        scores[usable] = model.pipeline.decision_function(values[usable])
    missing = np.isnan(values).mean(axis=1)
    rows = clips.to_dict("records")
    verdicts = []
    for i, row in enumerate(rows):
        judged = _Judgement(0, None, _explain_missing(missing[i], row))
        if usable[i]:
            judged = _judge(scores[i], model.card.thresholds, model.card.calibration)
        verdicts.append(
            ClipVerdict(
                clip_name=str(clips.index[i]),
                start_s=_number(row.get("start_s")),
                end_s=_number(row.get("end_s")),
                score=_number(scores[i]),
                log10_lr=_to_log10(judged.llr),
                label=_CLIP_LABELS[judged.decision],
                reason=judged.doubt,
                missing_share=float(missing[i]),
                deviations=find_deviations(model, values[i]) if usable[i] else (),
            )
        )
    return verdicts


def _explain_missing(missing: float, row: Mapping[Hashable, Any]) -> str:
    seen = [
        f"{part} found in {frames / total:.0%} of its frames"
        for part in ("face", "body")
        if (frames := _number(row.get(f"{part}_frames"))) is not None
        and (total := _number(row.get("frames")))
    ]
    why = f" ({', '.join(seen)})" if seen else ""
    return f"{missing:.0%} of the feature pairs are missing, more than {MISSING_LIMIT:.0%}{why}"


def _judge_video(
    model: Model,
    video: str,
    rows: pd.DataFrame,
    clips: list[ClipVerdict],
    usable_values: npt.NDArray[np.float64],
    warnings: tuple[str, ...],
) -> VideoVerdict:
    card = model.card
    scores = [clip.score for clip in clips if clip.score is not None]
    score = float(np.mean(scores)) if scores else None
    sha256 = rows["sha256"].iloc[0] if "sha256" in rows else None
    judged = _Judgement(0, None, "no clip has enough of its features measured")
    if sha256 in card.footage.video_sha256:
        judged = _Judgement(0, None, "it is part of the footage that the model was trained on")
    elif score is not None:
        judged = _judge(score, card.video_thresholds, card.video_calibration)
        doubt = judged.doubt or _find_doubt(judged.decision, clips, card.thresholds.error_rate)
        judged = judged._replace(doubt=doubt, decision=0 if doubt else judged.decision)
    label = _VIDEO_LABELS[judged.decision]
    relation = "inconclusive about" if label == "inconclusive" else f"{label} with"
    why = judged.doubt or (
        "its clips move like the person's own"
        if label == "consistent"
        else "its clips do not move like the person's own"
    )
    return VideoVerdict(
        video=video,
        sha256=sha256 if isinstance(sha256, str) and sha256 else None,
        label=label,
        sentence=f"{video} is {relation} {card.person}: {why} ({_count_labels(clips)}).",
        warnings=warnings,
        score=score,
        log10_lr=_to_log10(judged.llr),
        support=None if judged.llr is None else describe_support(judged.llr, card.person),
        clips_scored=len(scores),
        deviations=find_deviations(model, _average(usable_values)) if scores else (),
        clips=tuple(clips),
    )


def _find_doubt(decision: int, clips: list[ClipVerdict], error_rate: float) -> str | None:
    """Return why a video's clips do not bear its mean score out, or None when they do.

    Much of the video must be scored. And a forged passage must not drown in genuine footage, nor the other
    way round: more clips with the opposite label than the thresholds' error rate explains contradict it.
    """
    scored = [clip for clip in clips if clip.score is not None]
    if len(scored) < _LEAST_SCORED_SHARE * len(clips):
        return "too few of its clips have enough of their features measured"
    against = [clip for clip in scored if clip.label == _CLIP_LABELS[-decision]]
    if len(against) > error_rate * len(scored):
        return f"its clips contradict each other, {len(against)} of them speak against the mean score"
    return None


def _count_labels(clips: list[ClipVerdict]) -> str:
    """Return how many clips have each label, and when those are that disagree with the most."""
    scored = [clip for clip in clips if clip.score is not None]
    counts = Counter(clip.label for clip in scored)
    text = ", ".join(f"{counts[label]} {label}" for label in _CLIP_LABELS.values() if counts[label])
    parts = [f"{len(clips)} clips: {text}" if text else f"{len(clips)} clips"]
    if len(scored) < len(clips):
        parts.append(f"{len(clips) - len(scored)} not scored")
    rarer = min(("match", "no match"), key=lambda label: counts[label])  # type: ignore[index]
    times = [
        f"{format_clock(c.start_s)}-{format_clock(c.end_s)}"
        for c in scored
        if c.label == rarer and c.start_s is not None and c.end_s is not None
    ]
    if times:
        shown = ", ".join(times[:_MOST_TIMES]) + (" ..." if len(times) > _MOST_TIMES else "")
        parts.append(f"{rarer} at {shown}")
    return "; ".join(parts)


def format_clock(seconds: float) -> str:
    """Return a time in a video as m:ss."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _average(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the mean of each pair over the clips that have it, NaN where none has."""
    present = ~np.isnan(values)
    sums, counts = np.nansum(values, axis=0), present.sum(axis=0)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _to_log10(llr: float | None) -> float | None:
    return None if llr is None else float(llr / np.log(10))


def _number(value: object) -> float | None:
    """Return a float, or None for what is missing."""
    number = float(value) if isinstance(value, int | float | np.number) else np.nan
    return None if np.isnan(number) else float(number)
