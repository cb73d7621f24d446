"""`motionsig train`: a correlations table and a person to a model file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from motionsig.command_line import terminal
from motionsig.command_line.commands.shared_options import ClusterAddress, TableManifest


def train(
    table: Annotated[Path, typer.Argument(help="Correlations table of `motionsig correlate`.")],
    person: Annotated[str, typer.Option(help="Whom to learn: a subject of the table, such as id0.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Model file.", show_default="PERSON.skops")
    ] = None,
    manifest: TableManifest = None,
    model: Annotated[
        str, typer.Option(help="Classifier: svc, linear, or oneclass (trained on the person alone).")
    ] = "svc",
    false_alarms: Annotated[
        float,
        typer.Option(
            "--false-alarm-rate",
            min=0,
            max=0.5,
            help="Share of others' held-out clips and videos that may count as a match, and of the person's "
            "own that may count as none.",
        ),
    ] = 0.05,
    cluster: ClusterAddress = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the model's card as JSON.")] = False,
) -> None:
    """Learn one person's motion signature from authentic clips, against clips of others and fakes.

    How well such a model works is measured on sessions, people and methods of faking that it was not trained
    on, and stands in the model and in every verdict. With too few sources it gives no likelihood ratios, and
    says what is missing.
    """
    from classify.enrolment import count_steps, enrol
    from classify.estimators import check_classifier
    from classify.model_file import save_model
    from classify.words.models import describe_error_rates, list_card
    from ground.errors import InputError
    from motionsig.command_line.reports import show_evaluation
    from motionsig.execution.cluster import search_on

    if out is None:
        if Path(person).name != person:
            raise InputError(f"'{person}' cannot be part of a file name; name the model file with --out.")
        out = Path(f"{person}.skops")
    classifier = check_classifier(model)
    with (
        search_on(cluster),
        terminal.progress("Training and evaluating", count_steps(), unit="steps") as advance,
    ):
        made = enrol(
            table,
            person,
            manifest,
            classifier=classifier,
            error_rate=false_alarms,
            on_progress=lambda: advance(1),
        )
    save_model(made, out)
    if as_json:
        terminal.emit_json({"model": str(out), **made.card.model_dump(mode="json", exclude={"pairs"})})
        return
    for line in list_card(made.card):
        terminal.say(line)
    if made.card.evaluation:
        show_evaluation(made.card.evaluation)
    terminal.say(describe_error_rates(made.card))
    terminal.say(f"Model: {out}")
