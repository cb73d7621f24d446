"""`motionsig benchmark`: a downloaded data set to a page of figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motionsig.command_line import terminal
from motionsig.command_line.commands.extract import show_outcome
from motionsig.command_line.option_groups import (
    AsJson,
    Classifier,
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
def benchmark(
    layout: Annotated[
        str,
        typer.Argument(
            help="How the data set is laid out: a name that `motionsig manifest --list` shows.",
            show_default=False,
        ),
    ],
    folder: Annotated[
        Path, typer.Argument(help="The folder of the data set, as it was downloaded.", show_default=False)
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for all results.")],
    person: Annotated[
        list[str] | None,
        typer.Option(
            help="A person to tell from all others by both protocols. Give the option once for each.",
            show_default="the one with the most sessions",
        ),
    ] = None,
    pairs: Annotated[
        Path | None,
        typer.Option(
            help="A list of pairs of recordings, as for `motionsig verify --pairs`.", show_default=False
        ),
    ] = None,
    background: Annotated[
        Path | None,
        typer.Option(help="With --pairs: as for `motionsig verify --pairs`.", show_default=False),
    ] = None,
    window: Annotated[
        str | None,
        typer.Option(help="With --pairs: as for `motionsig verify --pairs`.", show_default="8/4"),
    ] = None,
    classifier: Classifier = "svc",
    workers: Workers = None,
    cluster: ClusterAddress = None,
    as_json: AsJson = False,
    *,
    options: ExtractionOptions,
) -> None:
    """Measure a downloaded data set in one go, and write figures that others can compare with theirs.

    It writes a manifest, measures every video, evaluates by both protocols, and verifies people across
    recordings. record.json holds all figures with intervals, the hashes of the videos, and all versions;
    benchmark.html shows them. Nothing is written into the folder of the data set. If you run the command
    again, it continues where it was interrupted. What this footage does not allow is said.
    """
    from classify.words.benchmarks import list_findings
    from motionsig.use_cases.benchmark import benchmark as run_benchmark
    from motionsig.use_cases.extraction import count_outcomes

    def note(outcome: Outcome) -> None:
        if outcome.extraction is None or not outcome.extraction.reused:
            show_outcome(outcome, failure_only=True)

    with watched() as monitor:
        made = run_benchmark(
            layout,
            folder,
            out,
            options,
            people=person,
            pairs=pairs,
            background=background,
            window=window,
            classifier=classifier,
            workers=workers,
            cluster=cluster,
            on_outcome=note,
            monitor=monitor,
        )
    counts = count_outcomes(made.outcomes)
    if as_json:
        terminal.emit_json(made.record.model_dump(mode="json"))
    else:
        terminal.say(
            f"Frame tables: {counts['done']} new, {counts['reused']} kept, {counts['failed']} failed."
        )
        for line in list_findings(made.record):
            terminal.say(line)
        terminal.say(f"Record: {made.files.record}")
        terminal.say(f"Page: {made.files.page}")
    if counts["failed"]:
        raise typer.Exit(1)
