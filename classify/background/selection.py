"""Which recordings of many people can be learnt from, and why the others cannot."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np

from classify.background.footage import (
    Footage,
    count_without_movement,
    find_measured,
    find_usable,
    gather_footage,
)
from classify.background.same_recording import Copies, join_recordings
from features.descriptors.missing import LEAST_SHARE
from features.formats import list_some
from features.recordings import Recording
from ground.descriptions import describe_differences
from ground.errors import ModelError, TrainingError
from ground.names import key_of_name
from ground.text import count

# Folds need people to leave out, and calibration people of whom there is more than one session.
FEWEST_PEOPLE: Final = 10
FEWEST_AGAIN: Final = 5


class Why(Enum):
    """Why a recording is left out: a clause in which ``{them}`` stands for one or for several."""

    NOT_LISTED = "the manifest does not list {them}"
    NOBODY_SAYS = "nobody says who is in {them}"
    FAKE = "what moves in a fake is not the person whom it shows"
    OTHER_PERSON = "the manifest says that somebody else is in {them}"
    TOO_SHORT = "one clip is longer than {them}"
    NO_SIDES = "the face reader did not measure both sides of the face by themselves"
    NO_FACE = "too little of a face was found in each clip of {them}"
    NOT_MEASURED = "no clip of {them} has numbers of everything that is compared"
    NO_MOVEMENT = "the clips of {them} have too few frames or too little movement"
    SAME_FILE = "another recording is the same file as {them}"


@dataclass(frozen=True)
class LeftOut:
    """A recording that is not used.

    Attributes
    ----------
    name
        Of the recording, as messages call it.
    why
        A usual reason, or the sentence of an error.
    """

    name: str
    why: Why | str


@dataclass(frozen=True)
class Selected:
    """Recordings that can be learnt from.

    Attributes
    ----------
    footage
        Their numbers.
    recordings
        Themselves, in the same order.
    left_out
        All others.
    copies
        Videos of one person that show one recording, or share an excerpt, group by group: their sessions are
        one.
    """

    footage: Footage
    recordings: list[Recording]
    left_out: list[LeftOut]
    copies: Copies


def tell_left_out(left_out: Sequence[LeftOut]) -> list[str]:
    """Return a sentence for each reason, which names up to five of the recordings."""
    by_reason: dict[Why, list[str]] = {}
    for one in left_out:
        if isinstance(one.why, Why):
            by_reason.setdefault(one.why, []).append(one.name)
    sentences = []
    for why, names in by_reason.items():
        who = f"{names[0]} is" if len(names) == 1 else f"{count(len(names), 'recording')} are"
        which = "" if len(names) == 1 else f": {list_some(names)}"
        sentences.append(f"{who} left out, because {_fill_in(why.value, len(names))}{which}.")
    return sentences + [
        f"{one.name} is left out. {one.why}" for one in left_out if not isinstance(one.why, Why)
    ]


def count_left_out(left_out: Sequence[LeftOut]) -> list[str]:
    """Return, in one sentence or none, how many are left out for which reasons, without their names."""
    numbers: dict[str, int] = {}
    for one in left_out:
        why = one.why.value if isinstance(one.why, Why) else "{them} could not be read"
        numbers[why] = numbers.get(why, 0) + 1
    if not numbers:
        return []
    reasons = [f"{number} because {_fill_in(why, number)}" for why, number in numbers.items()]
    return [f"Not used: {count(len(left_out), 'recording')}, {', '.join(reasons)}."]


def count_still_clips(recordings: Sequence[Recording]) -> list[str]:
    """Return, in one sentence or none, how many clips of recordings that are used are no evidence."""
    without = sum(map(count_without_movement, recordings))
    if not without:
        return []
    clips = count(without, "clip")
    return [f"Not used: {clips} of the other recordings, because of too few frames or too little movement."]


def _fill_in(clause: str, number: int) -> str:
    return clause.replace("{them}", "it" if number == 1 else "them")


def select_footage(
    recordings: Sequence[Recording], needed: Sequence[str], more: Sequence[str] = ()
) -> Selected:
    """Return the recordings that can be learnt from, and why the others cannot.

    Recordings of one person are compared with each other, and those of different people are not.

    Parameters
    ----------
    recordings
        At least one, described by the descriptors below.
    needed, more
        As of `classify.background.footage.gather_footage`.

    Raises
    ------
    ModelError
        When recordings were read in different ways.
    TrainingError
        When there are too few people, or too few of them in several sessions.
    """
    _check_readings(recordings)
    usable: list[Recording] = []
    left_out: list[LeftOut] = []
    known: set[str] = set()
    for recording in recordings:
        if (why := find_reason(recording, needed, known)) is not None:
            left_out.append(LeftOut(recording.video, why))
        else:
            usable.append(recording)
            known.add(recording.sha256)
    if not usable:
        raise TrainingError("No recording can be learnt from:", tell_left_out(left_out))
    usable, copies = join_recordings(usable, [key_of_name(str(one.subject)) for one in usable])
    footage = gather_footage(usable, needed, more)
    people, again = len(footage.count_sessions()), footage.count_again()
    if people < FEWEST_PEOPLE or again < FEWEST_AGAIN:
        raise TrainingError(
            f"Recordings of at least {FEWEST_PEOPLE} people are needed, {FEWEST_AGAIN} of them in two or "
            "more sessions, to learn what changes from recording to recording. Here there are "
            f"{count(people, 'person', 'people')}, {again} of them in several sessions. Add people, "
            "and name their sessions in a manifest.",
            tell_left_out(left_out),
        )
    return Selected(footage, usable, left_out, copies)


def _check_readings(recordings: Sequence[Recording]) -> None:
    first = recordings[0]
    for recording in recordings:
        if differences := describe_differences(first.reading, recording.reading):
            raise ModelError(
                f"{first.video} and {recording.video} were read differently: {'; '.join(differences)}. "
                "Numbers of different readers cannot be compared. Extract all videos in the same way."
            )


def find_reason(recording: Recording, needed: Sequence[str], known: Collection[str] = ()) -> Why | None:
    """Return why a recording cannot be used; None where it can.

    Parameters
    ----------
    recording
        Described by `needed`.
    needed
        Descriptors that a usable clip has numbers of.
    known
        SHA-256 of the videos that are used already.
    """
    if recording.subject is None:
        return Why.NOBODY_SAYS
    if recording.sha256 in known:
        return Why.SAME_FILE
    if find_usable(recording, needed).any():
        return None
    if np.max(recording.face_share) < LEAST_SHARE:
        return Why.NO_FACE
    still = count_without_movement(recording) == len(recording.start_s)
    return Why.NO_MOVEMENT if still or find_measured(recording, needed).any() else Why.NOT_MEASURED
