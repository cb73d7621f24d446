"""`motionsig serve`: the local page."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from motionsig.command_line import terminal
from motionsig.command_line.option_groups import Workers
from motionsig.command_line.signals import InterruptedBySignal


def serve(
    library: Annotated[
        Path,
        typer.Argument(help="Folder of people, models and verdicts. It is made if it is missing."),
    ] = Path("library"),
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the page on this computer; 0 for any that is free.")
    ] = 8765,
    folder: Annotated[
        list[Path] | None,
        typer.Option(
            help="Folder in which files may be named by their path. Give the option once for each.",
            show_default="none",
        ),
    ] = None,
    max_upload_gb: Annotated[
        float, typer.Option(min=0.001, help="Refuse files that are larger than this, in gigabytes.")
    ] = 50.0,
    workers: Workers = None,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Only print the address, and do not open it.")
    ] = False,
) -> None:
    """Show a page in the browser: enrol people, drop suspect videos, read the reports.

    The page is for this computer alone, and nothing leaves it. The address holds a token: whoever has it can
    use the page. End the page with Ctrl-C. What was being read goes on at the next start. The commands of
    motionsig read and write the same folder.
    """
    import joblib

    from motionsig.page.serving import serve as serve_page

    def tell(address: str) -> None:
        terminal.say(f"Open {address}")
        terminal.say("End with Ctrl-C.")
        if not no_browser:
            import webbrowser

            webbrowser.open(address)

    with suppress(InterruptedBySignal):  # the way to end it
        serve_page(
            library,
            port=port,
            folders=folder or [],
            workers=workers or joblib.cpu_count(),
            most_upload_bytes=round(max_upload_gb * 1e9),
            on_ready=tell,
        )
    terminal.say("The page has ended. What was being read goes on at the next start.")
