"""Where clips begin and end."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.shots import ShortShots
from features.windows import ClipRule, Clips, lay_clips, parse_clip_rules
from ground.errors import InputError, TableError

TEN_FIVE = ClipRule(10.0, 5.0)


def at_rate(seconds: float, fps: float = 10.0) -> np.ndarray:
    return np.arange(round(seconds * fps)) / fps


def ranges(clips: Clips) -> list[tuple[int, int]]:
    return list(zip(clips.first.tolist(), clips.stop.tolist(), strict=True))


def test_twenty_seconds_hold_three_clips_of_ten_with_step_five() -> None:
    clips = lay_clips(at_rate(20), TEN_FIVE)
    assert ranges(clips) == [(0, 100), (50, 150), (100, 200)]
    assert clips.start_s.tolist() == [0, 5, 10]
    assert clips.end_s.tolist() == [10, 15, 20]
    assert clips.duration_s == pytest.approx(20)
    assert clips.uncovered_s == 0


@given(
    gaps_s=st.lists(st.floats(0.001, 3.0), min_size=1, max_size=300),
    length_s=st.floats(0.5, 20.0),
    share=st.floats(0.05, 1.0),
)
def test_a_clip_holds_the_frames_from_its_start_up_to_its_end(
    gaps_s: list[float], length_s: float, share: float
) -> None:
    """Whatever the frame rate does, start <= t < end, on presentation times."""
    times = np.cumsum([0.0, *gaps_s])
    rule = ClipRule(length_s, share * length_s)
    clips = lay_clips(times, rule)
    for k, (first, stop) in enumerate(ranges(clips)):
        assert clips.start_s[k] == pytest.approx(k * rule.step_s)
        assert clips.end_s[k] - clips.start_s[k] == pytest.approx(length_s)
        inside = (times >= clips.start_s[k] - 1e-6) & (times < clips.end_s[k] - 1e-6)
        assert np.flatnonzero(inside).tolist() == list(range(first, stop))


@given(fps=st.floats(5, 120), frames=st.integers(2, 2000))
def test_only_full_clips_to_within_half_a_frame(fps: float, frames: int) -> None:
    clips = lay_clips(np.arange(frames) / fps, TEN_FIVE)
    reach_s = (frames + 0.5) / fps
    assert (clips.end_s <= reach_s + 1e-9).all()
    assert len(clips) * 5.0 + 10.0 > reach_s - 1e-9, "the next one would not be full"
    assert clips.uncovered_s == pytest.approx(
        max(0.0, frames / fps - (clips.end_s[-1] if len(clips) else 0.0)), abs=0.51 / fps
    )


def test_one_missing_frame_at_the_end_makes_a_clip_partial() -> None:
    assert len(lay_clips(at_rate(10)[:-1], TEN_FIVE)) == 0
    assert len(lay_clips(at_rate(10), TEN_FIVE)) == 1


@pytest.mark.parametrize(("stretch", "clips"), [(0.996, 1), (0.994, 0)])
def test_up_to_half_a_frame_may_be_missing(stretch: float, clips: int) -> None:
    """100 frames of 0.0996 s end 0.4 frames before 10 s, 100 frames of 0.0994 s 0.6 frames before."""
    assert len(lay_clips(at_rate(10) * stretch, TEN_FIVE)) == clips


def test_the_last_frame_lasts_as_long_as_most_do() -> None:
    times = np.sort([*at_rate(20), 3.001, 3.002, 3.003])
    assert lay_clips(times, TEN_FIVE).duration_s == pytest.approx(20)


def test_ntsc_rates_and_times_in_milliseconds_fill_their_clips() -> None:
    times = np.arange(600) * 1001 / 30000
    for rounded in (times, np.round(times, 3)):
        clips = lay_clips(rounded, TEN_FIVE)
        assert len(clips) == 3
        assert clips.uncovered_s == pytest.approx(0.02, abs=0.002)


def test_rounding_of_times_does_not_move_a_frame_to_another_clip() -> None:
    times = at_rate(20)
    times[50] -= 1e-9  # the frame at 5 s, as a difference of two larger times
    assert ranges(lay_clips(times, TEN_FIVE))[1] == (50, 150)


def test_what_stays_uncovered_is_told_and_the_tail_can_be_kept() -> None:
    times = at_rate(23)
    dropped = lay_clips(times, TEN_FIVE)
    assert len(dropped) == 3
    assert dropped.uncovered_s == pytest.approx(3)

    kept = lay_clips(times, ClipRule(10.0, 5.0, keep_tail=True))
    assert ranges(kept) == [*ranges(dropped), (150, 230)]
    assert kept.end_s[-1] == pytest.approx(23)
    assert kept.uncovered_s == 0


def test_no_tail_is_kept_where_nothing_is_uncovered() -> None:
    assert len(lay_clips(at_rate(20), ClipRule(10.0, 5.0, keep_tail=True))) == 3


def test_a_video_shorter_than_a_clip_is_all_uncovered_or_all_tail() -> None:
    dropped = lay_clips(at_rate(5), TEN_FIVE)
    assert len(dropped) == 0
    assert dropped.uncovered_s == dropped.duration_s == pytest.approx(5)
    kept = lay_clips(at_rate(5), ClipRule(10.0, 5.0, keep_tail=True))
    assert ranges(kept) == [(0, 50)]
    assert kept.uncovered_s == 0


def test_a_tail_of_one_frame_is_a_clip_of_one_frame() -> None:
    kept = lay_clips(at_rate(10.1), ClipRule(10.0, 10.0, keep_tail=True))
    assert ranges(kept) == [(0, 100), (100, 101)]


def test_a_gap_leaves_a_clip_without_frames() -> None:
    times = np.concatenate([at_rate(10), 21 + at_rate(9)])
    clips = lay_clips(times, ClipRule(5.0, 5.0))
    assert ranges(clips) == [(0, 50), (50, 100), (100, 100), (100, 100), (100, 140), (140, 190)]


@pytest.mark.parametrize("last_s", [1e6, 1e15, 1e300])
def test_times_that_leap_far_ahead_are_refused(last_s: float) -> None:
    """Else a few forged frames would ask for more clips than any memory holds."""
    with pytest.raises(TableError, match=r"^4 frames are spread over .* nearly all clips"):
        lay_clips([0.0, 0.1, 0.2, last_s], TEN_FIVE)


def test_stepping_in_frames_starts_at_every_nth_frame() -> None:
    clips = lay_clips(at_rate(12), ClipRule(10.0, step_s=None, step_frames=5))
    assert ranges(clips) == [(0, 100), (5, 105), (10, 110), (15, 115), (20, 120)]
    assert clips.start_s.tolist() == [0, 0.5, 1, 1.5, 2]


def test_an_hour_stepped_by_five_frames() -> None:
    clips = lay_clips(np.arange(108_000) / 30, ClipRule(10.0, step_s=None, step_frames=5))
    assert len(clips) == (108_000 - 300) // 5 + 1
    assert (clips.stop - clips.first == 300).all()


@pytest.mark.parametrize("frames", [0, 1])
@pytest.mark.parametrize("keep_tail", [False, True])
@pytest.mark.parametrize("step", [{"step_s": 5.0}, {"step_s": None, "step_frames": 5}])
def test_fewer_than_two_frames_hold_no_clip(frames: int, keep_tail: bool, step: dict[str, float]) -> None:
    clips = lay_clips(np.zeros(frames), ClipRule(10.0, keep_tail=keep_tail, **step))  # type: ignore[arg-type]
    assert len(clips) == 0
    assert clips.uncovered_s == clips.duration_s == 0


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ([0.0, 0.1, 0.1, 0.2], r"time of frame 2 \(0.100000 s\) repeats the time of the frame before"),
        ([0.0, 0.2, 0.1, 0.3], r"time of frame 2 \(0.100000 s\) is before the time of the frame before"),
        ([0.0, 0.1, np.nan, 0.3], "time of frame 2 is nan"),
        ([0.0, 0.1, 0.2, np.inf], "time of frame 3 is inf"),
    ],
)
def test_times_that_do_not_rise_are_refused_by_frame(times: list[float], message: str) -> None:
    with pytest.raises(TableError, match=message):
        lay_clips(times, TEN_FIVE)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"length_s": 0.0}, "must be longer than 0 s, not"),
        ({"length_s": -1.0}, "must be longer than 0 s, not"),
        ({"length_s": float("nan")}, "must be longer than 0 s, not"),
        ({"length_s": 10.0, "step_s": 0.0}, "cannot overlap by 10 s"),
        ({"length_s": 10.0, "step_s": 11.0}, "cannot overlap by -1 s"),
        ({"length_s": 10.0, "step_s": None}, "only one of them"),
        ({"length_s": 10.0, "step_frames": 5}, "only one of them"),
        ({"length_s": 10.0, "step_s": None, "step_frames": 0}, "step by 0 frames"),
    ],
)
def test_impossible_rules_are_refused(rule: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        ClipRule(**rule)  # type: ignore[arg-type]


def test_rules_are_read_as_length_and_overlap() -> None:
    assert parse_clip_rules("20/10, 15/7.5,10/9,2.5/1.25") == [
        ClipRule(20.0, 10.0),
        ClipRule(15.0, 7.5),
        ClipRule(10.0, 1.0),
        ClipRule(2.5, 1.25),
    ]


@pytest.mark.parametrize("text", ["10", "10/5/1", "ten/five", "", "10/5,"])
def test_text_that_names_no_clips_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="such as 10/5"):
        parse_clip_rules(text)


def test_a_length_cannot_come_twice() -> None:
    with pytest.raises(InputError, match="names a clip length twice"):
        parse_clip_rules("10/5,10/9")


def test_a_step_in_frames_that_leaves_gaps_between_clips_is_refused() -> None:
    with pytest.raises(InputError, match="footage between clips would be lost"):
        lay_clips(at_rate(12), ClipRule(1.0, step_s=None, step_frames=100))


def cut_at(times: np.ndarray, *moments_s: float) -> np.ndarray:
    """The column `cut` of a video whose shots begin at these moments."""
    return np.isin(np.arange(len(times)), np.searchsorted(times, np.array(moments_s) - 1e-6)).astype(float)


def test_the_grid_starts_anew_at_each_cut_and_no_clip_reaches_over_one() -> None:
    """Shots of 17, 4 and 21 s: two clips, none, and three, whose first starts with the shot."""
    times = at_rate(42)
    clips = lay_clips(times, TEN_FIVE, cut_at(times, 17, 21))
    assert clips.start_s.tolist() == [0, 5, 21, 26, 31]
    assert ranges(clips) == [(0, 100), (50, 150), (210, 310), (260, 360), (310, 410)]
    assert (clips.shots, clips.short_shots) == (3, 1)
    assert clips.short_s == pytest.approx(4)
    assert clips.uncovered_s == pytest.approx(2 + 4 + 1), "two ends, and a shot"


def test_a_shot_reaches_up_to_the_first_frame_of_the_next() -> None:
    """To within half a frame, as a video does; but a frame of the next shot is never in its clip."""
    times = at_rate(20)
    assert ranges(lay_clips(times, TEN_FIVE, cut_at(times, 10))) == [(0, 100), (100, 200)]
    early = lay_clips(times * 0.996, TEN_FIVE, cut_at(times, 10))
    assert ranges(early) == [(0, 100), (100, 200)]
    assert early.end_s[0] == 10.0, "the clip stands for the 10 s that were meant"
    missing = lay_clips(times, TEN_FIVE, cut_at(times, 9.9))
    assert ranges(missing) == [(99, 199)]
    assert missing.short_s == pytest.approx(9.9)


@given(
    frames=st.integers(2, 400),
    cuts=st.lists(st.integers(0, 399), max_size=20),
    keep_tail=st.booleans(),
    step_frames=st.sampled_from([None, 3, 10]),
)
def test_every_clip_lies_in_one_shot_and_every_shot_is_covered_or_counted(
    frames: int, cuts: list[int], keep_tail: bool, step_frames: int | None
) -> None:
    times = at_rate(frames / 10)
    cut = np.isin(np.arange(frames), cuts).astype(float)
    rule = ClipRule(2.0, None if step_frames else 1.0, step_frames, keep_tail)
    clips = lay_clips(times, rule, cut)
    shot = np.cumsum(np.where(np.arange(frames) == 0, 0, cut))
    covered = np.zeros(frames, dtype=bool)
    for first, stop in ranges(clips):
        assert first < stop
        assert len(set(shot[first:stop])) == 1
        covered[first:stop] = True
    assert clips.uncovered_s == pytest.approx((~covered).sum() / 10, abs=1e-6)
    assert clips.shots == len(set(shot))
    assert clips.short_shots == sum(not covered[shot == one].any() for one in set(shot))
    if keep_tail:
        assert covered.all()


def test_in_each_shot_clips_are_those_of_the_shot_alone() -> None:
    """Also in steps of frames, which count anew from the cut."""
    times = at_rate(40)
    rule = ClipRule(10.0, None, step_frames=7)
    both = lay_clips(times, rule, cut_at(times, 12.5))
    alone = [lay_clips(part - part[0], rule) for part in np.split(times, [125])]
    assert ranges(both) == [*ranges(alone[0]), *[(a + 125, b + 125) for a, b in ranges(alone[1])]]


def test_a_video_whose_cuts_are_not_recorded_is_one_shot() -> None:
    times = at_rate(23)
    plain = lay_clips(times, TEN_FIVE)
    for cut in (np.full(230, np.nan), np.zeros(230), np.eye(230)[0]):
        clips = lay_clips(times, TEN_FIVE, cut)
        assert ranges(clips) == ranges(plain)
        assert (clips.shots, clips.short_shots, clips.short_s) == (1, 0, 0.0)


def test_a_video_that_is_too_short_as_a_whole_has_no_short_shots() -> None:
    """That is another message, which everybody knows."""
    assert ShortShots.find(lay_clips(at_rate(5), TEN_FIVE), TEN_FIVE) is None
    times = at_rate(30)
    assert ShortShots.find(lay_clips(times, TEN_FIVE, cut_at(times, 15)), TEN_FIVE) is None
    short = ShortShots.find(lay_clips(times, TEN_FIVE, cut_at(times, 4, 8, 20)), TEN_FIVE)
    assert short == ShortShots(shots=2, of_shots=4, seconds=8.0, clip_s=10.0)
    assert short.describe() == "2 of the 4 shots of the video (8.0 s) are shorter than a clip of 10 s"
    all_short = ShortShots.find(lay_clips(times, TEN_FIVE, cut_at(times, *range(3, 30, 3))), TEN_FIVE)
    assert all_short is not None
    assert all_short.describe() == "all 10 shots of the video (30 s) are shorter than a clip of 10 s"
