"""Who is in a video, as its key frames show it."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import av
import cv2
import numpy as np
import pytest
from media import cut_off, marked_frames, portrait, spoil_middle, write_video
from scripted_faces import direction
from two_people import beside, officer, sway

import extract.people.survey as survey
from extract.container import OpenVideo, open_video
from extract.head import FaceSpot
from extract.limits import Clock, Limits
from extract.people.cast import CastMember
from extract.people.faces import Face, load_networks
from extract.people.person import Embedding
from ground.errors import VideoError

ANN, BOB = direction(0), direction(1)
SIZE = 64


class GreyNetworks:
    """Takes a red picture for Ann's face, a green one for Bob's, and any other for nobody's."""

    def __init__(self) -> None:
        self.looks = 0

    def find(self, image: np.ndarray) -> list[Face]:
        self.looks += 1
        red, green, _ = image.mean(axis=(0, 1))
        if abs(red - green) < 40:
            return []
        spot = FaceSpot(32.0, 32.0, 50.0)
        points = np.array([(-10, -8), (10, -8), (0, 2), (-8, 12), (8, 12)]) + np.array([32.0, 32.0])
        return [Face(spot.x - 25, spot.y - 25, 50, 50, points, 0.95)]

    def embed(self, image: np.ndarray, face: Face) -> Embedding:
        red, green, _ = image.mean(axis=(0, 1))
        return ANN if red > green else BOB


def paint(who: str, frame: int) -> np.ndarray:
    """A picture for `GreyNetworks`, with noise that differs from frame to frame."""
    base = {"a": (200, 40, 40), "b": (40, 200, 40), "-": (90, 90, 90)}[who]
    noise = np.random.default_rng(frame).integers(-30, 31, (SIZE, SIZE, 3))
    return np.clip(np.array(base) + noise, 0, 255).astype(np.uint8)


def write(path: Path, people: str, *, key_every_s: float | None, fps: int = 2) -> Path:
    """A video with a letter a second, and key frames so far apart, or only one."""
    every = 100_000 if key_every_s is None else round(key_every_s * fps)
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width = stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.options = {"preset": "ultrafast", "x264-params": f"keyint={every}:scenecut=0"}
        for k in range(len(people) * fps):
            picture = av.VideoFrame.from_ndarray(paint(people[k // fps], k), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    return path


def look(path: Path) -> tuple[tuple[CastMember, ...], GreyNetworks]:
    networks = GreyNetworks()
    return survey.survey_people(path, networks, Limits()), networks  # type: ignore[arg-type]


def names(members: Iterable[CastMember]) -> list[str]:
    return ["a" if member.embedding[0] > 0.5 else "b" for member in members]


def test_people_are_found_in_key_frames_and_ordered_by_how_long_they_are_seen(tmp_path: Path) -> None:
    """Key frames at 0, 4, ... 20 s: Ann is in those at 0 and 4, Bob in the others."""
    members, networks = look(write(tmp_path / "v.mp4", "a" * 8 + "b" * 16, key_every_s=4))
    assert networks.looks == 6
    assert names(members) == ["b", "a"]
    assert [member.seen_s for member in members] == [16, 8]
    assert not any(member.is_still for member in members)


def test_key_frames_that_lie_close_together_are_not_all_looked_at(tmp_path: Path) -> None:
    _, networks = look(write(tmp_path / "v.mp4", "a" * 21, key_every_s=1))
    assert networks.looks == 6


def test_no_more_than_150_pictures_of_a_long_video_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey, "_MOST_LOOKS", 3)
    _, networks = look(write(tmp_path / "v.mp4", "a" * 24, key_every_s=1))
    assert networks.looks == 3


def test_a_video_with_hardly_any_key_frame_is_looked_at_every_4_s(tmp_path: Path) -> None:
    """One key frame in 26 s: it shows Ann alone; all in all Bob is seen more."""
    members, networks = look(write(tmp_path / "v.mp4", "a" * 6 + "b" * 20, key_every_s=None))
    assert networks.looks == 1 + 7
    assert names(members) == ["b", "a"]


def test_a_picture_that_stays_the_same_is_no_moving_person_and_comes_last(tmp_path: Path) -> None:
    """Ann is a frozen picture in 12 of 20 s, Bob moves in the others."""
    path = tmp_path / "v.mp4"
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=2)
        stream.width = stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.options = {"preset": "ultrafast", "crf": "5", "x264-params": "keyint=8:scenecut=0"}
        for k in range(40):
            image = paint("a", 0) if k < 24 else paint("b", k)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode(None))
    members, _ = look(path)
    assert names(members) == ["b", "a"]
    assert [member.is_still for member in members] == [False, True]


def test_a_video_without_faces_shows_nobody(tmp_path: Path) -> None:
    assert look(write(tmp_path / "v.mp4", "-" * 5, key_every_s=4))[0] == ()


def test_a_video_without_time_stamps_is_surveyed(tmp_path: Path) -> None:
    """A raw H.264 stream has no presentation times."""
    members, _ = look(write(tmp_path / "v.h264", "a" * 8 + "b" * 16, key_every_s=4))
    assert sorted(names(members)) == ["a", "b"]


@pytest.mark.parametrize("damage", [cut_off, spoil_middle], ids=["cut off", "spoilt"])
def test_of_a_damaged_video_what_can_be_decoded_is_surveyed(tmp_path: Path, damage: object) -> None:
    path = write(tmp_path / "v.mkv", "a" * 24, key_every_s=4)
    damage(path, 0.5)  # type: ignore[operator]
    assert "a" in names(look(path)[0])


def test_a_file_whose_first_packet_cannot_be_read_shows_nobody(tmp_path: Path) -> None:
    path = write(tmp_path / "v.mp4", "a" * 5, key_every_s=4)

    def fail(*_: object) -> Iterable[object]:
        raise av.error.InvalidDataError(1, "damaged")
        yield

    class Damaged:
        def __init__(self, video: object) -> None:
            self._video = video

        def __getattr__(self, name: str) -> object:
            return getattr(self._video, name)

        container = property(lambda self: type("Container", (), {"demux": fail})())

    with open_video(path, Limits()) as video:
        damaged = cast(OpenVideo, Damaged(video))
        assert list(survey._iter_key_frames(damaged, 4.0, Clock(str(path), 60.0))) == []


def test_what_is_no_video_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    path.write_bytes(b"nonsense")
    with pytest.raises(VideoError):
        look(path)


def test_pictures_stand_for_the_time_up_to_the_middle_between_them_and_their_neighbours() -> None:
    assert survey._spread([0.0, 4.0, 10.0]) == {0.0: 4.0, 4.0: 5.0, 10.0: 6.0}
    assert survey._spread([2.0]) == {2.0: 1.0}


def test_two_real_people_are_told_apart(tmp_path: Path) -> None:
    frames = (beside(sway(portrait(320), k), sway(officer(320), k)) for k in range(2))
    path = write_video(tmp_path / "both.mp4", [*frames, *marked_frames(1, 640, 320)])
    members = survey.survey_people(path, load_networks(), Limits())
    assert len(members) == 2
    assert float(members[0].vector @ members[1].vector) < 0.35


@pytest.mark.parametrize("alone", [True, False], ids=["a print alone", "on somebody's chest"])
def test_a_face_on_what_somebody_wears_is_a_picture_though_it_moves_with_them(
    tmp_path: Path, *, alone: bool
) -> None:
    """The same moving print is a person where nobody wears it: such a face may be one who keeps still."""
    printed = officer(480)[80:320, 120:360]

    def wear(frame: int) -> np.ndarray:
        image = np.zeros_like(portrait(480)) if alone else portrait(480)
        image = np.vstack([image, np.full((160, 480, 3), 90, np.uint8)])
        image[330:570, 100:340] = printed
        return sway(cv2.resize(image, (480, 480), interpolation=cv2.INTER_AREA), 40 * frame)

    path = write_video(tmp_path / "worn.mp4", (wear(k) for k in range(4)), times_ms=[0, 4000, 8000, 12000])
    members = survey.survey_people(path, load_networks(), Limits())
    assert [member.is_still for member in members] == ([False] if alone else [False, True])


def test_threads_share_the_networks_that_tell_faces_apart() -> None:
    networks, pictures = load_networks(), [portrait(320), officer(240), beside(portrait(320), officer(320))]
    alone = [networks.find(picture) for picture in pictures]
    with ThreadPoolExecutor(3) as threads:
        together = list(threads.map(networks.find, pictures * 4))
    for found, expected in zip(together, alone * 4, strict=True):
        assert [(face.spot, face.score) for face in found] == [(face.spot, face.score) for face in expected]
