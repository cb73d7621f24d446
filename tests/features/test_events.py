"""Blinks, nods, shakes of the head and brow flashes are counted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from moving_signals import CLIP_TIMES, Course, describe_courses

from features.descriptors.registry import DESCRIPTORS

EVENTS = DESCRIPTORS["events"]
TIMES = CLIP_TIMES["30 fps"]
SIDES = ("right", "left")
every_rate = pytest.mark.parametrize("rate", CLIP_TIMES)


def bumps(time_s: Course, at_s: Sequence[float], height: float, width_s: float) -> Course:
    """Excursions out and back, `width_s` wide at half their height."""
    course = np.zeros(len(time_s))
    for middle in at_s:
        course += height * np.exp(-4 * np.log(2) * ((time_s - middle) / width_s) ** 2)
    return course


def count(time_s: Course, courses: dict[str, Course]) -> dict[str, float]:
    """Return how many events of each kind there were in the 8 s."""
    found = describe_courses(EVENTS, time_s, courses)
    return {number.removeprefix("rate:"): np.expm1(value) * 8 / 60 for number, value in found.items()}


def blink(closing: Course) -> dict[str, Course]:
    """Close both eyes, mostly by the upper lid."""
    return {f"{side}_upper_lid": -0.8 * closing for side in SIDES} | {
        f"{side}_lower_lid": 0.2 * closing for side in SIDES
    }


def flash(raising: Course) -> dict[str, Course]:
    return {f"{side}_{brow}_brow": raising for side in SIDES for brow in ("inner", "mid", "outer")}


@every_rate
def test_known_counts_at_every_frame_rate(rate: str) -> None:
    time_s = CLIP_TIMES[rate]
    found = count(
        time_s,
        {
            **blink(bumps(time_s, [0.8, 2.1, 2.9, 6.0], 0.08, 0.2)),
            "pose_Rx": bumps(time_s, [1, 1.6, 2.2], 0.1, 0.3),
            "pose_Ry": bumps(time_s, [2, 4], 0.15, 0.4) - bumps(time_s, [6], 0.15, 0.4),
            **flash(bumps(time_s, [2, 5.5], 0.04, 0.4)),
        },
    )
    assert found == pytest.approx({"blink": 4, "nod": 3, "shake": 3, "brow flash": 2}, rel=0.02)


def test_rates_are_per_minute_and_logarithmic() -> None:
    """Three in 8 s are 22.5 a minute."""
    found = describe_courses(EVENTS, TIMES, {"pose_Rx": bumps(TIMES, [1, 3, 5], 0.1, 0.3)})
    assert found["rate:nod"] == pytest.approx(np.log(1 + 22.5))
    assert found["rate:blink"] == 0


@pytest.mark.parametrize("height", [0.5, 0.9, 1.1])
def test_what_is_smaller_than_the_least_does_not_count(height: float) -> None:
    found = count(
        TIMES,
        {
            **blink(bumps(TIMES, [4], 0.02 * height, 0.25)),
            "pose_Rx": bumps(TIMES, [4], 0.03 * height, 0.4),
            "pose_Ry": bumps(TIMES, [4], 0.04 * height, 0.4),
            **flash(bumps(TIMES, [4], 0.01 * height, 0.4)),
        },
    )
    assert found == pytest.approx(dict.fromkeys(found, float(height > 1)))


def test_what_is_small_beside_the_usual_movement_does_not_count() -> None:
    """Brows that go up and down by .1 all the time, and little flashes on their slope."""
    wandering = 0.1 * np.sin(2 * np.pi * TIMES / 16)
    flashes = bumps(TIMES, [2.5, 5.5], 0.03, 0.3)
    assert count(TIMES, flash(flashes))["brow flash"] == pytest.approx(2)
    assert count(TIMES, flash(flashes + wandering))["brow flash"] == 0


def test_what_lasts_too_long_or_one_frame_does_not_count() -> None:
    closed = ((TIMES > 2) & (TIMES < 5)).astype(float)
    flicker = np.zeros(len(TIMES))
    flicker[120] = 1.0
    assert count(TIMES, blink(0.1 * closed))["blink"] == 0
    assert count(TIMES, {"pose_Rx": closed, "pose_Ry": closed}) == pytest.approx(
        {"blink": 0, "nod": 0, "shake": 0, "brow flash": 0}
    )
    assert count(CLIP_TIMES["25 fps"], blink(0.1 * flicker[:200]))["blink"] == 0


def test_shaking_the_head_counts_every_turn_and_back() -> None:
    """Two times a second, for three seconds: from side to side six times, after the first turn."""
    shaking = 0.2 * np.sin(2 * np.pi * 2 * TIMES) * ((TIMES > 2) & (TIMES < 5))
    assert count(TIMES, {"pose_Ry": shaking})["shake"] == pytest.approx(12)


def test_looking_up_is_no_nod_and_a_raised_lid_is_no_blink() -> None:
    assert count(TIMES, {"pose_Rx": -bumps(TIMES, [4], 0.1, 0.3)})["nod"] == 0
    assert count(TIMES, {"right_upper_lid": bumps(TIMES, [4], 0.1, 0.3)})["blink"] == 0


def test_left_and_right_count_alike() -> None:
    course = bumps(TIMES, [1, 4], 0.08, 0.3)
    one, other = (
        count(TIMES, {f"{side}_upper_lid": -course, "pose_Ry": sign * course})
        for side, sign in zip(SIDES, (1, -1), strict=True)
    )
    assert one == other
    assert one["blink"] == one["shake"] == pytest.approx(2)


def test_minutes_are_those_with_a_face() -> None:
    course = bumps(TIMES, [1, 3], 0.1, 0.3)
    course[TIMES >= 4] = np.nan  # 101 of 200 samples are left: the one at 3.96 s lies in the gap
    found = describe_courses(EVENTS, TIMES, {"pose_Rx": course})
    assert np.expm1(found["rate:nod"]) == pytest.approx(30, rel=0.02)
    course[TIMES >= 3.9] = np.nan
    assert np.isnan(describe_courses(EVENTS, TIMES, {"pose_Rx": course})["rate:nod"])


def test_the_end_of_a_gap_is_no_event() -> None:
    course = np.where(TIMES < 4, 0.0, 0.5)
    course[(TIMES > 3) & (TIMES < 5)] = np.nan
    assert count(TIMES, {"pose_Rx": course, "pose_Ry": -course})["nod"] == 0
