"""Trials: pairs of an enrolment and a suspect, of which it is known whether they show the same person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from classify.background.calibration import pool_seconds
from classify.background.footage import Footage, Values, average_sessions, number_pairs
from classify.cells import average_clips

Indices = npt.NDArray[np.intp]
Names = npt.NDArray[np.str_]

LISTED: Final = "listed"
# More pairs of sides than this teach nothing more about different people; of more, as many are drawn.
_MOST_OTHERS: Final = 30_000
_PAIR_OF_SESSIONS: Final = 2


@dataclass(frozen=True)
class Sides:
    """What a trial compares: recordings, enrolments of all sessions of a person but one, and single clips.

    Attributes
    ----------
    numbers
        By descriptor: float64, shape (sides, numbers), means over clips.
    people
        str, shape (sides,).
    seconds, sessions
        float64, shape (sides,): how long a face was measured, in how many sessions.
    collections
        str, shape (sides,): "" where several, or nobody says.
    """

    numbers: Mapping[str, Values]
    people: Names
    seconds: Values
    sessions: Values
    collections: Names


@dataclass(frozen=True)
class Trials:
    """Pairs of sides.

    Attributes
    ----------
    enrolled, suspects
        int, shape (trials,): rows of `Sides`.
    is_target
        bool, shape (trials,): whether both show the same person.
    kinds
        str, shape (trials,): ``recording`` (one recording against one), ``sessions`` (several sessions
        against one recording), ``clip`` (one recording against a single clip), ``listed`` (one recording
        against one, because a list says so).
    """

    enrolled: Indices
    suspects: Indices
    is_target: npt.NDArray[np.bool_]
    kinds: Names

    def select(self, rows: npt.NDArray[np.bool_] | Indices) -> Trials:
        """Return some of the trials."""
        return Trials(self.enrolled[rows], self.suspects[rows], self.is_target[rows], self.kinds[rows])

    def with_listed(self, listed: Trials) -> Trials:
        """Return these trials, then those of a list."""
        parts = ("enrolled", "suspects", "is_target", "kinds")
        return Trials(*(np.concatenate([getattr(self, name), getattr(listed, name)]) for name in parts))


def list_trials(enrolled: Sequence[int], suspects: Sequence[int], is_target: Sequence[bool]) -> Trials:
    """Return the trials of a list, each of two recordings, by the rows of the recordings."""
    return Trials(
        np.array(enrolled, dtype=np.intp),
        np.array(suspects, dtype=np.intp),
        np.array(is_target, dtype=np.bool_),
        np.full(len(is_target), LISTED),
    )


def lay_trials(footage: Footage, seed: int = 0) -> tuple[Sides, Trials]:
    """Lay out the trials of all recordings; two recordings of one session of a person are never compared.

    The sides are the recordings, in their order; then a clip of each, from its middle; then, for each session
    of a person with three or more, all others of the person together, each session weighing the same
    (`classify.background.background.Background.describe`).

    Parameters
    ----------
    footage
        The recordings.
    seed
        Of the choice among trials of different people, where there are very many.
    """
    n = len(footage)
    left_out = _leave_sessions_out(footage)
    others = [_other_sessions(footage, row) for row in left_out]
    numbers = {}
    for name, clips in footage.clips.items():
        means = np.array([average_clips(values) for values in clips])
        middles = np.array([values[len(values) // 2] for values in clips])
        pooled = [average_sessions(means[rows], footage.sessions[rows]) for rows in others]
        numbers[name] = np.concatenate([means, middles, np.reshape(pooled, (-1, means.shape[1]))])
    sides = Sides(
        numbers,
        np.concatenate([footage.people, footage.people, footage.people[left_out]]),
        np.concatenate(
            [
                footage.seconds,
                np.minimum(footage.seconds, footage.clip_s),
                [pool_seconds(footage.seconds[rows], footage.sessions[rows]) for rows in others],
            ]
        ),
        np.concatenate([np.ones(2 * n), [len(np.unique(footage.sessions[rows])) for rows in others]]),
        np.concatenate([footage.collections, footage.collections, np.full(len(others), "")]),
    )
    rng = np.random.default_rng(seed)
    recordings = np.arange(n)
    # The other sessions stand for the session that they leave out: a target trial is with that one alone.
    parts = [
        _pair("recording", footage, recordings, recordings, recordings, recordings, rng),
        _pair("clip", footage, recordings, recordings, recordings + n, recordings, rng),
        _pair("sessions", footage, np.arange(len(others)) + 2 * n, left_out, recordings, recordings, rng),
    ]
    columns = ("enrolled", "suspects", "is_target", "kinds")
    return sides, Trials(*(np.concatenate([getattr(part, name) for part in parts]) for name in columns))


def _leave_sessions_out(footage: Footage) -> Indices:
    """Return a recording of each session of the people with three or more of them."""
    many = {person for person, count in footage.count_sessions().items() if count > _PAIR_OF_SESSIONS}
    _, first = np.unique(number_pairs(footage.people, footage.sessions), return_index=True)
    return np.array([row for row in first if footage.people[row] in many], dtype=np.intp)


def _other_sessions(footage: Footage, row: int) -> Indices:
    """Return the recordings of the same person in other sessions than that of a recording."""
    same = footage.people == footage.people[row]
    return np.flatnonzero(same & (footage.sessions != footage.sessions[row]))


def _pair(
    kind: str,
    footage: Footage,
    enrolled: Indices,
    stands_for: Indices,
    suspects: Indices,
    of: Indices,
    rng: np.random.Generator,
) -> Trials:
    """Pair sides, given the recordings that they stand for.

    Recordings are paired once, as the order of a pair does not matter to its score.
    """
    rows, columns = _draw(len(enrolled), len(suspects), rng)
    first, second = stands_for[rows], of[columns]
    differ = footage.people[first] != footage.people[second]
    keep = differ & (first < second) if kind == "recording" else differ
    own_rows, own_columns = _pair_own(footage, stands_for, of, kind)
    enrolled_rows = np.concatenate([rows[keep], own_rows])
    suspect_rows = np.concatenate([columns[keep], own_columns])
    is_target = np.arange(len(enrolled_rows)) >= keep.sum()
    return Trials(enrolled[enrolled_rows], suspects[suspect_rows], is_target, np.full(len(is_target), kind))


def _pair_own(footage: Footage, stands_for: Indices, of: Indices, kind: str) -> tuple[Indices, Indices]:
    """Return the rows of either side that are paired as the same person's."""
    _, people = np.unique(footage.people, return_inverse=True)
    by_person = np.argsort(people[of], kind="stable")
    starts = np.searchsorted(people[of], np.arange(people.max() + 2), sorter=by_person)
    pairs = []
    for row, first in enumerate(stands_for):
        columns = by_person[starts[people[first]] : starts[people[first] + 1]]
        same_session = footage.sessions[of[columns]] == footage.sessions[first]
        chosen = columns[same_session if kind == "sessions" else ~same_session]
        pairs += [(row, column) for column in chosen if kind != "recording" or first < of[column]]
    table = np.reshape(np.array(pairs, dtype=np.intp), (-1, 2))
    return table[:, 0], table[:, 1]


def _draw(rows: int, columns: int, rng: np.random.Generator) -> tuple[Indices, Indices]:
    if rows * columns <= _MOST_OTHERS:
        grid = np.indices((rows, columns)).reshape(2, -1)
        return grid[0], grid[1]
    drawn = rng.choice(rows * columns, _MOST_OTHERS, replace=False, shuffle=False)
    return drawn // columns, drawn % columns
