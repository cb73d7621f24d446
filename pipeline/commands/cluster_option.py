"""The option `--cluster`, which several commands have."""

from __future__ import annotations

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
