"""The report on a verdict: which video, which answer, how sure, where, why, and how far to trust it."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from classify.background.regions import REGION_SUPPORT, RegionStatement
from classify.deviations import Deviation
from classify.verbal_scale import LEAST_SUPPORT
from classify.verdict import ClipVerdict, Verdict, VideoVerdict
from classify.words.cards import describe_others
from classify.words.credentials import describe_credentials
from classify.words.enrolments import support_region
from classify.words.judgements import (
    describe_reason,
    describe_relation,
    describe_support,
    describe_video,
    describe_warning,
    name_support,
)
from classify.words.movements import describe_deviation
from classify.words.numbers import format_ratio, format_span
from features.signal_words import name_signal
from ground.records import Record
from ground.time_span import TimeSpan
from report.card_sections import view_card
from report.charts.regions import draw_region
from report.charts.timeline import (
    CLASS_OF,
    MOST_ROWS,
    ROW_S,
    choose_picture_times,
    draw_timeline,
)
from report.charts.traces import draw_ruler, draw_traces, tabulate_traces
from report.evidence import ClipEvidence, Evidence, VideoEvidence
from report.lip_sync import LipSyncView, view_lip_sync
from report.matrices import MatrixRow, draw_matrices, list_correlations
from report.page import render_page
from report.people import PeopleView, view_people
from report.privacy import hide_folders, shorten_command
from report.thumbnails import Thumbnail, try_thumbnails
from report.tracing import PairTrace

# Of so many flagged clips the signals are shown at once; those of the others when asked for.
_SHOWN_AT_ONCE: Final = 6
_NO_PICTURES: Final = "There are no pictures, because the place of the video is not known."


class Report(Record):
    """What `report.json` in the page holds: the verdict, and what it was made from."""

    verdict: Verdict
    evidence: Evidence | None


@dataclass(frozen=True)
class _TraceView:
    deviation: Deviation
    first: str
    second: str
    plot: Markup
    ruler: Markup
    rows: list[tuple[str, str, str]]


@dataclass(frozen=True)
class _FlaggedClip:
    clip: ClipVerdict
    when: str
    ratio: str | None
    deviations: list[str]
    traces: list[_TraceView]
    is_open: bool


@dataclass(frozen=True)
class _ClipRow:
    clip: ClipVerdict
    style: str
    when: str
    ratio: str | None
    reason: str
    deviations: list[str]
    evidence: ClipEvidence | None


@dataclass(frozen=True)
class _RegionRow:
    bar: Markup
    region: str
    said: str
    ratio: str | None


@dataclass(frozen=True)
class _VideoView:
    verdict: VideoVerdict
    evidence: VideoEvidence | None
    headline: str
    sentence: str
    warnings: list[str]
    ratio: str | None
    support: str | None
    support_sentence: str | None
    reason: str
    timeline: Markup | None
    timeline_cut: str | None
    pictures_missing: str | None
    clips: list[_ClipRow]
    regions: list[_RegionRow]
    flagged: list[_FlaggedClip]
    deviations: list[tuple[str, Markup]]
    matrices: dict[str, Markup]
    matrix_rows: list[MatrixRow]
    people: PeopleView | None
    credentials: str | None
    lip_sync: LipSyncView | None


def render_report(report: Report, *, evidence_missing: str | None) -> str:
    """Return the page; its words are made of the codes and numbers in the verdict.

    Parameters
    ----------
    report
        The verdict, with its evidence where that is at hand.
    evidence_missing
        Why it is not, in a sentence.
    """
    return render_page("report.html", **view_report(report, evidence_missing=evidence_missing))


def view_report(report: Report, *, evidence_missing: str | None) -> dict[str, Any]:
    """Return what the templates of a report hold, by name; parameters as of `render_report`."""
    report = _hide_folders(report)
    verdict, evidence = report.verdict, report.evidence
    known = evidence.videos if evidence else ()
    views = [
        _view_video(video, verdict, evidence, found)
        for video, found in zip(verdict.videos, _match(verdict.videos, known), strict=True)
    ]
    json = report.model_dump_json(
        indent=1,
        exclude={"evidence": {"videos": {"__all__": {"path": True, "people": {"tracks": {"path": True}}}}}},
    )
    return {
        "verdict": verdict,
        "card": verdict.card,
        "basis": view_card(verdict),
        "evidence": evidence,
        "evidence_missing": evidence_missing,
        "videos": views,
        "least_support": LEAST_SUPPORT,
        "region_support": REGION_SUPPORT,
        "readers": {
            f"{reader.name} {reader.version}": reader.weights for video in known for reader in video.readers
        },
        "json": base64.b64encode(json.encode()).decode("ascii"),
    }


def _hide_folders(report: Report) -> Report:
    """Return a report that names no folder but where videos lay, from which pictures are taken."""
    command = report.evidence.command if report.evidence else ""
    failed = tuple(
        failure.model_copy(
            update={
                "suspect": hide_folders(failure.suspect, command, failure.suspect),
                "error": hide_folders(failure.error, command, failure.suspect),
            }
        )
        for failure in report.verdict.failed
    )
    evidence = report.evidence and report.evidence.model_copy(update={"command": shorten_command(command)})
    return Report(verdict=report.verdict.model_copy(update={"failed": failed}), evidence=evidence)


def _match(videos: Sequence[VideoVerdict], known: Sequence[VideoEvidence]) -> list[VideoEvidence | None]:
    """Return the evidence of each video: of several with the same name and hash, in their order."""
    waiting = list(known)
    matched: list[VideoEvidence | None] = []
    for video in videos:
        key = (video.video, video.sha256)
        found = next((one for one in waiting if (one.video, one.sha256) == key), None)
        if found is not None:
            waiting.remove(found)
        matched.append(found)
    return matched


def _find_first_jump(video: VideoVerdict) -> float:
    """Return where the clock of a video first jumps, seconds; infinity where it does not."""
    repairs = [one.damage.time_repairs for one in video.warnings if one.damage is not None]
    return min((time_s for one in repairs if one is not None for time_s in one.jumps_s), default=math.inf)


def _view_video(
    video: VideoVerdict, verdict: Verdict, evidence: Evidence | None, known: VideoEvidence | None
) -> _VideoView:
    spans = [clip.span for clip in video.clips if clip.span is not None]
    duration_s = (known.duration_s if known else None) or max((span.end_s for span in spans), default=None)
    has_times = duration_s is not None and len(spans) == len(video.clips)
    pictures: list[Thumbnail] = []
    missing: str | None = _NO_PICTURES
    if known is not None and has_times and duration_s is not None:
        times_s = choose_picture_times(duration_s)
        pictures, missing = try_thumbnails(known.path, known.sha256, times_s, _find_first_jump(video))
    card, timeline = verdict.card, None
    if has_times and duration_s is not None:
        timeline = draw_timeline(video.clips, card.clip_rule.thresholds, duration_s, pictures)
    by_name = {clip.clip_name: clip for clip in known.clips} if known else {}
    matrix_rows = [] if card.method == "enrolled" else list_correlations(card, evidence, known)
    ratio = video.log10_lr
    people = view_people(known.people) if known and known.people else None
    return _VideoView(
        verdict=video,
        evidence=known,
        headline=describe_relation(video.label).capitalize(),
        sentence=describe_video(
            video.video,
            verdict.person,
            video.label,
            video.reason,
            video.clips,
            calibrated=verdict.calibrated,
        ),
        warnings=[describe_warning(one) for one in video.warnings],
        ratio=_format_ratio(ratio),
        support=None if ratio is None else name_support(ratio),
        support_sentence=None
        if ratio is None
        else describe_support(ratio, verdict.person, describe_others(card)),
        reason=describe_reason(video.reason, "video"),
        timeline=timeline,
        timeline_cut=f"{MOST_ROWS * ROW_S / 3600:g} hours"
        if duration_s is not None and duration_s > MOST_ROWS * ROW_S
        else None,
        pictures_missing=missing,
        clips=[
            _ClipRow(
                clip,
                "unscored" if clip.score is None else CLASS_OF[clip.label],
                _span(clip),
                _format_ratio(clip.log10_lr),
                describe_reason(clip.reason, "clip"),
                [_describe(deviation) for deviation in clip.deviations],
                by_name.get(clip.clip_name),
            )
            for clip in video.clips
        ],
        regions=[
            _RegionRow(draw_region(one), one.region, _say_region(one), _format_ratio(one.log10_lr))
            for one in video.regions
        ],
        flagged=_view_flagged(video.clips, by_name),
        deviations=[(_describe(deviation), draw_ruler(deviation)) for deviation in video.deviations],
        matrices=draw_matrices(matrix_rows, verdict.person),
        matrix_rows=matrix_rows,
        people=people,
        credentials=describe_credentials(known.credentials) if known and known.path else None,
        lip_sync=view_lip_sync(video.lip_sync, verdict.person, duration_s if has_times else None)
        if video.lip_sync
        else None,
    )


def _say_region(statement: RegionStatement) -> str:
    """Return what is said of a region: how much support there is, where any is claimed."""
    if statement.log10_lr is None:
        return f"{statement.label}, because too little was measured"
    if statement.label == "cannot be said":
        return statement.label
    return support_region(statement.region, statement.log10_lr)


def _view_flagged(clips: Sequence[ClipVerdict], evidence: dict[str, ClipEvidence]) -> list[_FlaggedClip]:
    flagged = [clip for clip in clips if clip.label == "no match"]
    views = []
    for k, clip in enumerate(flagged):
        known = evidence.get(clip.clip_name)
        by_pair = {deviation.pair: deviation for deviation in clip.deviations}
        traces = known.traces if known else ()
        views.append(
            _FlaggedClip(
                clip,
                _span(clip),
                _format_ratio(clip.log10_lr),
                [_describe(deviation) for deviation in clip.deviations],
                [
                    _view_trace(trace, by_pair[trace.pair], clip.span)
                    for trace in traces
                    if clip.span and trace.pair in by_pair
                ],
                k < _SHOWN_AT_ONCE,
            )
        )
    return views


def _view_trace(trace: PairTrace, deviation: Deviation, span: TimeSpan) -> _TraceView:
    first, second = (name_signal(feature) for feature in trace.pair.split("*"))
    return _TraceView(
        deviation,
        first,
        second,
        draw_traces(trace, span),
        draw_ruler(deviation),
        tabulate_traces(trace, span),
    )


def _describe(deviation: Deviation) -> str:
    return describe_deviation(deviation.pair, deviation.here, deviation.usual, deviation.spread)


def _span(clip: ClipVerdict) -> str:
    return clip.clip_name if clip.span is None else format_span(clip.span, "–")


def _format_ratio(log10_lr: float | None) -> str | None:
    return None if log10_lr is None else format_ratio(log10_lr)
