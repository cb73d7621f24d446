"""Lists of pairs of recordings: the usual forms, and what is refused by its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.pair_list import ListedPair, find_written, may_be_one, read_pairs
from ground.errors import TableError

BOTH = [ListedPair(1, "a/1.wav", "a/2.wav", True), ListedPair(2, "a/1.wav", "b/1.wav", False)]


def write(folder: Path, text: str) -> Path:
    path = folder / "pairs.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "first_line"),
    [
        ("1 a/1.wav a/2.wav\n0  a/1.wav\tb/1.wav\n", 1),
        ("enrolment,test,target\na/1.wav,a/2.wav,1\na/1.wav,b/1.wav,0\n", 2),
        ("Test; Target ;enrolment\na/2.wav;target;a/1.wav\nb/1.wav;nontarget;a/1.wav\n", 2),
        ("enrolment_sample,test_sample,label\na/1.wav,a/2.wav,1\na/1.wav,b/1.wav,0\n", 2),
        ("\ufeff1 a/1.wav a/2.wav\r\n0 a/1.wav b/1.wav\r\n\r\n", 1),
    ],
)
def test_each_usual_form_says_the_same(text: str, first_line: int, tmp_path: Path) -> None:
    expected = [ListedPair(pair.line + first_line - 1, *list(vars(pair).values())[1:]) for pair in BOTH]
    assert read_pairs(write(tmp_path, text)) == expected


def test_every_line_that_says_nothing_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "enrolment,test,target\na,b,1\na,,0\n,,\na,c,maybe\na,c,0\n")
    with pytest.raises(TableError) as caught:
        read_pairs(path)
    assert caught.value.problems == (
        "line 3: two recordings are needed",
        "line 5: 'maybe' is no answer (use 1 or 0, target or nontarget)",
    )


def test_a_line_without_header_has_three_words(tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught:
        read_pairs(write(tmp_path, "1 a b\n0 a\n0 a b c\n"))
    assert caught.value.problems == tuple(f"line {n}: two recordings are needed" for n in (2, 3))


@pytest.mark.parametrize(
    ("header", "problems"),
    [
        ("enrolment,test", ("line 1: no column target or label",)),
        ("enrolment,test,target,score", ("line 1: 1 unknown column: 'score'",)),
        ("enrolment,test,target,label", ("line 1: several columns for one thing: target, label",)),
    ],
)
def test_columns_are_checked(header: str, problems: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught:
        read_pairs(write(tmp_path, f"{header}\na,b,1\n"))
    assert caught.value.problems == problems


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 a b\n", "no pair of two people"),
        ("0 a b\n", "no pair of the same person"),
        ("", "no pairs"),
        ("enrolment,test,target\n", "no pairs"),
    ],
)
def test_both_kinds_of_pairs_are_needed(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(TableError, match=words):
        read_pairs(write(tmp_path, text))


def test_of_very_many_problems_the_first_are_named(tmp_path: Path) -> None:
    with pytest.raises(TableError) as caught:
        read_pairs(write(tmp_path, "1 a\n" * 1_000))
    assert caught.value.message.endswith("has 1000 problems:")
    assert len(caught.value.problems) == 21
    assert caught.value.problems[-1] == "and 980 more"


def test_a_list_that_is_missing_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no list of pairs"):
        read_pairs(tmp_path / "nowhere.txt")
    (tmp_path / "binary").write_bytes(b"\x80\x81\n")
    with pytest.raises(TableError, match="cannot be read as text"):
        read_pairs(tmp_path / "binary")


def test_a_path_stands_for_the_name_of_its_parts_then_of_its_file() -> None:
    named = {"id1_v_00001": "of parts", "00002": "of the file", "a.b": "whole"}
    assert find_written("id1/v/00001.wav", named) == "of parts"
    assert find_written("id1\\v\\00001.wav", named) == "of parts"
    assert find_written("./id1/v/00002.mp4", named) == "of the file"
    assert find_written("a.b", named) == "whole", "a name may have a dot"
    assert find_written("id1/v/00003.wav", named) is None
    assert find_written("/", named) is None


def test_two_writings_may_be_one_recording_unless_their_folders_differ() -> None:
    for other in ("00001", "a/00001.mp4", "id1/a/00001.wav", "wav/id1/a/00001.wav", ".\\id1\\a\\00001.wav"):
        assert may_be_one("id1/a/00001.wav", other)
        assert may_be_one(other, "id1/a/00001.wav")
    assert not may_be_one("id1/a/00001.wav", "id1/b/00001.wav")
    assert not may_be_one("id1/a/00001.wav", "id2/00001.wav")
