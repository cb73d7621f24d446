"""`motionsig fetch-networks`: the networks that find bodies and faces."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from motionsig.command_line import terminal


def fetch_networks(
    wheel: Annotated[
        Path | None,
        typer.Argument(help="The wheel of MediaPipe, if you have it. Otherwise pip downloads it."),
    ] = None,
) -> None:
    """Download the networks that find bodies and faces. You need this once after installation.

    They are in the package of MediaPipe (36 MB, Apache 2.0). Only the networks are kept, and each is checked.
    Networks that are there and undamaged are not downloaded again.
    """
    from extract.networks import fetch
    from extract.networks.weights import SHA256, locate_weights

    fetch.fetch_networks(wheel, terminal.notify)
    folder = locate_weights(next(iter(SHA256))).parent
    terminal.say(f"The networks are in {folder}")
