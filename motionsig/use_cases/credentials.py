"""The content credentials of suspects."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from extract.credentials import (
    INSTALL,
    Credentials,
    can_read_credentials,
    may_hold_credentials,
    read_credentials,
    read_trusted_signers,
)
from motionsig.execution.isolation import Isolated, LostCallError
from motionsig.use_cases.monitor import Monitor

_LIMIT_S: Final = 60.0


def look_for_credentials(
    videos: Iterable[Path], trusted_signers: Path | None, monitor: Monitor
) -> dict[Path, Credentials]:
    """Return the content credentials of videos; of none where the library for it is missing.

    Parameters
    ----------
    videos
        Files.
    trusted_signers
        PEM file of certificates; None for no list.
    monitor
        Whether to stop; told where a list was given that nobody can use.

    Raises
    ------
    InputError
        When the list cannot be read.
    StoppedError
        When the monitor says so.
    """
    listed = None if trusted_signers is None else read_trusted_signers(trusted_signers)
    if not can_read_credentials():
        if listed is not None:
            monitor.notice(f"Content credentials are not read. To read them, install the library: {INSTALL}")
        return {}
    found = {}
    # Native code reads a file from outside: a crash, or a file that takes for ever, costs itself only.
    with Isolated(_LIMIT_S) as process:
        for video in videos:
            monitor.check()
            try:
                found[video] = (
                    process.call(read_credentials, video, listed)
                    if may_hold_credentials(video)
                    else Credentials(state="none")
                )
            except LostCallError:
                found[video] = Credentials(state="unreadable")
    return found
