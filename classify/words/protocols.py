"""The published protocol and the grouped one side by side, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from classify.evaluation import Evaluation
from classify.published import PublishedResult
from classify.words.figures import AUC_MEANS, BRACKETS_MEAN, CLLR_MEANS, format_figure, format_share

PROTOCOLS_LEGEND: Final = (
    (
        "published: clips are split at random. Neighbouring clips share half of their frames. Clips of the "
        "same recording, person or method of faking are on both sides. So this measures how well "
        "recordings are recognised."
    ),
    f"grouped: whole sessions, people and methods of faking are held out. {BRACKETS_MEAN}.",
    (
        "Majority accuracy: the accuracy of always giving the more frequent answer. Recall: the share "
        "recognised. Balanced accuracy: the mean of both recalls."
    ),
    f"{AUC_MEANS}. {CLLR_MEANS}. The published protocol reports neither.",
)


def list_protocols(published: PublishedResult, grouped: Evaluation) -> Iterator[tuple[str, str, str]]:
    """Yield the name of each figure of clips, and the figure by either protocol."""
    figures = grouped.get("clip").figures
    balanced = (published.recall_target + published.recall_non_target) / 2
    for what, one, other in (
        ("accuracy", published.accuracy, figures.accuracy),
        ("majority accuracy", published.majority_accuracy, figures.majority_accuracy),
        ("recall of person", published.recall_target, figures.recall_target),
        ("recall of others", published.recall_non_target, figures.recall_non_target),
        ("balanced accuracy", balanced, figures.balanced_accuracy),
        ("AUC", None, figures.auc),
        ("Cllr", None, figures.cllr),
    ):
        yield (
            what,
            "-" if one is None else format_share(one),
            format_share(other) if isinstance(other, float) else format_figure(other),
        )
