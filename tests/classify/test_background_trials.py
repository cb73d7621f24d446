"""Footage as trials: who is compared with whom, and as what."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from recordings import make_recordings

from classify.background import trials as module
from classify.background.footage import Footage, find_usable, gather_footage
from classify.background.trials import Sides, Trials, lay_trials
from classify.cells import average_clips

NAME = "face-pairs"


def make_footage(people: str, sessions: str, numbers: int = 2) -> Footage:
    """A recording for each letter, whose three clips have the numbers of its place, plus 0, .25 and 1.25."""
    rows = np.arange(len(people))
    clips = [np.full((3, numbers), row, np.float32) + np.float32([[0], [0.25], [1.25]]) for row in rows]
    return Footage(
        {NAME: clips}, np.array(list(people)), np.array(list(sessions)), np.full(len(people), "c"),
        10.0 + rows, 8.0,
    )  # fmt: skip


# a has two recordings of session 1, one of 2 and one of 3; b one of 1 and one of 2; c one.
SMALL = ("aaaabbc", "1123121")


def name(footage: Footage, sides: Sides, trials: Trials, kind: str, *, target: bool) -> set[tuple[int, int]]:
    rows = (trials.kinds == kind) & (trials.is_target == target)
    return set(zip(trials.enrolled[rows].tolist(), trials.suspects[rows].tolist(), strict=True))


def test_recordings_are_paired_once_and_never_within_a_session_of_a_person() -> None:
    footage = make_footage(*SMALL)
    found = lay_trials(footage)
    assert name(footage, *found, "recording", target=True) == {(0, 2), (0, 3), (1, 2), (1, 3), (2, 3), (4, 5)}
    expected = {(i, j) for i in range(4) for j in (4, 5, 6)} | {(4, 6), (5, 6)}
    assert name(footage, *found, "recording", target=False) == expected


def test_people_whose_sessions_have_the_same_names_are_compared() -> None:
    """Sessions are a person's own: everybody may have one that is called 1."""
    footage = make_footage("ab", "11")
    assert name(footage, *lay_trials(footage), "recording", target=False) == {(0, 1)}


def test_clips_are_compared_with_recordings_of_other_sessions_both_ways_round() -> None:
    footage = make_footage(*SMALL)
    found = lay_trials(footage)
    targets = {(0, 2), (0, 3), (1, 2), (1, 3), (2, 3), (4, 5)}
    both = targets | {(j, i) for i, j in targets}
    assert name(footage, *found, "clip", target=True) == {(i, j + 7) for i, j in both}
    assert len(name(footage, *found, "clip", target=False)) == 7 * 7 - 4 * 4 - 2 * 2 - 1


def test_all_other_sessions_are_compared_with_the_one_that_they_leave_out() -> None:
    footage = make_footage(*SMALL)
    sides, trials = lay_trials(footage)
    # Three sides for a, in the order of the sessions left out: 1, 2, 3.
    assert sides.people[14:].tolist() == ["a", "a", "a"]
    assert name(footage, sides, trials, "sessions", target=True) == {(14, 0), (14, 1), (15, 2), (16, 3)}
    assert name(footage, sides, trials, "sessions", target=False) == {
        (i, j) for i in (14, 15, 16) for j in (4, 5, 6)
    }
    assert sides.sessions[14:].tolist() == [2, 2, 2]
    # Recordings of a session add up; two sessions of s and t seconds are worth 4 / (1 / s + 1 / t).
    expected = [4 / (1 / s + 1 / t) for s, t in ((12, 13), (10 + 11, 13), (10 + 11, 12))]
    np.testing.assert_allclose(sides.seconds[14:], expected)
    # The mean of a recording is its place plus .5; sessions weigh alike, as in an enrolment.
    np.testing.assert_allclose(sides.numbers[NAME][14:, 0], [3.0, (1.0 + 3.5) / 2, (1.0 + 2.5) / 2])


def test_a_side_is_a_recording_or_the_clip_in_its_middle() -> None:
    footage = make_footage(*SMALL)
    sides, _ = lay_trials(footage)
    np.testing.assert_allclose(sides.numbers[NAME][:7, 0], np.arange(7) + 0.5)
    np.testing.assert_allclose(sides.numbers[NAME][7:14, 0], np.arange(7) + 0.25)
    assert sides.seconds[:14].tolist() == [*range(10, 17), *[8.0] * 7]
    assert sides.sessions[:14].tolist() == [1.0] * 14
    assert sides.collections.tolist() == [*["c"] * 14, *[""] * 3]


def test_a_clip_of_a_shorter_recording_is_no_longer_than_it() -> None:
    footage = replace(make_footage("ab", "11"), seconds=np.array([5.0, 20.0]))
    assert lay_trials(footage)[0].seconds.tolist() == [5.0, 20.0, 5.0, 8.0]


def test_joined_names_of_people_and_sessions_are_not_taken_for_others() -> None:
    """1 in session 11 reads like 11 in session 1."""
    people, sessions = ["1", "1", "1", "11", "11", "11"], ["11", "2", "3", "1", "2", "3"]
    footage = replace(make_footage("aaabbb", "123123"), people=np.array(people), sessions=np.array(sessions))
    sides, _ = lay_trials(footage)
    assert sides.people[12:].tolist() == ["1"] * 3 + ["11"] * 3


def test_who_has_two_sessions_has_no_several_sessions_to_enrol() -> None:
    sides, trials = lay_trials(make_footage("aabb", "1212"))
    assert len(sides.people) == 8
    assert set(trials.kinds) == {"recording", "clip"}
    assert sides.numbers[NAME].shape == (8, 2)


def test_of_very_many_recordings_all_target_trials_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    footage = gather_footage(make_recordings(30, 3, numbers=2, clips=1), (NAME,))
    _, whole = lay_trials(footage)
    monkeypatch.setattr(module, "_MOST_OTHERS", 500)
    _, drawn = lay_trials(footage)

    def count(trials: Trials, *, target: bool) -> Counter[str]:
        return Counter(trials.kinds[trials.is_target == target].tolist())

    assert count(drawn, target=True) == count(whole, target=True) == {
        "recording": 30 * 3, "clip": 30 * 6, "sessions": 30 * 3,
    }  # fmt: skip
    others = count(drawn, target=False)
    assert 400 < others["clip"] <= 500
    assert 200 < others["recording"] <= 250
    pairs = list(zip(drawn.enrolled.tolist(), drawn.suspects.tolist(), strict=True))
    assert len(set(pairs)) == len(pairs), "no trial counts twice"
    np.testing.assert_array_equal(lay_trials(footage, seed=0)[1].enrolled, drawn.enrolled)


# --- footage


def test_clips_without_a_needed_descriptor_are_left_out_and_others_may_lack_one() -> None:
    (recording,) = make_recordings(1, 1, numbers=3, clips=4, descriptors=("face-pairs", "spreads"))
    recording.numbers["face-pairs"][1] = np.nan
    recording.numbers["spreads"][2] = np.nan
    recording.numbers["spreads"][3, 0] = np.nan
    assert find_usable(recording, ("face-pairs", "spreads")).tolist() == [True, False, False, True]
    footage = gather_footage([recording], ("face-pairs",), ("spreads",))
    assert [len(values) for values in footage.clips["face-pairs"]] == [3]
    seen = footage.seen_by("spreads")
    assert [len(values) for values in seen.clips["spreads"]] == [2]
    assert list(seen.clips) == ["spreads"]


def test_a_clip_with_fewer_than_half_of_its_numbers_is_not_usable_and_not_seen() -> None:
    (recording,) = make_recordings(1, 1, numbers=4, clips=3, descriptors=("face-pairs", "spreads"))
    for name in ("face-pairs", "spreads"):
        recording.numbers[name][1, :2] = np.nan
        recording.numbers[name][2, :3] = np.nan
    assert find_usable(recording, ("face-pairs",)).tolist() == [True, True, False]
    recording.numbers["face-pairs"][2] = 1.0
    footage = gather_footage([recording], ("face-pairs",), ("spreads",))
    assert len(footage.clips["spreads"][0]) == 3
    assert len(footage.seen_by("spreads").clips["spreads"][0]) == 2


def test_recordings_in_which_a_descriptor_has_no_number_are_not_seen_by_it() -> None:
    recordings = make_recordings(2, 2, numbers=3, clips=2, descriptors=("face-pairs", "spreads"))
    recordings[1].numbers["spreads"][:] = np.nan
    footage = gather_footage(recordings, ("face-pairs",), ("spreads",))
    seen = footage.seen_by("spreads")
    assert seen.sessions.tolist() == [recordings[k].session for k in (0, 2, 3)]
    assert seen.count_sessions() == {"person 0": 1, "person 1": 2}
    assert len(footage) == 4


def test_spellings_of_a_name_are_one_person() -> None:
    recordings = [
        replace(one, subject=subject)
        for one, subject in zip(make_recordings(1, 3, numbers=2), ("Ann  B", "ann b", "Bo"), strict=True)
    ]
    assert gather_footage(recordings, (NAME,)).people.tolist() == ["Ann B", "Ann B", "Bo"]


def test_a_mean_over_clips_knows_what_is_missing() -> None:
    values = np.array([[1.0, np.nan, np.nan], [3.0, 5.0, np.nan]])
    np.testing.assert_array_equal(average_clips(values), [2.0, 5.0, np.nan])
