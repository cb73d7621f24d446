"""Enrolled people in words: from which recordings, with which background, and how well that does."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from classify.background.card import BackgroundCard, EnrolledRecording, EnrolmentCard
from classify.background.figures import VerificationFigures
from classify.background.regions import REGION_SUPPORT, label_region
from classify.copies import describe_copies
from classify.words.figures import AUC_MEANS, CLLR_MEANS, format_figure, format_with_interval
from classify.words.judgements import name_support
from classify.words.numbers import format_ratio
from features.descriptors.descriptor import Region
from ground.descriptions import tell
from ground.text import count

FAKES_KEEP: Final = (
    "A fake keeps what it keeps: a lip-sync on authentic footage keeps the person's head and brows, and a "
    "face swap moves like the filmed actor, whoever's face was put on."
)
SCORE_MEANS: Final = (
    "The score is the natural logarithm of the likelihood ratio, before its bounds. It is not a probability."
)
VERIFICATION_LEGEND: Final = (
    (
        "Each trial compares two recordings. Neither person is in anything that was learnt for it. Brackets: "
        "95 % intervals over people; [few] means too few for an interval."
    ),
    f"{AUC_MEANS}. Equal error rate: the error rate where both kinds of error are equally frequent.",
    f"{CLLR_MEANS}. Min Cllr: the cost that the best calibration would leave.",
)


def name_population(background: BackgroundCard) -> str:
    """Return who else might be moving, if it is not the person: the population of the likelihood ratio."""
    return f"somebody like the {count(background.footage.people, 'person', 'people')} of the background"


def list_propositions(card: EnrolmentCard) -> tuple[str, str]:
    """Return the two propositions that a likelihood ratio compares, each as a sentence."""
    return (
        f"The suspect video shows the movements of the person who was enrolled as {card.person}.",
        f"The suspect video shows the movements of {name_population(card.background)}.",
    )


def describe_region(region: Region, log10_lr: float | None) -> str:
    """Return what is said of a region of the person by itself: a clause without a full stop."""
    what, label = f"the {region}", label_region(log10_lr)
    if log10_lr is None:
        return f"{what}: cannot be said, because too little was measured"
    if label == "cannot be said":
        return (
            f"{what}: cannot be said, because the likelihood ratio ({format_ratio(log10_lr)}) is neither at "
            f"least {REGION_SUPPORT} nor at most 1/{REGION_SUPPORT}"
        )
    return f"{what}: {support_region(region, log10_lr)} (LR {format_ratio(log10_lr)})"


def support_region(region: Region, log10_lr: float) -> str:
    """Return how much a likelihood ratio of a region by itself supports, and what: a phrase."""
    it, moves, does = ("they", "move", "do") if " and " in region else ("it", "moves", "does")
    motion = moves if log10_lr > 0 else f"{does} not move"
    return f"{name_support(log10_lr)} support that {it} {motion} like the person"


def describe_usual(card: EnrolmentCard) -> str:
    """Return what the usual range of a movement is: a phrase."""
    n = len(card.recordings)
    return (
        f"mean over the {'recording' if n == 1 else f'{n} recordings'} of the enrolment ± one standard "
        "deviation from clip to clip within recordings of anybody in the background"
    )


def doubt_usual(card: EnrolmentCard) -> str | None:
    """Return what the usual range does not hold, in a sentence; None where it holds several sessions."""
    if card.sessions > 1:
        return None
    return (
        "The enrolment is of one session. So a genuine video of another occasion may lie outside "
        f"{card.person}'s usual range as well."
    )


def list_card(card: EnrolmentCard) -> Iterator[str]:
    """Yield the lines of a person's card: who, what recordings, which background, and what it can say."""
    yield describe_recordings(card)
    for recording in card.recordings:
        yield f"  {describe_recording(recording)}"
    yield from list_doubts(card)
    yield from list_background(card.background)
    yield describe_thresholds(card.background)
    yield describe_bounds(card.background)
    yield FAKES_KEEP
    yield (
        f"Enrolled {card.created_utc} by motionsig {card.motionsig_version}. Background made "
        f"{card.background.created_utc} by motionsig {card.background.motionsig_version} (SHA-256 beginning "
        f"with {card.background_sha256[:12]})."
    )


def describe_recordings(card: EnrolmentCard) -> str:
    """Return from how much footage a person was enrolled, in a sentence."""
    return (
        f"{card.person}: enrolled from {count(len(card.recordings), 'recording')} of "
        f"{count(card.sessions, 'session')}, with a face in {card.seconds / 60:.1f} minutes of them."
    )


def describe_recording(recording: EnrolledRecording) -> str:
    """Return one recording of an enrolment, and how it goes with the others."""
    agrees = (
        ""
        if recording.log10_lr is None
        else f"; compared with the other recordings, LR {format_ratio(recording.log10_lr)}"
    )
    left_out = ""
    if recording.clips_without_movement:
        left_out = f" ({recording.clips_without_movement} left out: too few frames or too little movement)"
    return (
        f"{recording.video}: session {recording.session}, {recording.seconds / 60:.1f} minutes, "
        f"{count(recording.clips, 'clip')}{left_out}, face in {recording.face_share:.0%} of the frames"
        f"{agrees}."
    )


def list_doubts(card: EnrolmentCard) -> Iterator[str]:
    """Yield what casts doubt on an enrolment, or narrows what it can tell; nothing where nothing does."""
    if card.disagreeing:
        one = len(card.disagreeing) == 1
        yield (
            f"{', '.join(card.disagreeing)} {'does' if one else 'do'} not move like the other recordings. "
            f"Perhaps {'it shows' if one else 'they show'} somebody else. Check who is shown, and enrol "
            f"{card.person} again without what is wrong."
        )
    if card.sessions > 1 and not card.sessions_said:
        yield (
            "Nobody said which recordings belong to one session, so each counts as a session of its own. If "
            "some are parts of one recording, the ratios are stronger than they should be. Name sessions in "
            "a manifest."
        )
    yield from describe_copies(card.copies)
    if card.sessions == 1:
        yield (
            f"All recordings are of one session. So it is not known how {card.person} moves on another "
            "occasion. How much that may differ is known only from the people in the background."
        )


def list_background(background: BackgroundCard) -> Iterator[str]:
    """Yield the lines of a background's card: from whom, measured how, what is to be known of it."""
    yield describe_background(background)
    measured = "; ".join(
        f"{what}: {words or 'not recorded'}" for what, words in tell(background.reading).items()
    )
    descriptors = ", ".join(descriptor.name for descriptor in background.descriptors)
    yield (
        f"Measured: {descriptors}, over clips of {background.clip_s:g} s every {background.step_s:g} s; "
        f"{measured}."
    )
    yield from background.notes


def describe_background(background: BackgroundCard) -> str:
    """Return whom a background was learnt from, in a sentence."""
    footage = background.footage
    collections = (
        "nobody said from which collections"
        if footage.collections is None
        else count(footage.collections, "collection")
    )
    return (
        f"Background: {count(footage.recordings, 'recording')} ({footage.minutes:.0f} minutes) of "
        f"{count(footage.people, 'person', 'people')}, {footage.people_again} of them in several sessions; "
        f"{collections}."
    )


def describe_thresholds(background: BackgroundCard) -> str:
    """Return from which scores on clips and videos count, and how often that is meant to err."""
    clips, videos = background.clip_thresholds, background.thresholds
    promise = ""
    if max(videos.false_match_rate, videos.false_no_match_rate) > videos.error_rate:
        promise = (
            f" With so few people, {videos.false_match_rate:.0%} and {videos.false_no_match_rate:.0%} are "
            "the lowest rates that can be promised."
        )
    least = "" if videos.fewest_clips == 1 else f" A video needs at least {videos.fewest_clips} scored clips."
    return (
        f"Thresholds for videos: consistent above {videos.match_above:+.3f}, inconsistent below "
        f"{videos.no_match_below:+.3f}. For clips: match above {clips.match_above:+.3f}, no match below "
        f"{clips.no_match_below:+.3f}. They aim at {videos.error_rate:.0%} errors on each "
        f"side.{promise}{least}"
    )


def describe_bounds(background: BackgroundCard) -> str:
    """Return between which bounds likelihood ratios lie, and why."""
    scale = background.calibration
    return (
        f"Likelihood ratios lie between {_to_ratio(scale.lowest)} and {_to_ratio(scale.highest)}, because "
        f"the background supports no stronger ones: it has {count(scale.people, 'person', 'people')}, "
        f"{scale.people_again} of them in several sessions."
    )


def describe_error_rates(card: EnrolmentCard) -> str:
    """Return what is known of how often such a comparison errs, in a few sentences."""
    figures, thresholds = card.background.verification, card.background.thresholds
    return (
        f"The thresholds aim at {thresholds.false_match_rate:.0%} of others' recordings called consistent, "
        f"and {thresholds.false_no_match_rate:.0%} of a person's own called inconsistent. Among "
        f"{count(figures.people, 'person', 'people')} who were held out ({figures.people_again} of them in "
        f"several sessions) the equal error rate was "
        f"{format_with_interval(figures.equal_error_rate, '.0%')}. Brackets: 95 % interval over people. "
        f"Whether that holds for {card.person} was not measured."
    )


def describe_verification(figures: VerificationFigures) -> str:
    """Return on whom a background was verified, in a sentence."""
    return (
        f"Verified on {count(figures.people, 'person', 'people')}, {figures.people_again} of them in several "
        f"sessions, by {figures.target_trials:,} trials of one person and {figures.non_target_trials:,} of "
        "two."
    )


def list_verification(figures: VerificationFigures) -> Iterator[tuple[str, str]]:
    """Yield the name of each figure, and the figure, for a person who reads a table."""
    yield "AUC, mean over people", format_figure(figures.auc_per_person)
    yield "AUC, all trials", format_figure(figures.auc)
    for name, figure in (
        ("AUC within a collection", figures.auc_within),
        ("AUC across collections", figures.auc_across),
    ):
        if figure is not None:
            yield name, format_figure(figure)
    yield "equal error rate", format_figure(figures.equal_error_rate)
    yield "Cllr", format_figure(figures.cllr)
    yield "min Cllr", format_figure(figures.min_cllr)


def _to_ratio(llr: float) -> str:
    return format_ratio(llr / math.log(10))
