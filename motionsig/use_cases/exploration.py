"""A look at a data set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from classify import evaluation, learning_curve
from classify.training_set import is_usable, select_training_set
from features.tables import read_labelled_table
from ground.errors import TrainingError
from ground.files import to_path
from ground.provenance import motionsig_version, tell_time
from motionsig.use_cases.monitor import Monitor
from report.data_set_page import Evaluated, label_clips, render_data_set
from report.embedding import embed
from report.page import check_page_path, write_page

if TYPE_CHECKING:
    import pandas as pd

    from classify.estimators import ClassifierName

_CLASSIFIER: Final[ClassifierName] = "svc"


def explore(
    table: str | Path,
    out: str | Path = "explore.html",
    *,
    person: str | None = None,
    monitor: Monitor | None = None,
) -> Path:
    """Write a look at a data set as one HTML file: what is in it, what is missing, who can be told apart.

    Parameters
    ----------
    table
        Correlations table of `correlate`.
    out
        The page.
    person
        Whom to tell from the others in the evaluation figures; None for the one with the most sources.
    monitor
        Progress, and whether to stop.

    Returns
    -------
    Path
        Of the page.

    Raises
    ------
    InputError
        When the page cannot be written.
    TableError
        When the table breaks its contract.
    TrainingError
        When a person is named who cannot be told from others with this footage.
    StoppedError
        When the monitor says so.
    """
    monitor = monitor or Monitor()
    table, out = to_path(table), to_path(out)
    correlations, clips = read_labelled_table(table, on_warning=monitor.notice)
    check_page_path(out)
    evaluated = _evaluate(correlations, clips, person, monitor)
    with monitor.stage("Arranging the clips", None, "clips"):
        embedding = embed(correlations[is_usable(correlations, clips)])
    monitor.check()
    made = f"{tell_time()}, motionsig {motionsig_version()}"
    write_page(render_data_set(table.name, correlations, clips, embedding, evaluated, made), out)
    return out


def _evaluate(
    correlations: pd.DataFrame, clips: pd.DataFrame, person: str | None, monitor: Monitor
) -> Evaluated:
    """Evaluate as far as the footage allows; what it does not allow is said on the page."""
    chosen = person or _choose_person(clips)
    if chosen is None:
        return Evaluated(None, why_not="The table names nobody, so nobody can be told from others.")
    try:
        clip_set = select_training_set(correlations, clips, chosen, monitor.notice)
        folds = evaluation.split_for_evaluation(clip_set)
    except TrainingError as error:
        if person is not None:
            raise
        return Evaluated(chosen, why_not=error.message)
    steps = evaluation.count_steps(len(folds)) + learning_curve.count_steps(len(folds))
    with monitor.stage("Evaluating", steps, "steps") as advance:
        outcomes = evaluation.run_folds(clip_set, _CLASSIFIER, folds, on_progress=lambda: advance(1))
        curve = learning_curve.measure_learning_curve(clip_set, _CLASSIFIER, on_progress=lambda: advance(1))
    return Evaluated(chosen, outcomes, curve)


def _choose_person(clips: pd.DataFrame) -> str | None:
    """Return who has the most sources of authentic footage; of several, the one with the most clips."""
    labels = label_clips(clips)
    authentic = labels[~labels["is_fake"] & clips["subject"].notna()]
    if authentic.empty:
        return None
    counts = authentic.groupby("person")["source"].agg(["nunique", "size"])
    return str(counts.sort_values(["nunique", "size"], ascending=False, kind="stable").index[0])
