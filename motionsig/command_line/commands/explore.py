"""`motionsig explore`: a look at a data set."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from motionsig.command_line import terminal
from motionsig.command_line.option_groups import AsJson
from motionsig.command_line.watching import watched


def explore(
    table: Annotated[Path, typer.Argument(help="Correlations table of `motionsig correlate`.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Page to write.")] = Path("explore.html"),
    person: Annotated[
        str | None,
        typer.Option(
            help="Whom to tell from the others in the evaluation figures.",
            show_default="the one with the most sources",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a look at a data set as one HTML file: what is in it, what is missing, who can be told apart.

    Clips are arranged by PCA and t-SNE, and marked by group, person and source: the last shows whether a
    random split of clips would leak. The evaluation is that of `motionsig evaluate`; large tables take long.
    """
    from motionsig.use_cases.exploration import explore as explore_table

    with watched() as monitor:
        page = explore_table(table, out, person=person, monitor=monitor)
    terminal.show_written(page, as_json=as_json)
