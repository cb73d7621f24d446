"""Recordings described by numbers alone, of made-up people who differ by a known amount."""

from __future__ import annotations

import hashlib

import numpy as np

from extract.description import Backend, ReadingDescription
from features.descriptors.registry import DESCRIPTORS
from features.movement import Movement
from features.recordings import SIGNATURE_CLIPS, Recording

READING = ReadingDescription(body=Backend(name="pose", version="1"), face=Backend(name="mesh", version="2"))


def make_recordings(
    people: int,
    sessions: int,
    *,
    numbers: int | None = 40,
    clips: int = 6,
    person: float = 1.0,
    session: float = 0.3,
    clip: float = 0.5,
    collections: int = 1,
    descriptors: tuple[str, ...] = ("face-pairs",),
    seed: int = 0,
) -> list[Recording]:
    """`sessions` recordings of each of `people`, one a session: person by person, session by session.

    Every number is normally distributed: a person's mean with standard deviation `person` around 0, a
    session's offset with `session`, a clip's with `clip`; numbers and descriptors are independent. Each
    person's sessions go round the collections, which all have an offset with standard deviation `session`
    where there are several. The same seed draws the same people, so `sessions` and `clips` can grow without
    changing who they are. Without `numbers` each descriptor has as many as the registered one.
    """
    apart = session if collections > 1 else 0.0
    sizes = {name: numbers or len(DESCRIPTORS[name].numbers) for name in descriptors}
    offsets = [
        {
            name: np.random.default_rng((seed, 0, k, i)).normal(0, apart, sizes[name])
            for i, name in enumerate(descriptors)
        }
        for k in range(collections)
    ]
    made = []
    for who in range(people):
        for which in range(sessions):
            described = {}
            for i, name in enumerate(descriptors):
                mean = np.random.default_rng((seed, 1, who, i)).normal(0, person, sizes[name])
                rng = np.random.default_rng((seed, 2, who, which, i))
                centre = mean + offsets[which % collections][name] + rng.normal(0, session, sizes[name])
                described[name] = centre + rng.normal(0, clip, (clips, sizes[name]))
            made.append(
                describe_made_up(
                    f"person {who}",
                    f"person {who} session {which}",
                    described,
                    collection=f"collection {which % collections}",
                    seed=seed,
                )
            )
    return made


def describe_made_up(
    subject: str | None,
    session: str,
    numbers: dict[str, np.ndarray],
    *,
    collection: str | None = None,
    reading: ReadingDescription = READING,
    seed: int = 0,
) -> Recording:
    """A recording with these numbers, (clips, numbers) by descriptor, whose face and body are always found.

    Clips and seconds are those of `SIGNATURE_CLIPS`; the hash is made from session and seed.
    """
    assert SIGNATURE_CLIPS.step_s is not None
    clips = len(next(iter(numbers.values())))
    start_s = SIGNATURE_CLIPS.step_s * np.arange(clips)
    end_s = start_s + SIGNATURE_CLIPS.length_s
    return Recording(
        video=f"{session}.mp4",
        sha256=hashlib.sha256(f"{seed} {session}".encode()).hexdigest(),
        subject=subject,
        session=session,
        collection=collection,
        reading=reading,
        seconds=float(end_s[-1]) if clips else 0.0,
        start_s=start_s,
        end_s=end_s,
        face_share=np.ones(clips),
        body_share=np.ones(clips),
        movement=unknown_movement(clips),
        numbers=numbers,
        trace=np.empty((0, 5), dtype=np.int8),
    )


def unknown_movement(clips: int) -> Movement:
    """What is said of clips whose reader's noise is not known, and which were looked at all the time."""
    unknown = np.full(clips, np.nan)
    return Movement(np.ones(clips), unknown, unknown)
