"""Figures of an evaluation, as the cells of a table, and what they mean, for the lines below it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from classify.estimators import CLASSIFIER_NAMES
from classify.evaluation import Comparison, Evaluation
from classify.metrics import Figure

AUC_MEANS: Final = "AUC: how often the person's score is above somebody else's (.5 is chance, 1 is perfect)"
CLLR_MEANS: Final = (
    "Cllr: cost of the likelihood ratios in bits (0 is perfect, 1 says nothing, more than 1 misleads)"
)
BRACKETS_MEAN: Final = (
    "In brackets: 95 % interval over sources; it is too narrow with fewer than about 10 sources, and [few] "
    "means too few for an interval"
)
EVALUATION_LEGEND: Final = (
    f"{AUC_MEANS}. {BRACKETS_MEAN}.",
    "Equal error rate: the error rate at the threshold where both kinds of error are equally frequent.",
    f"{CLLR_MEANS}. Min Cllr: the cost that the best calibration would leave.",
    (
        "From AUC down to the counts, each clip or video counts once. In the rates below them, each source "
        "counts once."
    ),
    (
        "Accuracy, recall (the share recognised) and counts: a likelihood ratio above 1 counts as the "
        "person. Balanced accuracy: the mean of both recalls. Majority answer: the accuracy of always "
        "giving the more frequent answer."
    ),
    (
        "False match, false no match, undecided: the rates of complete verdicts, with thresholds chosen "
        "from the other folds."
    ),
)


def describe_protocol(evaluation: Evaluation) -> str:
    """Return what was evaluated, how often, and what was held out whole."""
    held_out = ["sessions of the person"]
    if any(part.against == "other people" for part in evaluation.comparisons):
        held_out.append("other people")
    if evaluation.fake_methods:
        held_out.append("methods of faking")
    unknown = " Fakes of unknown method count as one source." if evaluation.fakes_of_unknown_method else ""
    return (
        f"{CLASSIFIER_NAMES[evaluation.classifier]}, {evaluation.folds} folds. Held out as a whole: "
        f"{', '.join(held_out)}.{unknown} Brackets: 95 % intervals over sources."
    )


def describe_rule(evaluation: Evaluation) -> str:
    """Return by which rule matches were told, and how often that was meant to err."""
    rates = evaluation.get("video").decisions
    ratios = " and have a likelihood ratio of at least 2" if rates.calibrated else ""
    attainable = (rates.attainable_false_match, rates.attainable_false_no_match)
    limit = ""
    if max(attainable) > rates.error_rate:
        limit = (
            f" With so few sources, {attainable[0]:.0%} and {attainable[1]:.0%} are the lowest possible "
            "rates."
        )
    return (
        f"As in a verdict, a match must pass the thresholds{ratios}. The thresholds aim at "
        f"{rates.error_rate:.0%} false matches and {rates.error_rate:.0%} false no matches.{limit}"
    )


def list_figures(part: Comparison) -> Iterator[tuple[str, str]]:
    """Yield the name of each figure, and the figure, for a person who reads a table."""
    figures, rates = part.figures, part.decisions
    yield "person / others", f"{figures.targets} / {figures.non_targets}"
    yield "sources", f"{figures.target_sources} / {figures.non_target_sources}"
    for label, figure in (
        ("AUC", figures.auc),
        ("equal error rate", figures.equal_error_rate),
        ("balanced accuracy", figures.balanced_accuracy),
        ("recall, person", figures.recall_target),
        ("recall, others", figures.recall_non_target),
        ("accuracy", figures.accuracy),
    ):
        yield label, format_figure(figure)
    yield "  majority answer", format_share(figures.majority_accuracy)
    yield "Cllr", format_figure(figures.cllr)
    yield "min Cllr", format_figure(figures.min_cllr)
    for label, count in (
        ("person -> person", figures.confusion.target_called_target),
        ("person -> others", figures.confusion.target_called_non_target),
        ("others -> person", figures.confusion.non_target_called_target),
        ("others -> others", figures.confusion.non_target_called_non_target),
    ):
        yield label, format_with_interval(count, ".0f")
    yield "false match", format_figure(rates.false_match)
    yield "false no match", format_figure(rates.false_no_match)
    yield "undecided, person", format_figure(rates.undecided_target)
    yield "undecided, others", format_figure(rates.undecided_non_target)


def format_figure(figure: Figure) -> str:
    """Return ``.912 [.870, .950]``, or ``.912 [few]`` where the sources are too few for an interval."""
    if figure.low is None or figure.high is None:
        return f"{format_share(figure.value)} [few]"
    return f"{format_share(figure.value)} [{format_share(figure.low)}, {format_share(figure.high)}]"


def format_with_interval(figure: Figure, spec: str) -> str:
    """Return a figure and its interval, written by a format specification."""
    if figure.low is None or figure.high is None:
        return f"{figure.value:{spec}} [too few sources]"
    return f"{figure.value:{spec}} [{figure.low:{spec}}, {figure.high:{spec}}]"


def format_share(share: float) -> str:
    """Return a number in four characters, ``.912`` or ``1.00``, so that three columns fit a terminal."""
    return f"{share:.3f}".removeprefix("0") if share < 0.9995 else f"{share:.2f}"
