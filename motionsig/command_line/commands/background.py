"""`motionsig background`: recordings of many people to what enrols anybody."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from motionsig.command_line import terminal
from motionsig.command_line.option_groups import AsJson, PeopleManifest, Workers
from motionsig.command_line.watching import watched


def background(
    tables: Annotated[
        list[Path],
        typer.Argument(
            help="Frame tables of `motionsig extract`, or folders of them: many people, several of them in "
            "several sessions.",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Background file.")] = Path("background.skops"),
    manifest: PeopleManifest = None,
    workers: Workers = None,
    as_json: AsJson = False,
) -> None:
    """Learn from other people what changes from recording to recording of anybody.

    It is done once. `motionsig enrol` then needs one recording of a person, and nobody else's. A background
    needs at least 10 people, 5 of them in two or more sessions, and recordings of at least 8 s. The more
    people and sessions it has, the stronger the likelihood ratios that it supports. How well it does is
    measured on people who are in nothing that was learnt. The result is part of the background and of every
    verdict. A background cannot judge the people whom it was learnt from.
    """
    from classify.words.enrolments import list_background
    from motionsig.command_line.reports import show_verification
    from motionsig.use_cases.backgrounds import background as learn

    with watched() as monitor:
        made = learn(tables, out, manifest=manifest, workers=workers, monitor=monitor)
    if as_json:
        terminal.emit_json({"background": str(out), **made.card.model_dump(mode="json")})
        return
    for line in list_background(made.card):
        terminal.say(line)
    show_verification(made.card.verification)
    terminal.say(f"Background: {out}")
