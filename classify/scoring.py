"""Scoring: a model and a suspect's clips to clip and video verdicts."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from classify.calibration import to_log10
from classify.cells import average_clips, to_number
from classify.copies import find_copied
from classify.decision import Judgement, judge_scores, judge_video
from classify.deviations import find_deviations
from classify.evidence_floor import Part, doubt_movement, find_parts, is_absent
from classify.model import Model
from classify.reasons import Reason, ReasonCode, VerdictWarning, WarningCode
from classify.suspect_facts import SuspectFacts
from classify.training_set import is_usable
from classify.verdict import CLIP_LABELS, VIDEO_LABELS, ClipVerdict, VideoVerdict
from classify.words.judgements import describe_reason, describe_support, describe_video, make_warning
from classify.words.models import describe_others
from features.description import read_description
from features.motion_trace import Trace, read_traces
from features.quality import MISSING_LIMIT, VOICED_COLUMN
from ground.descriptions import list_unrecorded
from ground.errors import TableError
from ground.time_span import TimeSpan

_NO_FACTS: Final = SuspectFacts()


def judge_videos(
    model: Model,
    correlations: pd.DataFrame,
    clips: pd.DataFrame,
    facts: SuspectFacts = _NO_FACTS,
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
    facts
        What else is known of the video, for the table of a single video.
    table_sha256
        Of the file that the correlations were read from; None where they were made anew. In the very table
        that the model was trained on, videos without a hash count as training footage.

    Returns
    -------
    tuple of VideoVerdict
        In the order in which the videos first appear.

    Raises
    ------
    TableError
        When a clip ends before it begins, or the clip table holds a damaged motion trace.
    """
    values = correlations.to_numpy(dtype=np.float64)
    scores = np.full(len(values), np.nan)
    usable = is_usable(correlations, clips)
    if usable.any():
        scores[usable] = model.pipeline.decision_function(values[usable])
    judged = dict(
        zip(np.flatnonzero(usable).tolist(), judge_scores(scores[usable], model.card.clip_rule), strict=True)
    )
    verdicts = _describe_clips(model, values, scores, judged, clips)
    warnings = _list_warnings(model, clips, facts)
    is_own_table = table_sha256 == model.card.table_sha256
    traces = read_traces(clips)
    rows_of = pd.Series(range(len(clips)), index=clips["video"]).groupby(level=0, sort=False)
    return tuple(
        _judge_video(
            model,
            str(video),
            clips.iloc[rows],
            [verdicts[i] for i in rows],
            [judged[i] for i in rows if i in judged],
            values[rows][usable[rows]],
            warnings,
            traces.get(str(video)),
            is_own_table=is_own_table,
            not_found=facts.doubt_person(),
        )
        for video, rows in rows_of
    )


def _describe_clips(
    model: Model,
    values: npt.NDArray[np.float64],
    scores: npt.NDArray[np.float64],
    judged: Mapping[int, Judgement],
    clips: pd.DataFrame,
) -> list[ClipVerdict]:
    missing = np.isnan(values).mean(axis=1)
    parts = find_parts(model.card.pairs)
    verdicts = []
    for i, row in enumerate(clips.to_dict("records")):
        judgement = judged.get(i) or Judgement(0, None, _doubt_clip(missing[i], row, parts))
        name = str(clips.index[i])
        verdicts.append(
            ClipVerdict(
                clip_name=name,
                span=_read_span(name, row),
                score=to_number(scores[i]),
                log10_lr=to_log10(judgement.llr),
                label=CLIP_LABELS[judgement.decision],
                reason=judgement.reason,
                words=describe_reason(judgement.reason, "clip"),
                missing_share=float(missing[i]),
                deviations=find_deviations(model, values[i]) if i in judged else (),
            )
        )
    return verdicts


def _read_span(clip: str, row: Mapping[Hashable, Any]) -> TimeSpan | None:
    """Return when a clip is; None where the table does not say."""
    start_s, end_s = to_number(row.get("start_s")), to_number(row.get("end_s"))
    if start_s is None or end_s is None:
        return None
    if start_s >= end_s:
        raise TableError(
            f"The clip table says that {clip} begins at {start_s:g} s and ends at {end_s:g} s. Correlate "
            "its video again, or correct the table."
        )
    return TimeSpan(start_s=start_s, end_s=end_s)


def _doubt_clip(missing: float, row: Mapping[Hashable, Any], parts: Collection[Part]) -> Reason:
    """Return why a clip has no score."""

    def share(part: str) -> float | None:
        seen, frames = to_number(row.get(f"{part}_frames")), to_number(row.get("frames"))
        return None if seen is None or not frames else seen / frames

    face_share, body_share = share("face"), share("body")
    doubt = None if is_absent(face_share, body_share) else doubt_movement(row, parts)
    return doubt or Reason(
        code=ReasonCode.PAIRS_MISSING,
        missing_share=missing,
        missing_limit=MISSING_LIMIT,
        face_share=face_share,
        body_share=body_share,
        voiced_share=to_number(row.get(VOICED_COLUMN)) if "voice" in parts else None,
    )


def _list_warnings(model: Model, clips: pd.DataFrame, facts: SuspectFacts) -> tuple[VerdictWarning, ...]:
    """Return what all videos of a table are warned of."""
    warnings = facts.list_warnings()
    if unrecorded := list_unrecorded(model.card.measured, read_description(clips)):
        warnings += (make_warning(WarningCode.MEASUREMENT_UNKNOWN, unrecorded=tuple(unrecorded)),)
    return warnings


def _judge_video(
    model: Model,
    video: str,
    rows: pd.DataFrame,
    clips: list[ClipVerdict],
    judged: list[Judgement],
    usable_values: npt.NDArray[np.float64],
    warnings: tuple[VerdictWarning, ...],
    trace: Trace | None,
    *,
    is_own_table: bool,
    not_found: Reason | None,
) -> VideoVerdict:
    card = model.card
    scores = np.array([clip.score for clip in clips if clip.score is not None])
    score = float(scores.mean()) if len(scores) else None
    sha256 = _get_hash(rows)
    if sha256 in card.footage.video_sha256:
        judgement = Judgement(0, None, Reason(code=ReasonCode.IN_TRAINING_FOOTAGE))
    elif sha256 is None and is_own_table:
        judgement = Judgement(0, None, Reason(code=ReasonCode.IN_TRAINING_TABLE))
    elif not_found is not None:
        judgement = Judgement(0, None, not_found)
    elif trace is not None and (copied := find_copied(trace, model.traces)):
        judgement = Judgement(0, None, Reason(code=ReasonCode.IN_TRAINING_FOOTAGE, copy_of=copied))
    else:
        judgement = judge_video(score, judged, len(clips), card.clip_rule, card.video_rule)
        if sha256 is None or not card.footage.video_sha256:
            warnings += (make_warning(WarningCode.FOOTAGE_UNKNOWN),)
        elif trace is None or not model.traces:
            warnings += (make_warning(WarningCode.COPIES_UNKNOWN),)
    label = VIDEO_LABELS[judgement.decision]
    calibrated = card.video_calibration is not None
    log10_lr = to_log10(judgement.llr)
    return VideoVerdict(
        video=video,
        sha256=sha256,
        label=label,
        reason=judgement.reason,
        sentence=describe_video(video, card.person, label, judgement.reason, clips, calibrated=calibrated),
        warnings=warnings,
        score=score,
        log10_lr=log10_lr,
        support=None
        if log10_lr is None
        else describe_support(log10_lr, card.person, describe_others(card.footage)),
        clips_scored=len(scores),
        deviations=find_deviations(model, average_clips(usable_values)) if len(scores) else (),
        clips=tuple(clips),
    )


def _get_hash(rows: pd.DataFrame) -> str | None:
    """Return the SHA-256 of the video that the rows of a clip table are of, None where it is not recorded."""
    sha256 = rows["sha256"].iloc[0] if "sha256" in rows else None
    return sha256 if isinstance(sha256, str) and sha256 else None
