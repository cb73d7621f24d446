"""Faces against labels: what looks wrong is named, and nothing is decided."""

from __future__ import annotations

from dataclasses import replace

import pytest
from faces import make_face

from classify.label_check import LabelledFace, check_labels
from extract.description import Backend
from extract.people.measured_faces import MeasuredFace


def label(subject: str, *likeness: float, person: int | None = None, first: int = 0) -> list[LabelledFace]:
    """Videos of a subject; the faces are a person's, at these cosines from that person's own face."""
    return [
        LabelledFace(f"{subject}_{k}.mp4", subject, make_face(person or 0, cosine, first + k))
        for k, cosine in enumerate(likeness)
    ]


def test_videos_of_one_face_are_not_named() -> None:
    """Two pictures at .9 from the person's face are .81 alike."""
    found = check_labels([*label("id0", 0.9, 0.9, 0.9), *label("id1", 0.9, 0.9, person=1, first=3)])
    assert not found.doubtful
    assert not found.alike
    assert found.describe() == []


def test_the_video_with_somebody_elses_face_is_named_with_whom_it_is_like() -> None:
    wrong = replace(label("id0", 0.9, person=1, first=9)[0], video="wrong.mp4")
    found = check_labels([*label("id0", 0.9, 0.9, 0.9), wrong, *label("id1", 0.9, 0.9, person=1, first=4)])
    (doubtful,) = found.doubtful["id0"]
    assert (doubtful.video, doubtful.similarity, doubtful.like) == ("wrong.mp4", 0.0, ("id1",))
    assert [*found.doubtful] == ["id0"]
    (sentence,) = found.describe()
    assert sentence.startswith(
        "Videos of id0 whose face is unlike the others': wrong.mp4 (similarity 0.00, like id1). Look who is"
    )
    assert "Nothing was left out" in sentence


def test_between_the_limits_it_is_uncertain() -> None:
    """Two equal faces, and one at .4 from them."""
    found = check_labels(label("id0", 1.0, 1.0, 0.4))
    (doubtful,) = found.doubtful["id0"]
    assert doubtful.similarity == pytest.approx(0.4)
    assert not doubtful.is_unlike
    assert found.describe()[0].startswith("Videos of id0 of which it is uncertain whether they show")


def test_of_two_videos_nobody_can_say_which_is_wrong() -> None:
    two = [*label("id0", 1.0), replace(label("id0", 1.0, person=1)[0], video="other.mp4")]
    assert [one.video for one in check_labels(two).doubtful["id0"]] == ["id0_0.mp4", "other.mp4"]
    assert not check_labels(two[:1]).doubtful, "a single video is compared with nothing"


def test_two_names_of_one_face_are_told_and_spellings_are_one_name() -> None:
    found = check_labels([*label("id0", 0.9, 0.9), *label("id7", 0.9, first=2)])
    ((one, other, cosine),) = found.alike
    assert (one, other) == ("id0", "id7")
    # The mean of two pictures that are .81 alike lies at 1.62 / sqrt(2 * 1.81) of the third.
    assert cosine == pytest.approx(1.62 / (2 * 1.81) ** 0.5, abs=1e-6)
    (sentence,) = found.describe()
    assert "id0 and id7 (0.85)" in sentence
    assert "Twins and doubles" in sentence
    assert not check_labels([*label("Zoe", 0.9), *label(" zoe ", 0.9, first=1)]).alike


def test_faces_by_different_networks_are_not_compared() -> None:
    other = MeasuredFace(Backend(name="other", version="1"), make_face(1).embedding)
    faces = [*label("id0", 1.0, 1.0), LabelledFace("x.mp4", "id0", other)]
    assert not check_labels(faces).doubtful
    assert check_labels([]).describe() == []
