"""`motionsig evaluate`: how far a verdict on this footage can be relied on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ground.errors import InputError
from motionsig.command_line import terminal
from motionsig.command_line.option_groups import AsJson, Classifier, ClusterAddress, TableManifest
from motionsig.command_line.watching import watched

if TYPE_CHECKING:
    from classify.learning_curve import CurvePoint
    from motionsig.use_cases.evaluation import ProtocolComparison


def evaluate(
    table: Annotated[Path, typer.Argument(help="Correlations table of `motionsig correlate`.")],
    person: Annotated[str, typer.Option(help="The person to learn: a subject in the table, such as id0.")],
    protocol: Annotated[
        str,
        typer.Option(
            help="grouped: hold out whole sessions, people and methods of faking. published: also split "
            "clips at random, as the published notebook does, for its three feature sets, and show both."
        ),
    ] = "grouped",
    classifier: Classifier = "svc",
    folds: Annotated[
        int | None,
        typer.Option(
            min=2,
            help="How many parts to hold out, one after the other.",
            show_default="5, or fewer if there are fewer sources",
        ),
    ] = None,
    manifest: TableManifest = None,
    learning_curve: Annotated[
        bool,
        typer.Option(
            "--learning-curve",
            help="Show how the figures grow with the number of the person's sources and with minutes.",
        ),
    ] = False,
    plots: Annotated[
        Path | None,
        typer.Option(
            help="Draw plots of the likelihood ratios into this folder: tippett.svg, ece.svg, pav.svg and "
            "reliability.svg."
        ),
    ] = None,
    cluster: ClusterAddress = None,
    as_json: AsJson = False,
) -> None:
    """Measure how well the person can be told from others, on recordings that were held out.

    Each part of the sessions, people and fakes is held out once. Hyperparameters, thresholds and calibration
    come only from the rest. In the manifest, give all fakes by one method the same session, so that whole
    methods are held out. Intervals are over sources, because clips of one source are not independent.
    """
    from motionsig.command_line.reports import show_evaluation
    from motionsig.use_cases import evaluation

    if protocol not in ("grouped", "published"):
        raise InputError(f"--protocol must be grouped or published, not '{protocol}'.")
    if learning_curve and protocol == "published":
        raise InputError(
            "--learning-curve works only with the grouped protocol. Leave out --learning-curve or "
            "--protocol published."
        )
    if plots is not None and (learning_curve or protocol == "published"):
        raise InputError(
            "--plots needs a single grouped evaluation. Leave out "
            f"{'--learning-curve' if learning_curve else '--protocol published'} or --plots."
        )
    with watched() as monitor:
        given: dict[str, Any] = {
            "classifier": classifier,
            "folds": folds,
            "manifest": manifest,
            "cluster": cluster,
            "monitor": monitor,
        }
        if learning_curve:
            _show_learning_curve(*evaluation.evaluate_growth(table, person, **given), as_json)
            return
        if protocol == "published":
            results = evaluation.evaluate_by_both_protocols(table, person, **given)
            _show_protocols(results, classifier, as_json)
            return
        found = evaluation.evaluate(table, person, plots=plots, **given)
    if as_json:
        terminal.emit_json(found.model_dump(mode="json"))
        return
    show_evaluation(found)
    if plots is not None:
        terminal.say(f"Plots: {plots}")


def _show_learning_curve(points: list[CurvePoint], folds: int, as_json: bool) -> None:
    from classify.words.figures import AUC_MEANS, BRACKETS_MEAN, CLLR_MEANS, format_figure

    if as_json:
        terminal.emit_json([point.model_dump(mode="json") for point in points])
        return
    terminal.say(
        f"Each row: how much of the person's footage a fold learns from, averaged over {folds} folds. The "
        "footage of others stays the same."
    )
    terminal.show_table(
        {
            "growing": "left",
            "sources": "right",
            "clips": "right",
            "minutes": "right",
            "AUC of clips": "right",
            "AUC of videos": "right",
            "Cllr of videos": "right",
        },
        [
            (
                point.growing,
                f"{point.sources:.1f}",
                f"{point.clips:.0f}",
                "-" if point.minutes is None else f"{point.minutes:.1f}",
                *map(format_figure, (point.clip_auc, point.video_auc, point.video_cllr)),
            )
            for point in points
        ],
    )
    terminal.say(f"{AUC_MEANS}. {CLLR_MEANS}. {BRACKETS_MEAN}.")


def _show_protocols(results: dict[str, ProtocolComparison], classifier: str, as_json: bool) -> None:
    from classify.words.figures import format_share
    from classify.words.protocols import PROTOCOLS_LEGEND, list_protocols

    if as_json:
        terminal.emit_json(
            {
                name: {
                    "published": result.published.model_dump(mode="json"),
                    "grouped": result.grouped.model_dump(mode="json"),
                }
                for name, result in results.items()
            }
        )
        return
    rows: list[tuple[str, ...]] = [
        ("" if k else f"{name} ({result.published.pairs} pairs)", *cells)
        for name, result in results.items()
        for k, cells in enumerate(list_protocols(result.published, result.grouped))
    ]
    terminal.show_table({"set": "left", "of clips": "left", "published": "right", "grouped": "right"}, rows)
    for name, result in results.items():
        published = result.published
        chosen = ", ".join(f"{key}={value}" for key, value in published.hyperparameters.items())
        terminal.say(
            f"Published grid search, {name}: accuracy {format_share(published.grid_accuracy)} with {chosen}."
        )
    terminal.say(f"Grouped: classifier {classifier}.")
    for line in PROTOCOLS_LEGEND:
        terminal.say(line)
