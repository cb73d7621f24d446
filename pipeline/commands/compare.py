"""`motionsig compare`: which way of measuring and classifying holds across recordings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline import terminal

if TYPE_CHECKING:
    from classify.comparison import WayComparison


def compare(
    data: Annotated[
        list[Path],
        typer.Argument(help="Frame tables of `motionsig extract`, or folders of them.", show_default=False),
    ],
    person: Annotated[str, typer.Option(help="Whom to learn: a subject, such as id0.")],
    signals: Annotated[str, typer.Option(help="What is correlated.")] = "position,velocity,highpass",
    sets: Annotated[str, typer.Option(help="Which pairs: full, face, body, cross.")] = "full,face,body",
    windows: Annotated[str, typer.Option(help="Clips, as length/overlap in seconds.")] = "10/5,5/2.5",
    models: Annotated[str, typer.Option(help="Classifiers.")] = "svc,linear",
    manifest: Annotated[
        Path | None,
        typer.Option(
            help="CSV with path,subject,group,session, for videos that are not named <n>_id<k>_<group>.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Run the grouped evaluation over signals, sets of pairs, clip lengths and classifiers, in one table.

    The table is ordered by how each did inside the training parts. Its best row flatters, being the best of
    many; the last row says what picking the best is worth: in each fold the way is picked by the training
    part alone, and measured on what the fold held out.
    """
    from classify.comparison import compare_ways
    from classify.estimators import check_kind
    from features.labels import read_manifest
    from features.windows import parse_clip_rules
    from pipeline.inputs import find_files
    from pipeline.ways import lay_out_ways

    tables = find_files(data, {".parquet"}, "frame table")
    rules = parse_clip_rules(windows)
    chosen: dict[str, Any] = {
        "signals": signals.split(","),
        "sets": sets.split(","),
        "rules": rules,
        "kinds": [check_kind(kind) for kind in models.split(",")],
        "labels": read_manifest(manifest) if manifest else None,
    }
    total = len(tables) * len(chosen["signals"]) * len(rules)
    with terminal.progress("Correlating", total, unit="tables") as advance:
        ways = lay_out_ways(tables, person, **chosen, on_table=lambda: advance(1))
    with terminal.progress("Comparing", len(ways), unit="ways") as advance:
        comparison = compare_ways(ways, on_way=lambda: advance(1))
    if as_json:
        terminal.emit_json(comparison.model_dump(mode="json"))
    else:
        _show(comparison)


def _show(comparison: WayComparison) -> None:
    from pipeline.reports import format_figure

    rows: list[tuple[str, ...]] = []
    for k, way in enumerate(comparison.ways):
        clip, video = (way.evaluation.get(level).figures for level in ("clip", "video"))
        rows.append(
            (
                way.signal,
                way.pairs,
                way.clip,
                way.model,
                format_figure(clip.auc),
                format_figure(video.auc),
                format_figure(video.cllr),
                str(comparison.picked.count(k) or ""),
            )
        )
    clip, video = (
        next(
            part.figures
            for part in comparison.picked_comparisons
            if (part.level, part.against) == (level, "everybody else")
        )
        for level in ("clip", "video")
    )
    figures = (format_figure(figure) for figure in (clip.auc, video.auc, video.cllr))
    rows.append(("picked inside", "", "", "", *figures, str(len(comparison.picked))))
    terminal.show_table(
        {
            "signal": "left",
            "pairs": "left",
            "clip": "left",
            "model": "left",
            "AUC of clips": "right",
            "AUC of videos": "right",
            "Cllr of videos": "right",
            "picked": "right",
        },
        rows,
    )
    terminal.say(
        "Against everybody else; in brackets 95 % over sources. Quote the last row for the best way: the "
        "rows above it were looked at before one of them was chosen."
    )
