"""Models and evaluations as lines and tables for a person at a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from motionsig.command_line import terminal
from motionsig.command_line.legends import EVALUATION_LEGEND

if TYPE_CHECKING:
    from classify.evaluation import Comparison, Evaluation
    from classify.metrics import Figure
    from classify.model import ModelCard


def show_evaluation(evaluation: Evaluation) -> None:
    """Print the figures of an evaluation: a table a level, a column for each kind of others."""
    from classify.estimators import CLASSIFIER_NAMES

    held_out = ["sessions of the person"]
    if any(part.against == "other people" for part in evaluation.comparisons):
        held_out.append("other people")
    if evaluation.fake_methods:
        held_out.append("methods of faking")
    unknown = "; fakes of unknown method count as one source" if evaluation.fakes_of_unknown_method else ""
    terminal.say(
        f"{CLASSIFIER_NAMES[evaluation.classifier]}, {evaluation.folds} folds, held out whole: {', '.join(held_out)}"
        f"{unknown}. In brackets 95 % over sources."
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
    rates = evaluation.get("video").decisions
    ratios = " and has a likelihood ratio of at least 2" if rates.calibrated else ""
    attainable = (rates.attainable_false_match, rates.attainable_false_no_match)
    limit = ""
    if max(attainable) > rates.error_rate:
        limit = f"; so few sources can attain {attainable[0]:.0%} and {attainable[1]:.0%}"
    for line in EVALUATION_LEGEND:
        terminal.say(line)
    terminal.say(
        f"As in a verdict, a match passes the thresholds{ratios}. False matches and false no matches were "
        f"meant to be {rates.error_rate:.0%} each{limit}."
    )


def format_figure(figure: Figure) -> str:
    """Return ``.912 [.870, .950]``, or ``.912 [few]`` where the sources are too few for an interval."""
    if figure.low is None or figure.high is None:
        return f"{format_share(figure.value)} [few]"
    return f"{format_share(figure.value)} [{format_share(figure.low)}, {format_share(figure.high)}]"


def format_share(share: float) -> str:
    """Return a number in four characters, ``.912`` or ``1.00``, so that three columns fit a terminal."""
    return f"{share:.3f}".removeprefix("0") if share < 0.9995 else f"{share:.2f}"


def list_card(card: ModelCard) -> Iterable[str]:
    """Yield the lines of a model's card: who, what footage, measured how, made when, and what it can say."""
    from classify.estimators import CLASSIFIER_NAMES
    from classify.verbal_scale import format_ratio

    footage, identity = card.footage, card.identity
    chosen = ", ".join(f"{name}={value}" for name, value in card.hyperparameters.items())
    others = []
    if footage.other_people:
        others.append(f"{footage.other_people} other {'person' if footage.other_people == 1 else 'people'}")
    if footage.fake_methods:
        others.append(f"fakes by {footage.fake_methods} method{'' if footage.fake_methods == 1 else 's'}")
    if footage.fakes_of_unknown_method:
        others.append("fakes of unknown method")
    yield (
        f"{card.person}: {footage.target_clips} clips{_minutes(footage.target_minutes)} from "
        f"{footage.target_sources} sources, against {footage.non_target_clips} clips"
        f"{_minutes(footage.non_target_minutes)} of {' and '.join(others)}."
    )
    if footage.clips_left_out:
        yield f"{footage.clips_left_out} clips were left out: more than 7 % of their pairs are missing."
    if footage.clips_unlabelled:
        yield f"{footage.clips_unlabelled} clips were left out because nobody said who is in their video."
    step = f"{identity.step_frames} frames" if identity.step_s is None else f"{identity.step_s:g} s"
    rate = f", {identity.sample_fps:g} frames a second" if identity.sample_fps else ""
    height = f", pictures of at most {identity.max_height} px" if identity.max_height else ""
    measured = (
        "not recorded by the table"
        if identity.signal is None
        else f"{identity.body_backend} and {identity.face_backend}, {identity.signal}, "
        f"{identity.body_coordinates} coordinates, clips of {identity.clip_s:g} s every {step}{rate}{height}"
    )
    yield f"Measured: {measured}; {len(card.pairs)} feature pairs ({identity.feature_set})."
    yield f"Classifier: {CLASSIFIER_NAMES[card.classifier]} with {chosen}."
    yield _describe_thresholds(card)
    scale = card.video_calibration
    if scale is None:
        yield f"Not calibrated, so there are no likelihood ratios: {'; '.join(card.shortfalls)}."
    else:
        low, high = format_ratio(scale.lowest), format_ratio(scale.highest)
        yield (
            f"Calibrated ({scale.method}) on {scale.target_sources} sources of the person and "
            f"{scale.non_target_sources} of others, which support likelihood ratios from {low} to {high}."
        )
    yield (
        f"Made {card.created_utc} by motionsig {card.motionsig_version} from {card.table} "
        f"(SHA-256 {card.table_sha256[:12]}...)."
    )


def summarise_error_rates(card: ModelCard) -> str:
    """Return what is known of a model's errors on videos that it has not seen, in a sentence."""
    if card.evaluation is None:
        return (
            "How often it errs could not be measured: at least 3 sources of the person and 3 of others are "
            "needed for that."
        )
    part = card.evaluation.get("video")
    rates, figures = part.decisions, part.figures
    return (
        "On recordings that nothing was learnt from such verdicts called "
        f"{_format_as(rates.false_match, '.0%')} of others' videos consistent "
        f"({figures.non_target_sources} sources) "
        f"and {_format_as(rates.false_no_match, '.0%')} of {card.person}'s own inconsistent "
        f"({figures.target_sources} sources), and left {_format_as(rates.undecided_non_target, '.0%')} and "
        f"{_format_as(rates.undecided_target, '.0%')} open; in brackets 95 %, each source counting the same."
    )


def _list_figures(part: Comparison) -> Iterable[tuple[str, str]]:
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
        ("person -> other", figures.confusion.target_called_non_target),
        ("others -> person", figures.confusion.non_target_called_target),
        ("others -> other", figures.confusion.non_target_called_non_target),
    ):
        yield label, _format_as(count, ".0f")
    yield "false match", format_figure(rates.false_match)
    yield "false no match", format_figure(rates.false_no_match)
    yield "undecided, person", format_figure(rates.undecided_target)
    yield "undecided, others", format_figure(rates.undecided_non_target)


def _format_as(figure: Figure, spec: str) -> str:
    if figure.low is None or figure.high is None:
        return f"{figure.value:{spec}} [too few sources]"
    return f"{figure.value:{spec}} [{figure.low:{spec}}, {figure.high:{spec}}]"


def _minutes(minutes: float | None) -> str:
    return "" if minutes is None else f" ({minutes:.1f} minutes)"


def _describe_thresholds(card: ModelCard) -> str:
    clips, videos = card.thresholds, card.video_thresholds
    promise = ""
    if max(clips.false_match_rate, clips.false_no_match_rate) > clips.error_rate:
        promise = (
            f", though {clips.non_target_sources} sources of others and {clips.target_sources} of the person can "
            f"promise no less than {clips.false_match_rate:.0%} and {clips.false_no_match_rate:.0%}"
        )
    return (
        f"Thresholds: clips match above {clips.match_above:+.3f} and do not match below "
        f"{clips.no_match_below:+.3f}; videos are consistent above {videos.match_above:+.3f} and "
        f"inconsistent below {videos.no_match_below:+.3f}. Chosen so that {clips.error_rate:.0%} of "
        f"others' and of the person's own fall on the wrong side{promise}. Videos need at least "
        f"{videos.fewest_clips} scored {'clip' if videos.fewest_clips == 1 else 'clips'}."
    )
