"""`motionsig verify`: how well people are verified across recordings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from motionsig.command_line import terminal
from motionsig.command_line.option_groups import AsJson, PeopleManifest, Workers
from motionsig.command_line.watching import watched


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
    from motionsig.command_line.reports import show_ways
    from motionsig.use_cases.verification import verify as verify_tables

    with watched() as monitor:
        summary = verify_tables(tables, manifest=manifest, plots=plots, workers=workers, monitor=monitor)
    if as_json:
        terminal.emit_json(summary.model_dump(mode="json"))
        return
    show_ways(summary)
    if plots is not None:
        terminal.say(f"Plots: {plots}")
