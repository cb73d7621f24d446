"""From what was seen of faces to tracks: who is where in each shot, and which rows are the person's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from extract.head import FaceSpot
from extract.people.cast import Cast, CastMember, count_moving
from extract.people.faces import average_directions
from extract.people.groups import group_faces
from extract.people.person import (
    EMBEDDING_WIDTH,
    OTHER_PERSON,
    SAME_PERSON,
    ChosenPerson,
    Embedding,
)
from extract.people.sightings import Sightings
from extract.people.tracks_table import Track
from extract.reading import FrameReadings

# A face lasts so long after it was seen last, and to the end of the shot where that is no later than this;
# looks lie so far apart.
_LASTS_S: Final = 1.0
_TO_THE_END_S: Final = 2.0
# A face that goes on at the border of two chunks is one track, though each chunk has its own: it went no
# further than this, in its widths.
_WAY: Final = 1.5
# Somebody whom the survey did not see was in view from one look to another for so many seconds at least: a
# face that is half hidden for a moment is like nobody.
_LEAST_S: Final = 1.0
_MOST_UNKNOWN: Final = 2000  # tracks that are grouped into people; of a crowd, those seen longest
# Whether a face moves at all is not told by fewer comparisons.
_LEAST_COMPARED: Final = 2
# Reading a video again for somebody who is seen hardly longer is not worth it.
_CLEARLY_MORE: Final = 1.2


class _Seen(NamedTuple):
    """The rows of the sightings that belong to one track, and what they say together."""

    shot: int
    rows: npt.NDArray[np.intp]
    embedding: Embedding


class People(NamedTuple):
    """Who was seen in a video.

    Attributes
    ----------
    cast
        The people, with those whom the survey had not seen.
    tracks
        Who is where.
    are_pictures
        Of each track, whether it is a picture of somebody who moves elsewhere in the video.
    """

    cast: Cast
    tracks: tuple[Track, ...]
    are_pictures: tuple[bool, ...]

    def describe(self, readings: FrameReadings) -> ChosenPerson:
        """Return whom the frame table of the video measures, who is nobody where they were never seen."""
        is_seen = any(track.chosen for track in self.tracks) or not self.cast.demands_face
        return ChosenPerson(
            choice=self.cast.choice,
            network=self.cast.network,
            reference=None if self.cast.reference is None else self.cast.reference.fingerprint,
            number=self.cast.chosen if is_seen else None,
            people=count_moving(self.cast.members),
            shots=len(find_shots(readings)) - 1,
            asked=self.cast.number,
            likeness=self.cast.likeness if is_seen else None,
            double_s=_measure_doubles([track for track in self.tracks if track.chosen]),
        )


def find_people(readings: FrameReadings, sightings: Sightings, cast: Cast) -> People:
    """Return who was where in a video.

    Parameters
    ----------
    readings
        Of the whole video.
    sightings
        All faces that were seen in it.
    cast
        The people who were looked out for.
    """
    edges = find_shots(readings)
    seen = _gather(sightings, edges)
    cast = _complete(cast, seen, sightings)
    tracks = [_make_track(one, sightings, cast, edges) for one in seen]
    are_pictures = _find_pictures(cast, [track.person for track in tracks], seen, sightings)
    order = sorted(range(len(tracks)), key=lambda k: (tracks[k].start_s, tracks[k].person))
    return People(
        cast,
        tuple(replace(tracks[k], chosen=tracks[k].chosen and not are_pictures[k]) for k in order),
        tuple(are_pictures[k] for k in order),
    )


def _find_pictures(
    cast: Cast, people: Sequence[int], seen: Sequence[_Seen], sightings: Sightings
) -> list[bool]:
    """Return which tracks are pictures of people who are seen to move in other tracks."""
    stills = [sightings.still[one.rows] for one in seen]
    are_still = [_is_still(still) for still in stills]
    moving = {
        person
        for person, still, is_still in zip(people, stills, are_still, strict=True)
        if person and not is_still and (still == 0).any() and not cast.members[person - 1].is_still
    }
    return [is_still and person in moving for person, is_still in zip(people, are_still, strict=True)]


def _measure_doubles(tracks: Sequence[Track]) -> float:
    """Return for how many seconds at least two tracks of one person are there at once."""
    edges = sorted({edge for track in tracks for edge in (track.start_s, track.end_s)})
    return float(
        sum(
            stop - start
            for start, stop in pairwise(edges)
            # A face that is lost and found again elsewhere is in two tracks for a moment.
            if stop - start > _TO_THE_END_S
            and sum(track.start_s <= start and stop <= track.end_s for track in tracks) > 1
        )
    )


def choose_again(people: People) -> Cast | None:
    """Return the cast with another person chosen where the survey was wrong about who is seen most.

    Key frames may show somebody more, or less, often than the video does, or no face at all. Nor need they
    show the person whose number was asked for.
    """
    cast = people.cast
    if cast.choice == "number" and cast.chosen is None:
        numbered = Cast.choose(cast.network, cast.members, number=cast.number)
        return None if numbered.chosen is None else numbered
    if cast.choice != "most seen":
        return None
    seen_s = [
        sum(
            track.end_s - track.start_s
            for track, is_picture in zip(people.tracks, people.are_pictures, strict=True)
            if track.person == k and not is_picture
        )
        for k in range(1, len(cast.members) + 1)
    ]
    members = [
        member.model_copy(update={"seen_s": time_s})
        for member, time_s in zip(cast.members, seen_s, strict=True)
    ]
    ordered = tuple(sorted(members, key=lambda member: (member.is_still, -member.seen_s)))
    again = Cast.choose(cast.network, ordered)
    if again.chosen is None or (cast.chosen is None and not again.demands_face):
        return None
    chosen_s = 0.0 if cast.chosen is None else seen_s[cast.chosen - 1]
    return again if ordered[0].seen_s > _CLEARLY_MORE * chosen_s else None


def find_shots(readings: FrameReadings) -> npt.NDArray[np.float64]:
    """Return when each shot begins, seconds, and after them when the last one ends."""
    begins = readings.times_s[np.flatnonzero(readings.cuts)]
    first, last = readings.times_s[0], readings.times_s[-1]
    return np.concatenate(([first], begins[begins > first], [last]))


def find_strange_rows(readings: FrameReadings, people: People) -> npt.NDArray[np.bool_]:
    """Return which rows are not, or may not be, the person's, shape (frames,).

    A body whose face was never recognised is the person's only where nobody else was seen in the video, and
    the video is one shot: faces in other shots may be too small, or turned too far, to be told from others.
    While a picture of the person is in view and they are not, it is the picture that was followed.
    """
    cast = people.cast
    may_be_others = cast.demands_face or (cast.chosen is not None and bool(readings.cuts[1:].any()))
    pictures = [
        track
        for track, is_picture in zip(people.tracks, people.are_pictures, strict=True)
        if is_picture and track.person == cast.chosen
    ]
    chosen = [track for track in people.tracks if track.chosen]
    is_picture = _are_within(readings, pictures) & ~_are_within(readings, chosen)
    strange: npt.NDArray[np.bool_] = (readings.labels < (1 if may_be_others else 0)) | is_picture
    return strange


def _are_within(readings: FrameReadings, tracks: Sequence[Track]) -> npt.NDArray[np.bool_]:
    """Return which rows lie in one of the tracks; a track ends where the next shot begins."""
    times_s, shots = readings.times_s, _number_shots(readings.times_s, find_shots(readings))
    within = np.zeros(len(times_s), np.bool_)
    for track in tracks:
        within |= (shots == track.shot) & (times_s >= track.start_s) & (times_s <= track.end_s)
    return within


def _number_shots(times_s: npt.NDArray[np.float64], edges: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    """Return in which shot each time lies, with `find_shots` of the video."""
    return np.clip(np.searchsorted(edges[:-1], times_s, side="right") - 1, 0, None)


def _gather(sightings: Sightings, edges: npt.NDArray[np.float64]) -> list[_Seen]:
    """Return the tracks: those of each stretch of reading, those that go on at a border as one."""
    shots = _number_shots(sightings.times_s, edges)
    rows_of: dict[tuple[int, int], list[int]] = defaultdict(list)
    for row, (shot, track) in enumerate(zip(shots.tolist(), sightings.tracks.tolist(), strict=True)):
        rows_of[shot, track].append(row)
    gathered: dict[int, list[_Seen]] = defaultdict(list)
    for (shot, _), rows in rows_of.items():
        one, others = _Seen(shot, np.array(rows), _mean(sightings, rows)), gathered[shot]
        before = next((k for k, other in enumerate(others) if _goes_on(other, one, sightings)), None)
        if before is None:
            others.append(one)
        else:
            both = [*others[before].rows, *rows]
            others[before] = _Seen(shot, np.array(both), _mean(sightings, both))
    return [one for others in gathered.values() for one in others]


def _goes_on(before: _Seen, one: _Seen, sightings: Sightings) -> bool:
    """Return whether a track of the same shot goes on in another one."""
    last, first = before.rows[-1], one.rows[0]
    pause_s = sightings.times_s[first] - sightings.times_s[last]
    if not 0 < pause_s <= _TO_THE_END_S:
        return False
    spots = [_spot(sightings, row) for row in (last, first)]
    likeness = float(before.embedding @ one.embedding)
    return spots[0].distance_to(spots[1]) <= _WAY and not likeness < OTHER_PERSON


def _spot(sightings: Sightings, row: int) -> FaceSpot:
    left, top, width, height = sightings.spots[row]
    return FaceSpot(left + width / 2, top + height / 2, width)


def _mean(sightings: Sightings, rows: Sequence[int]) -> Embedding:
    told = sightings.embeddings[rows]
    return average_directions(list(told[~np.isnan(told[:, 0])]))


def _complete(cast: Cast, seen: Sequence[_Seen], sightings: Sightings) -> Cast:
    """Return the cast with those of whom the survey saw nothing; one of them may be the person wanted."""
    unknown = [
        one for one in seen if not np.isnan(one.embedding[0]) and not cast.recognise(one.embedding).number
    ]
    known = np.array([member.vector for member in cast.members]).reshape(-1, EMBEDDING_WIDTH)
    # Whoever is half like a known person may be them.
    unknown = [one for one in unknown if not (known @ one.embedding > OTHER_PERSON).any()]
    unknown = sorted(unknown, key=lambda one: -len(one.rows))[:_MOST_UNKNOWN]
    wanted = None if cast.reference is None else cast.reference.vector
    late = []
    for group in group_faces([one.embedding for one in unknown]):
        mean = average_directions([unknown[k].embedding for k in group])
        between_s = sum(float(np.ptp(sightings.times_s[unknown[k].rows])) for k in group)
        rows = np.concatenate([unknown[k].rows for k in group])
        if between_s < _LEAST_S and not (wanted is not None and wanted @ mean >= SAME_PERSON):
            continue
        late.append(
            CastMember(
                embedding=tuple(mean.tolist()),
                seen_s=between_s + _LASTS_S * len(group),
                is_still=_is_still(sightings.still[rows]),
            )
        )
    if not late:
        return cast
    moving = count_moving(cast.members)
    joining = [member for member in late if not member.is_still]
    # Pictures of people stay last.
    pictures = (*cast.members[moving:], *(member for member in late if member.is_still))
    members = (*cast.members[:moving], *joining, *pictures)
    if cast.chosen is None and cast.reference is not None:
        return Cast.choose(cast.network, members, cast.reference)
    chosen = cast.chosen
    if chosen is not None and chosen > moving:
        chosen += len(joining)
    return cast.model_copy(update={"members": members, "chosen": chosen})


def _is_still(still: npt.NDArray[np.int8]) -> bool:
    """Return whether faces of one person, with `Sightings.still` of each, are pictures of them."""
    compared = still[still >= 0]
    return len(compared) >= _LEAST_COMPARED and bool(compared.mean() > 1 / 2)


def _make_track(one: _Seen, sightings: Sightings, cast: Cast, edges: npt.NDArray[np.float64]) -> Track:
    times = sightings.times_s[one.rows]
    end_s, is_told = float(edges[one.shot + 1]), not np.isnan(one.embedding[0])
    if end_s - times[-1] > _TO_THE_END_S:
        end_s = float(times[-1]) + _LASTS_S
    person = cast.recognise(one.embedding).number if is_told else 0
    left, top, width, height = np.median(sightings.spots[one.rows], axis=0).tolist()
    target = cast.target
    return Track(
        shot=one.shot,
        start_s=float(times[0]),
        end_s=end_s,
        person=person,
        chosen=person > 0 and person == cast.chosen,
        similarity=float(target @ one.embedding) if target is not None else np.nan,
        looks=len(one.rows),
        left=left,
        top=top,
        width=width,
        height=height,
        embedding=one.embedding,
        picture=_find_picture(one, sightings),
    )


def _find_picture(one: _Seen, sightings: Sightings) -> bytes:
    """Return the first picture of a track, which may have gone on in several chunks; empty without one."""
    rows = np.flatnonzero(np.isin(sightings.pictured, sightings.tracks[one.rows]))
    return bytes(sightings.pictures[rows[0]]) if len(rows) else b""
