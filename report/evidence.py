"""What a verdict was made from, kept beside it, so that a report needs neither the model nor the tables."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pydantic

from classify.background.enrolled import Enrolment
from classify.cells import average_clips, to_number
from classify.model import Model
from classify.verdict import ClipVerdict, VideoVerdict
from classify.words.movements import is_spread
from extract.credentials import Credentials
from extract.description import Backend
from extract.frame_table import CUT, FrameTable
from extract.sound.voice_table import VoiceTable
from features.clips import CorrelationOptions
from features.quality import describe_footage
from features.windows import ClipRule, lay_clips
from ground.errors import InputError
from ground.files import replace_when_complete
from ground.provenance import list_versions
from ground.records import Record, Share
from report.people_evidence import PeopleEvidence
from report.tracing import PairTrace, Tracer

if TYPE_CHECKING:
    import pandas as pd

EVIDENCE_SCHEMA: Final = 2
# How many of a clip's deviating pairs are drawn.
TRACED_PAIRS: Final = 3


class ClipEvidence(Record):
    """How good a clip's footage is, as far as the table says, and the signals of its most deviating pairs.

    Signals are kept for clips that do not match, where frames were measured.
    """

    clip_name: str
    face_share: Share | None
    body_share: Share | None
    scene_cuts: pydantic.NonNegativeInt | None
    traces: tuple[PairTrace, ...]


class VideoEvidence(Record):
    """What is known of one suspect video beyond its verdict.

    Attributes
    ----------
    video, sha256
        As in the verdict.
    path
        Where the video lay; None where a table was judged.
    width, height
        Of the upright picture, px.
    duration_s, uncovered_s
        Length, and the seconds that no clip covers: at the ends of shots, and shots shorter than a clip.
    face_share, body_share
        Of its frames in which they were found.
    scene_cuts
        Frames that begin another scene; None where the frame table does not record them.
    readers
        Of body and face, with the SHA-256 of their weights.
    correlations
        Mean of each pair over the scored clips, in the order of the model's pairs; empty for an enrolled
        person.
    clips
        In the order of the verdict's.
    people
        Who is in it; None where faces were not told apart, as in correlations tables.
    credentials
        Its content credentials; None where nobody looked, as in tables.
    """

    video: str
    sha256: str | None
    path: str | None = None
    width: int | None
    height: int | None
    duration_s: float | None
    uncovered_s: float | None
    face_share: Share | None
    body_share: Share | None
    scene_cuts: pydantic.NonNegativeInt | None
    readers: tuple[Backend, ...]
    correlations: tuple[float | None, ...]
    clips: tuple[ClipEvidence, ...]
    people: PeopleEvidence | None = None
    credentials: Credentials | None = None


class Evidence(Record):
    """What `evidence.json` holds.

    Attributes
    ----------
    verdict_sha256
        Of the verdict.json that it belongs to.
    command, versions
        The command line that made the verdict, and the versions of what it ran on.
    usual_mean, usual_std
        Of each pair over the person's training clips; None for a pair never seen. Empty for an enrolled
        person.
    videos
        In the order of the verdict's.
    """

    schema_version: Literal[2] = EVIDENCE_SCHEMA
    verdict_sha256: str
    command: str
    versions: dict[str, str]
    usual_mean: tuple[float | None, ...]
    usual_std: tuple[float | None, ...]
    videos: tuple[VideoEvidence, ...]


def gather_videos(
    model: Model,
    verdicts: Sequence[VideoVerdict],
    correlations: pd.DataFrame,
    clips: pd.DataFrame,
    frames: FrameTable | None,
    path: Path | None,
    people: PeopleEvidence | None = None,
    voice: VoiceTable | None = None,
) -> tuple[VideoEvidence, ...]:
    """Gather what a report on the videos of one table needs.

    Parameters
    ----------
    model
        That judged them.
    verdicts
        Of all videos of the table.
    correlations, clips
        What was judged; see `classify.scoring.judge_videos`.
    frames
        The frame table that they were made from, if they were.
    path
        The video that it was made from, if it is at hand.
    people
        Who is in it, where faces were told apart.
    voice
        The voice table beside the frame table, if there is one.
    """
    values = correlations.to_numpy(dtype=np.float64)
    row_of = {name: row for row, name in enumerate(correlations.index)}
    # A model of a table that does not record how it was made judges tables alone, so there are no frames.
    options = None if frames is None else CorrelationOptions.from_description(model.card.measured)
    trace = None if frames is None or options is None else Tracer.of_features(frames, options, voice)
    readers: tuple[Backend, ...] = ()
    if frames is not None:
        readers = (frames.metadata.reading.body, frames.metadata.reading.face)
    if voice is not None and options is not None and options.pairs.has_voice:
        readers += (voice.metadata.reader,)
    gathered = []
    for verdict in verdicts:
        scored = [row_of[clip.clip_name] for clip in verdict.clips if clip.score is not None]
        gathered.append(
            VideoEvidence(
                video=verdict.video,
                sha256=verdict.sha256,
                path=str(path.resolve()) if path else None,
                readers=readers,
                correlations=tuple(map(_to_optional, average_clips(values[scored]))),
                clips=tuple(
                    _gather_clip(clip, clips.iloc[row_of[clip.clip_name]].to_dict(), trace)
                    for clip in verdict.clips
                ),
                people=people,
                **_describe_video(frames, None if options is None else options.clips),
            )
        )
    return tuple(gathered)


def gather_recording(
    enrolment: Enrolment,
    verdict: VideoVerdict,
    table: FrameTable,
    path: Path | None,
    people: PeopleEvidence | None = None,
) -> VideoEvidence:
    """Gather what a report on a recording that an enrolled person was compared with needs.

    Parameters
    ----------
    enrolment
        The person.
    verdict
        Of the recording.
    table
        Its frame table.
    path
        The video that it was made from, if it is at hand.
    people
        Who is in it, where faces were told apart.
    """
    background = enrolment.card.background
    rule = ClipRule(background.clip_s, background.step_s)
    frames = table.frames.drop(columns="frame").astype("float64")
    footage = describe_footage(frames, lay_clips(frames["time_s"], rule, frames[CUT]))
    trace = Tracer.of_descriptors(table)
    return VideoEvidence(
        video=verdict.video,
        sha256=verdict.sha256,
        path=str(path.resolve()) if path else None,
        readers=(table.metadata.reading.body, table.metadata.reading.face),
        correlations=(),
        clips=tuple(
            _gather_clip(clip, {name: values[k] for name, values in footage.items()}, trace)
            for k, clip in enumerate(verdict.clips)
        ),
        people=people,
        **_describe_video(table, rule),
    )


def make_evidence(
    judge: Model | Enrolment, videos: Sequence[VideoEvidence], verdict_sha256: str, command: str
) -> Evidence:
    """Put together what belongs to one verdict."""
    usual = (judge.usual_mean, judge.usual_std) if isinstance(judge, Model) else ((), ())
    usual_mean, usual_std = (tuple(map(_to_optional, column)) for column in usual)
    return Evidence(
        verdict_sha256=verdict_sha256,
        command=command,
        versions=list_versions(),
        usual_mean=usual_mean,
        usual_std=usual_std,
        videos=tuple(videos),
    )


def write_evidence(evidence: Evidence, path: Path) -> None:
    """Write evidence; the file appears under `path` only when complete."""
    with replace_when_complete(path) as partial:
        partial.write_text(evidence.model_dump_json() + "\n", encoding="utf-8")


def read_evidence(path: Path, verdict_sha256: str, pairs: int) -> Evidence:
    """Read the evidence of a verdict whose model knows so many pairs: 0 for an enrolled person.

    Raises
    ------
    InputError
        With the reason why it cannot be used: missing, damaged, of another version or of another verdict.
    """
    again = "Classify the suspect again to see what the verdict was made from"
    if not path.is_file():
        raise InputError(f"There is no {path.name} beside the verdict. {again}.")
    try:
        evidence = Evidence.model_validate_json(path.read_bytes())
    except pydantic.ValidationError as error:
        raise InputError(f"{path.name} is damaged or of another version of motionsig. {again}.") from error
    if evidence.verdict_sha256 != verdict_sha256:
        raise InputError(f"{path.name} belongs to another verdict. {again}.")
    columns = [evidence.usual_mean, evidence.usual_std, *(video.correlations for video in evidence.videos)]
    if any(len(column) != pairs for column in columns):
        raise InputError(f"{path.name} does not hold a number for each of the {pairs} pairs. {again}.")
    return evidence


def _gather_clip(clip: ClipVerdict, row: Mapping[Hashable, Any], trace: Tracer | None) -> ClipEvidence:
    cuts = to_number(row.get("scene_cuts"))
    traces: tuple[PairTrace, ...] = ()
    if trace and clip.label == "no match" and clip.span is not None:
        pairs = [one.pair for one in clip.deviations[:TRACED_PAIRS] if not is_spread(one.pair)]
        traces = tuple(trace.trace(pair, clip.span) for pair in pairs)
    return ClipEvidence(
        clip_name=clip.clip_name,
        face_share=to_number(row.get("face_share")),
        body_share=to_number(row.get("body_share")),
        scene_cuts=None if cuts is None else int(cuts),
        traces=traces,
    )


def _describe_video(table: FrameTable | None, rule: ClipRule | None) -> dict[str, float | int | None]:
    names = ("width", "height", "duration_s", "uncovered_s", "face_share", "body_share", "scene_cuts")
    if table is None or rule is None:
        return dict.fromkeys(names)
    frames = table.frames.drop(columns="frame").astype("float64")
    clips = lay_clips(frames["time_s"], rule, frames[CUT])
    whole = describe_footage(frames, replace(clips, first=np.array([0]), stop=np.array([len(frames)])))
    cuts = float(whole["scene_cuts"][0])
    source = table.metadata.source
    values = (
        source.width,
        source.height,
        clips.duration_s,
        clips.uncovered_s,
        float(whole["face_share"][0]),
        float(whole["body_share"][0]),
        None if np.isnan(cuts) else int(cuts),
    )
    return dict(zip(names, values, strict=True))


def _to_optional(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)
