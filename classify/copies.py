"""Copies of one recording: among the footage that a model learns from, and of it in a suspect video."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pydantic

from features.formats import list_some
from features.motion_trace import Trace
from features.shared_motion import find_shared_motion, group_copies
from ground.errors import TrainingError
from ground.records import Record
from ground.text import count


class FootageCopy(Record):
    """What a suspect video shares with a video that was learnt from: the stretch that is most alike.

    Attributes
    ----------
    video, sha256
        Name and hash of the video that was learnt from; None where the model does not say.
    start_s, other_start_s
        Where the stretch begins in the suspect, and in that video, seconds.
    mirrored
        Whether one is the other's mirror image.
    correlation
        Of the movements, above `features.shared_motion.LEAST_CORRELATION`.
    """

    video: str | None
    sha256: str | None
    start_s: float = pydantic.Field(ge=0)
    other_start_s: float = pydantic.Field(ge=0)
    mirrored: bool
    correlation: float = pydantic.Field(ge=-1, le=1)


def find_copied(
    trace: Trace, footage: Mapping[str, Trace], video_of: Mapping[str, str] | None = None
) -> FootageCopy | None:
    """Return which footage a suspect's movements are most alike; None where it shares none.

    Parameters
    ----------
    trace
        Of the suspect.
    footage
        Traces by the video's name; where `video_of` is given, by its SHA-256.
    video_of
        Names of videos by hash; a hash that it lacks is of a video that nobody names.
    """
    found = find_shared_motion(trace, footage)
    if not found:
        return None
    key = max(found, key=lambda one: found[one].correlation)
    is_hash = video_of is not None
    return FootageCopy(
        video=video_of.get(key) if video_of is not None else key,
        sha256=key if is_hash else None,
        **found[key]._asdict(),
    )


def join_sources(
    source_of: Mapping[str, str], traces: Mapping[str, Trace]
) -> tuple[dict[str, str], list[list[str]]]:
    """Make one source of those whose videos are copies of one recording, or share an excerpt.

    Parameters
    ----------
    source_of
        The source of each video of one person.
    traces
        By video, as far as there are any.

    Returns
    -------
    joined : dict
        The source of each video; of sources that were joined, the first.
    groups : list of list of str
        The videos by which sources were joined, group by group.
    """
    joined = {source: source for source in source_of.values()}
    groups = group_copies({video: traces[video] for video in source_of if video in traces})
    groups = [group for group in groups if len({source_of[video] for video in group}) > 1]
    for group in groups:
        names = {joined[source_of[video]] for video in group}
        first = next(name for name in joined.values() if name in names)
        joined = {source: first if name in names else name for source, name in joined.items()}
    return {video: joined[source] for video, source in source_of.items()}, groups


def describe_copies(groups: Sequence[Sequence[str]]) -> list[str]:
    """Return a sentence on the groups of videos that show one recording; none for no groups."""
    if not groups:
        return []
    listed = list_some([" and ".join(group) for group in groups])
    sentence = (
        "Some videos make the same movements at the same moments, so they are copies or excerpts of one "
        f"recording: {listed}. Each group counts as one session."
    )
    return [sentence]


def count_copies(groups: Sequence[Sequence[str]]) -> list[str]:
    """Return the same as `describe_copies`, in numbers, without names."""
    if not groups:
        return []
    videos, recordings = sum(map(len, groups)), count(len(groups), "recording")
    return [f"{videos} videos are copies or excerpts of {recordings}, and count as one session each."]


def refuse_contradictions(person: str, own: Mapping[str, Trace], others: Mapping[str, Trace]) -> None:
    """Raise TrainingError when a recording of the person stands among other people's as well.

    Parameters
    ----------
    person
        Who it is.
    own, others
        Traces of the person's videos, and of authentic videos of other people.
    """
    found = [
        f"{video} and {other}" for video, trace in own.items() for other in find_shared_motion(trace, others)
    ]
    if found:
        raise TrainingError(
            f"Recordings of '{person}' stand in the table under another person's name too, because they make "
            f"the same movements at the same moments: {list_some(found)}. Correct the labels, or leave out "
            "the videos whose person is not certain."
        )
