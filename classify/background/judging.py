"""A suspect recording and an enrolled person to a verdict."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from classify.background.deviations import find_enrolled_deviations
from classify.background.enrolled import Enrolment
from classify.background.footage import doubt_clip
from classify.background.regions import RegionStatement, find_conflict, label_region
from classify.calibration import to_log10
from classify.cells import average_clips, to_number
from classify.copies import find_copied
from classify.decision import Judgement, judge_scores, judge_video
from classify.evidence_floor import is_absent
from classify.reasons import Reason, ReasonCode, WarningCode
from classify.suspect_facts import SuspectFacts
from classify.verdict import CLIP_LABELS, VIDEO_LABELS, ClipVerdict, VideoVerdict
from classify.words.enrolments import describe_region, name_population
from classify.words.judgements import describe_reason, describe_support, describe_video, make_warning
from features.descriptors.descriptor import Region
from features.labels import name_clip
from features.recordings import Recording
from ground.time_span import TimeSpan

_NO_FACTS: Final = SuspectFacts()


def judge_recording(
    enrolment: Enrolment,
    recording: Recording,
    facts: SuspectFacts = _NO_FACTS,
) -> VideoVerdict:
    """Judge a recording by an enrolled person.

    Parameters
    ----------
    enrolment
        The person; the recording must fit it (`Enrolment.check_fits`).
    recording
        The suspect, described by the descriptors of the enrolment's background.
    facts
        What else is known of the video.

    Returns
    -------
    VideoVerdict
        Its scores are natural log-likelihood ratios before bounds.
    """
    card = enrolment.card
    found = enrolment.judge(recording)
    scored = np.isfinite(found.clip_scores)
    judged = judge_scores(found.clip_scores[scored], card.clip_rule)
    by_clip = dict(zip(np.flatnonzero(scored).tolist(), judged, strict=True))
    clips = _describe_clips(enrolment, recording, found.clip_scores, by_clip)
    learnt_from = _find_in_footage(enrolment, recording)
    regions = () if learnt_from else _describe_regions(found.regions)
    if learnt_from is not None:
        judgement = learnt_from
    elif not_found := facts.doubt_person():
        judgement = Judgement(0, None, not_found)
    else:
        judgement = judge_video(found.score, judged, len(clips), card.clip_rule, card.video_rule)
    label = VIDEO_LABELS[judgement.decision]
    log10_lr = to_log10(judgement.llr)
    warnings = [*facts.list_warnings()]
    if learnt_from is None and not (enrolment.traces and enrolment.background.traces):
        warnings.append(make_warning(WarningCode.COPIES_UNKNOWN))
    if conflict := find_conflict(regions):
        warnings.append(make_warning(WarningCode.REGIONS_CONTRADICT, regions=conflict))
    means = {name: average_clips(values[scored]) for name, values in recording.numbers.items()}
    return VideoVerdict(
        video=recording.video,
        sha256=recording.sha256,
        label=label,
        reason=judgement.reason,
        sentence=describe_video(
            recording.video, card.person, label, judgement.reason, clips, calibrated=True
        ),
        warnings=tuple(warnings),
        score=found.score,
        log10_lr=log10_lr,
        support=None
        if log10_lr is None
        else describe_support(log10_lr, card.person, name_population(card.background)),
        clips_scored=len(judged),
        regions=regions,
        deviations=find_enrolled_deviations(enrolment, means) if judged else (),
        clips=clips,
    )


def _find_in_footage(enrolment: Enrolment, recording: Recording) -> Judgement | None:
    """Return why nothing is claimed of a video that was learnt from; None where it was not."""
    background = enrolment.background
    video_of = {one.sha256: one.video for one in enrolment.card.recordings}
    for code, is_same_file, traces in (
        (ReasonCode.IN_TRAINING_FOOTAGE, recording.sha256 in video_of, enrolment.traces),
        (
            ReasonCode.IN_BACKGROUND_FOOTAGE,
            background.identities.has_video(recording.sha256),
            background.traces,
        ),
    ):
        if is_same_file:
            return Judgement(0, None, Reason(code=code))
        if copied := find_copied(recording.trace, traces, video_of):
            return Judgement(0, None, Reason(code=code, copy_of=copied))
    return None


def _describe_clips(
    enrolment: Enrolment,
    recording: Recording,
    llrs: npt.NDArray[np.float64],
    judged: Mapping[int, Judgement],
) -> tuple[ClipVerdict, ...]:
    fused = [recording.numbers[name] for name in enrolment.card.background.fused]
    missing = np.isnan(np.hstack(fused)).mean(axis=1)
    verdicts = []
    for i in range(len(llrs)):
        judgement = judged.get(i) or Judgement(0, None, _doubt_clip(float(missing[i]), recording, i))
        numbers = {name: values[i] for name, values in recording.numbers.items()}
        verdicts.append(
            ClipVerdict(
                clip_name=name_clip(Path(recording.video).stem, i),
                span=TimeSpan(start_s=float(recording.start_s[i]), end_s=float(recording.end_s[i])),
                score=to_number(llrs[i]),
                log10_lr=to_log10(judgement.llr),
                label=CLIP_LABELS[judgement.decision],
                reason=judgement.reason,
                words=describe_reason(judgement.reason, "clip"),
                missing_share=float(missing[i]),
                deviations=find_enrolled_deviations(enrolment, numbers) if i in judged else (),
            )
        )
    return tuple(verdicts)


def _doubt_clip(missing: float, recording: Recording, clip: int) -> Reason:
    """Return why a clip has no score."""
    face_share, body_share = to_number(recording.face_share[clip]), to_number(recording.body_share[clip])
    doubt = None if is_absent(face_share, body_share) else doubt_clip(recording, clip)
    return doubt or Reason(
        code=ReasonCode.TOO_LITTLE_MEASURED,
        missing_share=missing,
        face_share=face_share,
        body_share=body_share,
    )


def _describe_regions(llrs: Mapping[Region, float | None]) -> tuple[RegionStatement, ...]:
    statements = []
    for region, llr in llrs.items():
        log10_lr = to_log10(llr)
        label, words = label_region(log10_lr), describe_region(region, log10_lr)
        statements.append(RegionStatement(region=region, log10_lr=log10_lr, label=label, words=words))
    return tuple(statements)
