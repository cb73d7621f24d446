"""Evaluations as tables for a person at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motionsig.command_line import terminal

if TYPE_CHECKING:
    from classify.background.figures import VerificationFigures
    from classify.background.pairs import PairFigures
    from classify.background.summary import VerificationSummary
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


def show_ways(summary: VerificationSummary) -> None:
    """Print figures of verification: those to quote, then those of each way of describing."""
    from classify.words.enrolments import list_verification
    from classify.words.figures import AUC_MEANS, BRACKETS_MEAN, CLLR_MEANS, format_figure

    for sentence in summary.left_out:
        terminal.warn(sentence)
    first = summary.one_recording
    terminal.say(
        f"{summary.recordings} recordings of {first.people} people, {first.people_again} of them in several "
        f"sessions: {first.target_trials} pairs of one person, {first.non_target_trials} of two."
    )
    columns: dict[str, VerificationFigures | None] = {
        "one recording": summary.one_recording,
        "one clip": summary.one_clip,
        "several sessions": summary.several_sessions,
    }
    shown = {name: figures for name, figures in columns.items() if figures is not None}
    cells = {name: dict(list_verification(figures)) for name, figures in shown.items()}
    titles = dict.fromkeys(title for column in cells.values() for title in column)
    terminal.show_table(
        {"to quote": "left", **dict.fromkeys(shown, "right")},
        [(title, *(column.get(title, "-") for column in cells.values())) for title in titles],
    )
    terminal.say(
        "one recording: one recording enrolled, one judged. one clip: one recording enrolled, a single clip "
        "judged. several sessions: all other sessions of the person enrolled, one recording judged."
    )
    terminal.show_table(
        {
            "descriptors": "left",
            **dict.fromkeys(("AUC per person", "AUC of all pairs", "Cllr", "picked"), "right"),
        },
        [
            (
                " + ".join(way.descriptors),
                *map(format_figure, (way.figures.auc_per_person, way.figures.auc, way.figures.cllr)),
                str(way.times_picked or ""),
            )
            for way in summary.ways
        ],
    )
    for line in (
        (
            "Quote the first table. It uses, for each trial, the descriptors that did best on other people. "
            "The first row of the second table is the best of many, so it looks better than it is."
        ),
        f"{BRACKETS_MEAN}. {AUC_MEANS}. {CLLR_MEANS}.",
    ):
        terminal.say(line)


def show_pairs(found: PairFigures) -> None:
    """Print how the pairs of a list are told apart: all together, then by source."""
    from classify.words.enrolments import VERIFICATION_LEGEND, list_verification
    from classify.words.pairs import describe_pairs, list_sources

    for sentence in found.left_out:
        terminal.warn(sentence)
    for sentence in describe_pairs(found):
        terminal.say(sentence)
    terminal.show_table({"figure": "left", "value": "right"}, list(list_verification(found.figures)))
    if found.by_source:
        titles, *rows = list_sources(found)
        terminal.show_table({title: "right" if k else "left" for k, title in enumerate(titles)}, rows)
    for line in VERIFICATION_LEGEND:
        terminal.say(line)
