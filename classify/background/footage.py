"""Recordings of many people as arrays: what backgrounds are learnt from and tried on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from classify.cells import average_clips
from classify.evidence_floor import Part, doubt_movement
from classify.reasons import Reason
from features.descriptors.missing import LEAST_SHARE
from features.movement import MOVEMENT_COLUMNS
from features.recordings import Recording
from ground.names import unite

# Hands may rest: what is fused is of the face.
_MUST_MOVE: Final[tuple[Part, ...]] = ("face",)

_LEAST_MEASURED: Final = 0.5

Values = npt.NDArray[np.float64]
Names = npt.NDArray[np.str_]


@dataclass(frozen=True)
class Footage:
    """Recordings whose people are known.

    Attributes
    ----------
    clips
        By descriptor, of each recording: float32, which halves the memory of large collections, shape (usable
        clips, numbers), NaN where missing.
    people, sessions, collections
        str, shape (recordings,): who, in which session, from which collection ("" where nobody says).
    seconds
        float64, shape (recordings,): how long a face was measured in the usable clips.
    clip_s
        Length of a clip.
    """

    clips: Mapping[str, Sequence[npt.NDArray[np.float32]]]
    people: Names
    sessions: Names
    collections: Names
    seconds: Values
    clip_s: float

    def __len__(self) -> int:
        return len(self.people)

    def select(self, rows: Sequence[int] | npt.NDArray[np.intp]) -> Footage:
        """Return some of the recordings."""
        return Footage(
            {name: [values[row] for row in rows] for name, values in self.clips.items()},
            self.people[rows],
            self.sessions[rows],
            self.collections[rows],
            self.seconds[rows],
            self.clip_s,
        )

    def only(self, descriptors: Sequence[str]) -> Footage:
        """Return the same recordings with some of the descriptors."""
        return replace(self, clips={name: self.clips[name] for name in descriptors})

    def seen_by(self, descriptor: str) -> Footage:
        """Return the clips, and the recordings with such clips, in which one descriptor is measured."""
        clips = [values[is_measured(values)] for values in self.clips[descriptor]]
        rows = np.array([row for row, values in enumerate(clips) if len(values)], dtype=np.intp)
        return replace(self, clips={descriptor: clips}).select(rows)

    def list_shared_collections(self) -> list[str]:
        """Return the collections with several people, which tell a camera from a person."""
        named = self.collections != ""
        people = set(zip(self.collections[named].tolist(), self.people[named].tolist(), strict=True))
        counts = Counter(collection for collection, _ in people)
        return sorted(collection for collection, people in counts.items() if people > 1)

    def count_again(self) -> int:
        """Return how many people were recorded in several sessions."""
        return sum(sessions > 1 for sessions in self.count_sessions().values())

    def count_sessions(self) -> dict[str, int]:
        """Return in how many sessions each person was recorded."""
        sessions = set(zip(self.people.tolist(), self.sessions.tolist(), strict=True))
        return dict(sorted(Counter(person for person, _ in sessions).items()))


def gather_footage(
    recordings: Sequence[Recording], needed: Sequence[str], more: Sequence[str] = ()
) -> Footage:
    """Put recordings together; clips that are not usable are left out.

    Parameters
    ----------
    recordings
        Each with a subject, in any spelling of the name, and at least one usable clip (`find_usable`).
    needed, more
        Descriptors that a usable clip has numbers of, and others that it may have numbers of.
    """
    descriptors = (*needed, *more)
    usable = [find_usable(recording, needed) for recording in recordings]
    names = unite(recording.subject or "" for recording in recordings)
    return Footage(
        {
            name: [
                recording.numbers[name][rows].astype(np.float32)
                for recording, rows in zip(recordings, usable, strict=True)
            ]
            for name in descriptors
        },
        np.array([names[recording.subject or ""] for recording in recordings], dtype=np.str_),
        np.array([recording.session for recording in recordings], dtype=np.str_),
        np.array([recording.collection or "" for recording in recordings], dtype=np.str_),
        np.array(
            [measure_seconds(recording, rows) for recording, rows in zip(recordings, usable, strict=True)]
        ),
        float(recordings[0].end_s[0] - recordings[0].start_s[0]),
    )


def find_usable(recording: Recording, descriptors: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Return which clips are measured, and show enough movement to be evidence, shape (clips,)."""
    moving = [doubt_clip(recording, clip) is None for clip in range(len(recording.start_s))]
    usable: npt.NDArray[np.bool_] = find_measured(recording, descriptors) & np.array(moving, dtype=np.bool_)
    return usable


def find_measured(recording: Recording, descriptors: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Return which clips have enough numbers of every descriptor, shape (clips,)."""
    measured: npt.NDArray[np.bool_] = np.all(
        [is_measured(recording.numbers[name]) for name in descriptors], axis=0
    )
    return measured


def is_measured(numbers: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.bool_]:
    """Return in which rows at least half of the numbers are there, shape (rows,).

    A missing number counts as the mean of everybody, so a row with few of them looks like nobody in
    particular, which must not be held against a person.
    """
    present: npt.NDArray[np.bool_] = np.isnan(numbers).mean(axis=1) <= 1 - _LEAST_MEASURED
    return present


def doubt_clip(recording: Recording, clip: int) -> Reason | None:
    """Return why a clip is no evidence, whatever was measured; None where nothing is known against it."""
    return doubt_movement(
        {name: getattr(recording.movement, name)[clip] for name in MOVEMENT_COLUMNS}, _MUST_MOVE
    )


def count_without_movement(recording: Recording) -> int:
    """Return how many clips show too little movement, or have too few frames."""
    return sum(doubt_clip(recording, clip) is not None for clip in range(len(recording.start_s)))


def measure_seconds(recording: Recording, usable: npt.NDArray[np.bool_]) -> float:
    """Return how long a face was measured in the usable clips: the seconds of all, in proportion."""
    described = max(int((recording.face_share >= LEAST_SHARE).sum()), 1)
    return recording.seconds * min(int(usable.sum()) / described, 1.0)


def number_pairs(first: Names, second: Names) -> npt.NDArray[np.intp]:
    """Return a number for each pair of names, shape (rows,): the same for the same pair, in this order."""
    names, places = np.unique(np.concatenate([first, second]), return_inverse=True)
    one, other = np.split(places, 2)
    numbers: npt.NDArray[np.intp] = one * len(names) + other
    return numbers


def average_sessions(means: Values, sessions: Names) -> Values:
    """Return the mean of a person, shape (numbers,), of the means of recordings: sessions weigh alike."""
    return average_clips(
        np.array([average_clips(means[sessions == session]) for session in np.unique(sessions)])
    )
