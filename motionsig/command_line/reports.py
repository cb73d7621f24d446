"""Evaluations as tables for a person at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motionsig.command_line import terminal

if TYPE_CHECKING:
    from classify.background.figures import VerificationFigures
    from classify.evaluation import Evaluation


def show_evaluation(evaluation: Evaluation) -> None:
    """Print the figures of an evaluation: a table a level, a column for each kind of others."""
    from classify.words.figures import EVALUATION_LEGEND, describe_protocol, describe_rule, list_figures

    terminal.say(describe_protocol(evaluation))
    for level in ("clip", "video"):
        parts = [part for part in evaluation.comparisons if part.level == level]
        if len(parts) == 2:  # everybody else is of one kind, so the figures are the same
            parts = parts[1:]
        columns = [list(list_figures(part)) for part in parts]
        names = [name for name, _ in columns[0]]
        terminal.show_table(
            {f"{level}s against": "left", **{part.against: "right" for part in parts}},
            [(name, *(cells[k][1] for cells in columns)) for k, name in enumerate(names)],
        )
    for line in (*EVALUATION_LEGEND, describe_rule(evaluation)):
        terminal.say(line)


def show_verification(figures: VerificationFigures) -> None:
    """Print how a background tells people apart whom it was not learnt from."""
    from classify.words.enrolments import VERIFICATION_LEGEND, describe_verification, list_verification

    terminal.say(describe_verification(figures))
    terminal.show_table({"figure": "left", "value": "right"}, list(list_verification(figures)))
    for line in VERIFICATION_LEGEND:
        terminal.say(line)
