"""When faces are looked at while a video is read, and which rows are said to be the person's."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from scripted_faces import (
    SIDE,
    ScriptedNetworks,
    Shown,
    Watched,
    direction,
    like,
    make_cast,
    make_frame,
    make_head,
    watch,
)

from extract.head import FaceSpot
from extract.people.advice import Advice, is_aimed_at
from extract.people.cast import Cast
from extract.people.lookout import Lookout

ANN, BOB, EVE = direction(0), direction(1), direction(2)
LEFT, RIGHT = FaceSpot(40, 48, 50), FaceSpot(120, 48, 50)
Script = list[list[Shown]]


def show(*people: tuple[FaceSpot, np.ndarray], frames: int = 1) -> Script:
    return [[Shown(*person) for person in people]] * frames


def follow(
    script: Script, cast: Cast, last_seen: FaceSpot | None = None, **more: object
) -> tuple[Watched, list[int], ScriptedNetworks]:
    networks = ScriptedNetworks(script)
    lookout = Lookout(networks, cast, last_seen)  # type: ignore[arg-type]
    watched = watch(lookout, script, **more)  # type: ignore[arg-type]
    return watched, lookout.label_rows().tolist(), networks


def runs(labels: Sequence[int]) -> list[tuple[int, int]]:
    """Labels and how many rows in succession have each."""
    edges = np.flatnonzero(np.diff(labels, prepend=9, append=9))
    return [(labels[a], int(b - a)) for a, b in pairwise(edges)]


@pytest.mark.parametrize(
    ("fps", "looks"),
    [
        (25, [0, 25, 50, 75]),  # once a second
        (10, [0, 20, 40, 60]),  # 20 frames, which are two seconds
        (5, [0, 10, 20, 30]),  # two seconds, though they are 10 frames
        (50, [0, 50]),
    ],
)
def test_faces_are_looked_for_every_second_or_20_frames_but_every_2_s(fps: int, looks: list[int]) -> None:
    _, _, networks = follow(show((LEFT, ANN), frames=76), make_cast(ANN, BOB), fps=fps)
    assert networks.looked_at[: len(looks)] == looks


def test_one_person_alone_is_looked_at_every_1_75_s_and_told_from_others_every_8_s() -> None:
    """44 frames are 1.76 s; the face was told 8 s ago at the sixth look."""
    networks = follow(show((LEFT, ANN), frames=300), make_cast(ANN))[2]
    assert networks.looked_at == [0, 44, 88, 132, 176, 220, 264]
    assert networks.embedded == [0, 220]


def test_one_person_beside_whom_a_face_is_seen_is_looked_at_every_second() -> None:
    networks = follow(show((LEFT, ANN), (RIGHT, EVE), frames=76), make_cast(ANN))[2]
    assert networks.looked_at == [0, 25, 50, 75]


def test_while_nobody_is_there_faces_are_looked_for_every_fifth_of_a_second() -> None:
    _, labels, networks = follow(show(frames=22), make_cast(ANN), fps=32)
    assert networks.looked_at == [0, 7, 14, 21]
    assert set(labels) == {-1}


def test_a_face_that_goes_on_is_told_from_others_every_4_s() -> None:
    _, labels, networks = follow(show((LEFT, ANN), frames=226), make_cast(ANN, BOB))
    # The body is followed from the second look on; then the face was told 4 s ago at 100, and at 200 again.
    assert networks.embedded == [0, 100, 200]
    assert set(labels) == {1}


def test_only_the_persons_body_is_read_where_two_are_in_view() -> None:
    watched, labels, _ = follow(show((LEFT, BOB), (RIGHT, ANN), frames=60), make_cast(ANN, BOB))
    assert set(watched.bodies) == {RIGHT}
    assert watched.advice[0] == Advice(
        follow=True, restart=True, wanted=RIGHT, others=(LEFT,), is_search=True
    )
    assert set(labels) == {1}


def test_a_reader_that_loses_one_of_two_people_is_told_where_to_find_them_again() -> None:
    watched, _, _ = follow(show((LEFT, BOB), (RIGHT, ANN), frames=40), make_cast(ANN, BOB))
    assert watched.advice[30] == Advice(follow=True, wanted=RIGHT)
    alone, _, _ = follow(show((RIGHT, ANN), frames=40), make_cast(ANN, BOB))
    assert alone.advice[30] == Advice(follow=True)


def test_a_stranger_alone_is_not_read() -> None:
    watched, labels, _ = follow(show((LEFT, BOB), frames=30), make_cast(ANN, BOB))
    assert not any(advice.follow for advice in watched.advice)
    assert set(labels) == {-1}


def test_a_body_without_a_face_may_be_the_persons_and_is_labelled_as_not_known() -> None:
    networks = ScriptedNetworks(show(frames=30))
    lookout = Lookout(networks, make_cast(ANN))  # type: ignore[arg-type]
    for number in range(30):
        assert lookout.advise(make_frame(number), None).follow
        lookout.note(found=True)
    assert set(lookout.label_rows().tolist()) == {0}


def test_a_body_without_a_face_is_not_read_for_somebody_whom_the_survey_did_not_see() -> None:
    networks = ScriptedNetworks(show(frames=1))
    lookout = Lookout(networks, make_cast(BOB, wanted=ANN))  # type: ignore[arg-type]
    assert not lookout.advise(make_frame(0), None).follow


def test_an_unclear_face_is_followed_and_its_rows_are_not_known() -> None:
    watched, labels, _ = follow(show((LEFT, like(ANN, 0.4)), frames=30), make_cast(ANN, BOB))
    assert watched.advice[0] == Advice(follow=True, restart=True, wanted=LEFT, is_search=True)
    assert set(labels) == {0}


def test_an_unclear_face_is_not_followed_beside_somebody_else() -> None:
    script = show((LEFT, like(ANN, 0.4)), (RIGHT, BOB), frames=30)
    assert not any(advice.follow for advice in follow(script, make_cast(ANN, BOB))[0].advice)


def test_faces_that_are_too_small_or_uncertain_are_seen_but_not_told_apart() -> None:
    uncertain = [[Shown(LEFT, ANN, score=0.75)]] * 10
    _, labels, networks = follow(uncertain, make_cast(ANN, BOB))
    assert networks.embedded == []
    assert set(labels) == {0}


def test_the_person_is_found_again_in_another_place_after_5_s_without_their_face() -> None:
    """The body that is followed has no face; the person's face is elsewhere, all along."""
    networks = ScriptedNetworks(show((RIGHT, ANN), frames=200))
    lookout = Lookout(networks, make_cast(ANN, BOB))  # type: ignore[arg-type]
    advice = []
    for number in range(200):
        advice.append(lookout.advise(make_frame(number), make_head(LEFT) if number else None))
        lookout.note(found=True)
    # The body counts as the person's from the first row, which was aimed at their face.
    again = [number for number, one in enumerate(advice) if one.restart]
    assert again[:2] == [0, 125]
    assert lookout.label_rows()[1:125].tolist() == [-1] * 124


def test_an_undetected_change_of_person_costs_the_rows_since_the_last_look_at_the_person() -> None:
    """Ann is recognised at 0 and 100; from 150 on it is Bob, told at 200. Then the looks between are told."""
    script = show((LEFT, ANN), frames=150) + show((LEFT, BOB), frames=150)
    watched, labels, networks = follow(script, make_cast(ANN, BOB))
    assert networks.embedded[:3] == [0, 100, 200]
    assert networks.told_late == 3, "those at 175, 150 and 125"
    assert runs(labels) == [(1, 126), (-1, 174)]
    assert not any(advice.follow for advice in watched.advice[200:])


def test_somebody_whom_the_survey_did_not_see_is_told_from_the_person_by_two_looks() -> None:
    script = show((LEFT, ANN), frames=150) + show((LEFT, EVE), frames=150)
    watched, labels, networks = follow(script, make_cast(ANN, BOB))
    assert networks.embedded[:4] == [0, 100, 200, 225]
    assert runs(labels) == [(1, 126), (-1, 174)]
    assert not any(advice.follow for advice in watched.advice[225:])


def test_an_undetected_change_of_person_right_before_the_end_is_noticed_there() -> None:
    """The face is told at 0 and 100, and looked at, but not told, at 125; the video has 140 frames."""
    script = show((LEFT, ANN), frames=110) + show((LEFT, BOB), frames=30)
    _, labels, networks = follow(script, make_cast(ANN, BOB))
    assert networks.embedded == [0, 100]
    assert runs(labels) == [(1, 101), (-1, 39)]


def test_of_one_person_alone_no_face_is_told_late() -> None:
    assert follow(show((LEFT, ANN), frames=226), make_cast(ANN))[2].told_late == 0


def test_one_look_that_is_unlike_the_person_costs_nothing() -> None:
    script = show((LEFT, ANN), frames=300)
    script[200] = [Shown(LEFT, EVE)]
    watched, labels, networks = follow(script, make_cast(ANN, BOB))
    assert networks.embedded == [0, 100, 200, 225]
    assert set(labels) == {1}
    assert not any(advice.restart for advice in watched.advice[1:])


def test_an_unclear_look_recognises_nobody() -> None:
    """From 150 on the face is unclear, from 250 on Bob's: the person's rows end with the last clear look."""
    script = show((LEFT, ANN), frames=150) + show((LEFT, like(ANN, 0.4)), frames=100)
    script += show((LEFT, BOB), frames=100)
    _, labels, _ = follow(script, make_cast(ANN, BOB))
    assert runs(labels) == [(1, 126), (-1, 224)]


def test_a_person_who_is_covered_for_a_while_is_one_person_throughout() -> None:
    script = show((LEFT, ANN), frames=50) + show(frames=30) + show((LEFT, ANN), frames=50)
    _, labels, _ = follow(script, make_cast(ANN, BOB), without_body=range(50, 80))
    # The segment ends with the last row in which the body was found; what comes is recognised anew.
    assert runs(labels) == [(1, 50), (-1, 30), (1, 50)]


def test_a_body_that_is_lost_for_10_frames_is_looked_for_anew() -> None:
    script = show((LEFT, ANN), frames=80)
    _, labels, networks = follow(script, make_cast(ANN, BOB), without_body=range(30, 45))
    # Lost at row 39, and looked for at 40; from then on the body reader looks where the face is.
    assert networks.looked_at == [0, 25, 40, 65]
    assert runs(labels) == [(1, 30), (-1, 15), (1, 35)]


def test_a_body_that_is_lost_for_9_frames_goes_on() -> None:
    _, labels, networks = follow(
        show((LEFT, ANN), frames=60), make_cast(ANN, BOB), without_body=range(30, 39)
    )
    assert networks.looked_at == [0, 25, 50]
    assert set(labels) == {1}


def test_of_two_who_look_the_same_the_larger_is_taken_first() -> None:
    small = FaceSpot(40, 48, 42)
    watched, _, _ = follow(show((small, ANN), (RIGHT, ANN), frames=3), make_cast(ANN))
    assert watched.advice[0].wanted == RIGHT


def test_of_two_who_look_the_same_the_one_followed_before_is_taken() -> None:
    small = FaceSpot(40, 48, 42)
    watched, _, _ = follow(show((small, ANN), (RIGHT, ANN), frames=3), make_cast(ANN), last_seen=LEFT)
    assert watched.advice[0].wanted == small


@pytest.mark.parametrize(("cosine", "is_copy"), [(0.75, False), (0.65, True)])
def test_a_face_far_less_like_the_person_than_another_is_a_copy_and_not_taken_though_it_is_larger(
    cosine: float, *, is_copy: bool
) -> None:
    large = RIGHT._replace(width=60)
    watched, _, _ = follow(show((LEFT, ANN), (large, like(ANN, cosine)), frames=3), make_cast(ANN))
    assert watched.advice[0].wanted == (LEFT if is_copy else large)


def test_where_no_body_is_found_at_one_of_two_faces_the_other_is_tried_next() -> None:
    """The larger face has no body, as a blurred copy at the edge has none."""
    large = RIGHT._replace(width=60)
    networks = ScriptedNetworks(show((LEFT, ANN), (large, ANN), frames=12))
    lookout = Lookout(networks, make_cast(ANN))  # type: ignore[arg-type]
    tried = []
    for number in range(12):
        advice = lookout.advise(make_frame(number), None)
        tried.append(advice.wanted)
        lookout.note(found=advice.wanted == LEFT)
    assert networks.looked_at[:2] == [0, 5]
    assert tried[:6] == [large] * 5 + [LEFT]


def test_in_another_shot_the_place_of_before_says_nothing() -> None:
    small = FaceSpot(40, 48, 42)
    script = show((small, ANN), frames=10) + show((small, ANN), (RIGHT, ANN), frames=10)
    watched, _, _ = follow(script, make_cast(ANN), shots={10: 10})
    assert watched.bodies[9:11] == [small, RIGHT]


def test_rows_of_a_transition_belong_to_neither_shot() -> None:
    script = show((LEFT, ANN), frames=40) + show((RIGHT, ANN), frames=20)
    _, labels, networks = follow(script, make_cast(ANN, BOB), shots={40: 32})
    assert runs(labels) == [(1, 32), (-1, 8), (1, 20)]
    assert 40 in networks.looked_at


def test_a_picture_of_the_person_is_given_up_when_the_person_is_there_too() -> None:
    """The poster is alone for 100 frames and nothing in it moves; then Ann is beside it, and does."""
    script = show((LEFT, ANN), frames=100) + show((LEFT, ANN), (RIGHT, ANN), frames=60)
    _, labels, _ = follow(script, make_cast(ANN, BOB), still_columns=90)
    assert runs(labels) == [(-1, 100), (1, 60)]


def test_a_picture_alone_is_followed_as_long_as_nobody_else_is_the_person() -> None:
    _, labels, _ = follow(show((LEFT, ANN), frames=80), make_cast(ANN), still_columns=SIDE)
    assert set(labels) == {1}


def test_sightings_are_the_faces_of_each_look() -> None:
    script = show((LEFT, ANN), (RIGHT, BOB), frames=30)
    networks = ScriptedNetworks(script)
    lookout = Lookout(networks, make_cast(ANN, BOB))  # type: ignore[arg-type]
    watch(lookout, script)
    seen = lookout.sightings()
    seen.check()
    assert seen.times_s.tolist() == [0.0, 0.0, 1.0, 1.0]
    assert seen.tracks.tolist() == [0, 1, 0, 1]
    np.testing.assert_array_equal(seen.spots[1], [95, 23, 50, 50])
    np.testing.assert_array_equal(seen.embeddings[:2], [ANN, BOB])
    assert np.isnan(seen.embeddings[2:]).all(), "faces that go on are not told again"
    assert seen.still.tolist() == [-1, -1, 0, 0]
    assert seen.pictured.tolist() == [0, 1]
    assert all(picture.startswith(b"\xff\xd8") for picture in seen.pictures)


def test_of_a_crowd_the_pictures_of_32_faces_that_are_gone_are_kept_the_persons_among_them() -> None:
    """Each look shows Ann and 20 others, the others each time where nobody was before, Ann too at first."""
    crowd = [FaceSpot(80 + 10 * k, 48, 42) for k in range(20)]
    script = [[Shown(FaceSpot(spot.x, 48 + 500 * (t // 25), 42), BOB) for spot in crowd] for t in range(250)]
    script = [[Shown(FaceSpot(40, 48, 42), ANN)] * (t < 25) + rest for t, rest in enumerate(script)]
    networks = ScriptedNetworks(script)
    lookout = Lookout(networks, make_cast(ANN, BOB))  # type: ignore[arg-type]
    watch(lookout, script)
    seen = lookout.sightings()
    seen.check()
    assert len(np.unique(seen.tracks)) == 1 + 20 * len(np.unique(seen.times_s // 1))
    assert len(seen.pictures) == 32 + 20, "of those in view, and of those who were"
    assert 0 in seen.pictured, "Ann's, though others came later"


def test_without_frames_there_are_neither_rows_nor_sightings() -> None:
    lookout = Lookout(ScriptedNetworks([]), make_cast(ANN))  # type: ignore[arg-type]
    assert lookout.label_rows().tolist() == []
    assert len(lookout.sightings().times_s) == 0


@pytest.mark.parametrize(
    ("place", "advice", "aimed"),
    [
        (LEFT, Advice(follow=True, restart=True, wanted=LEFT, is_search=True), True),
        (RIGHT, Advice(follow=True, restart=True, wanted=LEFT, is_search=True), False),
        (RIGHT, Advice(follow=True, wanted=LEFT), True),  # it was followed before
        (RIGHT, Advice(follow=True, wanted=LEFT, is_search=True), False),  # not found when it was aimed at
        (FaceSpot(60, 48, 50), Advice(True, True, LEFT, (FaceSpot(70, 48, 50),), is_search=True), False),
        (RIGHT, Advice(follow=True, restart=True), True),
        (None, Advice(follow=True, restart=True, wanted=LEFT, is_search=True), True),
    ],
)
def test_a_body_elsewhere_than_the_face_that_was_wanted_is_somebody_elses(
    place: FaceSpot | None, advice: Advice, *, aimed: bool
) -> None:
    assert is_aimed_at(None if place is None else make_head(place), advice) == aimed
