"""`motionsig evaluate`: how far a verdict on this footage can be relied on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline import terminal
from pipeline.commands.cluster_option import ClusterAddress

if TYPE_CHECKING:
    from classify.estimators import ModelKind
    from classify.evaluation import Evaluation, FoldOutcome
    from classify.published import PublishedResult
    from classify.training_set import TrainingSet


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
    model: Annotated[
        str, typer.Option(help="Classifier: svc, linear, or oneclass (trained on the person alone).")
    ] = "svc",
    folds: Annotated[
        int | None,
        typer.Option(min=2, help="How many parts are held out in turn.", show_default="5, or fewer sources"),
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(help="CSV (path,subject,group,session) whose labels come before the table's."),
    ] = None,
    learning_curve: Annotated[
        bool,
        typer.Option(
            "--learning-curve",
            help="Show instead how the figures grow with the person's sources and minutes.",
        ),
    ] = False,
    plots: Annotated[
        Path | None,
        typer.Option(help="Folder for tippett.png and reliability.png of the likelihood ratios."),
    ] = None,
    cluster: ClusterAddress = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Measure how well the person can be told from others on recordings that nothing was learnt from.

    Everything is chosen inside: each part of the sessions, people and fakes is held out once, and setting,
    thresholds and calibration come from the rest. Give fakes by one method the same session in a manifest, so
    that whole methods are held out. Intervals are over sources, not over clips, which are alike.
    """
    from classify.enrolment import read_training_set
    from classify.estimators import check_kind
    from classify.evaluation import summarise
    from classify.plots import plot_outcomes
    from extract.errors import InputError
    from pipeline.reports import show_evaluation

    kind = check_kind(model)
    if protocol not in ("grouped", "published"):
        raise InputError(f"--protocol is grouped or published, not '{protocol}'.")
    clips, _, pairs = read_training_set(table, person, manifest)
    if learning_curve:
        _show_learning_curve(clips, kind, as_json)
        return
    if protocol == "published":
        _compare_protocols(clips, pairs, kind, folds, as_json)
        return
    outcomes = _run_folds(clips, kind, folds, "Evaluating")
    evaluation = summarise(outcomes)
    if plots is not None:
        plot_outcomes(outcomes, plots)
    if as_json:
        terminal.emit_json(evaluation.model_dump(mode="json"))
        return
    show_evaluation(evaluation)
    if plots is not None:
        terminal.say(f"Plots: {plots}")


def _run_folds(clips: TrainingSet, kind: ModelKind, folds: int | None, title: str) -> list[FoldOutcome]:
    from classify.evaluation import run_folds
    from classify.training import MOST_FOLDS
    from extract.errors import TrainingError

    fewest = min(clips.count_sources(of_person=of_person) for of_person in (True, False))
    if folds is not None and folds > fewest:
        raise TrainingError(
            f"{folds} folds need {folds} sources of the person and of others, and one of both has {fewest}; "
            f"ask for at most {fewest} folds, or add videos of other sessions or people."
        )
    wanted = min(folds or MOST_FOLDS, fewest)
    with terminal.progress(title, wanted, unit="folds") as advance:
        return run_folds(clips, kind, folds=wanted, on_fold=lambda: advance(1))


def _show_learning_curve(clips: TrainingSet, kind: ModelKind, as_json: bool) -> None:
    from classify.learning_curve import count_points, measure_learning_curve
    from pipeline.reports import format_figure

    with terminal.progress("Evaluating", count_points(), unit="points") as advance:
        points = measure_learning_curve(clips, kind, on_point=lambda: advance(1))
    if as_json:
        terminal.emit_json([point.model_dump(mode="json") for point in points])
        return
    terminal.say("What a fold learns of the person, in the mean; others stay. In brackets 95 % over sources.")
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


def _compare_protocols(
    clips: TrainingSet, pairs: tuple[str, ...], kind: ModelKind, folds: int | None, as_json: bool
) -> None:
    from dataclasses import replace

    from classify.evaluation import summarise
    from classify.published import PUBLISHED_SETS, choose_columns, run_published
    from extract.errors import TrainingError

    results: dict[str, tuple[PublishedResult, Evaluation]] = {}
    for name in PUBLISHED_SETS:
        columns = choose_columns(pairs, name)
        if not columns.any():
            raise TrainingError(
                f"The table holds none of the pairs of the published set {name}; correlate with --set full."
            )
        part = replace(clips, values=clips.values[:, columns])
        outcomes = _run_folds(part, kind, folds, f"Evaluating {name}")
        results[name] = run_published(part), summarise(outcomes)
    if as_json:
        terminal.emit_json({name: _to_json(*result) for name, result in results.items()})
        return
    _show_protocols(results)


def _to_json(published: PublishedResult, grouped: Evaluation) -> dict[str, Any]:
    return {"published": published.model_dump(mode="json"), "grouped": grouped.model_dump(mode="json")}


def _show_protocols(results: dict[str, tuple[PublishedResult, Evaluation]]) -> None:
    from pipeline.reports import format_figure

    rows: list[tuple[str, ...]] = []
    for name, (published, evaluation) in results.items():
        grouped = evaluation.get("clip").figures
        setting = ", ".join(f"{key}={value}" for key, value in published.setting.items())
        title = f"{name} ({published.pairs} pairs)"
        rows += [
            (title, "accuracy", f"{published.accuracy:.3f}", format_figure(grouped.accuracy)),
            (
                "",
                "  of the majority answer",
                f"{published.majority_accuracy:.3f}",
                f"{grouped.majority_accuracy:.3f}",
            ),
            (
                "",
                "recall of the person",
                f"{published.recall_person:.3f}",
                format_figure(grouped.recall_person),
            ),
            (
                "",
                "recall of others",
                f"{published.recall_others:.3f}",
                format_figure(grouped.recall_others),
            ),
            (
                "",
                "balanced accuracy",
                f"{(published.recall_person + published.recall_others) / 2:.3f}",
                format_figure(grouped.balanced_accuracy),
            ),
            ("", "AUC", "-", format_figure(grouped.auc)),
            ("", "Cllr", "-", format_figure(grouped.cllr)),
            ("", "grid's best accuracy, setting", f"{published.grid_accuracy:.3f} ({setting})", "-"),
        ]
    terminal.show_table(
        {"set": "left", "clips": "left", "published protocol": "right", "grouped protocol": "right"}, rows
    )
    terminal.say(
        "The published protocol splits clips at random: neighbours share half their frames, and clips of one "
        "recording, person or method of faking stand on both sides, so it measures how well recordings are "
        "recognised. The grouped protocol holds whole ones out; in brackets 95 % over sources."
    )
