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
    out: Annotated[Path, typer.Option("--out", "-o", help="The page to write.")] = Path("explore.html"),
    person: Annotated[
        str | None,
        typer.Option(
            help="The person for the evaluation figures.",
            show_default="the person with the most sources",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show what is in a data set, what is missing, and who can be told apart, as one HTML file.

    Clips are arranged by PCA and t-SNE, and marked by group, person and source. The marks by source show
    whether a random split of clips would leak. The evaluation is that of `motionsig evaluate`. Large tables
    take long.
    """
    from motionsig.use_cases.exploration import explore as explore_table

    with watched() as monitor:
        page = explore_table(table, out, person=person, monitor=monitor)
    terminal.show_written(page, as_json=as_json)
