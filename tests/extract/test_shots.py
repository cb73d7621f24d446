"""Shots begin at cuts, jump cuts, dissolves and fades, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import cv2
import numpy as np
import pytest
from drawn_shots import dissolve, make_texture, mix, show, speak

from extract.shots import ShotDetector, ShotStart
from simulate.painting import Image

FLAT = {"black": 0, "white": 255}


def notice(
    pictures: Iterable[Image], fps: float = 30, detector: ShotDetector | None = None
) -> dict[int, float]:
    """Return at which frames shots begin, and since which frame pictures belong to neither shot."""
    detector = detector or ShotDetector()
    starts: dict[int, ShotStart | None] = {
        k: detector.notice(picture, k / fps) for k, picture in enumerate(pictures)
    }
    return {k: start.since_s * fps for k, start in starts.items() if start is not None}


def fade(first: list[Image], second: list[Image], frames: int, grey: int, hold: int) -> list[Image]:
    """One shot fades out to a flat picture, and the other one in from it, in so many frames each."""
    flat = np.full_like(first[0], grey)
    shares = np.arange(1, frames + 1) / (frames + 1)
    out = [mix(picture, flat, share) for picture, share in zip(first[-frames:], shares, strict=True)]
    into = [mix(flat, picture, share) for picture, share in zip(second, shares, strict=False)]
    return first[:-frames] + out + [flat] * hold + into + second[frames:]


def test_after_a_cut_no_frame_belongs_to_neither_shot() -> None:
    assert notice(speak(0, 1) + speak(1, 1)) == {30: pytest.approx(30)}


@pytest.mark.parametrize("fps", [15, 30, 60])
@pytest.mark.parametrize("seconds", [0.4, 1.0, 2.0])
def test_a_dissolve_is_known_when_it_is_over(fps: int, seconds: float) -> None:
    frames = round(seconds * fps)
    shots = speak(0, 1.5 + seconds, fps), speak(1, 1.5 + seconds, fps)
    ((known, since),) = notice(dissolve(*shots, frames), fps).items()
    begin, end = round(1.5 * fps), round((1.5 + seconds) * fps)
    assert begin - (0.2 * seconds + 0.1) * fps <= since <= begin + max(1, fps / 30)
    assert end - 1 <= known <= end + (0.2 * seconds + 0.25) * fps


@pytest.mark.parametrize("hold", [0, 6])
@pytest.mark.parametrize("grey", FLAT.values(), ids=FLAT)
def test_a_fade_belongs_to_neither_shot(grey: int, hold: int) -> None:
    ((known, since),) = notice(fade(speak(0, 2), speak(1, 2), 15, grey, hold)).items()
    assert 45 - 8 <= since <= 45 + 1
    assert 60 <= known <= 60 + hold + 5


def test_a_fade_to_black_and_back_begins_no_shot() -> None:
    shot = speak(0, 4)
    assert notice(fade(shot[:60], shot[60:], 10, 0, 4)) == {}


@pytest.mark.parametrize("fps", [15, 30, 60])
def test_a_jump_cut_is_known_a_tenth_of_a_second_later(fps: int) -> None:
    pictures = speak(0, 1, fps) + speak(0, 1, fps, x=135)
    ((known, since),) = notice(pictures, fps).items()
    assert since == pytest.approx(fps)
    assert known == int(np.ceil(1.1 * fps - 1e-6))


def test_a_jump_cut_just_after_the_start_in_the_middle_of_a_shot_is_noticed() -> None:
    """A chunk of a video begins with ten frames of the chunk before it."""
    pictures = speak(0, 1)[-10:] + speak(0, 1, x=135)
    assert list(notice(pictures, detector=ShotDetector(in_shot=True)).values()) == [pytest.approx(10)]


def speak_fast() -> list[Image]:
    return speak(0, 3, sway=25)


def begin_to_gesture() -> list[Image]:
    still = speak(0, 1, sway=1)
    hand = make_texture(7, 60, 60)
    return still + [show(picture[..., 0], hand, 330 - 16 * k) for k, picture in enumerate(still)]


def show_each_picture_six_times() -> list[Image]:
    return [picture for picture in speak(0, 3, fps=10, sway=12) for _ in range(6)]


def pan() -> list[Image]:
    room = cv2.resize(make_texture(3, 60, 400), (1200, 180), interpolation=cv2.INTER_CUBIC)
    return [np.repeat(room[:, 3 * k : 3 * k + 320, None], 3, axis=2) for k in range(90)]


def zoom() -> list[Image]:
    shot = speak(0, 4)
    scales = np.exp(np.linspace(0, 0.5, len(shot)))
    return [
        cv2.warpAffine(one, cv2.getRotationMatrix2D((160, 90), 0, s), (320, 180))
        for one, s in zip(shot, scales, strict=True)
    ]


def shoot_with_flashes() -> list[Image]:
    shot = speak(0, 3)
    for k in (30, 31, 32, 60):
        shot[k] = cv2.convertScaleAbs(shot[k], alpha=1.2, beta=25)
    return shot


def change_the_exposure() -> list[Image]:
    shot = speak(0, 3)
    return shot[:45] + [cv2.convertScaleAbs(picture, alpha=0.75) for picture in shot[45:]]


def dim_the_light() -> list[Image]:
    shot = speak(0, 4)
    darker = np.linspace(1, 0.3, 320)[None, :, None]
    shares = np.clip((np.arange(len(shot)) - 30) / 45, 0, 1)
    return [(one * (1 - s + s * darker)).astype(np.uint8) for one, s in zip(shot, shares, strict=True)]


def show_subtitles() -> list[Image]:
    shot = speak(0, 4)
    for k, picture in enumerate(shot):
        if k >= 30:
            cv2.putText(picture, "wordoutofplace"[k // 30 :] * 2, (20, 165), 0, 0.8, (255,) * 3, 2)
    return shot


def dissolve_the_screen_behind() -> list[Image]:
    shot = speak(0, 4)
    slides = [make_texture(seed, 120, 140)[..., None] for seed in (8, 9)]
    for k, picture in enumerate(shot):
        picture[:120, 180:] = mix(*slides, float(np.clip((k - 40) / 30, 0, 1)))[..., None]
    return shot


@pytest.mark.parametrize(
    "film",
    [
        speak_fast, begin_to_gesture, show_each_picture_six_times, pan, zoom, shoot_with_flashes,
        change_the_exposure, dim_the_light, show_subtitles, dissolve_the_screen_behind,
    ],
)  # fmt: skip
def test_what_happens_within_a_shot_begins_none(film: Callable[[], list[Image]]) -> None:
    fps = 60 if film is show_each_picture_six_times else 30
    assert notice(film(), fps) == {}


def test_a_part_that_is_left_out_unseen_is_not_noticed() -> None:
    """The person is where they were, so there is nothing to see."""
    shot = speak(0, 4)
    assert notice(shot[:60] + shot[89:]) == {}


@pytest.mark.parametrize("size", [(1, 1), (2, 500), (500, 3), (37, 41)])
def test_pictures_of_any_size_and_content_are_looked_at(size: tuple[int, int]) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (40, *size, 3), dtype=np.uint8)
    pictures[10:20], pictures[30:] = pictures[10], 255 - pictures[29]
    notice([*pictures, *speak(0, 0.2), *pictures])
