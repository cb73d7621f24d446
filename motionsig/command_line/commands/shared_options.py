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

MaxPixels = Annotated[
    int, typer.Option(help="Refuse videos whose pictures have more pixels, width times height.")
]

TimeLimit = Annotated[float, typer.Option(help="Give a video up that takes longer to read, seconds.")]

KeepMesh = Annotated[
    bool, typer.Option("--keep-mesh", help="Write all points of the face too, <video>.mesh.parquet.")
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
