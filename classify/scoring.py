"""Scoring: a model and a suspect's clips to clip and video verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from classify.decision import Judgement, judge_scores, judge_video
from classify.deviations import find_deviations
from classify.model import Model
from classify.training_set import is_usable
from classify.verbal_scale import describe_support
from classify.verdict import ClipLabel, ClipVerdict, VideoLabel, VideoVerdict
from features.description import read_description
from features.quality import MISSING_LIMIT
from ground.descriptions import list_unrecorded

_CLIP_LABELS: Final[dict[int, ClipLabel]] = {1: "match", -1: "no match", 0: "insufficient evidence"}
_VIDEO_LABELS: Final[dict[int, VideoLabel]] = {1: "consistent", -1: "inconsistent", 0: "inconclusive"}
_KNOWN: Final = "it is part of the footage that the model was trained on"
_IN_OWN_TABLE: Final = "it stands in the table that the model was trained on"
_UNKNOWN_FOOTAGE: Final = (
    "The verdict is worth nothing if the video is part of the footage that the model was trained on, and "
    "nobody can check that: one of the two tables does not record the videos' SHA-256."
)
_MOST_TIMES: Final = 5


def judge_videos(
    model: Model,
    correlations: pd.DataFrame,
    clips: pd.DataFrame,
    damage: str | None = None,
    table_sha256: str | None = None,
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
    table_sha256
        Of the file that the correlations were read from; None where they were made anew. In the very table
        that the model was trained on, videos without a hash count as training footage.

    Returns
    -------
    tuple of VideoVerdict
        In the order in which the videos first appear.
    """
    values = correlations.to_numpy(dtype=np.float64)
    scores = np.full(len(values), np.nan)
    usable = is_usable(correlations)
    if usable.any():
        scores[usable] = model.pipeline.decision_function(values[usable])
    judged = dict(
        zip(np.flatnonzero(usable).tolist(), judge_scores(scores[usable], model.card.clip_rule), strict=True)
    )
    verdicts = _describe_clips(model, values, scores, judged, clips)
    warnings = (damage, _warn_of_unknown_identity(model, clips))
    is_own_table = table_sha256 == model.card.table_sha256
    places = pd.Series(range(len(clips)), index=clips["video"]).groupby(level=0, sort=False)
    return tuple(
        _judge_video(
            model,
            str(video),
            clips.iloc[rows],
            [verdicts[i] for i in rows],
            [judged[i] for i in rows if i in judged],
            values[rows][usable[rows]],
            tuple(warning for warning in warnings if warning),
            is_own_table=is_own_table,
        )
        for video, rows in places
    )


def _describe_clips(
    model: Model,
    values: npt.NDArray[np.float64],
    scores: npt.NDArray[np.float64],
    judged: Mapping[int, Judgement],
    clips: pd.DataFrame,
) -> list[ClipVerdict]:
    missing = np.isnan(values).mean(axis=1)
    verdicts = []
    for i, row in enumerate(clips.to_dict("records")):
        judgement = judged.get(i) or Judgement(0, None, _explain_missing(missing[i], row))
        verdicts.append(
            ClipVerdict(
                clip_name=str(clips.index[i]),
                start_s=_number(row.get("start_s")),
                end_s=_number(row.get("end_s")),
                score=_number(scores[i]),
                log10_lr=_to_log10(judgement.llr),
                label=_CLIP_LABELS[judgement.decision],
                reason=judgement.doubt,
                missing_share=float(missing[i]),
                deviations=find_deviations(model, values[i]) if i in judged else (),
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


def _warn_of_unknown_identity(model: Model, clips: pd.DataFrame) -> str | None:
    unknown = list_unrecorded(model.card.measured, read_description(clips))
    if not unknown:
        return None
    return (
        "The verdict is worth nothing unless the suspect was measured as the model's footage was, and nobody "
        f"can check that: one of the two tables does not record {', '.join(unknown)}."
    )


def _judge_video(
    model: Model,
    video: str,
    rows: pd.DataFrame,
    clips: list[ClipVerdict],
    judged: list[Judgement],
    usable_values: npt.NDArray[np.float64],
    warnings: tuple[str, ...],
    *,
    is_own_table: bool,
) -> VideoVerdict:
    card = model.card
    scores = np.array([clip.score for clip in clips if clip.score is not None])
    sha256 = _get_hash(rows)
    if sha256 in card.footage.video_sha256:
        judgement = Judgement(0, None, _KNOWN)
    elif sha256 is None and is_own_table:
        judgement = Judgement(0, None, _IN_OWN_TABLE)
    else:
        judgement = judge_video(scores, judged, len(clips), card.clip_rule, card.video_rule)
        if sha256 is None or not card.footage.video_sha256:
            warnings += (_UNKNOWN_FOOTAGE,)
    label = _VIDEO_LABELS[judgement.decision]
    relation = "inconclusive about" if label == "inconclusive" else f"{label} with"
    why = judgement.doubt or (
        "its clips move like the person's own"
        if label == "consistent"
        else "its clips do not move like the person's own"
    )
    basis = "" if card.video_calibration else " Not calibrated: the model stands on too little footage."
    llr = judgement.llr
    return VideoVerdict(
        video=video,
        sha256=sha256,
        label=label,
        sentence=f"{video} is {relation} {card.person}: {why} ({_count_labels(clips)}).{basis}",
        warnings=warnings,
        score=float(scores.mean()) if len(scores) else None,
        log10_lr=_to_log10(llr),
        support=None if llr is None else describe_support(llr, card.person, card.footage.describe_others()),
        clips_scored=len(scores),
        deviations=find_deviations(model, _average(usable_values)) if len(scores) else (),
        clips=tuple(clips),
    )


def _get_hash(rows: pd.DataFrame) -> str | None:
    """Return the SHA-256 of the video that the rows of a clip table are of, None where it is not recorded."""
    sha256 = rows["sha256"].iloc[0] if "sha256" in rows else None
    return sha256 if isinstance(sha256, str) and sha256 else None


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
