"""What is said of mouth and sound, in words."""

from __future__ import annotations

from typing import Final

from classify.lip_sync import ClipLipSync, LipSyncCheck, LipSyncDoubt, LipSyncRange, LipSyncStatement
from classify.words.numbers import format_ratio
from ground.text import count

_DOUBTS: Final[dict[LipSyncDoubt, str]] = {
    LipSyncDoubt.NO_RANGE: (
        "nothing is known of how {person}'s mouth and voice go together. That is learnt from frame tables of "
        "at least two sessions with sound"
    ),
    LipSyncDoubt.NO_VOICE_TABLE: (
        "the sound was not measured, as in tables of older versions. Extract the video again with the same "
        "command: only its sound is read"
    ),
    LipSyncDoubt.OTHER_READER: (
        "the sound was measured by another version than that of {person}'s own recordings. Extract all of "
        "them again with one version, and learn again"
    ),
    LipSyncDoubt.NO_SOUND: "there is no sound to compare the mouth with",
    LipSyncDoubt.NO_MOUTH: "the mouth was not measured for long enough",
    LipSyncDoubt.TOO_LITTLE_VOICE: "a voice is heard for too little of the time",
    LipSyncDoubt.MOUTH_STILL: (
        "the mouth hardly moves while a voice is heard: perhaps somebody else speaks, who is not in the "
        "picture"
    ),
    LipSyncDoubt.UNCLEAR: "mouth and sound go together neither clearly well nor clearly badly",
    LipSyncDoubt.TOO_FEW_CLIPS: "it has too few clips that show enough of mouth and voice",
    LipSyncDoubt.CLIPS_CONTRADICT: "the clips contradict each other",
}
_NOT_WHO: Final = (
    "That is what dubbing gives, and a fake voice or mouth. But so do music, somebody else who speaks, such "
    "as an interpreter or a narrator, and sound that comes more than half a second too early or too late. It "
    "does not say which."
)


def describe_lip_sync(statement: LipSyncStatement, person: str) -> str:
    """Return what is said of a video in a sentence or two, made from codes and numbers alone."""
    if statement.doubt is not None:
        return f"Whether the mouth fits the sound cannot be said: {describe_doubt(statement.doubt, person)}."
    if statement.label == "fits":
        return f"The mouth fits the sound as in {person}'s own recordings{_tell_ratio(statement)}."
    if statement.offset_s is not None:
        when = "later" if statement.offset_s > 0 else "earlier"
        return (
            f"The sound comes about {abs(statement.offset_s):.2f} s {when} than in {person}'s own "
            "recordings, in all of the video alike, and would fit the mouth without that. Such an offset is "
            "common and innocent: converting, streaming and wireless microphones cause it."
        )
    ratio = _tell_ratio(statement)
    return f"The mouth does not fit the sound as it does in {person}'s own recordings{ratio}. {_NOT_WHO}"


def _tell_ratio(statement: LipSyncStatement) -> str:
    """Return the ratio with the two propositions that it compares, in brackets; nothing without one."""
    if statement.log10_lr is None:
        return ""
    ratio = format_ratio(statement.log10_lr)
    return f" (likelihood ratio {ratio} for sound that belongs to the mouth against sound that does not)"


def describe_clip(one: ClipLipSync) -> str:
    """Return what is said of a clip, and why nothing is: a clause without a full stop."""
    if one.doubt is None:
        return f"the mouth {'fits' if one.label == 'fits' else 'does not fit'} the sound"
    return f"cannot be said: {describe_doubt(one.doubt, 'the person')}"


def describe_doubt(doubt: LipSyncDoubt, person: str) -> str:
    """Return why nothing can be said of mouth and sound: a clause without a full stop."""
    return _DOUBTS[doubt].format(person=person)


def describe_range(known: LipSyncRange) -> str:
    """Return what is known of how a person's mouth and voice go together, in a few sentences."""
    limits = known.video_thresholds
    said = (
        f"How mouth and voice go together was learnt from {count(known.clips, 'clip')} of "
        f"{count(known.recordings, 'recording')}, {count(known.sessions, 'session')}. The voice usually "
        f"comes {abs(known.lag_s):.2f} s {'after' if known.lag_s >= 0 else 'before'} the mouth. Statements "
        f"on videos need at least {count(limits.fewest_clips, 'clip')} and aim at {limits.error_rate:.0%} "
        "errors on each side."
    )
    if limits.false_match_rate > limits.error_rate:
        said += (
            f" With so few sessions, {limits.false_match_rate:.0%} is the lowest rate that can be promised."
        )
    return said if known.check is None else f"{said} {_describe_check(known.check)}"


def _describe_check(check: LipSyncCheck) -> str:
    return (
        f"With each session held out in turn, {check.own_fit} of {count(check.own_clips, 'clip')} with "
        f"their own sound were said to fit and {check.own_misfit} not to. Of {check.changed_clips} whose "
        f"sound was moved by 0.2 s or more, or was of another recording, {check.changed_misfit} were said "
        f"not to fit and {check.changed_fit} to fit."
    )
