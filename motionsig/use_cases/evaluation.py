"""How far a verdict on some footage can be relied on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from classify.estimators import check_classifier
from classify.evaluation import Evaluation, count_steps, run_folds, split_for_evaluation, summarise
from classify.learning_curve import CurvePoint, measure_learning_curve
from classify.learning_curve import count_steps as count_curve_steps
from classify.person_model import read_training_set
from classify.published import PUBLISHED_SETS, STEPS, PublishedResult, choose_columns, run_published
from classify.training import MOST_FOLDS
from classify.training_set import TrainingSet
from features.signature import find_pair_set
from ground.errors import TrainingError
from ground.files import to_path
from ground.text import count
from motionsig.execution.cluster import search_on
from motionsig.use_cases.inputs import check_kind, check_person
from motionsig.use_cases.monitor import Monitor
from report.evaluation_figures import write_ratio_plots


@dataclass(frozen=True)
class ProtocolComparison:
    """One feature set by the published protocol, and by grouped evaluation."""

    published: PublishedResult
    grouped: Evaluation


def evaluate(
    table: str | Path,
    person: str,
    *,
    classifier: str = "svc",
    folds: int | None = None,
    manifest: str | Path | None = None,
    plots: str | Path | None = None,
    cluster: str | None = None,
    monitor: Monitor | None = None,
) -> Evaluation:
    """Measure how well a person can be told from others on recordings that nothing was learnt from.

    Parameters
    ----------
    table, person, classifier, manifest, cluster, monitor
        As for `motionsig.train`.
    folds
        How many parts are held out in turn, at least 2; None for 5, or fewer where sources are fewer.
    plots
        Folder for Tippett, ECE, PAV and reliability plots of the likelihood ratios, as SVG files.

    Raises
    ------
    TableError, TrainingError, StoppedError
        As of `motionsig.train`.
    """
    monitor = monitor or Monitor()
    chosen = check_classifier(classifier)
    clips, _, wanted = _read(table, person, manifest, folds, monitor)
    with search_on(cluster), monitor.stage("Evaluating", count_steps(wanted), "steps") as advance:
        parts = split_for_evaluation(clips, wanted)
        outcomes = run_folds(clips, chosen, parts, on_progress=lambda: advance(1))
    evaluation = summarise(outcomes)
    if plots is not None:
        write_ratio_plots(outcomes, clips.person, to_path(plots))
    return evaluation


def evaluate_growth(
    table: str | Path,
    person: str,
    *,
    classifier: str = "svc",
    folds: int | None = None,
    manifest: str | Path | None = None,
    cluster: str | None = None,
    monitor: Monitor | None = None,
) -> tuple[list[CurvePoint], int]:
    """Measure how the figures of `evaluate` grow with the person's sources and minutes.

    Parameters are as for `evaluate`, and so are errors.

    Returns
    -------
    points : list of CurvePoint
        From little footage to all of it.
    folds : int
        How many parts were held out in turn.
    """
    monitor = monitor or Monitor()
    chosen = check_classifier(classifier)
    clips, _, wanted = _read(table, person, manifest, folds, monitor)
    with search_on(cluster), monitor.stage("Evaluating", count_curve_steps(wanted), "steps") as advance:
        points = measure_learning_curve(clips, chosen, folds=wanted, on_progress=lambda: advance(1))
    return list(points), wanted


def evaluate_by_both_protocols(
    table: str | Path,
    person: str,
    *,
    classifier: str = "svc",
    folds: int | None = None,
    manifest: str | Path | None = None,
    cluster: str | None = None,
    monitor: Monitor | None = None,
) -> dict[str, ProtocolComparison]:
    """Evaluate the published notebook's feature sets by its random split, and by whole sources.

    Parameters are as for `evaluate`, and so are errors.

    Returns
    -------
    dict
        By the name of the feature set.
    """
    monitor = monitor or Monitor()
    chosen = check_classifier(classifier)
    clips, pairs, wanted = _read(table, person, manifest, folds, monitor)
    if find_pair_set(pairs).has_voice:
        raise TrainingError(
            "The table has pairs of the voice, and the published sets have none. Run `motionsig correlate` "
            "with --set full."
        )
    columns = {name: choose_columns(pairs, name) for name in PUBLISHED_SETS}
    missing = [name for name, columns_of in columns.items() if not columns_of.any()]
    if missing:
        raise TrainingError(
            f"The table has no pairs of the published set {missing[0]}. Run `motionsig correlate` with "
            "--set full."
        )
    parts = split_for_evaluation(clips, wanted)
    found: dict[str, ProtocolComparison] = {}
    total = len(columns) * (STEPS + count_steps(wanted))
    with search_on(cluster), monitor.stage("Evaluating", total, "steps") as advance:
        for name, columns_of in columns.items():
            part = replace(clips, values=clips.values[:, columns_of])
            published = run_published(part, on_progress=lambda: advance(1))
            outcomes = run_folds(part, chosen, parts, on_progress=lambda: advance(1))
            found[name] = ProtocolComparison(published, summarise(outcomes))
    return found


def _read(
    table: str | Path, person: str, manifest: str | Path | None, folds: int | None, monitor: Monitor
) -> tuple[TrainingSet, tuple[str, ...], int]:
    """Return the clips of a table, its pairs, and in how many parts the clips are held out."""
    check_person(person)
    if folds is not None:
        check_kind(folds, int, "The number of folds")
    labels = to_path(manifest) if manifest is not None else None
    clips, _, pairs = read_training_set(to_path(table), person, labels, monitor.notice)
    return clips, pairs, _count_folds(clips, folds)


def _count_folds(clips: TrainingSet, asked: int | None) -> int:
    fewest = min(clips.count_sources(of_target=of_target) for of_target in (True, False))
    if asked is not None and asked > fewest:
        raise TrainingError(
            f"{asked} folds need {asked} sources of the person and {asked} of others, but one side has only "
            f"{fewest}. Ask for at most {fewest} folds, or add videos of other sessions or people."
        )
    if asked is not None and asked < 2:
        raise TrainingError(f"{count(asked, 'fold')} would leave nothing to learn from. Ask for 2 or more.")
    return min(asked or MOST_FOLDS, fewest)
