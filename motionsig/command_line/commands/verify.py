"""`motionsig verify`: how well people are verified across recordings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ground.errors import InputError
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
    pairs: Annotated[
        Path | None,
        typer.Option(
            help="Compare only the pairs of recordings in this list, and say how well it answers: lines such "
            "as `1 id10/a/1.wav id10/b/2.wav`, or CSV with the columns enrolment,test,target. 1 is the same "
            "person, 0 are two.",
            show_default=False,
        ),
    ] = None,
    background: Annotated[
        Path | None,
        typer.Option(
            help="With --pairs: compare by this background, which was learnt from other people.",
            show_default="learn from the tables, for each pair without its people",
        ),
    ] = None,
    window: Annotated[
        str | None,
        typer.Option(
            help="With --pairs: length/overlap of clips in seconds, such as 2/1 for short recordings.",
            show_default="8/4, or the background's",
        ),
    ] = None,
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

    With --pairs a list says which recordings are compared, as in speaker verification. Of fakes whose driver
    the manifest names, the driver counts as the person.
    """
    from motionsig.command_line.reports import show_pairs, show_ways
    from motionsig.use_cases.pairs import verify_pairs
    from motionsig.use_cases.verification import verify as verify_tables

    if pairs is None and (background, window) != (None, None):
        raise InputError("--background and --window need --pairs. Give a list of pairs, or leave them out.")
    if pairs is not None:
        with watched() as monitor:
            found = verify_pairs(
                tables,
                pairs,
                background=background,
                manifest=manifest,
                window=window,
                plots=plots,
                workers=workers,
                monitor=monitor,
            )
        if as_json:
            terminal.emit_json(found.model_dump(mode="json"))
        else:
            show_pairs(found)
            if plots is not None:
                terminal.say(f"Plots: {plots}")
        return
    with watched() as monitor:
        summary = verify_tables(tables, manifest=manifest, plots=plots, workers=workers, monitor=monitor)
    if as_json:
        terminal.emit_json(summary.model_dump(mode="json"))
        return
    show_ways(summary)
    if plots is not None:
        terminal.say(f"Plots: {plots}")
