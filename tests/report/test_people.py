"""What a page says of the people in a video, and that a table of tracks from anybody does no harm."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from frame_tables import make_frames, make_table
from tracks import NETWORK, choose, draw_face, make_track, write_tracked

from classify.words.judgements import FIND_PERSON
from extract.frame_table import CUT, read_frame_table
from extract.people.person import EMBEDDING_WIDTH, ChosenPerson, PersonReference
from extract.people.tracks_table import Track, find_tracks_table
from report import people
from report.faces import redraw_face
from report.people import PeopleView, view_people
from report.people_evidence import gather_people

TIMES = np.arange(100) / 10
TRACKS = (make_track(0.0, 6.0), make_track(2.0, 9.0, 2, shot=1), make_track(5.0, 8.0, 2))


def view(folder: Path, tracks: Sequence[Track] = TRACKS, chosen: ChosenPerson | None = None) -> PeopleView:
    frames = make_frames(TIMES)
    frames.loc[50, CUT] = 1.0
    path = write_tracked(make_table(frames), folder, tracks, chosen or choose())
    evidence = gather_people(read_frame_table(path), find_tracks_table(path), None)
    assert evidence is not None
    return view_people(evidence)


def test_it_says_who_was_measured_how_they_were_chosen_and_how_long(tmp_path: Path) -> None:
    page = view(tmp_path)
    assert page.answer == "Person 1 of 2 was measured."
    assert "Nobody was named, so the person most seen was measured" in page.reason
    assert page.shown == "The person was measured in 10 of 10 s, in 2 of 2 shots."


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ("reference", "looked for by a face that was given"),
        ("number", "a frame table of their own"),
        ("most seen", "most seen"),
    ],
)
def test_each_way_of_choosing_is_told(tmp_path: Path, choice: str, words: str) -> None:
    assert words in view(tmp_path, chosen=choose(choice=choice)).reason


def test_how_alike_the_faces_are_is_told_with_what_that_means(tmp_path: Path) -> None:
    chosen = choose(choice="reference").model_copy(update={"likeness": 0.834})
    assert view(tmp_path, chosen=chosen).reason.endswith(
        "The similarity of the two faces is .83 (the same person from .45 on)."
    )


def test_a_number_that_nobody_has_is_an_answer(tmp_path: Path) -> None:
    page = view(tmp_path, chosen=choose(None, 2, "number").model_copy(update={"asked": 3}))
    assert page.answer.startswith("There is nobody of the number that was asked for, so nobody was measured.")
    assert page.reason.startswith("Person 3 was to be measured.")


@pytest.mark.parametrize(("people", "words"), [(0, "no other face"), (1, "One other"), (3, "3 other people")])
def test_that_nobody_like_the_reference_was_found_is_an_answer(
    tmp_path: Path, people: int, words: str
) -> None:
    strangers = [make_track(0.0, 1.0, person + 1, chosen=False) for person in range(people)]
    page = view(tmp_path, strangers, choose(None, people, "reference"))
    assert page.answer.startswith("No face of the person who was looked for was found")
    assert words in page.answer
    assert page.shown is None
    assert page.reason.endswith(FIND_PERSON)
    assert len(page.found) == people, "whoever was found is shown"


def test_where_no_face_can_be_told_apart_whoever_is_there_was_measured(tmp_path: Path) -> None:
    page = view(tmp_path, [make_track(0.0, 6.0, 0, chosen=False)], choose(None, 0))
    assert page.answer.endswith("whoever is in the picture was measured.")
    assert page.shown is not None
    assert [one.name for one in page.found] == ["unclear"]


def test_time_that_two_tracks_share_counts_once(tmp_path: Path) -> None:
    _, other = view(tmp_path).found
    assert other.said == "7 s in 2 shots; similarity .10"


def test_the_measured_person_comes_first_and_is_told_in_words(tmp_path: Path) -> None:
    tracks = [make_track(0.0, 6.0, 1, chosen=False), make_track(2.0, 9.0, 2, chosen=True)]
    page = view(tmp_path, tracks, choose(2))
    assert [(one.name, one.said.split(";")[0]) for one in page.found] == [
        ("Person 2", "measured"),
        ("Person 1", "6 s in 1 shot"),
    ]
    assert page.rows[1] == ("1", "0:02–0:09", "Person 2, measured", ".90")


def test_a_track_of_the_person_that_was_not_measured_is_told_apart(tmp_path: Path) -> None:
    page = view(tmp_path, [make_track(0.0, 6.0), make_track(7.0, 9.0, 1, chosen=False)])
    assert [one.said.split(";")[0] for one in page.found] == ["measured", "not measured"]


def test_whoever_has_no_lane_is_counted_and_stands_in_the_table(tmp_path: Path) -> None:
    tracks = [make_track(0.0, 1.0, person) for person in range(1, 10)]
    page = view(tmp_path, [*tracks, make_track(3.0, 4.0, 0)], choose(people=9))
    assert len(page.found) == 6
    assert "4 more are seen for 4 s, and only in the table below." in page.notes
    assert [row[2] for row in page.rows].count("unclear") == 1
    assert len(page.rows) == 10


def test_of_too_many_tracks_the_longest_are_shown_and_this_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "_MOST_TRACKS", 2)
    page = view(tmp_path)
    assert [row[1] for row in page.rows] == ["0:00–0:06", "0:02–0:09"]
    assert "Only the 2 longest of 3 tracks are shown." in page.notes


def test_a_removed_table_of_tracks_takes_the_faces_with_it(tmp_path: Path) -> None:
    path = write_tracked(make_table(make_frames(TIMES)), tmp_path, TRACKS, choose())
    tracks = find_tracks_table(path)
    evidence = gather_people(read_frame_table(path), tracks, None)
    assert evidence is not None
    assert view_people(evidence).strip is not None
    tracks.write_bytes(b"another file")
    assert "another file now has the name" in view_people(evidence).notes[0]
    tracks.unlink()
    gone = view_people(evidence)
    assert (gone.strip, gone.found, gone.rows) == (None, [], [])
    assert gone.notes == ["There are no faces, because the table of tracks was removed."]
    assert gone.answer == "Person 1 of 2 was measured."


def test_the_face_that_a_model_keeps_is_told_from_pictures(tmp_path: Path) -> None:
    face = PersonReference(network=NETWORK, embedding=(1.0, *[0.0] * (EMBEDDING_WIDTH - 1)), origin="model")
    chosen = choose(choice="reference").model_copy(update={"reference": face.fingerprint})
    path = write_tracked(make_table(make_frames(TIMES)), tmp_path, TRACKS, chosen)
    for known, words in (
        (face, "the face that the model keeps"),
        (None, "a face that was given, in pictures or by another model"),
    ):
        evidence = gather_people(read_frame_table(path), find_tracks_table(path), known)
        assert evidence is not None
        assert words in view_people(evidence).reason


def test_tables_without_told_apart_faces_have_no_people(tmp_path: Path) -> None:
    assert gather_people(make_table(make_frames(TIMES)), tmp_path / "x.tracks.parquet", None) is None


@pytest.mark.parametrize("track", [make_track(-1.0, 2.0), make_track(0.0, 1e300)])
def test_tracks_outside_the_video_are_refused(tmp_path: Path, track: Track) -> None:
    page = view(tmp_path, [track])
    assert page.strip is None
    assert "does not fit the video" in page.notes[0]


def test_a_similarity_that_is_not_known_is_missing(tmp_path: Path) -> None:
    page = view(tmp_path, [replace(TRACKS[0], similarity=math.nan)])
    assert page.rows[0][3] == "–"
    assert page.found[0].said == "measured; 6 s in 1 shot"


def test_a_damaged_picture_is_left_out_and_this_is_said(tmp_path: Path) -> None:
    page = view(tmp_path, [replace(TRACKS[0], picture=b"\xff\xd8 no picture")])
    assert page.found[0].face is None
    assert page.notes == ["1 picture of faces cannot be shown, because the table of tracks is damaged."]


def test_a_face_is_drawn_anew_from_its_pixels() -> None:
    hidden = b"\xff\xfe\x00\x0esecret words"  # a comment
    drawn = redraw_face(b"\xff\xd8" + hidden + draw_face()[2:], 40)
    assert drawn is not None
    assert b"secret" not in drawn
    assert cv2.imdecode(np.frombuffer(drawn, np.uint8), cv2.IMREAD_COLOR).shape == (40, 40, 3)


def test_only_pictures_of_the_contract_are_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        pytest.fail("it was decoded")

    monkeypatch.setattr(cv2, "imdecode", refuse)
    face = draw_face()
    at = face.index(b"\xff\xc0") + 5
    huge = face[:at] + struct.pack(">HH", 65_500, 65_500) + face[at + 4 :]
    png = cv2.imencode(".png", np.zeros((96, 96, 3), np.uint8))[1].tobytes()
    for picture in (
        huge,
        png,
        draw_face(side=97),
        b"",
        face[:20],
        b"\xff\xd8" * 50,
        b"\xff\xd8\xff\xe0\0\0" * 9,
    ):
        assert redraw_face(picture, 40) is None
