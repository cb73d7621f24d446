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
    from classify.metrics import Figure
    from motionsig.use_cases.evaluation import ProtocolComparison


def evaluate(
    table: Annotated[Path, typer.Argument(help="Correlations table of `motionsig correlate`.")],
    person: Annotated[str, typer.Option(help="Whom to learn: a subject of the table, such as id0.")],
    protocol: Annotated[
        str,
        typer.Option(
            help="grouped: whole sessions, people and methods of faking held out. published: the published "
            "notebook's random split of clips, for its three feature sets, beside the grouped figures."
        ),
    ] = "grouped",
    classifier: Classifier = "svc",
    folds: Annotated[
        int | None,
        typer.Option(min=2, help="How many parts are held out in turn.", show_default="5, or fewer sources"),
    ] = None,
    manifest: TableManifest = None,
    learning_curve: Annotated[
        bool,
        typer.Option(
            "--learning-curve",
            help="Show instead how the figures grow with the person's sources and minutes.",
        ),
    ] = False,
    plots: Annotated[
        Path | None,
        typer.Option(help="Folder for tippett.svg and reliability.svg of the likelihood ratios."),
    ] = None,
    cluster: ClusterAddress = None,
    as_json: AsJson = False,
) -> None:
    """Measure how well the person can be told from others on recordings that nothing was learnt from.

    Everything is chosen inside: each part of the sessions, people and fakes is held out once, and
    hyper-parameters, thresholds and calibration come from the rest. Give fakes by one method the same session
    in a manifest, so that whole methods are held out. Intervals are over sources, not over clips, which are
    alike.
    """
    from motionsig.command_line.reports import show_evaluation
    from motionsig.use_cases import evaluation

    if protocol not in ("grouped", "published"):
        raise InputError(f"--protocol is grouped or published, not '{protocol}'.")
    if learning_curve and protocol == "published":
        raise InputError(
            "--learning-curve grows what the grouped protocol learns from; the published protocol has none. "
            "Leave out one of the two."
        )
    if plots is not None and (learning_curve or protocol == "published"):
        raise InputError(
            "--plots draws the likelihood ratios of one grouped evaluation; leave out "
            f"{'--learning-curve' if learning_curve else '--protocol published'}, or leave out --plots."
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
        f"How much of the person one of {folds} folds learns from, in the mean; others stay as they are."
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
    terminal.say(f"{AUC_MEANS}; {CLLR_MEANS}; {BRACKETS_MEAN}.")


def _show_protocols(results: dict[str, ProtocolComparison], classifier: str, as_json: bool) -> None:
    from classify.words.figures import AUC_MEANS, BRACKETS_MEAN, CLLR_MEANS, format_figure, format_share

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
    rows: list[tuple[str, ...]] = []
    for name, result in results.items():
        published, grouped = result.published, result.grouped.get("clip").figures
        balanced = (published.recall_target + published.recall_non_target) / 2
        figures: dict[str, tuple[float | None, float | Figure]] = {
            "accuracy": (published.accuracy, grouped.accuracy),
            "majority accuracy": (published.majority_accuracy, grouped.majority_accuracy),
            "recall of person": (published.recall_target, grouped.recall_target),
            "recall of others": (published.recall_non_target, grouped.recall_non_target),
            "balanced accuracy": (balanced, grouped.balanced_accuracy),
            "AUC": (None, grouped.auc),
            "Cllr": (None, grouped.cllr),
        }
        for k, (what, (one, other)) in enumerate(figures.items()):
            rows.append(
                (
                    "" if k else f"{name} ({published.pairs} pairs)",
                    what,
                    "-" if one is None else format_share(one),
                    format_share(other) if isinstance(other, float) else format_figure(other),
                )
            )
    terminal.show_table({"set": "left", "of clips": "left", "published": "right", "grouped": "right"}, rows)
    for name, result in results.items():
        published = result.published
        chosen = ", ".join(f"{key}={value}" for key, value in published.hyperparameters.items())
        terminal.say(
            f"Published grid search, {name}: accuracy {format_share(published.grid_accuracy)} with {chosen}."
        )
    for line in (
        (
            "published: clips are split at random. Neighbours share half their frames, and clips of one "
            "recording, person or method of faking stand on both sides, so it measures how well recordings "
            "are recognised."
        ),
        (
            f"grouped ({classifier}): whole sessions, people and methods of faking are held out; "
            f"{BRACKETS_MEAN}."
        ),
        (
            "Majority accuracy: of always giving the more frequent answer. Recall: share recognised; "
            "balanced accuracy is the mean of both."
        ),
        f"{AUC_MEANS}; {CLLR_MEANS}. The published protocol reports neither.",
    ):
        terminal.say(line)
