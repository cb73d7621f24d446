"""Copies of one recording are recognised however they were made, and nothing else is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from motion_traces import NOTHING, film, make_trace, move

from features import shared_motion
from features.motion_trace import MISSING, Trace, trace_motion
from features.shared_motion import find_shared_motion, group_copies

COPIES = {
    "the same frames": {},
    "shown at 30 frames/s": {"fps": 30.0},
    "shown at 12 frames/s": {"fps": 12.0},
    "with a reader's noise": {"noise": 0.3},
    "from later on": {"start_s": 3.37},
    "half a sample later": {"start_s": 2.1},
    "cut to nine seconds": {"start_s": 5.05, "stop_s": 14.05},
    "as in a mirror": {"mirrored": True},
    "all of it": {"fps": 30.0, "noise": 0.2, "start_s": 4.1, "stop_s": 16.1, "mirrored": True},
}


@pytest.mark.parametrize("made", COPIES.values(), ids=COPIES)
def test_copies_are_recognised_with_the_place_and_the_same_from_either_side(made: dict[str, Any]) -> None:
    courses = move(20.0, 1)
    original, copy = trace_motion(film(courses)), trace_motion(film(courses, seed=1, **made))
    found = find_shared_motion(copy, {"original": original, "another": make_trace(seed=2)})
    assert set(found) == {"original"}
    alike = found["original"]
    assert alike.other_start_s - alike.start_s == pytest.approx(made.get("start_s", 0.0), abs=0.11)
    assert alike.mirrored == made.get("mirrored", False)
    back = find_shared_motion(original, {"copy": copy})["copy"]
    assert back.correlation == pytest.approx(alike.correlation, abs=1e-4)
    assert back.mirrored == alike.mirrored


def test_a_copy_of_the_same_frames_correlates_fully_where_it_lies() -> None:
    trace = make_trace(15.0)
    alike = find_shared_motion(trace, {"it": trace})["it"]
    assert alike.correlation == pytest.approx(1.0, abs=1e-5)
    assert alike.start_s == alike.other_start_s


def test_recordings_of_different_moments_are_not_copies() -> None:
    """Also those that are longer than what is compared at once, and thousands of places of each."""
    others = {str(seed): make_trace(120.0, seed) for seed in range(2, 12)}
    assert find_shared_motion(make_trace(120.0, 1), others) == {}
    assert group_copies(others) == []


def test_an_excerpt_is_found_wherever_it_lies_in_a_long_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    """The edges of blocks lie everywhere: each place once by blocks of other sizes."""
    monkeypatch.setattr(shared_motion, "_AT_ONCE", 50)
    whole = make_trace(60.0, 1)
    for first in range(0, len(whole) - 42, 3):
        found = find_shared_motion(whole[first : first + 42], {"other": make_trace(20.0, 2), "whole": whole})
        assert list(found) == ["whole"]
        assert found["whole"].correlation == pytest.approx(1.0, abs=1e-5)
        assert found["whole"].other_start_s - found["whole"].start_s == pytest.approx(first / 5)


def test_blocks_give_what_a_plain_loop_over_all_stretches_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_motion, "LEAST_CORRELATION", 0.05)
    monkeypatch.setattr(shared_motion, "_AT_ONCE", 3)
    one, other = make_trace(10.0, 1), make_trace(11.0, 2)
    found = find_shared_motion(one, {"other": other})["other"]
    steps = [np.diff(sum(trace[i : len(trace) - 3 + i] * k for i, k in enumerate((-1, -1, 1, 1))), n=0)
             for trace in (one.astype(float), other.astype(float))]  # fmt: skip
    moves = [np.clip(step * 0.005 / [0.06, 0.07, 0.035, 0.05, 0.05], -2, 2) for step in steps]
    best = max(
        float((a * sign * b).sum() / np.sqrt((a**2).sum() * (b**2).sum()))
        for sign in (np.ones(5), np.array([1, -1, -1, 1, 1]))
        for i in range(len(moves[0]) - 36)
        for j in range(len(moves[1]) - 36)
        for a, b in [(moves[0][i : i + 37], moves[1][j : j + 37])]
    )
    assert found.correlation == pytest.approx(best, abs=1e-5)


def test_whoever_sits_still_is_nobodys_copy_even_their_own() -> None:
    still = trace_motion(film(move(20.0, 1, size=0.0), noise=0.1))
    assert find_shared_motion(still, {"it": still, "other": make_trace()}) == {}
    assert find_shared_motion(NOTHING, {"it": NOTHING}) == {}


def test_one_great_movement_at_the_same_moment_makes_no_copy() -> None:
    """Both turn away at once, as at a cut, and are unlike before and after."""
    turn = np.where(np.arange(2000) < 1000, 0.0, 0.6)[:, None] * [0, 1, 0, 0, 0]
    one, other = (trace_motion(film(move(20.0, seed) + turn)) for seed in (1, 2))
    assert find_shared_motion(one, {"other": other}) == {}


def test_less_than_eight_seconds_are_too_short_to_tell() -> None:
    whole = make_trace(20.0, 1)
    assert find_shared_motion(whole[20:60], {"whole": whole}) != {}
    assert find_shared_motion(whole[20:59], {"whole": whole}) == {}


def test_seconds_that_were_not_measured_are_no_evidence() -> None:
    whole = make_trace(20.0, 1)
    gaps = whole.copy()
    gaps[::8] = MISSING  # so that in no stretch enough is left
    gaps[1::8] = MISSING
    assert find_shared_motion(gaps, {"whole": whole, "it": gaps}) == {}


def test_without_the_mouth_the_head_tells() -> None:
    def blind(trace: Trace) -> Trace:
        return np.where(np.arange(5) < 3, trace, MISSING).astype(np.int8)

    whole, other = blind(make_trace(30.0, 1)), blind(make_trace(30.0, 2))
    assert set(find_shared_motion(whole[17:90], {"whole": whole, "other": other})) == {"whole"}


def test_videos_that_share_motion_through_another_are_one_group() -> None:
    whole = make_trace(60.0, 1)
    traces = {
        "late": whole[180:],
        "other": make_trace(30.0, 2),
        "early": whole[:120],
        "middle": whole[70:250],
        "still": NOTHING,
    }
    assert group_copies(traces) == [["late", "early", "middle"]]
