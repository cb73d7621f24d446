"""Time stamps to seconds since the first frame: as they are where they rise, and else what fits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.presentation_times import PresentationTimes, StoredTimes
from extract.time_repairs import MOST_PLACES, TimeRepairs

MILLISECOND = Fraction(1, 1000)
Stamps = Sequence[int | None]


def frame(pts: int | None, dts: int | None = None, base: Fraction | None = MILLISECOND) -> Any:
    """As much of a decoded frame as its time needs."""
    return SimpleNamespace(pts=pts, dts=dts, time_base=base)


def place(
    shown: Stamps, decoded: Stamps | None = None, stored: StoredTimes = StoredTimes.SHOWN, fps: int = 25
) -> tuple[list[float], TimeRepairs | None]:
    """Return the times of frames in ms, rounded to 1 us, and what was done."""
    times = PresentationTimes(None, Fraction(fps), stored)
    frames = [frame(*stamps) for stamps in zip(shown, decoded or [None] * len(shown), strict=True)]
    placed = list(times.place(frames))
    assert [one for one, _ in placed] == frames, "no frame is left out, and none changes its place"
    return [round(1000 * time_s, 3) for _, time_s in placed], times.repairs


def steady(count: int, start: int = 0, step: int = 40) -> list[int]:
    return [start + step * k for k in range(count)]


def test_times_that_rise_are_taken_as_they_are_and_count_from_the_first_frame() -> None:
    times = PresentationTimes(None)
    stamps = [-5000, -4967, -4600, 20_000, 500_000]
    assert [time_s for _, time_s in times.place(map(frame, stamps))] == [0.0, 0.033, 0.4, 25.0, 505.0]
    assert times.start == -5
    assert times.repairs is None


def test_without_a_stamp_of_presentation_that_of_decoding_counts_and_the_streams_clock() -> None:
    times = PresentationTimes(Fraction(1, 25))
    frames = [frame(None, dts, None) for dts in (0, 5)]
    assert [time_s for _, time_s in times.place(frames)] == [0.0, 0.2]
    assert times.repairs is None


def test_only_one_frame_is_held_where_stamps_rise() -> None:
    taken: list[int] = []

    def decode() -> Iterator[Any]:
        for stamp in steady(100):
            taken.append(stamp)
            yield frame(stamp)

    for given_out, _ in enumerate(PresentationTimes(None).place(decode()), 1):
        assert len(taken) <= given_out + 1


@pytest.mark.parametrize(
    ("start", "skipped_s"), [(0, 0.0), (5400, 0.0), (-3_600_000, 0.0), (607_440, 600.04), (3_607_400, 3600.0)]
)
def test_a_clock_that_starts_again_or_jumps_far_ahead_is_joined(start: int, skipped_s: float) -> None:
    """The clock goes from 5.0 s to before 7.4 s, and then on from `start`."""
    found, repairs = place(steady(60, 5000) + steady(40, start))
    assert found == steady(100)
    assert repairs == TimeRepairs(jumps=1, jumps_s=(2.4,), skipped_s=skipped_s)


def test_a_pause_of_ten_minutes_may_be_true() -> None:
    stamps = [0, 40, 80, 600_080, 600_120]
    assert place(stamps) == (stamps, None)


def test_a_short_first_part_is_not_squeezed_into_one_frame() -> None:
    found, repairs = place(steady(5) + steady(50))
    assert found == steady(55)
    assert repairs == TimeRepairs(jumps=1, jumps_s=(0.2,))


def test_of_many_jumps_the_first_places_are_kept() -> None:
    found, repairs = place(steady(30) * 25)
    assert found == steady(750)
    assert repairs is not None
    assert repairs.jumps == 24
    assert repairs.jumps_s == pytest.approx([1.2 * k for k in range(1, MOST_PLACES + 1)])


@pytest.mark.parametrize("wrong_by", [-9_800_000, -400, -40, 55, 400, 20_000, 37_600_000])
@pytest.mark.parametrize("at", [3, 50, 97])
def test_a_single_wrong_stamp_is_replaced(wrong_by: int, at: int) -> None:
    stamps = steady(100)
    stamps[at] += wrong_by
    found, repairs = place(stamps)
    assert repairs == TimeRepairs(replaced=1)
    assert found == steady(100)


def test_a_wrong_stamp_every_two_seconds_is_no_jump_of_the_clock() -> None:
    stamps = [time - 9_800_000 * (k % 50 == 49) for k, time in enumerate(steady(200, 20_000_000))]
    assert place(stamps) == (steady(200), TimeRepairs(replaced=3, guessed=1, guessed_fps=25))


def test_two_wrong_stamps_ahead_do_not_move_the_frames_after_them() -> None:
    stamps = steady(50)
    stamps[20], stamps[21] = 90_000, 90_040
    assert place(stamps) == (steady(50), TimeRepairs(replaced=2))


def test_equal_stamps_share_the_time_until_the_next_one() -> None:
    assert place([0, 40, 40, 80, 120]) == ([0, 40, 60, 80, 120], TimeRepairs(replaced=1))
    bursts = [200 * (k // 5) for k in range(26)]
    assert place(bursts) == (steady(26), TimeRepairs(replaced=20))
    claimed_slow, _ = place(bursts, fps=5)
    assert claimed_slow == steady(26)


def test_a_wrong_stamp_before_a_pause_stays_before_it() -> None:
    assert place([0, 40, 80, 80, 9000, 9040])[0] == [0, 40, 80, 120, 9000, 9040]


def test_frames_without_any_stamp_come_at_the_claimed_rate() -> None:
    assert place([None] * 5, fps=50) == (steady(5, step=20), TimeRepairs(guessed=5, guessed_fps=50))


def test_times_that_were_made_up_are_not_believed_and_it_is_said() -> None:
    found, repairs = place(steady(5, step=40), steady(5, step=40), StoredTimes.NONE, fps=50)
    assert found == steady(5, step=20)
    assert repairs == TimeRepairs(guessed=5, guessed_fps=50)


@pytest.mark.parametrize("rate", [None, Fraction(0), Fraction(4_000_000_000), Fraction(-25)])
def test_a_rate_that_cannot_be_true_is_not_believed(rate: Fraction | None) -> None:
    times = PresentationTimes(None, rate)
    assert [time_s for _, time_s in times.place([frame(None)] * 3)] == [0.0, 0.04, 0.08]


def test_missing_stamps_are_filled_in_between_those_that_are_there() -> None:
    stamps: list[int | None] = [0, None, None, 120, 160, None]
    found, repairs = place(stamps)
    assert found == steady(6)
    assert repairs == TimeRepairs(replaced=2, guessed=1, guessed_fps=25)


# Of I b b P, then of a pyramid: where the frames stand in the order of decoding, in that of presentation.
ORDERS = {"I b b P": [0, 2, 3, 1], "pyramid": [0, 3, 2, 4, 1]}


def in_wrong_order(order: list[int], groups: int) -> list[int]:
    """Stamps as FFmpeg makes them up for AVI: those of decoding, attached to the frames as they come out."""
    size = len(order) - 1
    return [0, *(40 * (size * group + place) for group in range(groups) for place in order[1:])]


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("leading", [0, 30])
def test_frames_that_a_container_stores_for_decoding_come_at_its_rate(order: list[int], leading: int) -> None:
    shown = [*steady(leading), *(40 * leading + one for one in in_wrong_order(order, 12))]
    delayed = [80 + one for one in steady(len(shown))]
    found, repairs = place(shown, [*delayed[:-2], None, None], StoredTimes.DECODED)
    assert found == steady(len(shown))
    assert repairs == TimeRepairs(in_decoding_order=True)
    assert not repairs.are_doubtful


def test_a_slot_that_a_recorder_left_empty_stays_a_pause() -> None:
    decoded = [time + 320 * (k >= 20) for k, time in enumerate(steady(37))]
    shown = in_wrong_order(ORDERS["I b b P"], 12)
    found, _ = place(shown, decoded, StoredTimes.DECODED)
    assert found == decoded


def test_so_few_frames_that_the_decoder_knows_no_stamp_of_them_come_at_the_rate() -> None:
    found, repairs = place([0, 80, 120, 40], [None] * 4, StoredTimes.DECODED)
    assert found == steady(4)
    assert repairs == TimeRepairs(in_decoding_order=True)


def test_stamps_that_were_copied_from_such_a_container_are_not_believed_either() -> None:
    shown = in_wrong_order(ORDERS["pyramid"], 12)
    found, repairs = place(shown, [80 + one for one in steady(len(shown))])
    assert found == steady(len(shown))
    assert repairs == TimeRepairs(in_decoding_order=True)


def test_stamps_that_rise_are_believed_where_the_container_stores_none() -> None:
    stamps = [time + 320 * (k >= 20) for k, time in enumerate(steady(40))]
    assert place(stamps, steady(40), StoredTimes.DECODED) == (stamps, None)


@given(
    st.lists(
        st.tuples(
            st.none() | st.integers(-(2**62), 2**62) | st.integers(-3, 40).map(lambda k: 33 * k),
            st.none() | st.integers(-3, 40),
        ),
        min_size=1,
        max_size=60,
    ),
    st.sampled_from(StoredTimes),
)
def test_whatever_the_stamps_are_every_frame_has_a_later_time_than_the_one_before(
    stamps: list[tuple[int | None, int | None]], stored: StoredTimes
) -> None:
    times = PresentationTimes(None, Fraction(30000, 1001), stored)
    found = [time_s for _, time_s in times.place(frame(*both) for both in stamps)]
    assert len(found) == len(stamps)
    assert found[0] == 0
    assert (np.diff(found) > 0).all()
    assert np.diff(found, prepend=0).max() <= 600
    counted = times.repairs or TimeRepairs()
    assert counted.jumps + counted.replaced + counted.guessed <= len(stamps)


def test_what_was_done_is_said_with_where() -> None:
    assert TimeRepairs(jumps=2, jumps_s=(8.0, 30.5)).describe("x.ts") == (
        "The time stamps of x.ts were repaired: the clock jumps at 8.0 s and 30.5 s, where the parts were "
        "joined. All frames are kept, but times may differ from those that a player shows."
    )
    many = TimeRepairs(jumps=24, jumps_s=tuple(1.2 * k for k in range(1, 21)), replaced=1).describe("x.ts")
    assert "jumps at 1.2 s, 2.4 s, 3.6 s, 4.8 s, 6.0 s and 19 more times, where" in many
    assert "; 1 frame without a usable time stamp got a time between its neighbours'." in many
    guessed = TimeRepairs(guessed=480, guessed_fps=30000 / 1001, in_decoding_order=True).describe("x.h264")
    assert (
        "480 frames without a usable time stamp got a time from the frame rate of 29.97 frames/s" in guessed
    )
    assert "; the other times are those of decoding." in guessed
    whole = TimeRepairs(in_decoding_order=True).describe("x.avi")
    assert whole.startswith("x.avi has no usable presentation times.")
