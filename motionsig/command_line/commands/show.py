"""`motionsig show`: the card of a model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from motionsig.command_line import terminal
from motionsig.command_line.option_groups import AsJson


def show(
    model: Annotated[Path, typer.Argument(help="Model file of `motionsig train`.")],
    as_json: AsJson = False,
) -> None:
    """Show the card of a model: the person, the footage, the measurements, the evaluation, and the date.

    Every verdict of the model holds the same card.
    """
    from classify.model_file import load_model
    from classify.words.models import describe_error_rates, list_card
    from motionsig.command_line.reports import show_evaluation

    card = load_model(model).card
    if as_json:
        terminal.emit_json(card.model_dump(mode="json"))
        return
    for line in list_card(card):
        terminal.say(line)
    if card.evaluation:
        show_evaluation(card.evaluation)
    terminal.say(describe_error_rates(card))
