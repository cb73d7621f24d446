"""Who is in a video, from its name."""

from __future__ import annotations

import pytest

from features.labels import Label, label_from_name, name_clip, video_of_clip


def test_the_published_convention() -> None:
    assert label_from_name("16_id0_fake") == Label("id0", "fake", "16_id0_fake")
    assert label_from_name("3_id0_pristine") == Label("id0", "pristine", "3_id0_pristine")


def test_celebrities_are_counted_on_their_own() -> None:
    """`id0` counts within its group, so the celebrity id0 is not the person id0 of the pristine videos."""
    celebrity = label_from_name("1_id0_celeb")
    pristine = label_from_name("1_id0_pristine")
    assert celebrity is not None
    assert pristine is not None
    assert celebrity.subject != pristine.subject


@pytest.mark.parametrize(
    "stem", ["talk", "16_id0", "16_id0_real", "x_id0_fake", "16_0_fake", "16_id0_fake_2", "16_id0_fake\n", ""]
)
def test_other_names_say_nothing(stem: str) -> None:
    assert label_from_name(stem) is None


@pytest.mark.parametrize("stem", ["16_id0_fake", "my_clip_1", "a_clip_", "my talk, part 2", "line\nbreak"])
def test_a_clip_name_gives_back_its_video(stem: str) -> None:
    assert video_of_clip(name_clip(stem, 12)) == stem


@pytest.mark.parametrize("name", ["16_id0_fake", "talk_clip_", "talk_clip_x", "_clip_3", ""])
def test_what_is_no_clip_name_has_no_video(name: str) -> None:
    assert video_of_clip(name) is None
