"""`motionsig report`: a verdict as a page for people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from motionsig.command_line import terminal
from motionsig.command_line.option_groups import AsJson


def report(
    verdict: Annotated[Path, typer.Argument(help="verdict.json of `motionsig classify`.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="The page to write.", show_default="report.html beside the verdict"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a verdict as one HTML file to read, mail, print and archive.

    The page needs no network and no script. The details come from evidence.json beside the verdict, and the
    pictures from the video, at the place where it was judged. If either is missing, the page says so and
    shows the rest.
    """
    from motionsig.use_cases.report_files import report as write_report

    terminal.show_written(write_report(verdict, out), as_json=as_json)
