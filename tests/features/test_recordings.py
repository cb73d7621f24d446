"""One frame table to a recording described by numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from frame_tables import make_moving_frames, make_table
from moving_signals import make_motion_table

from extract.frame_table import ACTION_UNITS, FACE_COLUMNS, SIDES, FrameTable
from features.clips import CorrelationOptions, correlate_frame_table
from features.descriptors.registry import DESCRIPTORS
from features.labels import Label
from features.recordings import SIGNATURE_CLIPS, describe_recording
from features.windows import ClipRule
from ground.errors import InputError, TableError

ALL = tuple(DESCRIPTORS)
TWENTY_S = make_motion_table(20)


def lose_face(table: FrameTable, begin_s: float, end_s: float) -> FrameTable:
    frames = table.frames.copy()
    lost = (frames["time_s"] >= begin_s) & (frames["time_s"] < end_s)
    frames.loc[lost, [*FACE_COLUMNS, *(name for name in SIDES if name in frames)]] = np.nan
    return replace(table, frames=frames)


def test_a_recording_has_a_row_of_numbers_for_every_clip() -> None:
    recording = describe_recording(TWENTY_S, ALL)
    assert recording.start_s.tolist() == [0, 4, 8, 12]
    assert recording.end_s.tolist() == [8, 12, 16, 20]
    assert tuple(recording.numbers) == ALL
    for name, numbers in recording.numbers.items():
        assert numbers.shape == (4, len(DESCRIPTORS[name].numbers))
    assert np.isfinite(recording.numbers["kinematics"]).all()
    assert recording.face_share.tolist() == recording.body_share.tolist() == [1, 1, 1, 1]
    assert recording.seconds == pytest.approx(20), "overlaps count once"
    assert recording.reading == TWENTY_S.metadata.reading
    assert (recording.video, recording.sha256) == (
        "16_id0_fake.mp4",
        TWENTY_S.metadata.source.sha256,
    )


def test_pairs_are_those_of_the_correlations_table() -> None:
    options = CorrelationOptions(SIGNATURE_CLIPS)
    published = correlate_frame_table(TWENTY_S, options).block.correlations
    recording = describe_recording(TWENTY_S, ["face-pairs", "body-pairs"])
    for name, numbers in recording.numbers.items():
        wanted = published[list(DESCRIPTORS[name].numbers)].clip(-0.999, 0.999)
        assert np.allclose(np.tanh(numbers), wanted, equal_nan=True)


def test_a_clip_depends_on_its_own_frames_alone() -> None:
    last = TWENTY_S.frames[TWENTY_S.frames["time_s"] >= 12].reset_index(drop=True)
    alone = replace(TWENTY_S, frames=last.assign(time_s=last["time_s"] - 12))
    found = describe_recording(alone, ALL)
    for name, numbers in describe_recording(TWENTY_S, ALL).numbers.items():
        assert np.allclose(found.numbers[name][0], numbers[3], atol=1e-6, equal_nan=True)


def test_labels_are_given_or_read_from_the_name() -> None:
    named = describe_recording(TWENTY_S, [])
    assert (named.subject, named.session, named.collection) == ("id0", "16_id0_fake", None)
    given = describe_recording(TWENTY_S, [], Label("Ada", "pristine", "studio", "archive"))
    assert (given.subject, given.session, given.collection) == ("Ada", "studio", "archive")
    unknown = describe_recording(make_motion_table(8, "talk.mp4"), [])
    assert (unknown.subject, unknown.session) == (None, "talk")


def test_clips_may_be_of_another_length() -> None:
    recording = describe_recording(TWENTY_S, ["spreads"], rule=ClipRule(10, 5))
    assert recording.start_s.tolist() == [0, 5, 10]


def test_a_clip_with_a_face_in_fewer_than_half_of_its_frames_is_missing() -> None:
    """Without a face from 8 s on for 4.04 s of 25 fps: the third clip has one in 99 of its 200 frames."""
    recording = describe_recording(lose_face(TWENTY_S, 8, 12.04), ALL)
    assert recording.face_share == pytest.approx([1, 0.5, 0.495, 0.995])
    for name, numbers in recording.numbers.items():
        assert np.isnan(numbers).all(axis=1)[[0, 2, 3]].tolist() == [False, True, False], name
    assert np.isfinite(recording.numbers["spreads"][1]).all(), "half of the frames are enough"
    assert recording.seconds == pytest.approx(8 + 20 - 12.04)


def test_seconds_in_missing_clips_do_not_count() -> None:
    """Clips from 12 and 16 s on have a face for 1 of 8 s; the one from 8 s on for 5 s."""
    recording = describe_recording(lose_face(make_motion_table(24), 13, 24), ["spreads"])
    assert np.isnan(recording.numbers["spreads"]).any(axis=1).tolist() == [False, False, False, True, True]
    assert recording.seconds == pytest.approx(13)


def test_seconds_in_gaps_do_not_count() -> None:
    """Frames between 3 and 5 s are lost; the one before lasts a fifth of a second."""
    kept = (TWENTY_S.frames["time_s"] < 3) | (TWENTY_S.frames["time_s"] >= 5)
    table = replace(TWENTY_S, frames=TWENTY_S.frames[kept].reset_index(drop=True))
    assert describe_recording(table, []).seconds == pytest.approx(20 - 2 + 0.2 - 0.04)


def test_without_any_face_all_is_missing_and_nothing_is_refused() -> None:
    recording = describe_recording(lose_face(TWENTY_S, 0, 20), ALL)
    assert recording.seconds == 0
    assert all(np.isnan(numbers).all() for numbers in recording.numbers.values())


def test_less_than_one_clip_is_refused_and_says_how_long_it_is() -> None:
    with pytest.raises(
        InputError, match=r"16_id0_fake.mp4 is 3.0 s long, shorter than one clip of 8 s.*longer recording"
    ):
        describe_recording(make_motion_table(3), ["spreads"])


def test_a_table_without_sides_has_the_other_numbers() -> None:
    table = make_table(make_moving_frames(np.arange(200) / 20))
    names = ["face-pairs", "side-pairs", "kinematics", "events", "region:head"]
    recording = describe_recording(table, names)
    assert np.isfinite(recording.numbers["face-pairs"]).all()
    assert np.isfinite(recording.numbers["side-pairs"]).sum() == 3  # of the head's rotation
    assert np.isfinite(recording.numbers["events"]).sum() == 2  # nods and shakes
    assert np.isfinite(recording.numbers["region:head"]).all()


@pytest.mark.parametrize("name", ["side-covariance", "region:mouth", "region:brows and lids"])
@pytest.mark.parametrize("absent", [True, False])
def test_a_table_without_sides_is_refused_where_nothing_is_left(name: str, absent: bool) -> None:
    table = make_table(make_moving_frames(np.arange(200) / 20))
    if not absent:  # there, but never measured
        table = replace(table, frames=table.frames.assign(**dict.fromkeys(SIDES, np.nan)))
    with pytest.raises(TableError, match=f"lacks the one-sided measures .* '{name}' needs. Extract"):
        describe_recording(table, ["face-pairs", name])


def test_numbers_that_are_missing_for_another_reason_are_not_refused() -> None:
    """A side that never moves leaves the matrix without a logarithm."""
    still = replace(TWENTY_S, frames=TWENTY_S.frames.assign(chin_x=0.0))
    assert np.isnan(describe_recording(still, ["side-covariance"]).numbers["side-covariance"]).all()


def test_no_number_reaches_over_a_cut() -> None:
    """After a cut at 4 s clips begin at 4 s and at 8 s: in each shot they are those of the shot alone."""
    cut = replace(TWENTY_S, frames=TWENTY_S.frames.assign(cut=np.arange(500) == 100))
    recording = describe_recording(cut, ALL)
    assert recording.start_s.tolist() == [4, 8, 12]
    uncut = describe_recording(TWENTY_S, ALL)
    for name, numbers in recording.numbers.items():
        assert np.array_equal(numbers, uncut.numbers[name][1:], equal_nan=True), name
    assert np.array_equal(recording.movement.observed_share, uncut.movement.observed_share[1:])
    assert recording.seconds == pytest.approx(16), "what lies in no clip does not count"


def test_a_recording_of_short_shots_is_refused_with_the_reason() -> None:
    cut = replace(TWENTY_S, frames=TWENTY_S.frames.assign(cut=np.arange(500) % 125 == 0))
    with pytest.raises(
        InputError, match=r"20\.0 s long, but each of its 4 shots is shorter than one clip of 8 s"
    ):
        describe_recording(cut, ["face-pairs"])


def test_the_shape_of_a_face_does_not_matter() -> None:
    """Another face at rest: all sides, action units and the head's place moved by constants."""
    generator = np.random.default_rng(9)
    columns = [*SIDES, *ACTION_UNITS, "pose_Rx", "pose_Ry", "pose_Rz"]
    offsets = {name: TWENTY_S.frames[name] + generator.uniform(-1, 1) for name in columns}
    other = replace(TWENTY_S, frames=TWENTY_S.frames.assign(**offsets))
    found = describe_recording(other, ALL)
    for name, numbers in describe_recording(TWENTY_S, ALL).numbers.items():
        assert np.allclose(found.numbers[name], numbers, atol=1e-7, equal_nan=True), name
