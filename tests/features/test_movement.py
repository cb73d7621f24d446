"""How much clips move: in multiples of a still picture's noise, and how often one looked."""

from __future__ import annotations

import numpy as np
import pytest
from frame_tables import make_frames, make_table

from extract.description import Backend, ReadingDescription
from features.clips import CorrelationOptions, correlate_frame_table
from features.descriptors.registry import DESCRIPTORS
from features.movement import BODY_NOISE, FACE_NOISE, LONGEST_GAP_S, Movement, MovementMeter
from features.recordings import describe_recording
from features.signature import BODY_FEATURES, FACE_FEATURES, FEATURES
from features.windows import ClipRule, lay_clips

READING = ReadingDescription(
    body=Backend(name="mediapipe-pose", version="1"), face=Backend(name="mediapipe-face-mesh", version="1")
)
NOISE = {**FACE_NOISE["mediapipe-face-mesh"], **BODY_NOISE["mediapipe-pose"]}


def swing(n_frames: int, times: float = 1.0) -> np.ndarray:
    """Features that go up and down from frame to frame, by so many times their noise."""
    sizes = np.array([times * NOISE.get(name, 0.001) for name in FEATURES])
    return np.where(np.arange(n_frames)[:, None] % 2, 1.0, -1.0) * sizes


def measure(
    time_s: np.ndarray,
    positions: np.ndarray,
    rule: ClipRule | None = None,
    reading: ReadingDescription = READING,
    longest_gap_s: float = 0.2,
    face_px: float = 300.0,
) -> Movement:
    meter = MovementMeter(time_s, positions, np.full(len(time_s), face_px), reading, longest_gap_s)
    return meter.measure(lay_clips(time_s, rule or ClipRule(10.0, 5.0)))


def test_motion_counts_in_multiples_of_the_noise_of_each_feature() -> None:
    times = np.arange(250) / 25
    motion = measure(times, 0.3 + swing(250, 4.0))
    # In a second of 25 frames one goes up more often than down: 4 * sqrt(1 - 1/625).
    assert motion.face_motion == pytest.approx(4.0, rel=1e-3)
    assert motion.body_motion == pytest.approx(4.0, rel=1e-3)
    assert motion.observed_share == pytest.approx(1.0)


def test_the_noise_of_smaller_faces_is_larger() -> None:
    times = np.arange(240) / 24
    motions = {
        px: float(measure(times, swing(240, 4.0), face_px=px).face_motion[0]) for px in (50.0, 200.0, 900.0)
    }
    assert motions == pytest.approx({50.0: 4.0 / 4**0.6, 200.0: 4.0, 900.0: 4.0})
    assert measure(times, swing(240, 4.0), face_px=50.0).body_motion == pytest.approx(4.0)


def test_half_of_the_features_in_half_of_the_seconds_must_move() -> None:
    times = np.arange(240) / 24
    positions = np.zeros((240, len(FEATURES)))
    moving = swing(240, 4.0)
    places = [FEATURES.index(name) for name in FACE_FEATURES]
    positions[:144, places[:10]] = moving[:144, places[:10]]
    assert measure(times, positions).face_motion == pytest.approx(4.0), "10 of 18 features in 6 of 10 s"
    positions[:, places[8:10]] = 0.0
    assert measure(times, positions).face_motion == 0.0, "8 of 18 features"
    positions[:, places] = moving[:, places]
    positions[96:, places] = 0.0
    assert measure(times, positions).face_motion == 0.0, "4 of 10 s"


def test_each_clip_has_its_own_motion_and_a_slow_drift_is_none() -> None:
    times = np.arange(500) / 25
    drift = 0.02 * np.linspace(0, 1, 500)[:, None] * np.array([NOISE.get(n, 0.001) for n in FEATURES])
    positions = drift + np.where(times[:, None] < 10, swing(500, 5.0), 0.0)
    found = measure(times, positions).face_motion
    assert found[0] == pytest.approx(5.0, rel=1e-2)
    assert found[2] < 0.01


def test_what_was_not_measured_counts_neither_as_motion_nor_as_rest() -> None:
    times = np.arange(240) / 24
    positions = swing(240, 4.0)
    positions[100:, [FEATURES.index(name) for name in FACE_FEATURES]] = np.nan
    found = measure(times, positions)
    assert found.face_motion == pytest.approx(4.0)
    positions[:, [FEATURES.index(name) for name in BODY_FEATURES]] = np.nan
    assert np.isnan(measure(times, positions).body_motion).all()


def test_the_motion_is_unknown_for_readers_whose_noise_is() -> None:
    other = Backend(name="other", version="1")
    reading = ReadingDescription(body=other, face=other)
    found = measure(np.arange(250) / 25, swing(250), reading=reading)
    assert np.isnan([found.face_motion, found.body_motion]).all()
    assert found.observed_share == pytest.approx(1.0), "which is known for all"


def test_only_measurements_that_follow_each_other_closely_are_observed() -> None:
    """A video of 20 s: 25 frames a second, and from 7 to 16 s one frame each 3 s."""
    times = np.concatenate([np.arange(0, 7, 0.04), [10.0, 13.0], np.arange(16, 20, 0.04)])
    found = measure(times, swing(len(times)))
    np.testing.assert_allclose(found.observed_share, [0.7 - 0.004, 0.2 - 0.004, 0.4], atol=1e-9)


@pytest.mark.parametrize(("fps", "share"), [(5, 1.0), (4.9, 0.0), (25, 1.0), (1 / 3, 0.0)])
def test_five_frames_a_second_are_just_enough(fps: float, share: float) -> None:
    times = np.round(np.arange(int(20 * fps)) / fps, 3)
    assert measure(times, swing(len(times))).observed_share == pytest.approx(share, abs=0.02)


def test_frames_that_repeat_the_measurements_before_them_are_no_frames() -> None:
    times = np.arange(500) / 25
    positions = swing(500)
    positions[125:375] = positions[124]
    np.testing.assert_allclose(measure(times, positions).observed_share, [0.496, 0.0, 0.504], atol=0.01)
    positions = np.repeat(swing(250), 2, axis=0)
    shown_twice = measure(times, positions).observed_share
    np.testing.assert_allclose(shown_twice, 1.0, atol=0.01)


def hold(new_hz: float, settling: float = 0.3, n_frames: int = 500) -> np.ndarray:
    """A face at 25 frames/s, of which a recorder takes so many new pictures a second and shows each again.

    The reader comes to rest at a new picture little by little, and trembles by a third of its noise.
    """
    sizes = np.array([NOISE.get(name, 0.001) for name in FEATURES])
    generator = np.random.default_rng(0)
    picture = np.floor(np.arange(n_frames) * new_hz / 25 + 1e-9).astype(int)
    moved = 30 * generator.normal(size=(picture[-1] + 1, len(FEATURES)))[picture]
    for k in range(1, n_frames):
        moved[k] = settling * moved[k - 1] + (1 - settling) * moved[k]
    return (moved + 0.3 * generator.normal(size=moved.shape)) * sizes


@pytest.mark.parametrize("settling", [0.0, 0.3])
@pytest.mark.parametrize(("new_hz", "least", "most"), [(1, 0.0, 0.2), (2, 0.0, 0.35), (25, 0.95, 1.0)])
def test_a_picture_that_is_shown_again_is_no_new_one(
    new_hz: float, least: float, most: float, settling: float
) -> None:
    """Converters fill a frame rate so; encoding makes each of the pictures a little different."""
    shares = measure(np.arange(500) / 25, hold(new_hz, settling)).observed_share
    assert ((least <= shares) & (shares <= most)).all()


def test_five_new_pictures_a_second_are_just_enough_too() -> None:
    shares = measure(np.arange(500) / 25, hold(5, settling=0.0)).observed_share
    np.testing.assert_allclose(shares, 1.0, atol=0.01)


def test_a_pause_of_a_fifth_of_a_second_is_a_persons_own_whatever_the_signal() -> None:
    positions = swing(500, 4.0)
    for start in range(20, 500, 20):
        positions[start : start + 4] = positions[start - 1] * (1 + 0.01 * np.arange(1, 5))[:, None]
    shares = measure(np.arange(500) / 25, positions, longest_gap_s=LONGEST_GAP_S["velocity"]).observed_share
    np.testing.assert_allclose(shares, 1.0, atol=0.01)


def test_held_pictures_are_not_looked_for_where_the_readers_noise_is_unknown() -> None:
    other = Backend(name="other", version="1")
    shares = measure(
        np.arange(500) / 25, hold(1), reading=ReadingDescription(body=other, face=other)
    ).observed_share
    np.testing.assert_allclose(shares, 1.0, atol=0.01)


def test_frames_without_any_measurement_are_not_observed() -> None:
    times = np.arange(250) / 25
    positions = swing(250)
    positions[50:150] = np.nan
    assert measure(times, positions).observed_share == pytest.approx(0.6, abs=0.005)
    assert measure(times, np.full_like(positions, np.nan)).observed_share == pytest.approx(0.0)


def test_the_signal_says_how_often_one_must_look() -> None:
    assert LONGEST_GAP_S == {"position": 0.2, "highpass": 0.1, "velocity": 0.05}
    frames = make_frames(np.arange(150) / 15)
    frames["pose_Rx"] = np.sin(np.arange(150))
    table = make_table(frames)
    shares = {
        signal: correlate_frame_table(table, CorrelationOptions(signal=signal)).block.clips["observed_share"]
        for signal in LONGEST_GAP_S
    }
    assert {signal: round(float(share.iloc[0])) for signal, share in shares.items()} == {
        "position": 1, "highpass": 1, "velocity": 0
    }  # fmt: skip


def test_the_motion_of_a_body_is_that_in_signing_space_whichever_coordinates_are_correlated() -> None:
    frames = make_frames(np.arange(100) / 10)
    frames["leftWrist_x"] += 30 * np.sin(np.arange(100))
    table = make_table(frames, reading=READING)
    found = [
        correlate_frame_table(table, CorrelationOptions(body=body)).block.clips["body_motion"].to_numpy()
        for body in ("signing", "raw")
    ]
    np.testing.assert_array_equal(*found)


def test_recordings_know_their_movement_too() -> None:
    frames = make_frames(np.arange(100) / 10).assign(face_px=300.0)
    names = [name for name in FACE_FEATURES if name != "pose_Rx"]
    frames[names] = swing(100, 4.0)[:, [FEATURES.index(name) for name in names]]
    recording = describe_recording(make_table(frames, reading=READING), list(DESCRIPTORS)[:1])
    assert recording.movement.observed_share == pytest.approx(1.0)
    assert recording.movement.face_motion == pytest.approx(4.0), "all of 18 features but one move"
