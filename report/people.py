"""Who is in a suspect video, who of them was measured and why: words, faces, a strip and a table."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from classify.words.judgements import FIND_PERSON
from classify.words.numbers import format_clock
from extract.people.person import SAME_PERSON, ChosenPerson
from extract.people.presence import measures_nobody
from extract.people.tracks_table import Track, TracksTable, read_tracks_table
from ground.errors import MotionsigError
from ground.files import find_stored, hash_file
from ground.text import count
from report.charts.strip import Bar, Lane, choose_faces, draw_strip
from report.faces import redraw_face
from report.markup import format_correlation, tag
from report.people_evidence import PeopleEvidence, TracksFile

_MOST_LANES: Final = 6
# An hour of an interview has about a thousand; a table from somebody else may have any number.
_MOST_TRACKS: Final = 2000
_IN_STRIP_PX: Final = 40
_PORTRAIT_PX: Final = 96
# The last frame lasts as long as others do in the median.
_TOLERANCE_S: Final = 1.0
_UNTOLD: Final = 0  # the person of tracks of whom it cannot be told who they are


@dataclass(frozen=True)
class Found:
    """One of the people who were found: who, what is said of them, and their face where there is one."""

    name: str
    said: str
    face: Markup | None


@dataclass(frozen=True)
class PeopleView:
    """What the page shows of the people in one video.

    Attributes
    ----------
    answer
        Who was measured, or that nobody was, in a sentence.
    reason
        How they were chosen, and the way on where nobody was measured.
    shown
        How much of the video shows the person; None where nobody was measured.
    found
        The people, at most as many as the strip has lanes.
    strip
        None where there is no table of tracks.
    notes
        What is not shown, and why.
    rows
        Shot, time, person and similarity of each track.
    """

    answer: str
    reason: str
    shown: str | None
    found: list[Found]
    strip: Markup | None
    notes: list[str]
    rows: list[tuple[str, str, str, str]]


def view_people(evidence: PeopleEvidence) -> PeopleView:
    """Return what the page shows of the people in one video: with faces, where its tracks are at hand."""
    chosen, presence = evidence.chosen, evidence.presence
    table, why = _read_tracks(evidence.tracks, presence.duration_s)
    found: list[Found] = []
    rows: list[tuple[str, str, str, str]] = []
    strip, notes = None, [why] if why else []
    if table is not None and table.tracks:
        tracks, left_out = _limit(table.tracks)
        groups = _group(tracks)
        shown = groups[:_MOST_LANES]
        strip, found, damaged = _draw(shown, presence.shots_s, presence.duration_s)
        notes += [*left_out, *_tell_others(groups[_MOST_LANES:]), *damaged]
        rows = [_tell_track(track) for track in tracks]
    return PeopleView(
        answer=_tell_answer(chosen),
        reason=_tell_reason(evidence),
        shown=None
        if measures_nobody(chosen)
        else f"The person was measured in {presence.shown_s:.0f} of {presence.duration_s:.0f} s, in "
        f"{presence.shown_shots} of {count(len(presence.shots_s), 'shot')}.",
        found=found,
        strip=strip,
        notes=notes,
        rows=rows,
    )


def _tell_answer(chosen: ChosenPerson) -> str:
    if chosen.number is not None:
        return f"Person {chosen.number} of {chosen.people} was measured."
    if not measures_nobody(chosen):
        return "No face can be told from others, so whoever is in the picture was measured."
    missed = "No face of the person who was looked for was found"
    if chosen.choice == "number":
        missed = "There is nobody of the number that was asked for"
    if not chosen.people:
        return f"{missed}, and no other face that is large and clear enough."
    others = "One other person was" if chosen.people == 1 else f"{chosen.people} other people were"
    return f"{missed}, so nobody was measured. {others} found."


def _tell_reason(evidence: PeopleEvidence) -> str:
    chosen = evidence.chosen
    if chosen.choice == "reference":
        face = (
            "the face that the model keeps"
            if evidence.by == "model"
            else "a face that was given, in pictures or by another model"
        )
        then = f" {FIND_PERSON}" if chosen.number is None else _tell_likeness(chosen.likeness)
        return f"The person was looked for by {face}.{then}"
    if chosen.choice == "number" and chosen.number is None:
        return f"Person {chosen.asked} was to be measured. {FIND_PERSON}"
    if chosen.choice == "number":
        return "Each person of this video has a frame table of their own, and this one was judged."
    if chosen.number is None:
        return (
            "Faces are too small, too much turned, or pictures of faces. Check that this is the right person."
        )
    if chosen.people > 1:
        return "Nobody was named, so the person most seen was measured. Check that this is the right one."
    return "Nobody was named, and nobody else was found."


def _tell_likeness(likeness: float | None) -> str:
    if likeness is None:
        return ""
    alike, least = format_correlation(likeness), format_correlation(SAME_PERSON)
    return f" The similarity of the two faces is {alike} (the same person from {least} on)."


def _read_tracks(file: TracksFile | None, duration_s: float) -> tuple[TracksTable | None, str | None]:
    """Return the table of tracks, and the sentence that says why there is none."""
    if file is None or file.path is None:
        return None, "There are no faces, because there is no table of tracks beside the frame table."
    path = find_stored(file.path)
    try:
        if not path.is_file():
            return None, "There are no faces, because the table of tracks was removed."
        if hash_file(path) != file.sha256:
            return None, "There are no faces, because another file now has the name of the table of tracks."
        table = read_tracks_table(path)
        if all(track.start_s >= 0 and track.end_s <= duration_s + _TOLERANCE_S for track in table.tracks):
            return table, None
        return None, "There are no faces, because the table of tracks does not fit the video."
    except (MotionsigError, OSError):
        return None, "There are no faces, because the table of tracks cannot be read."


def _limit(tracks: Sequence[Track]) -> tuple[list[Track], list[str]]:
    """Return tracks in order of time, of too many the longest, and what is said of the others."""
    kept = sorted(tracks, key=lambda track: track.start_s - track.end_s)[:_MOST_TRACKS]
    ordered = sorted(kept, key=lambda track: (track.start_s, track.person))
    if len(ordered) == len(tracks):
        return ordered, []
    return ordered, [f"Only the {_MOST_TRACKS:,} longest of {len(tracks):,} tracks are shown."]


@dataclass(frozen=True)
class _Group:
    """The tracks of one person, in order of time."""

    person: int
    measured: bool
    note: str | None
    tracks: list[Track]

    @property
    def name(self) -> str:
        return "unclear" if self.person == _UNTOLD else f"Person {self.person}"

    @property
    def seen_s(self) -> float:
        """For how long at least one of the tracks lasts, seconds."""
        seen_s, until_s = 0.0, float("-inf")
        for track in self.tracks:
            seen_s += max(0.0, track.end_s - max(track.start_s, until_s))
            until_s = max(until_s, track.end_s)
        return seen_s


def _group(tracks: Iterable[Track]) -> list[_Group]:
    """Return the people: the one measured, then the others by number, then those who cannot be told."""
    found: dict[tuple[int, int], list[Track]] = {}
    for track in tracks:
        rank = 0 if track.chosen else 2 if track.person == _UNTOLD else 1
        found.setdefault((rank, track.person), []).append(track)
    measured = {person for rank, person in found if rank == 0}
    notes = {0: "measured", 1: "not measured", 2: None}
    return [
        _Group(person, rank == 0, notes[rank] if person in measured else None, members)
        for (rank, person), members in sorted(found.items(), key=lambda item: item[0])
    ]


def _draw(
    groups: Sequence[_Group], shots_s: Sequence[float], duration_s: float
) -> tuple[Markup, list[Found], list[str]]:
    """Return the strip, the people in it, and what is said of pictures that cannot be shown."""
    lanes, found, damaged = [], [], 0
    for group in groups:
        wanted = choose_faces([track.start_s for track in group.tracks], len(groups), duration_s)
        bars = []
        for track, has_face in zip(group.tracks, wanted, strict=True):
            face = redraw_face(track.picture, _IN_STRIP_PX) if has_face and track.picture else None
            damaged += bool(has_face and track.picture and face is None)
            bars.append(
                Bar(track.start_s, track.end_s, ", ".join(filter(None, _tell_track(track)[1:])), face)
            )
        lanes.append(Lane(group.name, group.note, group.measured, tuple(bars)))
        found.append(Found(group.name, _tell_group(group), _draw_portrait(group)))
    said = f"{count(damaged, 'picture')} of faces cannot be shown, because the table of tracks is damaged."
    return draw_strip(lanes, shots_s, duration_s), found, [said] if damaged else []


def _draw_portrait(group: _Group) -> Markup | None:
    """Return the face in the longest track that has a picture."""
    longest = max(group.tracks, key=lambda track: (bool(track.picture), track.end_s - track.start_s))
    face = redraw_face(longest.picture, _PORTRAIT_PX)
    if face is None:
        return None
    data = base64.b64encode(face).decode("ascii")
    return tag(
        "svg",
        tag("title", f"{group.name} at {format_clock(longest.start_s)}"),
        tag("image", href=f"data:image/jpeg;base64,{data}", width=_PORTRAIT_PX, height=_PORTRAIT_PX),
        viewBox=f"0 0 {_PORTRAIT_PX} {_PORTRAIT_PX}",
        role="img",
    )


def _tell_group(group: _Group) -> str:
    shots = count(len({track.shot for track in group.tracks}), "shot")
    alike = sorted(one for one in (track.similarity for track in group.tracks) if not math.isnan(one))
    parts = [group.note, f"{group.seen_s:.0f} s in {shots}"]
    if alike:
        low, high = format_correlation(alike[0]), format_correlation(alike[-1])
        parts.append(f"similarity {low}" if low == high else f"similarity {low} to {high}")
    return "; ".join(filter(None, parts))


def _tell_others(groups: Sequence[_Group]) -> list[str]:
    if not groups:
        return []
    who = "One more is" if len(groups) == 1 else f"{len(groups)} more are"
    seconds = sum(group.seen_s for group in groups)
    return [f"{who} seen for {seconds:.0f} s, and only in the table below."]


def _tell_track(track: Track) -> tuple[str, str, str, str]:
    """Return the shot, counted from 1, the time, who it is, and how similar to the person."""
    who = "unclear" if track.person == _UNTOLD else f"Person {track.person}"
    when = f"{format_clock(track.start_s)}–{format_clock(track.end_s)}"
    alike = format_correlation(None if math.isnan(track.similarity) else track.similarity)
    return str(track.shot + 1), when, f"{who}, measured" if track.chosen else who, alike
