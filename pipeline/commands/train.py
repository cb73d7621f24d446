"""`motionsig train`: a correlations table and a person to a model file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import terminal

if TYPE_CHECKING:
    from classify.model import ModelCard


def train(
    table: Annotated[Path, typer.Argument(help="Correlations table of `motionsig correlate`.")],
    person: Annotated[str, typer.Option(help="Whom to learn: a subject of the table, such as id0.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Model file.", show_default="PERSON.skops")
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(help="CSV (path,subject,group,session) whose labels come before the table's."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the model's card as JSON.")] = False,
) -> None:
    """Learn one person's motion signature from authentic clips, against clips of others and fakes.

    Every video is a source; how well the model works is measured on sources that it was not trained on, and
    stands in the model and in every verdict.
    """
    from classify.enrolment import enrol
    from classify.model_file import save_model
    from extract.errors import InputError

    if out is None:
        if Path(person).name != person:
            raise InputError(f"'{person}' cannot be part of a file name; name the model file with --out.")
        out = Path(f"{person}.skops")
    model = enrol(table, person, manifest)
    save_model(model, out)
    if as_json:
        terminal.emit_json({"model": str(out), **model.card.model_dump(mode="json", exclude={"pairs"})})
    else:
        _describe(model.card, out)


def _describe(card: ModelCard, out: Path) -> None:
    footage, held_out = card.footage, card.held_out
    settings = ", ".join(f"{name}={value}" for name, value in card.settings.items())
    terminal.say(
        f"{card.person}: {footage.person_clips} clips from {footage.person_sources} sources, against "
        f"{footage.other_clips} clips from {footage.other_sources} sources of others and fakes "
        f"({footage.clips_left_out} clips left out: more than 7 % of their pairs are missing)."
    )
    terminal.say(
        f"On sources held out ({held_out.folds} folds; SVC with {settings}): AUC {held_out.auc:.3f}, "
        f"equal error rate {held_out.equal_error_rate:.1%}; of others' clips {held_out.false_match_rate:.1%} "
        f"score as a match, of the person's own {held_out.false_no_match_rate:.1%} as no match, "
        f"{held_out.undecided_rate:.1%} of all lie between the thresholds."
    )
    terminal.say(f"Model: {out}")
