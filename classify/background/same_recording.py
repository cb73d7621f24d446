"""Recordings that are copies of one another: one session, however many files and names they have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from classify.copies import join_sources
from features.recordings import Recording

# Names of videos that share motion, group by group.
Copies = tuple[tuple[str, ...], ...]


def join_recordings(recordings: Sequence[Recording], people: Sequence[str]) -> tuple[list[Recording], Copies]:
    """Make one session of those sessions of a person that hold copies of one recording.

    Parameters
    ----------
    recordings
        Of any number of people.
    people
        Whom each shows. Recordings of different people are not compared.

    Returns
    -------
    joined : list of Recording
        In the same order; sessions that were joined have the name of their first.
    copies : tuple of tuple of str
        What was joined.
    """
    joined, copies = list(recordings), []
    for person in dict.fromkeys(people):
        rows = {str(i): one for i, one in enumerate(recordings) if people[i] == person}
        sessions, groups = join_sources(
            {row: one.session for row, one in rows.items()}, {row: one.trace for row, one in rows.items()}
        )
        for row, one in rows.items():
            joined[int(row)] = replace(one, session=sessions[row])
        copies += [tuple(rows[row].video for row in group) for group in groups]
    return joined, tuple(copies)
