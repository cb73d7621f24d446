"""`motionsig verify`: how well people are verified across recordings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motionsig.command_line import terminal
from motionsig.command_line.option_groups import AsJson, PeopleManifest, Workers
from motionsig.command_line.watching import watched

if TYPE_CHECKING:
    from classify.background.figures import VerificationFigures
    from classify.background.summary import VerificationSummary


def verify(
    tables: Annotated[
        list[Path],
        typer.Argument(
            help="Frame tables of `motionsig extract`, or folders of them: many people, several of them in "
            "several sessions.",
            show_default=False,
        ),
    ],
    manifest: PeopleManifest = None,
    plots: Annotated[
        Path | None,
        typer.Option(
            help="Draw plots of the likelihood ratios into this folder: tippett.svg, ece.svg and pav.svg."
        ),
    ] = None,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Measure how well two recordings of one person are told from recordings of two people.

    Every pair of recordings of different sessions is a trial. All that judges a trial is learnt without its
    two people: the background, the calibration, and the choice of what recordings are described by. Intervals
    are over people.
    """
    from motionsig.use_cases.verification import verify as verify_tables

    with watched() as monitor:
        summary = verify_tables(tables, manifest=manifest, plots=plots, workers=workers, monitor=monitor)
    if as_json:
        terminal.emit_json(summary.model_dump(mode="json"))
        return
    show_verification(summary)
    if plots is not None:
        terminal.say(f"Plots: {plots}")


def show_verification(summary: VerificationSummary) -> None:
    """Print the figures of trials: to quote, then of each way of describing."""
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
