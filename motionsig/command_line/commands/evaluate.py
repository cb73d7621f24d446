"""`motionsig evaluate`: how far a verdict on this footage can be relied on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from motionsig.command_line import terminal
from motionsig.command_line.commands.shared_options import ClusterAddress, TableManifest

if TYPE_CHECKING:
    from classify.estimators import ClassifierName
    from classify.evaluation import Evaluation
    from classify.metrics import Figure
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
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Measure how well the person can be told from others on recordings that nothing was learnt from.

    Everything is chosen inside: each part of the sessions, people and fakes is held out once, and
    hyper-parameters, thresholds and calibration come from the rest. Give fakes by one method the same session
    in a manifest, so that whole methods are held out. Intervals are over sources, not over clips, which are
    alike.
    """
    from classify.enrolment import read_training_set
    from classify.estimators import check_classifier
    from classify.evaluation import count_steps, run_folds, split_for_evaluation, summarise
    from ground.errors import InputError
    from motionsig.command_line.reports import show_evaluation
    from motionsig.execution.cluster import search_on
    from report.evaluation_figures import write_ratio_plots

    classifier = check_classifier(model)
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
    clips, _, pairs = read_training_set(table, person, manifest)
    wanted = _count_folds(clips, folds)
    with search_on(cluster):
        if learning_curve:
            _show_learning_curve(clips, classifier, wanted, as_json)
            return
        if protocol == "published":
            _compare_protocols(clips, pairs, classifier, wanted, as_json)
            return
        with terminal.progress("Evaluating", count_steps(wanted), unit="steps") as advance:
            parts = split_for_evaluation(clips, wanted)
            outcomes = run_folds(clips, classifier, parts, on_progress=lambda: advance(1))
    evaluation = summarise(outcomes)
    if plots is not None:
        write_ratio_plots(outcomes, person, plots)
    if as_json:
        terminal.emit_json(evaluation.model_dump(mode="json"))
        return
    show_evaluation(evaluation)
    if plots is not None:
        terminal.say(f"Plots: {plots}")


def _count_folds(clips: TrainingSet, asked: int | None) -> int:
    from classify.training import MOST_FOLDS
    from ground.errors import TrainingError

    fewest = min(clips.count_sources(of_target=of_target) for of_target in (True, False))
    if asked is not None and asked > fewest:
        raise TrainingError(
            f"{asked} folds need {asked} sources of the person and of others, and one of both has {fewest}; "
            f"ask for at most {fewest} folds, or add videos of other sessions or people."
        )
    return min(asked or MOST_FOLDS, fewest)


def _show_learning_curve(clips: TrainingSet, classifier: ClassifierName, folds: int, as_json: bool) -> None:
    from classify.learning_curve import count_steps, measure_learning_curve
    from classify.words.figures import AUC_MEANS, BRACKETS_MEAN, CLLR_MEANS, format_figure

    with terminal.progress("Evaluating", count_steps(folds), unit="steps") as advance:
        points = measure_learning_curve(clips, classifier, folds=folds, on_progress=lambda: advance(1))
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


def _compare_protocols(
    clips: TrainingSet, pairs: tuple[str, ...], classifier: ClassifierName, folds: int, as_json: bool
) -> None:
    from dataclasses import replace

    from classify.evaluation import count_steps, run_folds, split_for_evaluation, summarise
    from classify.published import PUBLISHED_SETS, STEPS, choose_columns, run_published
    from ground.errors import TrainingError

    columns = {name: choose_columns(pairs, name) for name in PUBLISHED_SETS}
    missing = [name for name, chosen in columns.items() if not chosen.any()]
    if missing:
        raise TrainingError(
            f"The table holds none of the pairs of the published set {missing[0]}; correlate with --set full."
        )
    parts = split_for_evaluation(clips, folds)
    results: dict[str, tuple[PublishedResult, Evaluation]] = {}
    total = len(columns) * (STEPS + count_steps(folds))
    with terminal.progress("Evaluating", total, unit="steps") as advance:
        for name, chosen in columns.items():
            part = replace(clips, values=clips.values[:, chosen])
            published = run_published(part, on_progress=lambda: advance(1))
            outcomes = run_folds(part, classifier, parts, on_progress=lambda: advance(1))
            results[name] = published, summarise(outcomes)
    if as_json:
        terminal.emit_json({name: _to_json(*result) for name, result in results.items()})
        return
    _show_protocols(results, classifier)


def _to_json(published: PublishedResult, grouped: Evaluation) -> dict[str, Any]:
    return {"published": published.model_dump(mode="json"), "grouped": grouped.model_dump(mode="json")}


def _show_protocols(
    results: dict[str, tuple[PublishedResult, Evaluation]], classifier: ClassifierName
) -> None:
    from classify.words.figures import AUC_MEANS, BRACKETS_MEAN, CLLR_MEANS, format_figure, format_share

    rows: list[tuple[str, ...]] = []
    for name, (published, evaluation) in results.items():
        grouped = evaluation.get("clip").figures
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
    for name, (published, _) in results.items():
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
