"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ClusterAddress = Annotated[
    str | None,
    typer.Option(
        "--cluster",
        help="Work on the Dask cluster of this scheduler, such as tcp://10.0.0.1:8786; it is trusted.",
        show_default=False,
    ),
]

VideoManifest = Annotated[
    Path | None,
    typer.Option(
        "--manifest",
        help="CSV with path,subject,group,session, for videos that are not named <n>_id<k>_<group>.",
        show_default=False,
    ),
]

TableManifest = Annotated[
    Path | None,
    typer.Option("--manifest", help="CSV (path,subject,group,session) whose labels come before the table's."),
]
