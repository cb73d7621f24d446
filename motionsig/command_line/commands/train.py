"""`motionsig train`: a correlations table and a person to a model file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motionsig.command_line import terminal
from motionsig.command_line.option_groups import AsJson, Classifier, ClusterAddress, NoFace, TableManifest
from motionsig.command_line.watching import watched

if TYPE_CHECKING:
    from classify.model import Model


def train(
    table: Annotated[Path, typer.Argument(help="Correlations table of `motionsig correlate`.")],
    person: Annotated[str, typer.Option(help="The person to learn: a subject in the table, such as id0.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Model file.", show_default="PERSON.skops")
    ] = None,
    manifest: TableManifest = None,
    tables: Annotated[
        list[Path] | None,
        typer.Option(
            "--tables",
            help="Frame tables that the table was made of, or a folder of them. Faces found there check the "
            "labels, and the model keeps the person's face. From the voice tables beside them it learns how "
            "the person's mouth and voice go together.",
            show_default=False,
        ),
    ] = None,
    no_face: NoFace = False,
    classifier: Classifier = "svc",
    false_alarms: Annotated[
        float,
        typer.Option(
            "--false-alarm-rate",
            min=0,
            max=0.5,
            help="Which share of errors to allow: held-out clips and videos of others that count as a "
            "match, and of the person that count as no match.",
        ),
    ] = 0.05,
    cluster: ClusterAddress = None,
    as_json: AsJson = False,
) -> None:
    """Learn one person's motion signature from authentic clips.

    The person is compared with other people and with fakes. How well such a model works is measured on
    sessions, people and methods of faking that it did not learn from. The result is part of the model and of
    every verdict. With too few sources a model gives no likelihood ratios, and it says what is missing.
    """
    from motionsig.use_cases.training import name_model_file
    from motionsig.use_cases.training import train as train_model

    path = name_model_file(person, out)
    with watched() as monitor:
        made = train_model(
            table,
            person,
            path,
            classifier=classifier,
            error_rate=false_alarms,
            manifest=manifest,
            tables=tables,
            keep_face=not no_face,
            cluster=cluster,
            monitor=monitor,
        )
    if as_json:
        card = made.card.model_dump(mode="json", exclude={"pairs"})
        terminal.emit_json({"model": str(path), **card, "holds_face": made.face is not None})
    else:
        show_model(made, path)


def show_model(model: Model, path: Path) -> None:
    """Say what a model that was just made is, and where it lies."""
    from classify.known_face import describe_face
    from classify.words.cards import describe_error_rates, list_card
    from motionsig.command_line.reports import show_evaluation

    for line in (*list_card(model.card), describe_face(model.face, model.card.person)):
        terminal.say(line)
    if model.card.evaluation:
        show_evaluation(model.card.evaluation)
    terminal.say(describe_error_rates(model.card))
    terminal.say(f"Model: {path}")
