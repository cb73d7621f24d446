"""Scoring: a model and a suspect's clips to clip and video verdicts."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from classify.model import Model, Thresholds
from classify.training_set import is_usable
from classify.verdict import ClipLabel, ClipVerdict, Deviation, VideoLabel, VideoVerdict
from features.quality import MISSING_LIMIT

_DEVIATIONS: Final = 10
# A pair that hardly varied in training must not look infinitely far off.
_SMALLEST_SPREAD: Final = 0.05


def judge_videos(model: Model, correlations: pd.DataFrame, clips: pd.DataFrame) -> tuple[VideoVerdict, ...]:
    """Judge every video of a table.

    Parameters
    ----------
    model
        The person's model; the table must fit it (`Model.check_fits`).
    correlations
        One row a clip, one column a pair.
    clips
        The clip table, row for row, indexed by clip name, with at least `video`.

    Returns
    -------
    tuple of VideoVerdict
        In the order in which the videos first appear.
    """
    verdicts = _judge_clips(model, correlations, clips)
    places = pd.Series(range(len(clips)), index=clips["video"]).groupby(level=0, sort=False)
    return tuple(
        _judge_video(model, str(video), clips.iloc[rows], [verdicts[i] for i in rows])
        for video, rows in places
    )


def _judge_clips(model: Model, correlations: pd.DataFrame, clips: pd.DataFrame) -> list[ClipVerdict]:
    usable = is_usable(correlations)
    values = correlations.to_numpy(dtype=np.float64)
    scores = np.full(len(values), np.nan)
    if usable.any():
        scores[usable] = model.pipeline.decision_function(values[usable])
    missing = np.isnan(values).mean(axis=1)
    rows = clips.to_dict("records")
    return [
        ClipVerdict(
            clip_name=str(clips.index[i]),
            start_s=_number(row.get("start_s")),
            end_s=_number(row.get("end_s")),
            score=_number(scores[i]),
            label=_label_clip(scores[i], model.card.thresholds),
            reason=_explain(scores[i], missing[i], row, model.card.thresholds),
            missing_share=float(missing[i]),
            deviations=_find_deviations(model, values[i]) if usable[i] else (),
        )
        for i, row in enumerate(rows)
    ]


def _label_clip(score: float, thresholds: Thresholds) -> ClipLabel:
    if score > thresholds.match_above:
        return "match"
    return "no match" if score < thresholds.no_match_below else "insufficient evidence"  # NaN is neither


def _explain(score: float, missing: float, row: Mapping[Hashable, Any], thresholds: Thresholds) -> str | None:
    if np.isnan(score):
        seen = [
            f"{part} found in {frames / total:.0%} of its frames"
            for part in ("face", "body")
            if (frames := _number(row.get(f"{part}_frames"))) is not None
            and (total := _number(row.get("frames")))
        ]
        why = f" ({', '.join(seen)})" if seen else ""
        return f"{missing:.0%} of the feature pairs are missing, more than {MISSING_LIMIT:.0%}{why}"
    if thresholds.no_match_below <= score <= thresholds.match_above:
        return "the score lies between the two thresholds"
    return None


def _find_deviations(model: Model, values: npt.NDArray[np.float64]) -> tuple[Deviation, ...]:
    spread = np.maximum(model.usual_std, _SMALLEST_SPREAD)
    distance = np.nan_to_num(np.abs(values - model.usual_mean) / spread, nan=-1.0)
    furthest = np.argsort(-distance, kind="stable")[:_DEVIATIONS]
    return tuple(
        Deviation(
            pair=model.card.pairs[i],
            here=float(values[i]),
            usual=float(model.usual_mean[i]),
            spread=float(model.usual_std[i]),
        )
        for i in furthest
        if distance[i] >= 0
    )


def _judge_video(model: Model, video: str, rows: pd.DataFrame, clips: list[ClipVerdict]) -> VideoVerdict:
    person, thresholds = model.card.person, model.card.thresholds
    scores = [clip.score for clip in clips if clip.score is not None]
    score = float(np.mean(scores)) if scores else None
    label: VideoLabel
    if score is None:
        label, why = "inconclusive", "no clip has enough of its features measured"
    elif score > thresholds.match_above:
        label, why = "consistent", "its clips move like the person's own"
    elif score < thresholds.no_match_below:
        label, why = "inconsistent", "its clips do not move like the person's own"
    else:
        label, why = "inconclusive", "its score lies between the two thresholds"
    relation = "inconclusive about" if label == "inconclusive" else f"{label} with"
    sha256 = rows["sha256"].iloc[0] if "sha256" in rows else None
    return VideoVerdict(
        video=video,
        sha256=sha256 if isinstance(sha256, str) and sha256 else None,
        label=label,
        sentence=f"{video} is {relation} {person}: {why} ({len(scores)} of {len(clips)} clips scored).",
        score=score,
        clips_scored=len(scores),
        clips=tuple(clips),
    )


def _number(value: object) -> float | None:
    """Return a float, or None for what is missing."""
    number = float(value) if isinstance(value, int | float | np.number) else np.nan
    return None if np.isnan(number) else float(number)
