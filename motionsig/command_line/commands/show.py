"""`motionsig show`: the card of a model or of an enrolled person."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from motionsig.command_line import terminal
from motionsig.command_line.option_groups import AsJson


def show(
    model: Annotated[Path, typer.Argument(help="Model file of `motionsig train` or `motionsig enrol`.")],
    as_json: AsJson = False,
) -> None:
    """Show the card of a model: the person, the footage, the measurements, how well it does, and the date.

    Every verdict of the model holds the same card. It says, too, whether the file holds the person's face,
    which no verdict repeats.
    """
    from classify.judge_file import load_judge
    from classify.known_face import describe_face
    from classify.words.cards import describe_error_rates, list_card
    from motionsig.command_line.reports import show_evaluation, show_verification

    judge = load_judge(model)
    card = judge.card
    if as_json:
        terminal.emit_json({**card.model_dump(mode="json"), "holds_face": judge.face is not None})
        return
    for line in (*list_card(card), describe_face(judge.face, card.person)):
        terminal.say(line)
    if card.method == "enrolled":
        show_verification(card.background.verification)
    elif card.evaluation:
        show_evaluation(card.evaluation)
    terminal.say(describe_error_rates(card))
