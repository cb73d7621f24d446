"""A first look at many videos: how much there is to read, and how to divide it among workers."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Final

from extract.chunks import ChunkRange
from extract.extraction_options import ExtractionOptions
from extract.limits import Limits
from extract.video import VideoReader
from motionsig.execution.isolation import Isolated, LostCallError
from motionsig.execution.jobs import Job, name_table
from motionsig.execution.remote import Video

# Every part decodes what comes before it, so a video that is hardly longer than its share stays whole.
_WORTH_DIVIDING: Final = 1.25
_OPENING_LIMIT_S: Final = 60.0
# Decoding a frame takes so much of the time that reading it takes (docs/measurements/performance.md).
_DECODING: Final = 0.045
_DEFAULT_LIMITS: Final = Limits()


@dataclass(frozen=True)
class SurveyedVideo:
    """A video and what its container promises: frames and seconds, None where it does not say."""

    video: Video
    frames: int | None
    seconds: float | None


@dataclass(frozen=True)
class Survey:
    """Videos in the order in which they were given."""

    videos: tuple[SurveyedVideo, ...]

    @property
    def frames(self) -> int | None:
        """How many frames the containers promise together; None where one of them does not say."""
        counts = [video.frames for video in self.videos]
        return None if None in counts else sum(count for count in counts if count is not None)


def survey_videos(
    videos: Sequence[Video], limits: Limits = _DEFAULT_LIMITS, advance: Callable[[], None] | None = None
) -> Survey:
    """Ask every container what it promises.

    Files that cannot be opened count as 0 frames: extraction reports them. Files elsewhere are not opened.
    FFmpeg decodes something of each, so another process does it, and one that crashes FFmpeg costs no more.
    `advance` is called before each of them; what it raises ends the survey.
    """
    with Isolated(_OPENING_LIMIT_S) as isolated:
        surveyed = []
        for video in videos:
            if advance:
                advance()
            surveyed.append(_survey_isolated(video, limits, isolated))
        return Survey(tuple(surveyed))


def _survey_isolated(video: Video, limits: Limits, isolated: Isolated) -> SurveyedVideo:
    if not isinstance(video, Path):
        return SurveyedVideo(video, None, None)
    try:
        return isolated.call(_survey_video, video, limits)
    except LostCallError:
        return SurveyedVideo(video, 0, 0.0)


def _survey_video(video: Path, limits: Limits) -> SurveyedVideo:
    try:
        with VideoReader(video, limits) as reader:
            seconds, fps, frames = reader.duration_s, reader.fps, reader.frames_promised
    except Exception:
        # The file may be hostile; the job that reads it reports what is wrong, and the other videos go on.
        return SurveyedVideo(video, 0, 0.0)
    if frames is None and seconds and fps:
        frames = round(seconds * fps)
    if seconds is None and frames and fps:
        seconds = frames / fps
    return SurveyedVideo(video, frames, seconds)


def plan_jobs(
    survey: Survey,
    out: Path,
    options: ExtractionOptions,
    workers: int,
    of_others: Collection[Video] = (),
    *,
    everyone: bool = False,
) -> list[list[Job]]:
    """Return the jobs of each video, longest videos first, so that no worker is left with one at the end.

    A video that is longer than a worker's share of everything is divided into runs of chunks, which several
    workers read at once; those of unknown length come first and stay whole.

    Parameters
    ----------
    survey
        The videos.
    out
        Folder for their tables, ``<stem>.parquet`` each.
    options
        How they are read.
    workers
        How many jobs are worked on at once.
    of_others
        Videos in which the person of the options is not looked for.
    everyone
        Whether each person of a video has a table of their own; the jobs are those of the first one.
    """
    number = 1 if everyone else None
    options = options.model_copy(update={"person_number": number})
    without_person = options.model_copy(update={"person": None})
    share_s = sum(video.seconds or 0.0 for video in survey.videos) / workers
    ordered = sorted(survey.videos, key=lambda video: -math.inf if video.seconds is None else -video.seconds)
    return [
        _divide(
            video,
            name_table(out, video.video.stem, number),
            without_person if video.video in of_others else options,
            share_s,
        )
        for video in ordered
    ]


def _divide(video: SurveyedVideo, table: Path, options: ExtractionOptions, share_s: float) -> list[Job]:
    seconds = video.seconds or 0.0
    chunks = max(math.ceil(seconds / options.chunk_s), 1)
    parts = min(math.ceil(seconds / share_s), chunks) if seconds > _WORTH_DIVIDING * share_s else 1
    if parts == 1:
        return [Job(video.video, table, options, None, video.frames)]
    borders = _place_borders(chunks, parts)
    return [
        Job(
            video.video,
            table,
            options,
            ChunkRange(first, None if stop == chunks else stop),
            None if video.frames is None else video.frames * (stop - first) // chunks,
        )
        for first, stop in pairwise(borders)
    ]


def _place_borders(chunks: int, parts: int) -> list[int]:
    """Return where parts begin and end that take equally long, though each decodes what comes before it.

    A part from chunk a to b takes b - a + d a, with d for decoding; equal parts leave d (chunks - a) behind
    them, (1 - d) times what the part before left.
    """
    shares = [(1 - (1 - _DECODING) ** part) / (1 - (1 - _DECODING) ** parts) for part in range(parts + 1)]
    return sorted({round(chunks * share) for share in shares})
