"""Who of the people of a video is measured, and whose a face is."""

from __future__ import annotations

import pytest
from scripted_faces import NETWORK, direction, like, make_cast, make_member, make_reference

from extract.people.cast import Cast

ANN, BOB, EVE = direction(0), direction(1), direction(2)


def test_without_a_wish_the_person_seen_most_is_measured() -> None:
    cast = make_cast(ANN, BOB)
    assert (cast.choice, cast.chosen) == ("most seen", 1)


def test_pictures_of_people_are_nobody_to_measure() -> None:
    poster = make_member(EVE, 90.0, is_still=True)
    assert Cast.choose(NETWORK, (make_member(ANN), poster)).chosen == 1
    assert Cast.choose(NETWORK, (poster,)).chosen is None
    assert Cast.choose(NETWORK, ()).chosen is None


@pytest.mark.parametrize(("cosine", "chosen"), [(0.46, 2), (0.44, None)])
def test_a_reference_finds_the_likest_person_and_nobody_below_the_threshold(
    cosine: float, chosen: int | None
) -> None:
    cast = make_cast(ANN, BOB, wanted=like(BOB, cosine))
    assert (cast.choice, cast.chosen) == ("reference", chosen)


def test_where_the_reference_is_not_seen_their_own_face_is_looked_out_for() -> None:
    cast = make_cast(ANN, wanted=EVE)
    assert cast.chosen is None
    assert cast.target is not None
    assert float(cast.target @ EVE) == pytest.approx(1)
    assert cast.recognise(EVE).is_chosen == "yes"
    assert cast.recognise(ANN) == (1, "no", 0)


def test_a_number_names_a_person_of_the_video() -> None:
    assert make_cast(ANN, BOB, number=2).chosen == 2
    assert make_cast(ANN, BOB, number=3).chosen is None


def test_a_face_must_be_recognised_where_somebody_is_named_or_others_are_there() -> None:
    poster = make_member(EVE, is_still=True)
    assert not make_cast(ANN).demands_face
    assert not Cast.choose(NETWORK, (make_member(ANN), poster)).demands_face
    assert make_cast(ANN, BOB).demands_face
    assert make_cast(ANN, wanted=ANN).demands_face
    assert make_cast(ANN, number=1).demands_face
    assert not make_cast().demands_face


@pytest.mark.parametrize(
    ("cosine", "answer"), [(1.0, "yes"), (0.46, "yes"), (0.44, "unclear"), (0.36, "unclear"), (0.34, "no")]
)
def test_a_face_is_the_persons_or_not_or_unclear_between_the_thresholds(cosine: float, answer: str) -> None:
    assert make_cast(ANN, BOB).recognise(like(ANN, cosine)).is_chosen == answer


def test_a_face_is_given_the_number_of_whom_it_is_like() -> None:
    cast = make_cast(ANN, BOB)
    assert cast.recognise(ANN) == (1, "yes", 1)
    assert cast.recognise(BOB) == (2, "no", 0)
    assert cast.recognise(EVE) == (0, "no", 0)


def test_a_face_is_anothers_only_where_it_is_known_whose() -> None:
    cast = make_cast(ANN, BOB)
    assert cast.recognise(BOB).is_another
    assert not cast.recognise(EVE).is_another
    assert not cast.recognise(ANN).is_another
    assert not cast.recognise(like(ANN, 0.68, towards=BOB)).is_another, "unclear"


@pytest.mark.parametrize(
    ("own", "answer"),
    [
        # The other cosine is sqrt(1 - own squared): .714, .661, .600.
        (0.70, "unclear"),
        (0.75, "yes"),
        (0.60, "no"),
    ],
)
def test_a_face_between_two_people_is_the_persons_only_where_they_are_clearly_likelier(
    own: float, answer: str
) -> None:
    assert make_cast(ANN, BOB).recognise(like(ANN, own, towards=BOB)).is_chosen == answer


def test_twins_are_unclear() -> None:
    twin = like(ANN, 0.97)
    cast = make_cast(ANN, twin)
    assert cast.recognise(ANN).is_chosen == "unclear"
    assert cast.recognise(twin).is_chosen == "unclear"


def test_numbers_that_are_none_are_nobodys_face() -> None:
    nothing = ANN * float("nan")
    assert make_cast(ANN, BOB).recognise(nothing)[:2] == (0, "unclear")


def test_where_no_face_is_known_every_face_is_unclear() -> None:
    assert make_cast().recognise(ANN)[:2] == (0, "unclear")


def test_a_cast_reads_back_as_it_was_written() -> None:
    cast = Cast.choose(NETWORK, (make_member(ANN), make_member(BOB, is_still=True)), make_reference(ANN))
    assert Cast.model_validate_json(cast.model_dump_json()) == cast
