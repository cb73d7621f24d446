"""What a report says of the model or the enrolment that judged: what the templates of its sections hold."""

from __future__ import annotations

from typing import Any

from classify.background.card import EnrolledRecording, EnrolmentCard
from classify.estimators import CLASSIFIER_NAMES
from classify.model import ModelCard
from classify.verdict import Verdict
from classify.words import enrolments
from classify.words.cards import describe_error_rates, describe_others
from classify.words.figures import format_with_interval
from classify.words.lip_sync import describe_range
from classify.words.models import describe_hyperparameters, describe_shortfall
from classify.words.numbers import format_ratio
from features.signal_words import name_signal
from report.charts.matrix import list_features


def view_card(verdict: Verdict) -> dict[str, Any]:
    """Return what the templates say of the card of a verdict, by name."""
    card = verdict.card
    return {
        "error_rates": describe_error_rates(card),
        "others": describe_others(card),
        "scale": _list_scale(verdict),
        **view_basis(card),
    }


def view_basis(card: ModelCard | EnrolmentCard) -> dict[str, Any]:
    """Return what the templates say of a card that no verdict is needed for, by name."""
    known = None if card.lip_sync is None else describe_range(card.lip_sync)
    method = _view_model(card) if card.method == "trained" else _view_enrolment(card)
    return {"lip_sync": known, **method}


def _view_model(card: ModelCard) -> dict[str, Any]:
    return {
        "clip_s": card.measured.clip_s,
        "score_means": "The score is not a probability.",
        "calibrated_clips": card.calibration is not None,
        "learnt_from": "that the model learnt from",
        "usual": "mean ± one standard deviation over the training clips",
        "usual_doubt": None,
        "classifier": CLASSIFIER_NAMES[card.classifier],
        "hyperparameters": describe_hyperparameters(card),
        "shortfalls": [describe_shortfall(shortfall) for shortfall in card.shortfalls],
        "features": [name_signal(feature) for feature in list_features(card.pairs)],
        "comparisons": _list_comparisons(card),
    }


def _view_enrolment(card: EnrolmentCard) -> dict[str, Any]:
    background = card.background
    return {
        "clip_s": background.clip_s,
        "score_means": enrolments.SCORE_MEANS,
        "calibrated_clips": True,
        "learnt_from": f"that {card.person} was enrolled from",
        "usual": enrolments.describe_usual(card),
        "usual_doubt": enrolments.doubt_usual(card),
        "recordings": [_list_recording(recording) for recording in card.recordings],
        "doubts": list(enrolments.list_doubts(card)),
        "summary": enrolments.describe_background(background),
        "thresholds": enrolments.describe_thresholds(background),
        "bounds": enrolments.describe_bounds(background),
        "propositions": enrolments.list_propositions(card),
        "verification": enrolments.describe_verification(background.verification),
        "figures": list(enrolments.list_verification(background.verification)),
        "legend": enrolments.VERIFICATION_LEGEND,
        "fakes_keep": enrolments.FAKES_KEEP,
    }


def _list_recording(recording: EnrolledRecording) -> dict[str, str]:
    ratio = recording.log10_lr
    return {
        "Recording": recording.video,
        "Session": recording.session,
        "Minutes": f"{recording.seconds / 60:.1f}",
        "Clips": str(recording.clips),
        "Face seen": f"{recording.face_share:.0%}",
        "LR with the other recordings": "–" if ratio is None else format_ratio(ratio),
    }


def _list_scale(verdict: Verdict) -> list[tuple[str, str]]:
    """Return the verbal scale as rows: from which likelihood ratio on, and the word."""
    bounds = [least for least, _ in verdict.verbal_scale]
    return [
        (f"{least:,.0f} to {following:,.0f}" if following else f"{least:,.0f} or more", word)
        for (least, word), following in zip(verdict.verbal_scale, [*bounds[1:], None], strict=True)
    ]


def _list_comparisons(card: ModelCard) -> list[dict[str, str]]:
    """Return how training did on held-out sources, a row for each level and kind of others."""
    if card.evaluation is None:
        return []
    return [
        {
            "Judged": f"{part.level}s",
            "Against": part.against,
            "Person / others": f"{part.figures.targets} / {part.figures.non_targets}",
            "Sources": f"{part.figures.target_sources} / {part.figures.non_target_sources}",
            "AUC": format_with_interval(part.figures.auc, ".2f"),
            "Equal error rate": format_with_interval(part.figures.equal_error_rate, ".2f"),
            "Others taken for the person": format_with_interval(part.decisions.false_match, ".0%"),
            "Person taken for others": format_with_interval(part.decisions.false_no_match, ".0%"),
            "Person inconclusive": format_with_interval(part.decisions.undecided_target, ".0%"),
            "Others inconclusive": format_with_interval(part.decisions.undecided_non_target, ".0%"),
            "Cllr": format_with_interval(part.figures.cllr, ".2f"),
        }
        for part in card.evaluation.comparisons
    ]
