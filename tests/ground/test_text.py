"""Numbers go with their nouns."""

from __future__ import annotations

from ground.text import count


def test_only_one_is_singular() -> None:
    assert [count(n, "video") for n in (0, 1, 2)] == ["0 videos", "1 video", "2 videos"]


def test_a_noun_may_have_a_plural_of_its_own() -> None:
    assert [count(n, "other person", "other people") for n in (1, 2)] == ["1 other person", "2 other people"]
