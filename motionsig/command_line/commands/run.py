"""`motionsig run`: videos to a model and its evaluation, in one go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from extract.limits import Limits
from motionsig.command_line import terminal
from motionsig.command_line.commands.correlate import correlate
from motionsig.command_line.commands.extract import extract_all, find_videos, report_outcome
from motionsig.command_line.commands.shared_options import (
    ClusterAddress,
    KeepMesh,
    MaxPixels,
    TimeLimit,
    VideoManifest,
)
from motionsig.command_line.commands.train import train

if TYPE_CHECKING:
    from motionsig.use_cases.extraction import Outcome


def run(
    data: Annotated[
        list[str],
        typer.Argument(
            help="Video files, folders of them, or addresses such as s3://bucket/folder.", show_default=False
        ),
    ],
    person: Annotated[str, typer.Option(help="Whom to learn: a subject of the videos, such as id0.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for everything it makes.")],
    manifest: VideoManifest = None,
    face: Annotated[str, typer.Option(help="As of `extract`.")] = "mesh",
    keep_mesh: KeepMesh = False,
    device: Annotated[str, typer.Option(help="As of `extract`.")] = "auto",
    sample_fps: Annotated[
        float | None, typer.Option(help="As of `extract`.", show_default="all frames")
    ] = None,
    max_height: Annotated[
        int | None, typer.Option(help="As of `extract`.", show_default="as they are")
    ] = None,
    signal: Annotated[str, typer.Option(help="As of `correlate`.")] = "position",
    model: Annotated[str, typer.Option(help="As of `train`.")] = "svc",
    workers: Annotated[
        int | None, typer.Option(min=1, help="Videos worked on at once.", show_default="one a processor")
    ] = None,
    max_pixels: MaxPixels = Limits.max_pixels,
    time_limit: TimeLimit = Limits.time_s,
    cluster: ClusterAddress = None,
) -> None:
    """Extract, correlate, evaluate and train, and leave out what is done already.

    Run again after adding a video, it extracts that one alone. A video that cannot be used is named with the
    reason, the others are used all the same, and the exit code is then 1.
    """
    from classify.model import MODEL_SCHEMA
    from extract.extraction import ExtractionOptions
    from features.clips import CORRELATION_REVISION
    from features.tables import clip_table_path
    from ground.errors import InputError
    from motionsig.use_cases.steps import run_if_changed

    if Path(person).name != person:
        raise InputError(f"'{person}' cannot be part of a file name; choose another name for the person.")
    options = ExtractionOptions(
        face=face,
        device=device,
        sample_fps=sample_fps,
        max_height=max_height,
        limits=Limits(max_pixels, time_limit),
        keep_mesh=keep_mesh,
    )
    tables: list[Path] = []

    def note(outcome: Outcome) -> None:
        if outcome.extraction is None or not outcome.extraction.reused:
            report_outcome(outcome)
        if outcome.extraction is not None:
            tables.append(outcome.extraction.table)

    counts = extract_all(
        find_videos(data), out / "tables", options, workers=workers, cluster=cluster, report=note
    )
    terminal.say(f"Frame tables: {counts['done']} new, {counts['reused']} kept, {counts['failed']} failed.")
    if not tables:
        raise typer.Exit(1)
    tables.sort()
    table, made, evaluation = out / "correlations.csv", out / f"{person}.skops", out / "evaluation.json"

    def step(
        name: str,
        work: Callable[[], None],
        revision: int,
        inputs: list[Path],
        settings: Any,
        *outputs: Path,
    ) -> None:
        given = [*inputs, *([manifest] if manifest else [])]
        stamp = out / ".steps" / f"{name}.json"
        if not run_if_changed(
            stamp, work, revision=revision, inputs=given, options=settings, outputs=outputs
        ):
            terminal.say(f"Nothing changed for {outputs[0]}; it is kept.")

    step(
        "correlate",
        lambda: correlate(tables, out=table, signal=signal, manifest=manifest),
        CORRELATION_REVISION,
        tables,
        {"signal": signal},
        table,
        clip_table_path(table),
    )
    step(
        "train",
        lambda: _train_and_keep_evaluation(
            evaluation, table, person=person, out=made, manifest=manifest, model=model, cluster=cluster
        ),
        MODEL_SCHEMA,
        [table, clip_table_path(table)],
        {"person": person, "model": model},
        made,
        evaluation,
    )
    if counts["failed"]:
        raise typer.Exit(1)


def _train_and_keep_evaluation(evaluation: Path, table: Path, *, out: Path, **options: Any) -> None:
    """Train, which evaluates how well such training does, and write that evaluation as JSON."""
    from classify.model_file import load_model
    from ground.files import replace_when_complete

    train(table, out=out, **options)
    card = load_model(out).card
    with replace_when_complete(evaluation) as partial:
        text = card.evaluation.model_dump_json(indent=2) if card.evaluation else "null"
        partial.write_text(text + "\n", encoding="utf-8")
