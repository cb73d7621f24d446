"""Verdicts in words: reasons, warnings, the sentence on a video, and what a likelihood ratio supports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final, Literal, get_args

from classify.background.regions import REGION_SUPPORT, RegionConflict
from classify.copies import FootageCopy
from classify.face_check import FaceCheck, Sought
from classify.reasons import MirroredMatch, Reason, ReasonCode, VerdictWarning, WarningCode
from classify.verbal_scale import VERBAL_SCALE
from classify.verdict import ClipLabel, ClipVerdict, VideoLabel
from classify.words.numbers import format_clock, format_ratio, format_span, to_ratio
from extract.damage import Damage
from extract.people.person import OTHER_PERSON, SAME_PERSON
from extract.people.presence import tell_doubles
from extract.track_choice import TrackChoice
from features.descriptors.descriptor import Region
from features.shots import ShortShots
from ground.text import count

# Measured on 11 people (docs/signature.md).
_LIP_SYNC: Final = (
    "A lip-sync would look like this: where it was tried, half of the lip-syncs did, and so did one in a "
    "hundred genuine recordings."
)
# Of so many clips that disagree with the others the times are named.
_MOST_TIMES: Final = 5

_REASONS: Final[dict[ReasonCode, str]] = {
    ReasonCode.LIKE_PERSON: "it moves like the person",
    ReasonCode.UNLIKE_PERSON: "it does not move like the person",
    ReasonCode.BETWEEN_THRESHOLDS: "the score lies between the two thresholds",
    ReasonCode.RATIO_TOO_WEAK: (
        "the likelihood ratio is too close to 1 to support either side (neither it nor its inverse reaches "
        "{reason.ratio_needed:g})"
    ),
    ReasonCode.RATIO_CONTRADICTS_SCORE: "the likelihood ratio contradicts the score",
    ReasonCode.PAIRS_MISSING: (
        "{reason.missing_share:.0%} of the pairs are missing, and at most {reason.missing_limit:.0%} may be"
    ),
    ReasonCode.TOO_LITTLE_MEASURED: (
        "too little was measured in it: {reason.missing_share:.0%} of the numbers that describe a clip are "
        "missing"
    ),
    ReasonCode.FRAMES_TOO_FEW: (
        "it has too few frames: new pictures follow each other closely in only "
        "{reason.observed_share:.0%} of its time, and at least {reason.observed_needed:.0%} is needed"
    ),
    ReasonCode.TOO_STILL: (
        "it is too still: at least {reason.motion_needed:g} times the movement of a photograph that comes "
        "nearer is needed, and"
    ),
    ReasonCode.TOO_LITTLE_VOICE: (
        "it has too little voice, which at least {reason.voiced_needed:.0%} of its frames need"
    ),
    ReasonCode.NO_CLIP_SCORED: "no clip shows enough to be compared",
    ReasonCode.TOO_FEW_CLIPS: (
        "the model needs at least {reason.clips_needed} scored clips, and the video has {reason.clips_scored}"
    ),
    ReasonCode.MOST_CLIPS_UNSCORED: "more than half of its clips do not show enough to be compared",
    ReasonCode.CLIPS_CONTRADICT: (
        "its clips contradict each other, because {reason.clips_against} of them speak against the video as "
        "a whole"
    ),
    ReasonCode.IN_TRAINING_FOOTAGE: "it is part of the footage that the model learnt from",
    ReasonCode.IN_TRAINING_TABLE: "it is in the table that the model learnt from",
    ReasonCode.IN_BACKGROUND_FOOTAGE: "it is part of the footage that the background was learnt from",
}
_NOT_FOUND: Final[dict[Sought, str]] = {
    "person": "no face of the person was found in it",
    "other face": "no face like the one that it was searched for was found in it",
    "number": "it shows nobody of the number that was asked for",
}
# Where an interview shows others, the shares that are missing say less.
_NOBODY_SEEN: Final = "neither the face nor the body of the person was found in it"
# The way on where nobody was found; the report shows the faces of everybody who was found, by number.
FIND_PERSON: Final = (
    "To go on, give other pictures of the person (--person-photo). Or measure everybody who was found, with "
    "motionsig extract VIDEO --everyone, and classify the frame table of the right one."
)
_REASONS_OF_VIDEOS: Final[dict[ReasonCode, str]] = {
    ReasonCode.LIKE_PERSON: "its clips move like the person's own",
    ReasonCode.UNLIKE_PERSON: "its clips do not move like the person's own",
}
_FOOTAGE_UNKNOWN: Final = (
    "If the model learnt from this video, the verdict is worthless. Nobody can check this, because one of "
    "the two tables does not record the SHA-256 of its videos."
)
_COPIES_UNKNOWN: Final = (
    "If this video is a copy of footage that the model learnt from, encoded again or cut, the verdict is "
    "worthless. Nobody can check this, because one of the two tables does not record how its people move "
    "(it was made by an older version of motionsig)."
)
_MEASUREMENT_UNKNOWN: Final = (
    "The verdict is valid only if the suspect was measured as the model's footage was. Nobody can check "
    "this, because one of the two tables does not record {}."
)


def describe_reason(reason: Reason, level: Literal["clip", "video"]) -> str:
    """Return why a clip, or a video, is judged as it is: a clause without a full stop."""
    if reason.copy_of is not None:
        return _describe_copy(reason.code, reason.copy_of)
    if reason.sought is not None:
        return _NOT_FOUND[reason.sought]
    if reason.face_share == 0 and reason.body_share == 0:
        return _NOBODY_SEEN
    words = _REASONS[reason.code]
    if level == "video":
        words = _REASONS_OF_VIDEOS.get(reason.code, words)
    shares = (("face", reason.face_share), ("body", reason.body_share), ("voice", reason.voiced_share))
    seen = [(part, share) for part, share in shares if share is not None]
    words = words.format(reason=reason)
    motions = (("face", reason.face_motion), ("body", reason.body_motion))
    if moved := [f"the {part} shows {motion:.2g}" for part, motion in motions if motion is not None]:
        return f"{words} {' and '.join(moved)}"
    if not seen:
        return words
    (part, share), *rest = seen
    found = [
        f"{part} found in {share:.0%} of the frames",
        *(f"{part} in {share:.0%}" for part, share in rest),
    ]
    return f"{words} ({', '.join(found)})"


def make_warning(code: WarningCode, **parts: Any) -> VerdictWarning:
    """Return a warning with what is said of it; parts as of `classify.reasons.VerdictWarning`."""
    warning = VerdictWarning(code=code, words="", **parts)
    return warning.model_copy(update={"words": describe_warning(warning)})


def describe_warning(warning: VerdictWarning) -> str:
    """Return a warning in a few sentences, made from its code and its parts alone."""
    for part in (
        warning.damage, warning.tracks, warning.regions, warning.mirrored, warning.shots, warning.face,
        warning.double_s,
    ):  # fmt: skip
        if part is not None:
            return _PART_WORDS[warning.code](part)
    if warning.code is WarningCode.MEASUREMENT_UNKNOWN:
        return _MEASUREMENT_UNKNOWN.format(", ".join(warning.unrecorded))
    return _COPIES_UNKNOWN if warning.code is WarningCode.COPIES_UNKNOWN else _FOOTAGE_UNKNOWN


def describe_relation(label: VideoLabel) -> str:
    """Return the words between a video and a person: "consistent with", "inconclusive for"."""
    return "inconclusive for" if label == "inconclusive" else f"{label} with"


def describe_video(
    video: str,
    person: str,
    label: VideoLabel,
    reason: Reason,
    clips: Sequence[ClipVerdict],
    *,
    calibrated: bool,
) -> str:
    """Return the verdict on a video in a sentence.

    Parameters
    ----------
    video, person
        Names of the file and of the person.
    label, reason, clips
        What is said of the video, and of each of its clips.
    calibrated
        Whether the model gives likelihood ratios.
    """
    about = f"The verdict on {video}" if label == "inconclusive" else video
    why = describe_reason(reason, "video")
    if reason.sought == "person":
        why = f"no face of {person} was found in this video"
    verdict = f"{about} is {describe_relation(label)} {person}: {why}"
    basis = " There is no likelihood ratio, because the model learnt from too little footage."
    return f"{verdict} ({_count_labels(clips)}).{'' if calibrated else basis}"


def name_support(log10_lr: float) -> str:
    """Return the word for a log10 likelihood ratio, whichever side it supports."""
    size = to_ratio(abs(log10_lr)) * (1 + 1e-12)  # a ratio of 10 stays one, however its logarithm is rounded
    return next(word for least, word in reversed(VERBAL_SCALE) if size >= least)


def describe_support(log10_lr: float, person: str, others: str) -> str:
    """Return a sentence that states both propositions, the likelihood ratio, and its word.

    Parameters
    ----------
    log10_lr
        Log10 likelihood ratio.
    person
        Whose motion it is by the one proposition.
    others
        Who moves by the other: the population of the ratio, see `classify.words.models.describe_others`.
    """
    own, other = f"{person}'s", f"that of {others}"
    word = name_support(log10_lr)
    if word == "no":
        return (
            f"The motion is about as probable if it is {own} as if it is {other} (LR "
            f"{format_ratio(log10_lr)}). This supports neither side."
        )
    more, less, which = (own, other, own) if log10_lr > 0 else (other, own, f"not {own}")
    return (
        f"The motion is about {format_ratio(abs(log10_lr))} times more probable if it is {more} than if it "
        f"is {less} (LR {format_ratio(log10_lr)}): {word} support that it is {which}."
    )


def _describe_copy(code: ReasonCode, copied: FootageCopy) -> str:
    """Return which footage a video moves alike, where, and what that makes of it: a clause."""
    what = "the background was" if code is ReasonCode.IN_BACKGROUND_FOOTAGE else "the model"
    video = copied.video or f"a video (SHA-256 beginning with {(copied.sha256 or '')[:12]})"
    mirrored = ", as in a mirror" if copied.mirrored else ""
    return (
        f"from {format_clock(copied.start_s)} on it makes the same movements as {video} from "
        f"{format_clock(copied.other_start_s)} on{mirrored}, and {what} learnt from that. So it is a copy "
        "or an excerpt, or a fake that was made from it"
    )


def _describe_conflict(regions: RegionConflict) -> str:
    """Return which regions contradict each other, and what would look like this."""
    (unlike, do_not), (like, do) = map(_join_regions, (regions.unlike, regions.like))
    lip_sync = f" {_LIP_SYNC}" if regions.unlike == ("mouth",) else ""
    return (
        f"There is support that {unlike} {do_not} not move like the person (likelihood ratio at most "
        f"1/{REGION_SUPPORT}), and that {like} {do} (at least {REGION_SUPPORT}).{lip_sync} This does not "
        "change the verdict, which takes all regions together."
    )


def _describe_mirrored(mirrored: MirroredMatch) -> str:
    """Return what is said of the mirrored video, and why it may matter."""
    ratio = "" if mirrored.log10_lr is None else f" (likelihood ratio {format_ratio(mirrored.log10_lr)})"
    fits = f"be consistent with the person{ratio}"
    if not mirrored.consistent:
        fits = f"match the person in all its {mirrored.clips} clips, and as it is it does in none"
    return (
        f"Mirrored, left for right, this video would {fits}. Selfie cameras "
        "and some platforms mirror videos, so find out whether this one was mirrored: writing in the picture "
        "tells. This does not change the verdict, which is on the video as it is."
    )


def _describe_short_shots(shots: ShortShots) -> str:
    """Return which part of a video was not judged, and why."""
    were = "was" if shots.shots == 1 else "were"
    return (
        f"{shots.describe().capitalize()} and {were} not judged. A clip never reaches over a cut, because "
        "the two sides of a cut show different moments."
    )


def _describe_face(face: FaceCheck) -> str:
    """Return how alike the face that was measured and that of the person are, and what to do."""
    assert face.similarity is not None
    said = (
        "It is uncertain whether the face that was measured in this video is that of the person"
        if face.similarity > OTHER_PERSON
        else "The face that was measured in this video is unlike that of the person"
    )
    return (
        f"{said} (similarity {face.similarity:.2f}; the same person from {SAME_PERSON:g} on, somebody else "
        f"up to {OTHER_PERSON:g}). If somebody else was measured, the verdict is about them. Look who it is, "
        "or give the video itself, without --person-photo, so that the person is looked for. What a face "
        "looks like is no evidence of what is authentic."
    )


# By code, what is said of the part that belongs to it.
_PART_WORDS: Final[dict[WarningCode, Callable[[Any], str]]] = {
    WarningCode.DAMAGED: Damage.describe,
    WarningCode.OTHER_TRACKS: TrackChoice.describe,
    WarningCode.REGIONS_CONTRADICT: _describe_conflict,
    WarningCode.MIRRORED_MATCHES: _describe_mirrored,
    WarningCode.SHOTS_TOO_SHORT: _describe_short_shots,
    WarningCode.FACE_UNLIKE: _describe_face,
    WarningCode.DOUBLES: tell_doubles,
}


def _join_regions(regions: Sequence[Region]) -> tuple[str, Literal["do", "does"]]:
    """Return regions as a list in a sentence, and the verb that goes with it."""
    *first, last = [f"the {region}" for region in regions]
    words = f"{', '.join(first)} and {last}" if first else last
    return words, "do" if first or " and " in last else "does"


def _count_labels(clips: Sequence[ClipVerdict]) -> str:
    """Return how many clips have each label, and when those are that disagree with the most."""
    scored = [clip for clip in clips if clip.score is not None]
    counts = Counter(clip.label for clip in scored)
    text = ", ".join(f"{counts[label]} {label}" for label in get_args(ClipLabel) if counts[label])
    parts = [f"{count(len(clips), 'clip')}: {text}" if text else count(len(clips), "clip")]
    if len(scored) < len(clips):
        parts.append(_count_unscored([clip for clip in clips if clip.score is None]))
    both: tuple[ClipLabel, ClipLabel] = ("match", "no match")
    rarer = min(both, key=lambda label: counts[label])
    times = [format_span(clip.span) for clip in scored if clip.label == rarer and clip.span is not None]
    if times:
        shown = ", ".join(times[:_MOST_TIMES])
        more = len(times) - _MOST_TIMES
        parts.append(f"{rarer} at {shown}" + (f" and {more} more" if more > 0 else ""))
    return "; ".join(parts)


def _count_unscored(clips: Sequence[ClipVerdict]) -> str:
    """Return how many clips have no score, and how many of them have too few frames, movement or voice."""
    codes = Counter(clip.reason.code for clip in clips)
    why = [
        f"{words} in {codes[code]}"
        for code, words in (
            (ReasonCode.FRAMES_TOO_FEW, "too few frames"),
            (ReasonCode.TOO_STILL, "too little movement"),
            (ReasonCode.TOO_LITTLE_VOICE, "too little voice"),
        )
        if codes[code]
    ]
    return f"{len(clips)} not scored" + (f": {', '.join(why)}" if why else "")
