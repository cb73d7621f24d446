"""Models and evaluations as lines and tables for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pipeline import terminal
from pipeline.legends import EVALUATION_LEGEND

if TYPE_CHECKING:
    from classify.evaluation import Comparison, Evaluation
    from classify.metrics import Figure
    from classify.model import ModelCard
    from classify.thresholds import Thresholds


def show_evaluation(evaluation: Evaluation) -> None:
    """Print the figures of an evaluation: a table a level, a column for each kind of others."""
    terminal.say(
        f"{evaluation.model}, {evaluation.folds} folds; whole sessions, people and methods of faking "
        "held out; in brackets 95 % over sources."
    )
    for level in ("clip", "video"):
        parts = [part for part in evaluation.comparisons if part.level == level]
        if len(parts) == 2:  # everybody else is of one kind, so the figures are the same
            parts = parts[1:]
        columns = [list(_list_figures(part)) for part in parts]
        names = [name for name, _ in columns[0]]
        terminal.show_table(
            {f"{level}s against": "left", **{part.against: "right" for part in parts}},
            [(name, *(cells[k][1] for cells in columns)) for k, name in enumerate(names)],
        )
    for line in EVALUATION_LEGEND:
        terminal.say(line)


def format_figure(figure: Figure) -> str:
    """Return ``.912 [.870, .950]``; without the interval where a single source gives none."""
    value = format_share(figure.value)
    if figure.low is None or figure.high is None:
        return value
    return f"{value} [{format_share(figure.low)}, {format_share(figure.high)}]"


def format_share(share: float) -> str:
    """Return a number in four characters, ``.912`` or ``1.00``, so that three columns fit a terminal."""
    return f"{share:.3f}".removeprefix("0") if share < 0.9995 else f"{share:.2f}"


def list_card(card: ModelCard) -> Iterable[str]:
    """Yield the lines of a model's card: who, what footage, measured how, made when, and what it can say."""
    from classify.verbal_scale import format_ratio

    footage, identity = card.footage, card.identity
    settings = ", ".join(f"{name}={value}" for name, value in card.settings.items())
    yield (
        f"{card.person}: {footage.person_clips} clips{_minutes(footage.person_minutes)} from "
        f"{footage.person_sources} sources, against {footage.other_clips} clips"
        f"{_minutes(footage.other_minutes)} from {footage.other_sources} sources of others and fakes "
        f"({footage.clips_left_out} clips left out: more than 7 % of their pairs are missing)."
    )
    if footage.clips_unlabelled:
        yield f"{footage.clips_unlabelled} clips were left out because nobody said who is in their video."
    step = f"{identity.step_frames} frames" if identity.step_s is None else f"{identity.step_s:g} s"
    measured = (
        "not recorded by the table"
        if identity.signal is None
        else f"{identity.body_backend} and {identity.face_backend}, {identity.signal}, "
        f"{identity.body_coordinates} coordinates, clips of {identity.clip_s:g} s every {step}"
    )
    yield f"Measured: {measured}; {len(card.pairs)} feature pairs ({identity.feature_set})."
    yield f"Classifier: {card.kind} with {settings}."
    yield f"Thresholds: clips {_span(card.thresholds)}; videos {_span(card.video_thresholds)}."
    scale = card.video_calibration
    if scale is None:
        yield f"Not calibrated, so there are no likelihood ratios: {'; '.join(card.shortfalls)}."
    else:
        low, high = format_ratio(scale.lowest), format_ratio(scale.highest)
        yield (
            f"Calibrated ({scale.method}) on {scale.person_sources} sources of the person and "
            f"{scale.other_sources} of others, which support likelihood ratios from {low} to {high}."
        )
    yield (
        f"Made {card.created_utc} by motionsig {card.motionsig_version} from {footage.table} "
        f"(SHA-256 {footage.table_sha256[:12]}...)."
    )


def summarise_error_rates(card: ModelCard) -> str:
    """Return what is known of a model's errors on videos that it has not seen, in a sentence."""
    if card.evaluation is None:
        return (
            "How often it errs could not be measured: at least 3 sources of the person and 3 of others are "
            "needed for that."
        )
    part = card.evaluation.get("video")
    decisions, figures = part.decisions, part.figures
    return (
        f"On held-out sources {decisions.false_match:.0%} of {figures.others} videos of others count as "
        f"consistent and {decisions.false_no_match:.0%} of {figures.person} of the person's own as "
        f"inconsistent (AUC {format_figure(figures.auc)})."
    )


def _list_figures(part: Comparison) -> Iterable[tuple[str, str]]:
    figures, decisions = part.figures, part.decisions
    yield "person/others", f"{figures.person} / {figures.others}"
    yield "sources", f"{figures.person_sources} / {figures.other_sources}"
    for name in (
        "auc",
        "equal_error_rate",
        "balanced_accuracy",
        "recall_person",
        "recall_others",
        "accuracy",
        "cllr",
        "min_cllr",
    ):
        label = {"auc": "AUC", "cllr": "Cllr", "min_cllr": "min Cllr"}.get(name, name.replace("_", " "))
        yield label, format_figure(getattr(figures, name))
    yield "majority accuracy", format_share(figures.majority_accuracy)
    counts = figures.confusion
    yield "person called +/-", f"{counts.person_called_person} / {counts.person_called_other}"
    yield "others called +/-", f"{counts.other_called_person} / {counts.other_called_other}"
    yield f"false match at {decisions.error_rate:.0%}", f"{decisions.false_match:.3f}"
    yield f"false no match at {decisions.error_rate:.0%}", f"{decisions.false_no_match:.3f}"
    undecided = f"{decisions.undecided_person:.3f} / {decisions.undecided_others:.3f}"
    yield "undecided", undecided


def _minutes(minutes: float | None) -> str:
    return "" if minutes is None else f" ({minutes:.1f} minutes)"


def _span(thresholds: Thresholds) -> str:
    return (
        f"match above {thresholds.match_above:+.3f}, no match below {thresholds.no_match_below:+.3f} "
        f"(chosen to err in {thresholds.error_rate:.0%} each)"
    )
