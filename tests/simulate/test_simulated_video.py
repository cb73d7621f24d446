"""Rendered sessions as files: frames, times and ground truth."""

from fractions import Fraction

import av
import numpy as np
import pandas as pd
import pytest

from ground.errors import InputError
from simulate.controls import CONTROL_NAMES
from simulate.render import render_frames
from simulate.signature import Signature, draw_session
from simulate.video import DEFAULT_FPS, render_session, write_video


def read_video(path):
    """Return the frames and their exact presentation times."""
    with av.open(str(path)) as container:
        pictures = list(container.decode(video=0))
    return [p.to_ndarray(format="rgb24") for p in pictures], [p.pts * p.time_base for p in pictures]


def grey_frames(n, height=48, width=64):
    """Return flat frames whose brightness tells their number."""
    return [np.full((height, width, 3), 20 + 2 * k, np.uint8) for k in range(n)]


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    path = tmp_path_factory.mktemp("session") / "7_id3_pristine.mp4"
    frames = []
    ground_truth = render_session(Signature(3), 1.5, seed=4, path=path, on_frame=lambda: frames.append(None))
    return path, ground_truth, len(frames)


@pytest.mark.parametrize(
    ("fps", "exact"), [(24, Fraction(24)), (29.97, Fraction(2997, 100)), (12.5, Fraction(25, 2))]
)
def test_a_video_has_exactly_its_frames_at_k_over_fps(tmp_path, fps, exact):
    path = tmp_path / "grey.mp4"
    assert write_video(path, iter(grey_frames(50)), fps) == 50
    frames, times = read_video(path)
    assert times == [k / exact for k in range(50)]
    brightness = [frame.mean() for frame in frames]
    np.testing.assert_allclose(brightness, [20 + 2 * k for k in range(50)], atol=2)


def test_colours_come_back_in_their_order(tmp_path):
    red = np.zeros((64, 64, 3), np.uint8)
    red[..., 0] = 200
    write_video(tmp_path / "red.mp4", [red], 24)
    (frame,), _ = read_video(tmp_path / "red.mp4")
    np.testing.assert_allclose(frame.mean(axis=(0, 1)), (200, 0, 0), atol=6)


def test_the_same_session_gives_the_same_files(tmp_path, session):
    path, ground_truth, _ = session
    again = render_session(Signature(3), 1.5, seed=4, path=tmp_path / path.name)
    assert (tmp_path / path.name).read_bytes() == path.read_bytes()
    assert again.read_bytes() == ground_truth.read_bytes()


def test_the_ground_truth_lies_beside_the_video_and_reads_back_equal(session):
    path, ground_truth, _ = session
    assert ground_truth == path.with_name("7_id3_pristine.controls.csv")
    controls = pd.read_csv(ground_truth, float_precision="round_trip")
    pd.testing.assert_frame_equal(controls, draw_session(Signature(3), 1.5, DEFAULT_FPS, 4), check_exact=True)


def test_the_video_shows_the_ground_truth_frame_by_frame(session):
    path, ground_truth, reported = session
    controls = pd.read_csv(ground_truth, float_precision="round_trip")
    frames, times = read_video(path)
    assert len(frames) == len(controls) == reported == 36
    assert [float(time) for time in times] == pytest.approx(list(controls["time_s"]), abs=1e-12)
    rendered = list(render_frames(controls))
    difference = np.array([[error(decoded, frame) for frame in rendered] for decoded in frames[::7]])
    np.testing.assert_array_equal(difference.argmin(axis=1), np.arange(36)[::7])
    assert difference.min(axis=1).max() < 3  # grey levels of 255: what compression costs


def error(decoded, frame):
    """Return the root mean squared difference of every fourth pixel, in grey levels."""
    return np.sqrt(np.mean((decoded[::4, ::4].astype(float) - frame[::4, ::4]) ** 2))


@pytest.mark.parametrize(
    ("name", "frames", "fps", "message"),
    [
        ("x.mp4", [], 24, "no frames"),
        ("x.avi", grey_frames(2), 24, "mp4"),
        ("x.mp4", grey_frames(2), 0, "frames/s"),
        ("x.mp4", grey_frames(2), float("nan"), "frames/s"),
        ("x.mp4", grey_frames(2, width=63), 24, "even sides"),
        ("x.mp4", [*grey_frames(2), *grey_frames(1, width=32)], 24, "one size"),
    ],
)
def test_what_cannot_be_a_video_leaves_no_file(tmp_path, name, frames, fps, message):
    with pytest.raises(InputError, match=message):
        write_video(tmp_path / name, frames, fps)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_half_way_leaves_no_file(tmp_path):
    def break_off():
        yield from grey_frames(5)
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        write_video(tmp_path / "x.mp4", break_off(), 24)
    assert list(tmp_path.iterdir()) == []


def test_bad_arguments_of_a_session_leave_no_file(tmp_path):
    with pytest.raises(InputError):
        render_session(Signature(0), 0.1, seed=0, path=tmp_path / "x.mp4")
    with pytest.raises(InputError):
        render_session(Signature(0), 1, seed=0, path=tmp_path / "x.mkv")
    assert list(tmp_path.iterdir()) == []


def test_all_controls_are_in_the_ground_truth(session):
    _, ground_truth, _ = session
    assert list(pd.read_csv(ground_truth).columns) == ["time_s", *CONTROL_NAMES]
