"""`motionsig run`: videos to a model and its evaluation, in one go."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motionsig.command_line import terminal
from motionsig.command_line.commands.correlate import show_correlated
from motionsig.command_line.commands.extract import show_outcome
from motionsig.command_line.commands.train import show_model
from motionsig.command_line.option_groups import (
    AsJson,
    Classifier,
    ClusterAddress,
    NoFace,
    VideoManifest,
    Workers,
    extraction_options,
    with_options,
)
from motionsig.command_line.watching import watched

if TYPE_CHECKING:
    from extract.extraction_options import ExtractionOptions
    from motionsig.execution.dispatch import Outcome
    from motionsig.use_cases.correlation import Correlated
    from motionsig.use_cases.run import Ran


@with_options(options=extraction_options)
def run(
    data: Annotated[
        list[str],
        typer.Argument(
            help="Video files, folders of them, or addresses such as s3://bucket/folder.", show_default=False
        ),
    ],
    person: Annotated[str, typer.Option(help="The person to learn: a subject of the videos, such as id0.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for all results.")],
    manifest: VideoManifest = None,
    no_face: NoFace = False,
    signal: Annotated[str, typer.Option(help="The same as for `motionsig correlate`.")] = "position",
    classifier: Classifier = "svc",
    workers: Workers = None,
    cluster: ClusterAddress = None,
    as_json: AsJson = False,
    *,
    options: ExtractionOptions,
) -> None:
    """Extract, correlate, evaluate and train in one go. Steps that are already done are skipped.

    If you add a video and run the command again, it extracts only the new one. A video that cannot be used is
    named with the reason. The others are used, and the exit code is 1.
    """
    from features.clips import CorrelationOptions
    from motionsig.use_cases.extraction import count_outcomes
    from motionsig.use_cases.run import run as run_all

    def note(outcome: Outcome) -> None:
        if outcome.extraction is None or not outcome.extraction.reused:
            show_outcome(outcome, failure_only=as_json)

    with watched() as monitor:
        ran = run_all(
            data,
            person,
            out,
            options,
            correlation=CorrelationOptions(signal=signal),  # type: ignore[arg-type]  # checked where it is used
            classifier=classifier,
            manifest=manifest,
            keep_face=not no_face,
            workers=workers,
            cluster=cluster,
            on_outcome=note,
            on_tables=None if as_json else _show_counts,
            on_correlated=None if as_json else _show_correlated,
            monitor=monitor,
        )
    if as_json:
        _emit(ran)
    elif ran.model:
        show_model(ran.model, ran.files.model)
    elif ran.has_tables:
        terminal.say(f"{ran.files.model} is up to date and is kept.")
    if count_outcomes(ran.outcomes)["failed"]:
        raise typer.Exit(1)


def _show_counts(outcomes: Sequence[Outcome]) -> None:
    from motionsig.use_cases.extraction import count_outcomes

    counts = count_outcomes(outcomes)
    terminal.say(f"Frame tables: {counts['done']} new, {counts['reused']} kept, {counts['failed']} failed.")


def _show_correlated(correlated: Correlated | None, path: Path) -> None:
    if correlated:
        show_correlated(correlated)
    else:
        terminal.say(f"{path} is up to date and is kept.")


def _emit(ran: Ran) -> None:
    from classify.model_file import load_model
    from motionsig.use_cases.extraction import summarise_outcome

    model = ran.model
    if model is None and ran.has_tables:
        model = load_model(ran.files.model)  # which was kept
    terminal.emit_json(
        {
            "videos": [summarise_outcome(outcome) for outcome in ran.outcomes],
            "correlations": str(ran.files.correlations),
            "correlations_changed": ran.correlated is not None,
            "warnings": list(ran.correlated.warnings) if ran.correlated else [],
            "model": str(ran.files.model),
            "model_changed": ran.model is not None,
            "holds_face": None if model is None else model.face is not None,
            "evaluation": str(ran.files.evaluation),
        }
    )
