"""`motionsig enrol`: recordings of a person and a background to an enrolled person."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from motionsig.command_line import terminal
from motionsig.command_line.option_groups import AsJson, NoFace, PeopleManifest
from motionsig.command_line.watching import watched


def enrol(
    person: Annotated[str, typer.Argument(help="Name of the person.")],
    tables: Annotated[
        list[Path],
        typer.Argument(
            help="Frame tables of recordings that show the person, or folders of them.", show_default=False
        ),
    ],
    background: Annotated[
        Path,
        typer.Option(
            "--background", "-b", help="Background file of `motionsig background`.", show_default=False
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="File of the enrolled person.", show_default="PERSON.skops"),
    ] = None,
    manifest: PeopleManifest = None,
    no_face: NoFace = False,
    as_json: AsJson = False,
) -> None:
    """Enrol a person from one recording or more, with a background of other people.

    `motionsig classify --model` takes the file that this writes. Recordings of several sessions make it
    better: other days, other rooms. A recording that does not move like the others is named, because it may
    show somebody else. The background must be of other people, read in the same way.
    """
    from classify.known_face import describe_face
    from classify.words.cards import list_card
    from motionsig.use_cases.enrolment import enrol as enrol_person
    from motionsig.use_cases.training import name_model_file

    with watched() as monitor:
        made = enrol_person(
            person, tables, background, out, manifest=manifest, keep_face=not no_face, monitor=monitor
        )
    path = name_model_file(person, out)
    if as_json:
        card = made.card.model_dump(mode="json")
        terminal.emit_json({"enrolment": str(path), **card, "holds_face": made.face is not None})
        return
    for line in (*list_card(made.card), describe_face(made.face, person)):
        terminal.say(line)
    terminal.say(f"Enrolled: {path}")
