"""`motionsig inspect`: how complete correlations tables are."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motionsig.command_line import terminal
from motionsig.command_line.option_groups import AsJson

if TYPE_CHECKING:
    from features.description import ClipDescription
    from features.quality import MissingSummary


def inspect(
    tables: Annotated[
        list[Path], typer.Argument(help="Correlations tables, .csv or .parquet.", show_default=False)
    ],
    as_json: AsJson = False,
) -> None:
    """Show how much is missing in correlations tables, with one column for each table.

    The figures are those of the published notebook. Training leaves out clips with more than 7 % of their
    pairs missing. Tables that were made elsewhere can be read too.
    """
    from features.description import read_description
    from features.quality import summarise_missing
    from features.tables import clip_table_path, read_clips, read_correlations
    from ground.descriptions import flatten

    summaries = {str(path): summarise_missing(read_correlations(path)) for path in tables}
    described = [path for path in tables if clip_table_path(path).exists()]
    measured = {str(path): read_description(read_clips(clip_table_path(path))) for path in described}
    _warn_of_differences(measured)
    if as_json:
        terminal.emit_json(
            {
                path: asdict(summary) | {"made": flatten(measured[path]) if path in measured else None}
                for path, summary in summaries.items()
            }
        )
        return
    cells = [
        _format(summary) | {"signal": (measured[path].signal if path in measured else None) or "not recorded"}
        for path, summary in summaries.items()
    ]
    terminal.show_table(
        {"": "left", **dict.fromkeys(summaries, "right")},
        [(figure, *(cell[figure] for cell in cells)) for figure in cells[0]],
    )


def _warn_of_differences(measured: dict[str, ClipDescription]) -> None:
    """Say in what tables differ that should not be compared cell by cell."""
    from ground.descriptions import describe_differences

    paths = list(measured)
    for path in paths[1:]:
        if differences := describe_differences(measured[paths[0]], measured[path]):
            terminal.warn(f"{path} was made differently from {paths[0]}: {'; '.join(differences)}.")


def _format(summary: MissingSummary) -> dict[str, str]:
    return {
        "clips": str(summary.clips),
        "pairs": str(summary.pairs),
        "cells missing": f"{summary.cells_missing:.2%}",
        "clips with any cell missing": f"{summary.clips_with_missing:.2%}",
        "clips with more than 7 % missing": f"{summary.clips_above_limit:.2%}",
        "  which is more than this many pairs": str(summary.limit_pairs),
        "pairs with any cell missing": f"{summary.pairs_with_missing:.2%}",
        "clips left": str(summary.clips_left),
    }
