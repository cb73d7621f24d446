"""What was seen of faces becomes tracks in shots, people, and the choice of who is measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scripted_faces import NETWORK, direction, like, make_cast, make_member, make_reference

from extract.frame_table import JOINT_COLUMNS
from extract.people.cast import Cast
from extract.people.groups import group_faces
from extract.people.person import EMBEDDING_WIDTH, Embedding
from extract.people.sightings import Sightings
from extract.people.tracks import People, choose_again, find_people, find_shots, find_strange_rows
from extract.people.tracks_table import Track
from extract.reading import FrameReadings

ANN, BOB, EVE = direction(0), direction(1), direction(2)
UNTOLD = np.full(EMBEDDING_WIDTH, np.nan, np.float32)
HERE, THERE = (100.0, 50.0, 40.0, 48.0), (400.0, 50.0, 40.0, 48.0)
Seen = tuple[float, int, tuple[float, ...], Embedding]


def make_sightings(*rows: Seen, still: int = -1, pictured: tuple[int, ...] = (0,)) -> Sightings:
    times, tracks, spots, embeddings = zip(*rows, strict=True)
    return Sightings(
        np.array(times, np.float64),
        np.array(tracks),
        np.array(spots),
        np.stack(embeddings),
        np.full(len(rows), still, np.int8),
        np.array(pictured, np.int64),
        np.array([b"track %d" % track for track in pictured], "S16"),
    )


def make_readings(end_s: int, *cuts_s: int, labels: list[int] | None = None) -> FrameReadings:
    """A frame a second from 0 to `end_s`."""
    rows = end_s + 1
    since_s = np.where(np.isin(np.arange(rows), cuts_s), np.arange(rows), np.nan)
    return FrameReadings(
        np.arange(rows),
        np.arange(rows, dtype=np.float64),
        np.zeros((rows, len(JOINT_COLUMNS))),
        np.ones((rows, 2)),
        since_s,
        np.zeros((rows, 3)),
        np.array(labels if labels else [0] * rows, np.int8),
        np.zeros((rows, 5)),
        np.zeros((rows, 0), np.float16),
    )


def seen_every_second(
    start_s: int, stop_s: int, track: int, face: Embedding, spot: tuple[float, ...] = HERE
) -> list[Seen]:
    """A face in looks one second apart, told from others in the first."""
    return [(float(t), track, spot, face if t == start_s else UNTOLD) for t in range(start_s, stop_s)]


def spans(tracks: tuple[Track, ...]) -> list[tuple[int, float, float, int]]:
    return [(track.shot, track.start_s, track.end_s, track.person) for track in tracks]


def test_shots_begin_at_the_first_frame_and_at_cuts_and_end_at_the_last_frame() -> None:
    assert find_shots(make_readings(9)).tolist() == [0, 9]
    assert find_shots(make_readings(9, 4, 6)).tolist() == [0, 4, 6, 9]
    assert find_shots(make_readings(9, 0)).tolist() == [0, 9], "the first frame begins no second shot"


def test_each_face_of_a_shot_is_a_track_to_the_end_of_the_shot() -> None:
    looks = seen_every_second(0, 4, 0, ANN) + seen_every_second(4, 9, 1, BOB)
    people = find_people(make_readings(9, 4), make_sightings(*looks), make_cast(ANN, BOB))
    assert spans(people.tracks) == [(0, 0, 4, 1), (1, 4, 9, 2)]
    ann, bob = people.tracks
    assert (ann.chosen, bob.chosen) == (True, False)
    assert (ann.looks, bob.looks) == (4, 5)
    assert (ann.similarity, bob.similarity) == (pytest.approx(1), pytest.approx(0))
    assert (ann.left, ann.top, ann.width, ann.height) == HERE
    assert (ann.picture, bob.picture) == (b"track 0", b"")


def test_a_face_that_is_gone_more_than_2_s_before_the_end_lasts_1_s() -> None:
    people = find_people(make_readings(9), make_sightings(*seen_every_second(0, 4, 0, ANN)), make_cast(ANN))
    assert spans(people.tracks) == [(0, 0, 4, 1)]


def test_a_track_that_is_seen_through_a_cut_is_one_in_each_shot() -> None:
    people = find_people(
        make_readings(9, 5), make_sightings(*seen_every_second(0, 10, 0, ANN)), make_cast(ANN)
    )
    assert spans(people.tracks) == [(0, 0, 5, 1), (1, 5, 9, 0)]


def test_a_face_that_goes_on_at_the_border_of_two_chunks_is_one_track() -> None:
    looks = seen_every_second(0, 5, 0, ANN) + seen_every_second(5, 9, 1, like(ANN, 0.9))
    people = find_people(make_readings(9), make_sightings(*looks), make_cast(ANN))
    assert spans(people.tracks) == [(0, 0, 9, 1)]
    assert people.tracks[0].looks == 9


@pytest.mark.parametrize(
    ("face", "spot", "begin_s"),
    [(BOB, HERE, 5), (ANN, THERE, 5), (ANN, HERE, 7)],
    ids=["who", "where", "when"],
)
def test_a_face_of_somebody_else_or_elsewhere_or_later_is_another_track(
    face: Embedding, spot: tuple[float, ...], begin_s: int
) -> None:
    looks = seen_every_second(0, 5, 0, ANN) + seen_every_second(begin_s, 9, 1, face, spot)
    people = find_people(make_readings(9), make_sightings(*looks), make_cast(ANN, BOB))
    assert len(people.tracks) == 2


def test_faces_that_could_not_be_told_apart_are_tracks_of_nobody() -> None:
    looks = make_sightings(*seen_every_second(0, 9, 0, UNTOLD))
    (track,) = find_people(make_readings(9), looks, make_cast(ANN)).tracks
    assert (track.person, track.chosen) == (0, False)
    assert np.isnan(track.similarity)


def test_somebody_whom_the_survey_did_not_see_joins_the_cast_last() -> None:
    looks = seen_every_second(0, 9, 0, ANN) + seen_every_second(3, 6, 1, EVE, THERE)
    people = find_people(make_readings(9), make_sightings(*looks), make_cast(ANN))
    assert len(people.cast.members) == 2
    assert people.cast.chosen == 1
    assert people.cast.demands_face
    assert spans(people.tracks) == [(0, 0, 9, 1), (0, 3, 6, 2)]
    # Eve was seen from 3 to 5, and the last look stands for a second.
    assert people.cast.members[1].seen_s == pytest.approx(3)


def test_a_face_like_nobodys_for_less_than_a_second_is_nobody_new_unless_it_is_the_one_asked_for() -> None:
    for wanted, last_s, people in ((None, 0.9, 1), (None, 1.0, 2), (EVE, 0.9, 2)):
        looks = [(0.0, 0, HERE, EVE), (0.5, 0, HERE, UNTOLD), (last_s, 0, HERE, UNTOLD)]
        cast = make_cast(ANN, wanted=wanted)
        assert len(find_people(make_readings(9), make_sightings(*looks), cast).cast.members) == people


def test_a_poster_whom_the_survey_did_not_see_is_nobody_to_measure_and_comes_last() -> None:
    looks = seen_every_second(0, 4, 0, ANN) + seen_every_second(4, 9, 1, BOB)
    sightings = make_sightings(*looks)
    moves, hangs = (
        replace(sightings, still=sightings.still + 1),
        replace(sightings, still=sightings.still + 2),
    )
    cast = make_cast(ANN)
    for seen, is_still in ((moves, False), (hangs, True)):
        people = find_people(make_readings(9, 4), seen, cast)
        assert [member.is_still for member in people.cast.members] == [False, is_still]
        assert choose_again(people) is None or not is_still
    assert not find_people(make_readings(9, 4), hangs, cast).cast.demands_face
    assert find_people(make_readings(9, 4), moves, cast).cast.demands_face


def test_a_picture_of_the_person_is_not_measured_while_they_are_away() -> None:
    poster = [(*look[:2], THERE, look[3]) for look in seen_every_second(0, 9, 1, ANN)]
    seen = make_sightings(*seen_every_second(0, 5, 0, ANN), *poster)
    seen = replace(seen, still=np.array([0] * 5 + [1] * 9, np.int8))
    readings = make_readings(9, labels=[1] * 10)
    people = find_people(readings, seen, make_cast(ANN))
    assert [track.chosen for track in people.tracks] == [
        spot_x < 400 for spot_x in (t.left for t in people.tracks)
    ]
    away = readings.times_s > max(track.end_s for track in people.tracks if track.chosen)
    assert away.any()
    assert find_strange_rows(readings, people).tolist() == away.tolist()
    assert people.describe(readings).double_s == 0


def test_a_picture_in_the_shot_after_the_persons_is_not_measured_from_its_first_frame_on() -> None:
    poster = [(*look[:2], THERE, look[3]) for look in seen_every_second(5, 9, 1, ANN)]
    seen = make_sightings(*seen_every_second(0, 5, 0, ANN), *poster)
    seen = replace(seen, still=np.array([0] * 5 + [1] * 4, np.int8))
    readings = make_readings(9, 5, labels=[1] * 10)
    people = find_people(readings, seen, make_cast(ANN))
    assert find_strange_rows(readings, people).tolist() == [False] * 5 + [True] * 5


def test_somebody_who_keeps_still_and_is_seen_nowhere_else_is_measured() -> None:
    """The survey, which sees few pictures, had not seen that they keep still."""
    seen = make_sightings(*seen_every_second(0, 9, 0, ANN), still=1)
    readings = make_readings(9, labels=[1] * 10)
    people = find_people(readings, seen, make_cast(ANN))
    assert [track.chosen for track in people.tracks] == [True]
    assert not find_strange_rows(readings, people).any()


def test_people_who_join_late_come_before_posters_and_the_number_of_a_chosen_picture_moves_on() -> None:
    poster = make_member(BOB).model_copy(update={"is_still": True})
    cast = make_cast(ANN).model_copy(update={"members": (make_member(ANN), poster), "chosen": 2})
    looks = seen_every_second(0, 3, 0, EVE) + seen_every_second(3, 6, 1, direction(3))
    seen = make_sightings(*looks)
    still = np.array([1] * 3 + [0] * 3, np.int8)  # Eve is on a poster too
    people = find_people(make_readings(9, 3), replace(seen, still=still), cast)
    assert [member.is_still for member in people.cast.members] == [False, False, True, True]
    assert people.cast.chosen == 3


def test_one_moment_of_keeping_still_makes_nobody_a_poster() -> None:
    looks = seen_every_second(0, 3, 0, BOB)
    seen = replace(make_sightings(*looks), still=np.array([-1, 1, -1], np.int8))
    people = find_people(make_readings(9), seen, make_cast(ANN))
    assert not people.cast.members[1].is_still


def test_somebody_half_like_a_known_person_is_nobody_new() -> None:
    looks = make_sightings(*seen_every_second(0, 9, 0, like(ANN, 0.4)))
    people = find_people(make_readings(9), looks, make_cast(ANN))
    assert len(people.cast.members) == 1
    assert people.tracks[0].person == 0


def test_the_person_of_the_reference_is_found_though_the_survey_missed_them() -> None:
    looks = make_sightings(*seen_every_second(0, 5, 0, ANN), *seen_every_second(5, 9, 1, EVE, THERE))
    people = find_people(make_readings(9), looks, make_cast(ANN, wanted=EVE))
    assert people.cast.chosen == 2
    assert [track.chosen for track in people.tracks] == [False, True]
    chosen = people.describe(make_readings(9))
    assert (chosen.choice, chosen.number, chosen.people, chosen.shots) == ("reference", 2, 2, 1)
    assert chosen.reference == make_reference(EVE).fingerprint


def test_where_nobody_is_like_the_reference_nobody_is_measured() -> None:
    looks = make_sightings(*seen_every_second(0, 9, 0, ANN))
    people = find_people(make_readings(9, 4), looks, make_cast(ANN, wanted=EVE))
    chosen = people.describe(make_readings(9, 4))
    assert (chosen.number, chosen.people, chosen.shots) == (None, 1, 2)


def test_pictures_of_people_are_not_counted_as_people() -> None:
    cast = Cast.choose(NETWORK, (make_member(ANN), make_member(EVE, is_still=True)))
    people = find_people(make_readings(9), make_sightings(*seen_every_second(0, 9, 0, ANN)), cast)
    assert people.describe(make_readings(9)).people == 1


def test_rows_without_the_persons_face_are_theirs_only_where_they_are_alone() -> None:
    readings = make_readings(2, labels=[1, 0, -1])
    assert find_strange_rows(readings, People(make_cast(ANN), (), ())).tolist() == [False, False, True]
    assert find_strange_rows(readings, People(make_cast(ANN, BOB), (), ())).tolist() == [False, True, True]


def choose(ann_s: int, bob_s: int) -> Cast | None:
    """Who is measured when the survey put Ann first, and both were seen for so many seconds."""
    looks = seen_every_second(0, ann_s, 0, ANN) + seen_every_second(ann_s, ann_s + bob_s, 1, BOB)
    readings = make_readings(ann_s + bob_s, ann_s)
    return choose_again(find_people(readings, make_sightings(*looks), make_cast(ANN, BOB)))


def test_another_person_is_measured_where_they_are_seen_a_fifth_longer() -> None:
    assert choose(10, 12) is None
    again = choose(10, 13)
    assert again is not None
    assert again.chosen == 1
    np.testing.assert_array_equal(again.members[0].vector, BOB)
    assert [member.seen_s for member in again.members] == [13, 10]


def test_the_choice_among_those_who_are_read_again_is_kept() -> None:
    again = choose(10, 13)
    assert again is not None
    looks = seen_every_second(0, 10, 0, ANN) + seen_every_second(10, 23, 1, BOB)
    assert choose_again(find_people(make_readings(23, 10), make_sightings(*looks), again)) is None


def test_whoever_was_asked_for_stays() -> None:
    looks = seen_every_second(0, 2, 0, ANN) + seen_every_second(2, 20, 1, BOB)
    for cast in (make_cast(ANN, BOB, wanted=ANN), make_cast(ANN, BOB, number=1)):
        people = find_people(make_readings(20, 2), make_sightings(*looks), cast)
        assert choose_again(people) is None


def test_a_person_asked_for_by_number_is_measured_though_key_frames_do_not_show_them() -> None:
    looks = make_sightings(*seen_every_second(0, 5, 0, ANN), *seen_every_second(5, 9, 1, EVE, THERE))
    second = find_people(make_readings(9, 5), looks, make_cast(ANN, number=2))
    again = choose_again(second)
    assert again is not None
    assert again.chosen == 2
    np.testing.assert_array_equal(again.members[1].vector, EVE)
    assert choose_again(find_people(make_readings(9, 5), looks, again)) is None
    third = find_people(make_readings(9, 5), looks, make_cast(ANN, number=3))
    assert choose_again(third) is None


def test_where_key_frames_show_nobody_and_one_person_is_seen_the_reading_stays() -> None:
    """They were measured all the same; of two, the one most seen must be told from the other."""
    nobody = Cast.choose(NETWORK, ())
    alone = find_people(make_readings(9), make_sightings(*seen_every_second(0, 9, 0, ANN)), nobody)
    assert choose_again(alone) is None
    looks = seen_every_second(0, 3, 0, ANN) + seen_every_second(3, 9, 1, BOB)
    both = find_people(make_readings(9, 3), make_sightings(*looks), nobody)
    again = choose_again(both)
    assert again is not None
    np.testing.assert_array_equal(again.members[0].vector, BOB)


def test_faces_are_grouped_by_person() -> None:
    faces = [ANN, BOB, like(ANN, 0.8), like(BOB, 0.7, towards=EVE), EVE]
    groups = group_faces(faces)
    # Eve is .71 like the fourth face, and that is .70 like Bob: she joins it, and Bob stays alone, whose mean
    # cosine to both is .35.
    assert sorted(groups) == [[0, 2], [1], [3, 4]]


def test_few_faces_are_grouped_too() -> None:
    assert group_faces([]) == []
    assert group_faces([ANN]) == [[0]]
    assert group_faces([ANN, BOB]) == [[0], [1]]
    assert group_faces([ANN, like(ANN, 0.36)]) == [[0, 1]]
    assert sorted(group_faces([ANN, like(ANN, 0.34)])) == [[0], [1]]


def test_order_does_not_change_who_is_who() -> None:
    looks = seen_every_second(0, 9, 0, ANN) + seen_every_second(0, 9, 1, BOB, THERE)
    forth = find_people(make_readings(9), make_sightings(*looks), make_cast(ANN, BOB))
    back = find_people(make_readings(9), make_sightings(*looks[9:], *looks[:9]), make_cast(ANN, BOB))
    assert spans(forth.tracks) == spans(back.tracks)


def test_a_track_takes_the_mean_of_its_faces() -> None:
    first, second = like(ANN, 0.9), like(ANN, 0.9, towards=EVE)
    looks = [(0.0, 0, HERE, first), (1.0, 0, HERE, UNTOLD), (2.0, 0, HERE, second)]
    (track,) = find_people(make_readings(2), make_sightings(*looks), make_cast(ANN)).tracks
    mean = first + second
    np.testing.assert_allclose(track.embedding, mean / np.linalg.norm(mean), atol=1e-6)
    assert track.similarity == pytest.approx(1.8 / np.linalg.norm(mean))
