"""When two names are one, and when they are nearly one."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ground.names import key_of_file, key_of_name, list_near, list_united, tidy, unite

SPELLINGS = [
    "Zoë Bell",
    "Zoe\u0308 Bell",
    "ZOË\u00a0BELL",
    " zoë\u2003 bell\n",
    "Zo\u00ad\u00eb\u200e Bell\u200b",
]


@pytest.mark.parametrize("other", SPELLINGS)
def test_letters_composed_or_not_blanks_of_any_kind_capitals_and_unseen_marks_make_no_other_name(
    other: str,
) -> None:
    assert key_of_name(other) == key_of_name("Zoë Bell")


@pytest.mark.parametrize("other", ["Zoe Bell", "Zoë-Bell", "ZoëBell", "Zoë Belle", ""])
def test_accents_marks_between_words_and_letters_make_another_name(other: str) -> None:
    assert key_of_name(other) != key_of_name("Zoë Bell")


@given(st.text(), st.sampled_from(["NFC", "NFD"]))
def test_what_is_shown_is_the_same_name(name: str, form: str) -> None:
    other = unicodedata.normalize(form, name)  # type: ignore[arg-type]
    assert key_of_name(tidy(other)) == key_of_name(name)
    assert tidy(tidy(name)) == tidy(name)


@given(st.text())
def test_the_short_way_for_ascii_gives_what_the_long_one_does(name: str) -> None:
    only = name.encode("ascii", "ignore").decode()
    assert key_of_name(only) == key_of_name(f"{only}\u200b")


def test_a_name_in_bytes_that_the_system_did_not_decode_is_the_same_name() -> None:
    assert key_of_name("Zo\udcc3\udcab") == key_of_name("Zoë")
    assert key_of_file("Zo\udcc3\udcab.mp4") == "Zoë.mp4"


def test_the_spelling_that_comes_first_is_shown_for_all() -> None:
    assert unite(["ADA ", "Zoë", "ada", "Zoe", " "]) == {
        "ADA ": "ADA", "Zoë": "Zoë", "ada": "ADA", "Zoe": "Zoe", " ": ""
    }  # fmt: skip


def test_only_names_with_several_spellings_are_listed_and_what_hides_in_them_is_written_out() -> None:
    assert list_united(["Zoë", "Zoe\u0308", "Zoë\u00a0", "Ada ", "Bob", "Bob"]) == [
        ("Zoë", ["Zoe\\u0308", "Zoë\\xa0"])
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zoë", "Zoe"),
        ("Jean-Luc", "jean luc"),
        ("O'Neil", "ONeil"),
        ("Michael Bell", "Micheal Bell"),
        ("Maria", "Mariia"),
        ("Maria Bell", "Marta Bell"),
        ("Дмитрий", "Дмитрии"),
        ("\uff21\uff24\uff21", "Ada"),  # full-width letters
    ],
)
def test_names_that_are_nearly_the_same(one: str, other: str) -> None:
    assert list_near([one, other]) == [(one, other)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("id0", "id1"),
        ("celeb_id1", "celeb_id11"),
        ("1 2", "12"),
        ("speaker_a", "speaker_c"),
        ("Anna", "Nina"),
        ("Maria Bell", "Marta Ball"),
        ("???", "!!!"),
        ("राम", "रमा"),
        ("Zoë", "ZOË"),
    ],
)
def test_names_that_are_not_nearly_the_same_or_wholly(one: str, other: str) -> None:
    assert list_near([one, other]) == []


def test_blanks_and_letters_of_a_file_may_be_of_any_kind_but_none_is_left_out() -> None:
    screenshot = "Bildschirmaufnahme um 9.41\u202fAM, U\u0308bung.mov"
    assert key_of_file(screenshot) == "Bildschirmaufnahme um 9.41 AM, Übung.mov"
    assert len({key_of_file(name) for name in ("a b", "a  b", "A b", " a b")}) == 4
