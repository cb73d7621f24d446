"""`motionsig extract`: video files to frame tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ground.text import count
from motionsig.command_line import terminal
from motionsig.command_line.option_groups import (
    AsJson,
    ClusterAddress,
    Workers,
    extraction_options,
    with_options,
)
from motionsig.command_line.watching import watched

if TYPE_CHECKING:
    from extract.extraction_options import ExtractionOptions
    from motionsig.execution.dispatch import Outcome


@with_options(options=extraction_options)
def extract(
    videos: Annotated[
        list[str],
        typer.Argument(
            help="Video files, folders of them, or addresses such as s3://bucket/folder.", show_default=False
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the frame tables.")] = Path("tables"),
    everyone: Annotated[
        bool,
        typer.Option("--everyone", help="Measure each person of a video, in a frame table of their own."),
    ] = False,
    workers: Workers = None,
    cluster: ClusterAddress = None,
    as_json: AsJson = False,
    *,
    options: ExtractionOptions,
) -> None:
    """Measure body, face and head in every frame of videos.

    Writes one frame table (Parquet) for each video: of the person that --person-photo shows, or of the person
    most seen. A table of tracks beside it says who is seen when. On one processor this takes about as long as
    the video lasts. Tables that were made from the same files in the same way are kept. If you stop a run,
    the same command continues it. A video that cannot be used is named with the reason. The others are done,
    and the exit code is 1.
    """
    from motionsig.use_cases.extraction import (
        count_outcomes,
        count_without_sides,
        failures_path,
        summarise_outcome,
    )
    from motionsig.use_cases.extraction import extract as extract_videos

    with watched() as monitor:
        outcomes = extract_videos(
            videos,
            out,
            options,
            everyone=everyone,
            workers=workers,
            cluster=cluster,
            on_outcome=lambda outcome: show_outcome(outcome, failure_only=as_json),
            monitor=monitor,
        )
    counts = count_outcomes(outcomes)
    if as_json:
        terminal.emit_json({"videos": [summarise_outcome(outcome) for outcome in outcomes]})
    elif len(outcomes) > 1:
        terminal.say(f"{counts['done']} done, {counts['reused']} kept, {counts['failed']} failed.")
    if lacking := count_without_sides(outcomes):
        one = lacking == 1
        terminal.notify(
            f"{count(lacking, 'kept table')} of an earlier version {'lacks' if one else 'lack'} the "
            "one-sided measures of the face, which enrolling a person needs. To add them, delete "
            f"{'the table' if one else 'these tables'} and run the same command again."
        )
    if counts["failed"] and len(outcomes) > 1:
        terminal.fail(
            f"{counts['failed']} of {len(outcomes)} videos gave no frame table. The reasons are above and "
            f"in {failures_path(out)}."
        )
    if counts["failed"]:
        raise typer.Exit(1)


def show_outcome(outcome: Outcome, *, failure_only: bool = False) -> None:
    """Say what became of a video, or only what is wrong with it."""
    extraction = outcome.extraction
    if extraction is None:
        assert outcome.error is not None
        terminal.fail(outcome.error.message, outcome.error.problems)
        return
    for warning in extraction.list_warnings():
        terminal.warn(warning)
    if order := extraction.describe_order():
        terminal.notify(order)
    if not failure_only:
        frames, person = extraction.frames, extraction.describe_person()
        terminal.say(
            f"{outcome.video.name}: {count(frames, 'frame')}, {extraction.read_s:.1f} s; body found in "
            f"{extraction.body_frames / frames:.1%}, face in {extraction.face_frames / frames:.1%} of the "
            f"frames{f'; measured: {person}' if person else ''} -> {extraction.table}"
            f"{' (kept)' if extraction.reused else ''}"
        )
