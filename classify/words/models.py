"""Models in words: who, from what footage, measured how, how often such a model errs, and what it lacks."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from classify.estimators import CLASSIFIER_NAMES
from classify.evidence_floor import name_lacks
from classify.model import ModelCard
from classify.sufficiency import Shortfall, ShortfallCode, TrainingFootage
from classify.verbal_scale import LEAST_SUPPORT
from classify.words.figures import format_with_interval
from classify.words.numbers import format_ratio
from ground.descriptions import tell
from ground.text import count

# What there is too little of, one and several, and what to add.
_SHORTFALLS: Final[dict[ShortfallCode, tuple[str, str, str]]] = {
    ShortfallCode.TARGET_SOURCES: (
        "source of the person",
        "sources of the person",
        "videos of other sessions",
    ),
    ShortfallCode.OTHER_PEOPLE: ("other person", "other people", "authentic videos of others, not fakes"),
    ShortfallCode.TARGET_CLIPS: (
        "usable clip of the person",
        "usable clips of the person",
        "longer or more videos",
    ),
    ShortfallCode.NON_TARGET_CLIPS: (
        "usable clip of others",
        "usable clips of others",
        "longer or more videos",
    ),
}


def describe_shortfall(shortfall: Shortfall) -> str:
    """Return what footage a model lacks for likelihood ratios, with the remedy."""
    one, many, remedy = _SHORTFALLS[shortfall.code]
    more = shortfall.needed - shortfall.found
    return (
        f"{count(more, f'more {one}', f'more {many}')} ({shortfall.found} of {shortfall.needed}; add "
        f"{remedy})"
    )


def describe_others(footage: TrainingFootage) -> str:
    """Return whom the person was told from: who else might be moving, if it is not the person."""
    parts = []
    if footage.other_people:
        parts.append(f"somebody like the {count(footage.other_people, 'other person', 'other people')}")
    if footage.fake_methods or footage.fakes_of_unknown_method:
        kinds = []
        if footage.fake_methods:
            kinds.append(f"by {count(footage.fake_methods, 'method')}")
        if footage.fakes_of_unknown_method:
            kinds.append("by unknown methods")
        parts.append(f"a fake like those {' and '.join(kinds)}")
    return f"{', or of '.join(parts)}{', ' if len(parts) > 1 else ' '}in the training footage"


def describe_hyperparameters(card: ModelCard) -> str:
    """Return what was chosen for the classifier, such as ``C=10, kernel=rbf``."""
    return ", ".join(f"{name}={value}" for name, value in card.hyperparameters.items())


def describe_error_rates(card: ModelCard) -> str:
    """Return what is known of a model's errors on videos that it has not seen, in a sentence."""
    if card.evaluation is None:
        return (
            "The error rates could not be measured. That needs at least 3 sources of the person and 3 of "
            "others."
        )
    part = card.evaluation.get("video")
    rates, figures = part.decisions, part.figures
    return (
        f"Error rates on held-out recordings: {format_with_interval(rates.false_match, '.0%')} of others' "
        f"videos were called consistent ({figures.non_target_sources} sources), and "
        f"{format_with_interval(rates.false_no_match, '.0%')} of {card.person}'s own videos inconsistent "
        f"({figures.target_sources} sources). {format_with_interval(rates.undecided_non_target, '.0%')} of "
        f"others' and {format_with_interval(rates.undecided_target, '.0%')} of {card.person}'s videos were "
        "inconclusive. Brackets: 95 % intervals. Each source counts once."
    )


def list_card(card: ModelCard) -> Iterator[str]:
    """Yield the lines of a model's card: who, what footage, measured how, made when, and what it can say."""
    yield from _list_footage(card)
    yield _describe_measurement(card)
    yield f"Classifier: {CLASSIFIER_NAMES[card.classifier]} with {describe_hyperparameters(card)}."
    yield _describe_thresholds(card)
    yield _describe_calibration(card)
    yield (
        f"Made {card.created_utc} by motionsig {card.motionsig_version} from {card.table} "
        f"(SHA-256 beginning with {card.table_sha256[:12]})."
    )


def _list_footage(card: ModelCard) -> Iterator[str]:
    footage = card.footage
    others = []
    if footage.other_people:
        others.append(count(footage.other_people, "other person", "other people"))
    if footage.fake_methods:
        others.append(f"fakes by {count(footage.fake_methods, 'method')}")
    if footage.fakes_of_unknown_method:
        others.append("fakes of unknown method")
    yield (
        f"{card.person}: {count(footage.target_clips, 'clip')}{_minutes(footage.target_minutes)} from "
        f"{count(footage.target_sources, 'source')}, compared with "
        f"{count(footage.non_target_clips, 'clip')}{_minutes(footage.non_target_minutes)} of "
        f"{' and '.join(others)}."
    )
    if footage.clips_left_out:
        yield f"Left out: {count(footage.clips_left_out, 'clip')} with more than 7 % of the pairs missing."
    if footage.clips_without_movement:
        yield (f"Left out: {count(footage.clips_without_movement, 'clip')} with {name_lacks(card.pairs)}.")
    if footage.clips_unlabelled:
        yield f"Left out: {count(footage.clips_unlabelled, 'clip')} because nobody said who is in the video."


def _describe_measurement(card: ModelCard) -> str:
    measured = "; ".join(f"{what}: {words or 'not recorded'}" for what, words in tell(card.measured).items())
    return f"Measured: {len(card.pairs)} feature pairs; {measured}."


def _describe_thresholds(card: ModelCard) -> str:
    clips, videos = card.thresholds, card.video_thresholds
    promise = ""
    if max(clips.false_match_rate, clips.false_no_match_rate) > clips.error_rate:
        promise = (
            f" With {count(clips.non_target_sources, 'source')} of others and {clips.target_sources} of the "
            f"person, {clips.false_match_rate:.0%} and {clips.false_no_match_rate:.0%} are the lowest rates "
            "that can be promised."
        )
    return (
        f"Thresholds for clips: match above {clips.match_above:+.3f}, no match below "
        f"{clips.no_match_below:+.3f}. For videos: consistent above {videos.match_above:+.3f}, inconsistent "
        f"below {videos.no_match_below:+.3f}. They aim at {clips.error_rate:.0%} errors on each "
        f"side.{promise} A video needs at least {count(videos.fewest_clips, 'scored clip')}."
    )


def _describe_calibration(card: ModelCard) -> str:
    scale = card.video_calibration
    if scale is None:
        lacks = "; ".join(map(describe_shortfall, card.shortfalls))
        return f"Not calibrated, so there are no likelihood ratios. Still needed: {lacks}."
    low, high = (format_ratio(llr / math.log(10)) for llr in (scale.lowest, scale.highest))
    support = f"Held-out ones support likelihood ratios between {low} and {high}."
    if max(scale.highest, -scale.lowest) < math.log(LEAST_SUPPORT):
        support += (
            f" A decision on a video needs {LEAST_SUPPORT} or 1/{LEAST_SUPPORT}, so this model decides on "
            "none. Add recordings of other sessions and of more people."
        )
    return (
        f"Calibrated ({scale.method}) on {scale.target_sources} sources of the person and "
        f"{scale.non_target_sources} of others. {support}"
    )


def _minutes(minutes: float | None) -> str:
    return "" if minutes is None else f" ({minutes:.1f} minutes)"
