"""`motionsig explore`: a look at a data set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from motionsig.command_line import terminal

if TYPE_CHECKING:
    import pandas as pd

    from classify.estimators import ClassifierName
    from report.data_set_page import Evaluated

_KIND: Final[ClassifierName] = "svc"


def explore(
    table: Annotated[Path, typer.Argument(help="Correlations table of `motionsig correlate`.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Page to write.")] = Path("explore.html"),
    person: Annotated[
        str | None,
        typer.Option(
            help="Whom to tell from the others in the evaluation figures.",
            show_default="the one with the most sources",
        ),
    ] = None,
) -> None:
    """Write a look at a data set as one HTML file: what is in it, what is missing, who can be told apart.

    Clips are arranged by PCA and t-SNE, and marked by group, person and source: the last shows whether a
    random split of clips would leak. The evaluation is that of `motionsig evaluate`; large tables take long.
    """
    from datetime import UTC, datetime

    from classify.training_set import is_usable
    from features.tables import read_labelled_table
    from ground.provenance import motionsig_version
    from report.data_set_page import render_data_set
    from report.embedding import embed
    from report.page import check_page_path, write_page

    correlations, clips = read_labelled_table(table)
    check_page_path(out)
    evaluated = _evaluate(correlations, clips, person)
    with terminal.progress("Arranging the clips", None, unit="clips"):
        embedding = embed(correlations[is_usable(correlations)])
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    made = f"{now}, motionsig {motionsig_version()}"
    write_page(render_data_set(table.name, correlations, clips, embedding, evaluated, made), out)
    terminal.say(f"Written: {out}")


def _evaluate(correlations: pd.DataFrame, clips: pd.DataFrame, person: str | None) -> Evaluated:
    """Evaluate as far as the footage allows; what it does not allow is said on the page."""
    from classify import evaluation, learning_curve
    from classify.training_set import select_training_set
    from ground.errors import TrainingError
    from report.data_set_page import Evaluated

    chosen = person or _choose_person(clips)
    if chosen is None:
        return Evaluated(
            None, why_not="Nobody is named in the table, so there is nobody to tell from others."
        )
    try:
        clip_set = select_training_set(correlations, clips, chosen)
        folds = evaluation.split_for_evaluation(clip_set)
    except TrainingError as error:
        if person is not None:
            raise
        return Evaluated(chosen, why_not=error.message)
    steps = evaluation.count_steps(len(folds)) + learning_curve.count_steps(len(folds))
    with terminal.progress("Evaluating", steps, unit="steps") as advance:
        outcomes = evaluation.run_folds(clip_set, _KIND, folds, on_progress=lambda: advance(1))
        curve = learning_curve.measure_learning_curve(clip_set, _KIND, on_progress=lambda: advance(1))
    return Evaluated(chosen, outcomes, curve)


def _choose_person(clips: pd.DataFrame) -> str | None:
    """Return who has the most sources of authentic footage; of several, the one with the most clips."""
    from report.data_set_page import label_clips

    labels = label_clips(clips)
    authentic = labels[~labels["is_fake"] & clips["subject"].notna()]
    if authentic.empty:
        return None
    counts = authentic.groupby("person")["source"].agg(["nunique", "size"])
    return str(counts.sort_values(["nunique", "size"], ascending=False, kind="stable").index[0])
