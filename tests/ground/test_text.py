"""Text from outside: shown and stored under one spelling, whatever its bytes."""

from __future__ import annotations

import json
import os

import pytest

from ground.text import count, printable, storable, store_texts
from motionsig.command_line.terminal import emit_json

NOT_UTF_8 = os.fsdecode(b"caf\xe9.mp4")
# The name, which is text only to the file system, and half a character, as JSON may hold it.
ODD = pytest.mark.parametrize(
    ("text", "written"), [(NOT_UTF_8, "caf\\xe9.mp4"), ("a\ud800", "a\\ud800"), ("café", "café")]
)


@ODD
def test_the_terminal_and_files_spell_a_name_alike(text: str, written: str) -> None:
    assert storable(text) == printable(text) == written


def test_what_steers_a_terminal_is_written_out_and_only_there() -> None:
    assert printable("a\x1b[1m\n\u202e") == "a\\x1b[1m\\n\\u202e"
    assert storable("a\x1b[1m\n") == "a\x1b[1m\n"


@ODD
def test_json_for_scripts_holds_only_text_that_can_be_written(
    text: str, written: str, capsys: pytest.CaptureFixture[str]
) -> None:
    emit_json({text: [text, 1.5, None, {"deep": (text,)}]})
    read = json.loads(capsys.readouterr().out)
    assert read == {written: [written, 1.5, None, {"deep": [written]}]}
    json.dumps(read, ensure_ascii=False).encode()


def test_what_is_no_text_stays_as_it_is() -> None:
    assert store_texts([1, 2.5, None, True, ("a",)]) == [1, 2.5, None, True, ("a",)]


def test_only_one_is_singular() -> None:
    assert [count(n, "video") for n in (0, 1, 2)] == ["0 videos", "1 video", "2 videos"]


def test_a_noun_may_have_a_plural_of_its_own() -> None:
    assert [count(n, "other person", "other people") for n in (1, 2)] == ["1 other person", "2 other people"]
